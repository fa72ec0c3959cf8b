# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the collection, and a home folder, for tools that write where they should not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from tests.checkout import BUILD, NAME, ROOT

COPY = BUILD.joinpath(*NAME.split("."))
"""Laid out as ansible-test, ansible-lint and antsibull-docs want to find a collection."""

GET_PIP = """\
import ensurepip
ensurepip.bootstrap(default_pip=True)
"""


def files_of_checkout() -> list[str]:
    """Paths, relative to the checkout, of all that belongs to it: tracked by git or new, and not ignored."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]
    own = {".build", ".git", "__pycache__"}
    return [
        str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
        if path.is_file() and not any(part in own or part.startswith(".venv") for part in path.relative_to(ROOT).parts)
    ]


def paths_below_copy() -> list[Path]:
    """All that lies in the copy, except its .git."""
    return [path for path in COPY.rglob("*") if path.relative_to(COPY).parts[0] != ".git"]


def copy_collection() -> Path:
    """Bring the copy up to date (what has gone goes there too); returns its folder."""
    wanted = set(files_of_checkout())
    for path in paths_below_copy():
        if not path.is_dir() and str(path.relative_to(COPY)) not in wanted:
            path.unlink()
    for name in wanted:
        source, target = ROOT / name, COPY / name
        if target.exists() and target.stat().st_mtime == source.stat().st_mtime:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    for folder in sorted(paths_below_copy(), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    # ansible-test asks git what belongs to a collection; the git of the checkout would say "nothing below .build".
    subprocess.run(["git", "init", "--quiet", str(COPY)], check=True)
    return COPY


def quiet_home() -> Path:
    """A home folder in .build, in which ansible-test finds pip at hand instead of fetching it; returns it."""
    home = BUILD / "home"
    cache = home / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in pip_versions():
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP, encoding="utf-8")
    bundle = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    if bundle:  # ansible-test clears the environment; pip still has to know
        settings = home / ".config/pip/pip.conf"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f"[global]\ncert = {bundle}\n", encoding="utf-8")
    return home


def pip_versions() -> set[str]:
    """The versions of pip that the installed ansible-test may ask for."""
    source = metadata.distribution("ansible-core").locate_file("ansible_test/_internal/python_requirements.py")
    return set(re.findall(r"pip='([0-9.]+)'", Path(str(source)).read_text(encoding="utf-8")))
