# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a checkout, whatever its folder is called, usable as `ansible_collections.exchange.ipsec`.

Python started by pytest imports it in place (`import_as_collection`). Programs started by a test
(`ansible-playbook`, `mypy`) find it below `COLLECTIONS` (`link_collection`).
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build"
COLLECTIONS = BUILD / "collections"
"""A value for ANSIBLE_COLLECTIONS_PATH."""

NAME = "ansible_collections.exchange.ipsec"


def import_as_collection(root: Path = ROOT) -> None:
    """Give this process the collection's packages, unless something (ansible-test) did so already."""
    places: dict[str, list[str]] = {
        "ansible_collections": [],
        "ansible_collections.exchange": [],
        NAME: [str(root)],
    }
    for name, path in places.items():
        if name in sys.modules:
            continue
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = path
        module = importlib.util.module_from_spec(spec)
        module.__path__ = path
        sys.modules[name] = module
        parent, dot, leaf = name.rpartition(".")
        if dot:
            setattr(sys.modules[parent], leaf, module)


def link_collection(root: Path = ROOT) -> Path:
    """Lay a link to the checkout where Ansible looks for collections; returns the folder to name to Ansible."""
    link = COLLECTIONS.joinpath(*NAME.split("."))
    link.parent.mkdir(parents=True, exist_ok=True)
    if not (link.is_symlink() and link.resolve() == root):
        link.unlink(missing_ok=True)
        try:
            link.symlink_to(root, target_is_directory=True)
        except FileExistsError:  # another pytest worker was quicker
            if link.resolve() != root:
                raise
    return COLLECTIONS
