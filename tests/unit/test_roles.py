# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what the roles offer to what they describe, and shows that each rule catches its breach."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkers import roles
from tests.checkout import ROOT

SPECS = """\
argument_specs:
  main:
    options:
      front_end_tier:
        description: [The tier.]
        type: str
        default: credentials
      front_end_peers:
        description: [The peers.]
        type: list
        elements: dict
        required: true
        options:
          address: {description: [Its address.], type: str}
"""
DEFAULTS = "# The servers behind it.\n# front_end_peers: []\nfront_end_tier: credentials\n"


def make_role(root: Path, specs: str = SPECS, defaults: str = DEFAULTS, name: str = "front_end") -> Path:
    """A role that lacks nothing; returns its folder."""
    files = {
        "README.md": "", "meta/main.yml": "", "tasks/main.yml": "---\n",
        "meta/argument_specs.yml": specs, "defaults/main.yml": defaults,
    }
    for file, text in files.items():
        path = root / "roles" / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "roles" / name


def test_the_roles_of_this_collection_describe_what_they_offer() -> None:
    assert [problem for role in roles.roles(ROOT) for problem in roles.role_problems(role)] == []


def test_the_roles_of_this_collection_have_the_same_files() -> None:
    assert roles.sameness_problems(ROOT) == []


def test_a_role_that_lacks_nothing(tmp_path: Path) -> None:
    assert roles.role_problems(make_role(tmp_path)) == []


@pytest.mark.parametrize("lost", roles.NEEDED)
def test_a_role_without_a_file(tmp_path: Path, lost: str) -> None:
    folder = make_role(tmp_path)
    (folder / lost).unlink()
    assert roles.role_problems(folder) == [f"front_end: {lost} is missing"]


@pytest.mark.parametrize(("defaults", "problem"), [
    pytest.param("front_end_tier: credentials\n", "front_end_peers is not in defaults/main.yml", id="not-listed"),
    pytest.param(DEFAULTS + "front_end_more: 1\n", "front_end_more is not in meta/argument_specs.yml", id="unknown"),
    pytest.param(DEFAULTS + "# front_end_more: 1\n", "front_end_more is not in meta/argument_specs.yml",
                 id="unknown-in-a-comment"),
    pytest.param("front_end_peers: []\nfront_end_tier: credentials\n", "front_end_peers is required and has a default",
                 id="required-with-default"),
    pytest.param("# front_end_peers: []\nfront_end_tier: everything\n",
                 "front_end_tier is 'everything' in defaults and 'credentials' in argument_specs", id="other-value"),
    pytest.param("# front_end_peers: []\n# front_end_tier: x\n", "front_end_tier has a default in argument_specs only",
                 id="default-in-specs-only"),
])
def test_defaults_that_differ(tmp_path: Path, defaults: str, problem: str) -> None:
    assert roles.role_problems(make_role(tmp_path, defaults=defaults)) == [f"front_end: {problem}"]


@pytest.mark.parametrize(("old", "new", "problem"), [
    pytest.param("        type: str\n        default", "        default", "front_end_tier has no type", id="type"),
    pytest.param("        elements: dict\n", "", "front_end_peers has no elements", id="elements"),
    pytest.param("{description: [Its address.], type: str}", "{description: [Its address.]}",
                 "front_end_peers.address has no type", id="nested"),
    pytest.param("{description: [Its address.], type: str}", "{type: str}",
                 "front_end_peers.address has no description", id="description"),
    pytest.param("{description: [Its address.], type: str}", "{description: [Any keys.], type: dict}",
                 "front_end_peers.address is a dict without options, and no line of its description begins with "
                 "'Free form'", id="dict"),
])
def test_an_input_that_is_not_described(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in SPECS
    assert roles.role_problems(make_role(tmp_path, specs=SPECS.replace(old, new))) == [f"front_end: {problem}"]


def test_a_free_dict_that_says_why(tmp_path: Path) -> None:
    said = "{description: ['Free form: the module checks it.'], type: dict}"
    specs = SPECS.replace("{description: [Its address.], type: str}", said)
    assert roles.role_problems(make_role(tmp_path, specs=specs)) == []


def test_an_input_without_the_name_of_the_role(tmp_path: Path) -> None:
    folder = make_role(tmp_path, SPECS.replace("front_end_tier", "tier"), DEFAULTS.replace("front_end_tier", "tier"))
    assert roles.role_problems(folder) == ["front_end: tier does not begin with front_end_"]


def test_a_task_file_that_is_too_long(tmp_path: Path) -> None:
    folder = make_role(tmp_path)
    (folder / "tasks/apply.yml").write_text("---\n" * 61, encoding="utf-8")
    assert roles.role_problems(folder) == ["front_end: tasks/apply.yml has 61 lines, 60 are allowed"]


def test_a_file_that_only_one_role_has(tmp_path: Path) -> None:
    (make_role(tmp_path) / "tasks/verify.yml").touch()
    make_role(tmp_path, name="back_end_cluster")
    assert roles.sameness_problems(tmp_path) == [
        "back_end_cluster: tasks/verify.yml is missing, another role has it",
    ]
