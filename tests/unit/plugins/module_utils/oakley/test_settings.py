# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import WindowsVersion
from ansible_collections.exchange.ipsec.plugins.module_utils.oakley.settings import (
    SETTINGS,
    find_setting,
    settings_of,
)

WINDOWS_2000 = WindowsVersion(5, 0, 2195)
XP = WindowsVersion(5, 1, 2600)
SERVER_2003 = WindowsVersion(5, 2, 3790)
SERVER_2008_R2 = WindowsVersion(6, 1, 7601)
SERVER_2022 = WindowsVersion(10, 0, 20348)
SERVICES = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\"


@pytest.mark.parametrize(
    ("name", "version", "key"),
    [
        pytest.param("NLBSFlags", SERVER_2003, "PolicyAgent\\Oakley", id="nlbs-flags-2003"),
        pytest.param("NLBSFlags", SERVER_2022, "IKEEXT\\Parameters", id="nlbs-flags-2022"),
        pytest.param("NlbsIdleTime", SERVER_2003, "IPSEC", id="idle-time-2003"),
        pytest.param("NlbsIdleTime", SERVER_2008_R2, "IKEEXT\\Parameters", id="idle-time-2008-r2"),
        pytest.param("NlbsIdle", SERVER_2003, "PolicyAgent\\Oakley", id="idle-2003"),
        pytest.param("NlbsQMRetransmitDuration", SERVER_2008_R2, "IKEEXT\\Parameters", id="retransmit-2008-r2"),
        pytest.param("NoDefaultExempt", WINDOWS_2000, "IPSEC", id="exempt-2000"),
        pytest.param("NoDefaultExempt", SERVER_2003, "IPSEC", id="exempt-2003"),
        pytest.param("AssumeUDPEncapsulationContextOnSendRule", SERVER_2003, "IPSEC", id="nat-2003"),
        pytest.param("AssumeUDPEncapsulationContextOnSendRule", SERVER_2022, "PolicyAgent", id="nat-2022"),
        pytest.param("EnableLogging", SERVER_2003, "PolicyAgent\\Oakley", id="logging-2003"),
        pytest.param("IKEFlags", SERVER_2003, "PolicyAgent\\Oakley", id="ike-flags-2003"),
    ],
)
def test_the_key_of_a_version(name: str, version: WindowsVersion, key: str) -> None:
    home = find_setting(name).home(version)
    assert home is not None
    assert home.key == SERVICES + key


@pytest.mark.parametrize(
    ("version", "names"),
    [
        pytest.param(WINDOWS_2000, ["NoDefaultExempt", "EnableLogging"], id="2000"),
        pytest.param(
            SERVER_2022,
            ["NLBSFlags", "NlbsIdleTime", "NlbsQMRetransmitDuration", "AssumeUDPEncapsulationContextOnSendRule"],
            id="2022",
        ),
    ],
)
def test_what_a_version_knows(version: WindowsVersion, names: list[str]) -> None:
    assert [setting.name for setting in settings_of(version)] == names


@pytest.mark.parametrize(
    ("name", "value", "version", "allowed"),
    [
        pytest.param("NLBSFlags", 2, SERVER_2003, "0 to 1", id="flags"),
        pytest.param("NlbsIdleTime", 0, SERVER_2003, "1 to 300", id="idle-time"),
        pytest.param("NoDefaultExempt", 2, WINDOWS_2000, "0 to 1", id="windows-2000-knows-two-modes"),
        pytest.param("NoDefaultExempt", 4, XP, "0 to 3", id="exempt"),
        pytest.param("IKEFlags", 0x1_0000_0000, SERVER_2003, "0 to 4294967295", id="more-than-a-dword"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, value: int, version: WindowsVersion, allowed: str) -> None:
    with pytest.raises(SpecError, match=allowed):
        find_setting(name).check(value, version)


def test_names_are_found_without_regard_to_case() -> None:
    assert find_setting("nlbsflags").name == "NLBSFlags"


def test_nothing_in_the_table_has_to_be_quoted_and_every_row_names_its_source() -> None:
    for setting in SETTINGS:
        assert setting.name.isalnum()
        assert setting.sources
        assert setting.meaning
        for home in setting.homes:
            assert not set(home.key) & set(' "&|<>^%')
