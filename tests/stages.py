# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test` is made of: each stage is a function that runs programs and says in a few words what came out."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from tests.checkout import BUILD, COLLECTIONS, NAME, ROOT
from tests.sandbox import copy_collection, quiet_home
from tests.wire.uml import missing_packages

STRICT_PACKAGES = (
    f"{NAME}.plugins.module_utils",
    f"{NAME}.plugins.plugin_utils",
    "tests.lab",
)
OLDEST_CORE = "2.16"
CORE_FOLDERS = ("action", "connection", "filter", "modules", "plugin_utils")
"""Folders below tests/unit and tests/unit/plugins whose tests touch ansible-core."""
NOTHING_COLLECTED = 5  # pytest's exit code


class Missing(Exception):
    """The machine, or the checkout, lacks what the stage needs; the text says what to install."""


class StageFailed(Exception):
    """The stage found something wrong; the text is its last word."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """One line of `make test`; what mostly waits runs `beside` the others."""

    name: str
    about: str
    run: Callable[[TextIO], str]
    beside: bool = False


class NothingToRun(Missing):
    """Pytest found no test."""


def call(log: TextIO, *command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a program with its output going to the log; returns that output, raises StageFailed on a bad exit code."""
    log.write(f"$ {' '.join(command)}\n")
    log.flush()
    start = log.tell()
    surroundings = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(BUILD / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "NO_COLOR": "1",
        "PY_COLORS": "0",
        **(env or {}),
    }
    done = subprocess.run(command, cwd=cwd, env=surroundings, stdin=subprocess.DEVNULL, stdout=log,
                          stderr=subprocess.STDOUT, check=False)
    with Path(log.name).open(encoding="utf-8", errors="replace") as written:
        written.seek(start)
        output = written.read()
    log.seek(0, os.SEEK_END)
    if done.returncode == NOTHING_COLLECTED and "pytest" in command:
        raise NothingToRun("there is no test to run here")
    if done.returncode:
        raise StageFailed(f"{Path(command[0]).name} ended with {done.returncode}: {last_line(output)}")
    return output


def last_line(output: str) -> str:
    """The last line that says anything."""
    lines = [line.strip(" =") for line in output.splitlines() if line.strip(" =")]
    return lines[-1] if lines else ""


def tool(name: str) -> str:
    """The program of that name in the virtual environment of this Python."""
    return str(Path(sys.executable).parent / name)


def pytest(log: TextIO, *arguments: str, python: str = sys.executable) -> str:
    """Run pytest; its summary is the stage's word. No test at all is NothingToRun, which is Missing."""
    return last_line(call(log, python, "-m", "pytest", "-q", *arguments))


def tests_in(*names: str) -> list[str]:
    """Those of these folders below tests/ that exist; none of them is Missing."""
    found = [f"tests/{name}" for name in names if (ROOT / "tests" / name).is_dir()]
    if not found:
        raise Missing(f"tests/{names[0]} is not in this checkout")
    return found


def lint(log: TextIO) -> str:
    """Style of Python and YAML."""
    call(log, tool("ruff"), "check", ".")
    call(log, tool("yamllint"), "--strict", ".")
    return ""


def types(log: TextIO) -> str:
    """Types of the library, of what knows Ansible, and of the lab."""
    found = []
    for package in STRICT_PACKAGES:
        if (ROOT / package.removeprefix(f"{NAME}.").replace(".", "/")).is_dir():
            found += ["-p", package]
    return last_line(call(log, tool("mypy"), *found))


def unit(log: TextIO) -> str:
    """Every unit test."""
    return pytest(log, "-n", "2", "--dist", "worksteal", *tests_in("unit"))


def lab(log: TextIO) -> str:
    """The lab's own tests, with real WinRM clients."""
    return pytest(log, "-n", "2", "--dist", "loadfile", *tests_in("lab"))


def agreement(log: TextIO) -> str:
    """The forecast beside the lab's enforcement; what was compared is the stage's word."""
    pytest(log, "-n", "2", *tests_in("agreement"))
    return last_line(call(log, sys.executable, "-m", "tests.agreement"))


def sanity(log: TextIO) -> str:
    """Ansible's own checks, on a copy that is laid out as ansible-test wants it."""
    collection = copy_collection()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    call(log, tool("ansible-test"), "sanity", "--local", "--requirements", "--python", version, "--color", "no",
         cwd=collection, env={"HOME": str(quiet_home())})
    return ""


def ansible_lint(log: TextIO) -> str:
    """Ansible-lint, profile production."""
    said = call(log, tool("ansible-lint"), "--nocolor", "--profile", "production", cwd=copy_collection(),
                env={"HOME": str(quiet_home())})
    return last_line(said)


def docs(log: TextIO) -> str:
    """Documentation of the plugins."""
    call(log, tool("antsibull-docs"), "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self",
         str(copy_collection()))
    return ""


def changelog(log: TextIO) -> str:
    """Changelog fragments and the changelog made of them."""
    call(log, tool("antsibull-changelog"), "lint")
    call(log, tool("antsibull-changelog"), "lint-changelog-yaml", "changelogs/changelog.yaml")
    return ""


def integration(log: TextIO) -> str:
    """Playbooks and modules against the lab."""
    return pytest(log, "-n", "2", "--dist", "worksteal", *tests_in("integration"))


def molecule(log: TextIO) -> str:
    """Every Molecule scenario, one after the other."""
    scenarios = sorted(path.parent.name for path in (ROOT / "extensions/molecule").glob("*/molecule.yml"))
    if not scenarios:
        raise Missing("extensions/molecule has no scenario")
    for name in scenarios:
        call(log, tool("molecule"), "test", "--scenario-name", name, cwd=COLLECTIONS.joinpath(*NAME.split(".")),
             env={"HOME": str(quiet_home())})
    return f"{len(scenarios)} scenarios: {', '.join(scenarios)}"


def wine(log: TextIO) -> str:
    """The lab's reg.exe beside the real one of Wine."""
    lacking = [name for name in ("wine", "wineserver") if shutil.which(name) is None]
    if lacking:
        raise Missing(f"needs {' and '.join(lacking)}: apt-get install --no-install-recommends wine wine64")
    return pytest(log, *tests_in("wine"))


def wire(log: TextIO) -> str:
    """The roles' policies on a real kernel: strongSwan negotiates, tcpdump decides."""
    tests_in("wire")
    lacking = missing_packages()
    if lacking:
        raise Missing(f"needs apt-get install --no-install-recommends {' '.join(lacking)}")
    return last_line(call(log, sys.executable, "-m", "tests.wire", "--twice"))


def eda(log: TextIO) -> str:
    """Events for the rulebook, and the cluster's script that sends one."""
    packages = {"java": "openjdk-17-jre-headless", "wine": "wine wine64"}
    lacking = [packages[name] for name in packages if shutil.which(name) is None]
    if lacking:
        raise Missing(f"needs apt-get install --no-install-recommends {' '.join(lacking)}")
    return pytest(log, *tests_in("eda"))


def torture(log: TextIO) -> str:
    """Hostile changes and killed runs: all of them, as `make torture` does."""
    tests_in("torture")
    said = call(log, sys.executable, "-m", "tests.torture")
    told = dict(line.split(maxsplit=1) for line in said.splitlines() if len(line.split()) == 2)
    names = ("cases", "refused", "healed", "lost", "verdict_mismatches", "kill_points_survived")
    return ", ".join(f"{name} {told[name]}" for name in names)


def core(log: TextIO) -> str:
    """What leans on ansible-core, again on the oldest one that is supported."""
    python = core_environment(log)
    folders = [f"{base}/{name}" for base in ("unit", "unit/plugins") for name in CORE_FOLDERS]
    leaning = [f"tests/{name}" for name in folders if (ROOT / "tests" / name).is_dir()]
    said = []
    for arguments in (leaning, ["-m", "core", "--dist", "worksteal", *tests_in("unit", "lab", "integration")]):
        with contextlib.suppress(NothingToRun):
            said += [pytest(log, "-n", "2", *arguments, python=python)] if arguments else []
    if not said:
        raise NothingToRun("no test leans on ansible-core")
    return f"ansible-core {OLDEST_CORE}: {'; '.join(said)}"


def core_environment(log: TextIO) -> str:
    """A virtual environment with the oldest supported ansible-core; returns its Python."""
    folder = ROOT / f".venv-{OLDEST_CORE}"
    python = folder / "bin/python"
    wanted = ROOT / "tests/requirements-core.txt"
    ready = folder / ".ready"
    if not ready.exists() or ready.stat().st_mtime < wanted.stat().st_mtime:
        try:
            call(log, sys.executable, "-m", "venv", "--clear", str(folder))
            call(log, str(python), "-m", "pip", "install", "--quiet", "uv")
            call(log, str(folder / "bin/uv"), "pip", "install", "--quiet", "--python", str(python),
                 "-r", str(wanted), f"ansible-core=={OLDEST_CORE}.*")
        except StageFailed as reason:
            raise Missing(f"ansible-core {OLDEST_CORE} could not be installed into {folder.name}: {reason}") from reason
        ready.touch()
    return str(python)


STAGES = (
    Stage("lint", "style of Python and YAML (ruff, yamllint)", lint),
    Stage("types", "types (mypy)", types),
    Stage("unit", "unit tests", unit),
    Stage("lab", "the lab's own tests, with real WinRM clients", lab),
    Stage("agreement", "the forecast beside the lab's enforcement, on random flows", agreement),
    Stage("wine", "the lab's reg.exe beside Wine's real one", wine),
    Stage("wire", "what the roles wrote, on real packets (User-Mode Linux, strongSwan)", wire, beside=True),
    Stage("integration", "playbooks and modules against the lab", integration),
    Stage("eda", "an event, the rulebook, the playbook (ansible-rulebook, Wine's cscript.exe)", eda),
    Stage("torture", "hostile changes and runs killed at every request, against hosts that enforce", torture),
    Stage("core", f"contract with ansible-core {OLDEST_CORE}", core),
    Stage("sanity", "ansible-test sanity", sanity),
    Stage("ansible-lint", "ansible-lint, profile production", ansible_lint),
    Stage("docs", "antsibull-docs lint-collection-docs", docs),
    Stage("changelog", "antsibull-changelog lint", changelog),
    Stage("molecule", "Molecule scenarios", molecule),
)
