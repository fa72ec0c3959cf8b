# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import WindowsVersion
from ansible_collections.exchange.ipsec.plugins.module_utils.oakley.plan import (
    needs_restart,
    plan_settings,
    read_settings,
    service_to_restart,
    touched_keys,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.oakley.settings import Restart, settings_of
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue
from tests.unit.plugins.module_utils.registry.edited_tree import EditedTree

SERVER_2003 = WindowsVersion(5, 2, 3790)
SERVER_2022 = WindowsVersion(10, 0, 20348)
OAKLEY = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\PolicyAgent\\Oakley"
DRIVER = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\IPSEC"
IKEEXT = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\IKEEXT\\Parameters"


def number(value: int) -> RegistryValue:
    return RegistryValue("REG_DWORD", value)


def test_reading_looks_at_the_key_of_the_version() -> None:
    tree = RegistryTree({OAKLEY: {"nlbsflags": number(1)}, DRIVER: {"NoDefaultExempt": number(3)}, IKEEXT: {}})
    assert read_settings(tree, SERVER_2003) == {
        "NLBSFlags": 1,
        "NlbsIdleTime": None,
        "NlbsIdle": None,
        "NoDefaultExempt": 3,
        "AssumeUDPEncapsulationContextOnSendRule": None,
        "EnableLogging": None,
        "IKEFlags": None,
    }
    assert read_settings(tree, SERVER_2022)["NLBSFlags"] is None


def test_a_value_of_another_type_counts_as_absent() -> None:
    tree = RegistryTree({OAKLEY: {"NLBSFlags": RegistryValue("REG_SZ", "1"),
                                  "EnableLogging": RegistryValue("REG_DWORD", b"\x01")}})  # fmt: skip
    found = read_settings(tree, SERVER_2003)
    assert (found["NLBSFlags"], found["EnableLogging"]) == (None, None)


def test_the_article_s_change_as_a_command() -> None:
    (change,) = plan_settings({"NLBSFlags": None}, {"NLBSFlags": 1}, SERVER_2003)
    assert change.command == f"reg add {OAKLEY} /v NLBSFlags /t REG_DWORD /d 1 /f"
    assert str(change) == f"NLBSFlags: absent -> 1 ({OAKLEY})"
    assert (change.before, change.after, change.restart) == (None, 1, Restart.SERVICE)


def test_absent_deletes_and_the_way_back_restores_the_number() -> None:
    (change,) = plan_settings({"NLBSFlags": 1}, {"nlbsflags": None}, SERVER_2022)
    assert change.command == f"reg delete {IKEEXT} /v NLBSFlags /f"


def test_nothing_to_do_and_values_that_nobody_named_stay() -> None:
    have = {"NLBSFlags": 1, "EnableLogging": 1}
    assert plan_settings(have, {"NLBSFlags": 1, "IKEFlags": None}, SERVER_2003) == ()


def test_restart_and_backup_cover_all_changes() -> None:
    changes = plan_settings({}, {"NoDefaultExempt": 3, "NLBSFlags": 1, "EnableLogging": 1}, SERVER_2003)
    assert [change.name for change in changes] == ["NLBSFlags", "NoDefaultExempt", "EnableLogging"]
    assert needs_restart(changes) is Restart.COMPUTER
    assert needs_restart(changes[:1]) is Restart.SERVICE
    assert needs_restart(()) is Restart.NOTHING
    assert touched_keys(changes) == (OAKLEY, DRIVER)


def test_the_service_that_reads_the_values() -> None:
    assert service_to_restart(SERVER_2003) == "PolicyAgent"
    assert service_to_restart(SERVER_2022) == "IKEEXT"


@pytest.mark.parametrize(
    ("want", "version", "said"),
    [
        pytest.param({"NLBSFlag": 1}, SERVER_2003, "settings: 'NLBSFlag' is not a known value", id="misspelt"),
        pytest.param({"NLBSFlags": 7}, SERVER_2003, "NLBSFlags: 7 is out of range", id="range"),
        pytest.param({"NLBSFlags": -1}, SERVER_2003, "NLBSFlags: -1 is out of range", id="negative"),
        pytest.param({"NLBSFlags": True}, SERVER_2003, "NLBSFlags: True is not a whole number", id="bool"),
        pytest.param({"NLBSFlags": "1 & del x"}, SERVER_2003, "is not a whole number", id="text"),
        pytest.param({"NoDefaultExempt": 1}, SERVER_2022, "nobody documents this value for Windows Server 2022",
                     id="not-on-this-version"),
    ],
)  # fmt: skip
def test_what_cannot_be_wanted(want: dict[str, Any], version: WindowsVersion, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        plan_settings({}, want, version)


def test_absent_is_always_reached_where_the_version_does_not_know_the_value() -> None:
    assert plan_settings({}, {"NoDefaultExempt": None}, SERVER_2022) == ()


@given(version=st.sampled_from([SERVER_2003, SERVER_2022]), data=st.data())
def test_a_plan_reaches_what_is_wanted_and_then_is_empty(version: WindowsVersion, data: st.DataObject) -> None:
    values = {one.name: st.none() | st.integers(one.minimum, one.maximum) for one in settings_of(version)}
    have, want = data.draw(st.fixed_dictionaries(values)), data.draw(st.fixed_dictionaries(values))
    tree = EditedTree()
    for change in plan_settings({}, have, version) + plan_settings(have, want, version):
        if change.after is None:
            tree = tree.without_value(change.key, change.name)
        else:
            tree = tree.with_value(change.key, change.name, number(change.after))
    assert read_settings(tree, version) == want
    assert plan_settings(read_settings(tree, version), want, version) == ()
