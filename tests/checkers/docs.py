# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specs that run, held against the documentation that users read."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

KEEP = ("type", "elements", "choices", "default", "required", "aliases")
"""What a spec and its documentation both say; `no_log` is for the spec alone."""

SECRET = re.compile(r"(^|_)(key|password|passphrase|psk|secret)$")

Options = Mapping[str, Mapping[str, Any]]


def spec_from_docs(options: Options) -> dict[str, dict[str, Any]]:
    """The argument spec that a documentation's options describe."""
    return {name: comparable(option, option.get("suboptions")) for name, option in options.items()}


def spec_from_code(spec: Options) -> dict[str, dict[str, Any]]:
    """An argument spec without what documentation does not say, so that the two can be compared."""
    return {name: comparable(option, option.get("options")) for name, option in spec.items()}


def comparable(option: Mapping[str, Any], below: Options | None) -> dict[str, Any]:
    """One option in the common form: defaults of Ansible itself filled in, suboptions under "options"."""
    kept = {key: option[key] for key in KEEP if option.get(key) is not None}
    kept.setdefault("type", "str")
    if kept.get("required") is False:
        del kept["required"]
    for key in ("choices", "aliases"):
        if key in kept:
            kept[key] = list(kept[key])
    if below is not None:
        kept["options"] = {
            name: comparable(inner, inner.get("suboptions") or inner.get("options")) for name, inner in below.items()
        }
    return kept


def documentation(root: Path, module: str) -> dict[str, Any]:
    """The documentation of a module, with the options of its own fragments put in."""
    text = (root / "plugins/modules" / f"{module}.yml").read_text(encoding="utf-8")
    docs: dict[str, Any] = yaml.safe_load(text)["DOCUMENTATION"]
    options: dict[str, Any] = {}
    for name in docs.get("extends_documentation_fragment") or []:
        if name.startswith("exchange.ipsec."):
            options.update(fragment_options(root, name.split(".")[2:]))
    options.update(docs.get("options") or {})
    return {**docs, "options": options}


def fragment_options(root: Path, parts: list[str]) -> dict[str, Any]:
    """The options of plugins/doc_fragments/NAME.py, of its variable DOCUMENTATION or the one that parts[1] names."""
    path = root / "plugins/doc_fragments" / f"{parts[0]}.py"
    wanted = (parts[1] if len(parts) > 1 else "documentation").upper()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == [wanted]:
            read: dict[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return read.get("options") or {}
    raise AssertionError(f"{path} has no {wanted}")


def modules(root: Path) -> list[str]:
    """The names of the modules that have documentation."""
    return sorted(path.stem for path in (root / "plugins/modules").glob("*.yml"))


def spec_problems(root: Path, specs: Mapping[str, Options]) -> list[str]:
    """Modules whose documentation differs from `<NAME>_SPEC` in specs."""
    problems = []
    for module in modules(root):
        name = f"{module.upper()}_SPEC"
        if name not in specs:
            problems.append(f"plugins/modules/{module}.yml: plugins/plugin_utils/specs.py has no {name}")
            continue
        docs = spec_from_docs(documentation(root, module)["options"])
        problems += differences(f"plugins/modules/{module}.yml", docs, spec_from_code(specs[name]))
        problems += [f"{name}: {where} holds a secret and does not say no_log" for where in unguarded(specs[name])]
    return problems


def differences(where: str, docs: Mapping[str, Any], code: Mapping[str, Any]) -> list[str]:
    """Every option that differs, by its path."""
    problems = []
    for name in sorted({*docs, *code}):
        path = f"{where}: {name}"
        if name not in docs or name not in code:
            problems.append(f"{path} is {'not documented' if name in code else 'documented, but not in the spec'}")
            continue
        said, done = dict(docs[name]), dict(code[name])
        problems += differences(path, said.pop("options", {}), done.pop("options", {}))
        problems += [
            f"{path}: {key} is {said.get(key)!r} in the documentation and {done.get(key)!r} in the spec"
            for key in sorted({*said, *done}) if said.get(key) != done.get(key)
        ]
    return problems


def example_problems(options: Options, given: Any, where: str) -> list[str]:
    """What an example says that the documentation does not allow; a value that is a template may be anything."""
    if not isinstance(given, Mapping):
        return [] if isinstance(given, str) and "{{" in given else [f"{where}: {given!r} is no mapping"]
    missing = [name for name, option in options.items() if option.get("required") and name not in given]
    problems = [f"{where}: {name} is missing" for name in missing]
    for name, value in given.items():
        option = options.get(name)
        if option is None:
            problems.append(f"{where}: there is no option {name}")
            continue
        below, choices = option.get("suboptions") or option.get("options"), option.get("choices")
        values = value if isinstance(value, list) else [value]
        if below:
            problems += [one for item in values for one in example_problems(below, item, f"{where}.{name}")]
        elif choices:
            wrong = {str(one) for one in values if "{{" not in str(one)} - {str(one) for one in choices}
            problems += [f"{where}.{name}: {one!r} is not one of {choices}" for one in sorted(wrong)]
    return problems


def unguarded(spec: Options, above: str = "") -> list[str]:
    """Options named like a secret whose spec does not decide about no_log."""
    found = []
    for name, option in spec.items():
        if SECRET.search(name) and "no_log" not in option:
            found.append(f"{above}{name}")
        found += unguarded(option.get("options") or {}, f"{above}{name}.")
    return found


def completeness_problems(root: Path) -> list[str]:
    """Modules without stub, action plugin, place in the action group, or one of the three parts of documentation."""
    problems = []
    runtime = root / "meta/runtime.yml"
    groups = yaml.safe_load(runtime.read_text(encoding="utf-8"))["action_groups"] if runtime.exists() else {}
    for module in modules(root):
        for folder in ("modules", "action"):
            if not (root / "plugins" / folder / f"{module}.py").exists():
                problems.append(f"{module}: plugins/{folder}/{module}.py is missing")
        if module not in groups.get("all", []):
            problems.append(f"{module}: not in the action group all of meta/runtime.yml")
        read = yaml.safe_load((root / "plugins/modules" / f"{module}.yml").read_text(encoding="utf-8"))
        problems += [
            f"{module}: {part} is missing" for part in ("DOCUMENTATION", "EXAMPLES", "RETURN") if not read.get(part)
        ]
    return problems
