# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry trees: lookup without regard to case, and changes that leave the first tree as it was."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import (
    RegistryTree,
    RegistryValue,
    fold,
    long_path,
)

KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example"
ONE = RegistryValue("REG_DWORD", 1)
TWO = RegistryValue("REG_DWORD", 2)


def test_lookup_ignores_case_and_keeps_the_first_spelling() -> None:
    tree = RegistryTree({KEY: {"Start": ONE}, KEY.upper() + "\\Sub": {"ÄRGER": TWO}})
    assert tree.value("hklm\\software\\EXAMPLE", "sTART") == ONE
    assert tree.value(KEY + "\\sub", "ärger") == TWO
    assert list(tree) == [KEY, KEY.upper() + "\\Sub"]
    assert list(tree[KEY.lower()]) == ["Start"]
    assert KEY.lower() in tree
    assert KEY + "2" not in tree


def test_missing_key_and_missing_value_are_none() -> None:
    tree = RegistryTree({KEY: {}})
    assert tree.value(KEY, "Start") is None
    assert tree.value(KEY + "\\Sub", "Start") is None


def test_keys_below_are_those_of_any_depth_and_not_neighbours() -> None:
    tree = RegistryTree({KEY: {}, KEY + "\\A": {}, KEY + "\\A\\B": {}, KEY + "2": {}})
    assert tree.keys_below(KEY.lower()) == (KEY + "\\A", KEY + "\\A\\B")


def test_two_spellings_of_one_key_come_together() -> None:
    tree = RegistryTree({KEY: {"a": ONE}, KEY.upper(): {"A": TWO, "b": ONE}})
    assert list(tree) == [KEY]
    assert dict(tree[KEY]) == {"a": TWO, "b": ONE}


def test_merged_lets_the_later_tree_win() -> None:
    merged = RegistryTree.merged([RegistryTree({KEY: {"a": ONE}}), RegistryTree({KEY: {"A": TWO}, KEY + "\\S": {}})])
    assert merged == RegistryTree({KEY: {"a": TWO}, KEY + "\\S": {}})


def test_trees_differ_by_type_data_and_key() -> None:
    tree = RegistryTree({KEY: {"a": ONE}})
    assert tree == RegistryTree({KEY.upper(): {"A": ONE}})
    assert tree != RegistryTree({KEY: {"a": RegistryValue("REG_QWORD", 1)}})
    assert tree != RegistryTree({KEY: {"a": TWO}})
    assert tree != RegistryTree({KEY: {"a": ONE}, KEY + "\\Sub": {}})


def test_no_repr_shows_data() -> None:
    value = RegistryValue("REG_SZ", "Open-Sesame")
    assert "Sesame" not in repr(value)
    assert "Sesame" not in repr(RegistryTree({KEY: {"a": value}}))


@pytest.mark.parametrize(("short", "long"), [
    pytest.param("HKLM", "HKEY_LOCAL_MACHINE", id="bare-hive"),
    pytest.param("hkcu\\A\\", "HKEY_CURRENT_USER\\A", id="lower-case-and-backslash-at-the-end"),
    pytest.param("HKEY_USERS\\A", "HKEY_USERS\\A", id="long-already"),
])  # fmt: skip
def test_long_path(short: str, long: str) -> None:
    assert long_path(short) == long


def test_fold_goes_character_by_character() -> None:
    assert fold("straße") == "STRAßE"
    assert fold("ärger") == "ÄRGER"
