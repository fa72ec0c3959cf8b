# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles: what defaults/main.yml offers, meta/argument_specs.yml describes, and every role has the same files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

COMMENTED = re.compile(r"^# ?([a-z_][a-z0-9_]*):", re.MULTILINE)
"""An input without a safe default stands in defaults/main.yml as a comment."""

FREE_FORM = "Free form"
"""How the description of a dict without options begins, followed by the reason."""

TASK_FILE_LINES = 60
NEEDED = ("README.md", "defaults/main.yml", "meta/main.yml", "meta/argument_specs.yml", "tasks/main.yml")


def roles(root: Path) -> list[Path]:
    """The folders of the roles."""
    return sorted(path for path in (root / "roles").glob("*") if path.is_dir())


def role_problems(role: Path) -> list[str]:
    """Everything wrong with one role; each begins with the role's name."""
    missing = [name for name in NEEDED if not (role / name).exists()]
    if missing:
        return [f"{role.name}: {name} is missing" for name in missing]
    specs = yaml.safe_load((role / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    options: dict[str, Any] = {}
    for entry in specs.values():
        options.update(entry.get("options") or {})
    problems = [*default_problems(role, options)]
    for name, option in options.items():
        problems += option_problems(name, option)
        if not name.startswith(f"{role.name}_"):
            problems.append(f"{name} does not begin with {role.name}_")
    for path in sorted(role.glob("tasks/*.yml")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > TASK_FILE_LINES:
            problems.append(f"tasks/{path.name} has {lines} lines, {TASK_FILE_LINES} are allowed")
    return [f"{role.name}: {problem}" for problem in problems]


def default_problems(role: Path, options: Mapping[str, Any]) -> Iterator[str]:
    """Differences between the inputs that defaults/main.yml lists and those that the specs describe."""
    text = (role / "defaults/main.yml").read_text(encoding="utf-8")
    given = yaml.safe_load(text) or {}
    listed = {*given, *COMMENTED.findall(text)}
    for name in sorted(listed ^ {*options}):
        where = "meta/argument_specs.yml" if name in listed else "defaults/main.yml"
        yield f"{name} is not in {where}"
    for name in sorted({*given} & {*options}):
        if options[name].get("required"):
            yield f"{name} is required and has a default"
        elif str(given[name]).startswith("{{"):
            if "default" in options[name]:
                yield f"{name} takes its default from the run, so argument_specs can name none"
        elif options[name].get("default") != given[name]:
            yield f"{name} is {given[name]!r} in defaults and {options[name].get('default')!r} in argument_specs"
    for name in sorted({*options} - {*given}):
        if "default" in options[name]:
            yield f"{name} has a default in argument_specs only"


def option_problems(where: str, option: Mapping[str, Any]) -> Iterator[str]:
    """What the description of one input leaves open, and of all inputs below it."""
    kind = option.get("type")
    if kind is None:
        yield f"{where} has no type"
    if kind == "list" and "elements" not in option:
        yield f"{where} has no elements"
    if not option.get("description"):
        yield f"{where} has no description"
    inner = option.get("options")
    if inner is None and "dict" in {kind, option.get("elements")}:
        said = option.get("description") or ""
        lines = [said] if isinstance(said, str) else said
        if not any(str(line).startswith(FREE_FORM) for line in lines):
            yield f"{where} is a dict without options, and no line of its description begins with {FREE_FORM!r}"
    for name, below in (inner or {}).items():
        yield from option_problems(f"{where}.{name}", below)


def sameness_problems(root: Path) -> list[str]:
    """Files that one role has and another lacks."""
    files = {
        role.name: {str(path.relative_to(role)) for path in role.rglob("*") if path.is_file()} for role in roles(root)
    }
    every = set().union(*files.values())
    return [f"{name}: {file} is missing, another role has it" for name in files for file in sorted(every - files[name])]
