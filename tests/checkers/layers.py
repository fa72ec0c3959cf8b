# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of the collection may import which; `docs/architecture.md` draws the same picture."""

from __future__ import annotations

import ast
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

LIBRARY = {
    "errors": set(),
    "model": {"errors"},
    "registry": {"errors"},
    "store": {"errors", "model", "registry"},
    "topology": {"errors", "model"},
    "oakley": {"errors", "model", "registry"},
    "plan": {"errors", "model"},
    "netsh": {"errors", "model", "plan"},
    "compliance": {"errors", "model", "plan", "oakley", "forecast", "ike"},
    "host": {"errors", "registry"},
    "forecast": {"errors", "model", "topology"},
    "swanctl": {"errors", "model"},
    "ike": {"errors"},
    "cluster": {"errors", "host"},
    "associations": {"errors", "model", "netsh"},
    "operate": {
        "errors", "model", "registry", "store", "oakley", "plan", "netsh", "compliance", "host", "associations",
    },
}
"""Layer of plugins/module_utils -> the layers below it that it may import."""

PLUGINS = {
    "module_utils": set(),
    "plugin_utils": {"module_utils"},
    "modules": {"module_utils"},
    "doc_fragments": set(),
}
"""Folder of plugins -> the other folders it may import; a folder not named may import the first two."""
ANY_PLUGIN = {"module_utils", "plugin_utils"}


@dataclasses.dataclass(frozen=True)
class Import:
    """One imported module, by its full dotted name from the root of the checkout, or as written when absolute."""

    file: str
    line: int
    name: str
    relative: bool

    def __str__(self) -> str:
        """Where it stands, as an editor can follow it."""
        return f"{self.file}:{self.line}"


def imports_of(root: Path, path: Path) -> Iterator[Import]:
    """Every import of a file, however deep inside it, and module names given as text."""
    file = str(path.relative_to(root))
    package = path.relative_to(root).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, relative=False)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(file, node.lineno, f"{module}.{alias.name}", relative=bool(node.level))
        elif isinstance(node, ast.Constant) and str(node.value).startswith("ansible_collections.exchange.ipsec."):
            yield Import(file, node.lineno, str(node.value), relative=False)


def python_files(root: Path, folder: str) -> list[Path]:
    """All Python files below a folder of the checkout; none when the folder is not there."""
    return sorted((root / folder).rglob("*.py"))


def library_problems(root: Path) -> list[str]:
    """What breaks the order of the layers inside plugins/module_utils, or leaves the standard library."""
    problems = []
    for path in python_files(root, "plugins/module_utils"):
        layer = path.relative_to(root / "plugins/module_utils").parts[0].removesuffix(".py")
        if layer == "__init__":
            continue
        if layer not in LIBRARY:
            problems.append(f"{path.relative_to(root)}: {layer} is not a layer; tests/checkers/layers.py names them")
            continue
        for found in imports_of(root, path):
            problems += library_problem(found, layer)
    return problems


def library_problem(found: Import, layer: str) -> list[str]:
    """What is wrong with one import of a layer: an empty list or one sentence."""
    parts = found.name.split(".")
    if not found.relative:
        if parts[0] == "ansible_collections":
            return []  # plugin_problems says it
        known = parts[0] in sys.stdlib_module_names
        return [] if known else [f"{found}: {layer} imports {parts[0]}; the library has the standard library only"]
    if parts[:2] != ["plugins", "module_utils"] or len(parts) < 3:
        return [f"{found}: {layer} reaches out of module_utils, to {found.name}"]
    if parts[2] != layer and parts[2] not in LIBRARY[layer]:
        return [f"{found}: {layer} imports {parts[2]}, it may import {', '.join(sorted(LIBRARY[layer])) or 'no layer'}"]
    return []


def plugin_problems(root: Path) -> list[str]:
    """What breaks the order of the folders of plugins/, or names the collection where a relative import does."""
    problems = []
    for path in python_files(root, "plugins"):
        folder = path.relative_to(root / "plugins").parts[0]
        allowed = PLUGINS.get(folder, ANY_PLUGIN) | {folder}
        for found in imports_of(root, path):
            parts = found.name.split(".")
            if parts[0] == "ansible_collections" and parts[1:3] == ["exchange", "ipsec"]:
                problems.append(f"{found}: names the collection in full; import relatively inside plugins")
            elif not found.relative and parts[0] in {"plugins", "tests"}:
                problems.append(f"{found}: imports {found.name}, which exists in a checkout only")
            elif found.relative and (parts[0] != "plugins" or parts[1] not in allowed):
                problems.append(f"{found}: {folder} imports {found.name}, it may import {', '.join(sorted(allowed))}")
    return problems


def lab_problems(root: Path) -> list[str]:
    """What the lab borrows from the product, or from other tests: a mistake of one would bless the other's."""
    problems = []
    for path in python_files(root, "tests/lab"):
        own_tests = path.is_relative_to(root / "tests/lab/tests")
        for found in imports_of(root, path):
            parts = found.name.split(".")
            if parts[0] in {"plugins", "ansible_collections"}:
                problems.append(f"{found}: the lab imports {found.name}; it shares no code with plugins")
            elif parts[0] == "tests" and parts[1:2] != ["lab"] and not (own_tests and parts[1:2] == ["checkout"]):
                problems.append(f"{found}: the lab imports {found.name}; it stands on its own")
    return problems
