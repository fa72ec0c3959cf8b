# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the YAML in the pages and in the EXAMPLES of modules to the options and role variables that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.checkers import docs
from tests.checkout import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("roles/*/README.md")])
MODULES = {name: docs.documentation(ROOT, name)["options"] for name in docs.modules(ROOT)}
ROLES = {
    path.parents[1].name: yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    for path in sorted(ROOT.glob("roles/*/meta/argument_specs.yml"))
}
VARIABLES = {name: option for options in ROLES.values() for name, option in options.items()}
REQUIRED = {name: {key for key, one in options.items() if one.get("required")} for name, options in ROLES.items()}


def examples() -> Iterator[Any]:
    """Each block of YAML in a page, each EXAMPLES of a module."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"^( *)```yaml\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE):
            block = "\n".join(line.removeprefix(found[1]) for line in found[2].splitlines())
            line = text.count("\n", 0, found.start()) + 1
            yield pytest.param(block, id=f"{path.relative_to(ROOT)}:{line}")
    for name in MODULES:
        path = ROOT / "plugins/modules" / f"{name}.yml"
        yield pytest.param(yaml.safe_load(path.read_text(encoding="utf-8"))["EXAMPLES"], id=str(path.relative_to(ROOT)))


def mappings(tree: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a tree."""
    below = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    if isinstance(tree, dict):
        yield tree
    for one in below:
        yield from mappings(one)


def problems(block: str) -> list[str]:
    """What a block says of modules and roles that these do not know."""
    found: list[str] = []
    for mapping in mappings(yaml.safe_load(block)):
        for name, value in mapping.items():
            module = str(name).removeprefix("exchange.ipsec.")
            role = next((one for one in ROLES if str(name).startswith(f"{one}_")), None)
            if module != name and module in MODULES:
                found += docs.example_problems(MODULES[module], value or {}, module)
            elif role and name not in ROLES:
                known = {name: VARIABLES[name]} if name in VARIABLES else {}
                found += docs.example_problems(known, {name: value}, role)
        if str(mapping.get("role", "")).startswith("exchange.ipsec.") and "vars" in mapping:
            lacking = REQUIRED[mapping["role"].removeprefix("exchange.ipsec.")] - mapping["vars"].keys()
            found += [f"{mapping['role']}: {one} is missing" for one in sorted(lacking)]
    return found


@pytest.mark.parametrize("block", [*examples()])
def test_an_example_is_what_the_collection_takes(block: str) -> None:
    assert problems(block) == []


@pytest.mark.parametrize(("block", "problem"), [
    pytest.param("exchange.ipsec.oakley: {nlbs_flag: '1'}", "oakley: there is no option nlbs_flag", id="option"),
    pytest.param("exchange.ipsec.policy: {}", "policy: name is missing", id="required"),
    pytest.param("[exchange.ipsec.policy: {name: x, topology: {tier: all, authentication: '{{ a }}'}}]",
                 "policy.topology.tier: 'all' is not one of ['credentials', 'message_stream', 'everything']",
                 id="choice"),
    pytest.param("front_end_teir: everything", "front_end: there is no option front_end_teir", id="variable"),
    pytest.param("{role: exchange.ipsec.front_end, vars: {front_end_tier: everything}}",
                 "exchange.ipsec.front_end: front_end_authentication is missing", id="role"),
])
def test_an_example_that_is_wrong(block: str, problem: str) -> None:
    assert problems(block) == [problem]
