# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the argument specs and the documentation of the modules together."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.checkers import docs
from tests.checkout import NAME, ROOT

DOCUMENTED = """\
DOCUMENTATION:
  options:
    name:
      description: [The policy.]
      type: str
      required: true
    rules:
      description: [Its rules.]
      type: list
      elements: dict
      suboptions:
        key:
          description: [A key.]
          type: str
EXAMPLES: |
  - name: A
RETURN:
  diff: {}
"""
SPEC: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "rules": {"type": "list", "elements": "dict", "options": {"key": {"no_log": True}}},
}


def checkout(root: Path, text: str = DOCUMENTED) -> Path:
    """A checkout with one module, policy, that lacks nothing."""
    for folder in ("modules", "action", "doc_fragments"):
        (root / "plugins" / folder).mkdir(parents=True)
    for folder in ("modules", "action"):
        (root / "plugins" / folder / "policy.py").touch()
    (root / "plugins/modules/policy.yml").write_text(text, encoding="utf-8")
    (root / "meta").mkdir()
    (root / "meta/runtime.yml").write_text("action_groups: {all: [policy]}", encoding="utf-8")
    return root


def test_the_specs_of_this_collection_equal_its_documentation() -> None:
    if not docs.modules(ROOT):
        return  # nothing documented yet: the rule is kept
    specs = vars(importlib.import_module(f"{NAME}.plugins.plugin_utils.specs"))
    assert docs.spec_problems(ROOT, specs) == []


def test_the_modules_of_this_collection_are_complete() -> None:
    assert docs.completeness_problems(ROOT) == []


def test_a_spec_that_equals_its_documentation(tmp_path: Path) -> None:
    assert docs.spec_problems(checkout(tmp_path), {"POLICY_SPEC": SPEC}) == []
    assert docs.completeness_problems(tmp_path) == []


def test_a_module_without_a_spec(tmp_path: Path) -> None:
    assert docs.spec_problems(checkout(tmp_path), {}) == [
        "plugins/modules/policy.yml: plugins/plugin_utils/specs.py has no POLICY_SPEC",
    ]


@pytest.mark.parametrize(("spec", "problem"), [
    pytest.param({**SPEC, "state": {"type": "str"}}, "state is not documented", id="undocumented"),
    pytest.param({"name": SPEC["name"]}, "rules is documented, but not in the spec", id="not-in-spec"),
    pytest.param({**SPEC, "name": {"type": "str"}},
                 "name: required is True in the documentation and None in the spec", id="required"),
    pytest.param({**SPEC, "name": {"type": "str", "required": True, "default": "x"}},
                 "name: default is None in the documentation and 'x' in the spec", id="default"),
    pytest.param({**SPEC, "name": {"type": "str", "required": True, "choices": ("a", "b")}},
                 "name: choices is None in the documentation and ['a', 'b'] in the spec", id="choices"),
    pytest.param({**SPEC, "rules": {**SPEC["rules"], "elements": "str"}},
                 "rules: elements is 'dict' in the documentation and 'str' in the spec", id="elements"),
    pytest.param({**SPEC, "rules": {**SPEC["rules"], "options": {"key": {"type": "int", "no_log": True}}}},
                 "rules: key: type is 'str' in the documentation and 'int' in the spec", id="nested"),
])
def test_a_spec_that_differs(tmp_path: Path, spec: dict[str, Any], problem: str) -> None:
    found = docs.spec_problems(checkout(tmp_path), {"POLICY_SPEC": spec})
    assert found == [f"plugins/modules/policy.yml: {problem}"]


def test_a_secret_without_no_log(tmp_path: Path) -> None:
    spec = {**SPEC, "rules": {**SPEC["rules"], "options": {"key": {"type": "str"}}}}
    assert docs.spec_problems(checkout(tmp_path), {"POLICY_SPEC": spec}) == [
        "POLICY_SPEC: rules.key holds a secret and does not say no_log",
    ]


def test_options_of_a_fragment_count(tmp_path: Path) -> None:
    text = ("DOCUMENTATION:\n  extends_documentation_fragment:\n    - action_common_attributes\n"
            "    - exchange.ipsec.site\n    - exchange.ipsec.site.more\n")
    root = checkout(tmp_path, text)
    (root / "plugins/doc_fragments/site.py").write_text(
        'class ModuleDocFragment:\n    DOCUMENTATION = """\noptions:\n  tier: {type: str}\n"""\n'
        '    MORE = """\noptions:\n  peers: {type: list, elements: str}\n"""\n', encoding="utf-8")
    whole = {"tier": {"type": "str"}, "peers": {"type": "list", "elements": "str"}}
    assert docs.spec_problems(root, {"POLICY_SPEC": whole}) == []
    assert docs.spec_problems(root, {"POLICY_SPEC": {"tier": whole["tier"]}}) == [
        "plugins/modules/policy.yml: peers is documented, but not in the spec",
    ]


@pytest.mark.parametrize(("lost", "problem"), [
    pytest.param("plugins/action/policy.py", "policy: plugins/action/policy.py is missing", id="action"),
    pytest.param("plugins/modules/policy.py", "policy: plugins/modules/policy.py is missing", id="stub"),
    pytest.param("meta/runtime.yml", "policy: not in the action group all of meta/runtime.yml", id="group"),
])
def test_a_module_that_lacks_a_part(tmp_path: Path, lost: str, problem: str) -> None:
    (checkout(tmp_path) / lost).unlink()
    assert docs.completeness_problems(tmp_path) == [problem]


def test_a_module_that_lacks_documentation(tmp_path: Path) -> None:
    checkout(tmp_path, "DOCUMENTATION: {options: {}}\nEXAMPLES: ''\n")
    assert docs.completeness_problems(tmp_path) == [
        "policy: EXAMPLES is missing", "policy: RETURN is missing",
    ]
