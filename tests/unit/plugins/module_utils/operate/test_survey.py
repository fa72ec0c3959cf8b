# SPDX-License-Identifier: GPL-3.0-or-later
"""One read of a host: what it says about Windows of either generation and either language."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.state import Service, Start
from ansible_collections.exchange.ipsec.plugins.module_utils.errors import HostError
from ansible_collections.exchange.ipsec.plugins.module_utils.host.port import Completed
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.survey import survey
from tests.unit.plugins.module_utils.operate.lab_port import LabPort

NETSH = "netsh ipsec static "


@pytest.mark.parametrize(
    ("profile", "codepage", "windows", "start"),
    [
        ("server2003", 65001, "Windows Server 2003 (5.2.3790)", Start.AUTOMATIC),
        ("server2003-ko", 949, "Windows Server 2003 (5.2.3790)", Start.AUTOMATIC),
        ("server2022", 65001, "Windows Server 2022 (10.0.20348)", Start.MANUAL),
    ],
)
def test_an_empty_host(profile: str, codepage: int, windows: str, start: Start) -> None:
    found = survey(LabPort(profile, codepage))
    assert (found.windows, found.store.policies, found.store.assigned) == (windows, (), None)
    assert (found.state.service, found.state.start) == (Service.RUNNING, start)
    assert found.obstacle(None) == "no policy is assigned"


def test_one_command_reads_everything() -> None:
    port = LabPort()
    survey(port, addresses=True)
    assert len(port.commands) == 1


def test_the_addresses_of_the_host_when_asked() -> None:
    port = LabPort("server2003-ko", 949)
    assert "192.0.2.11" in survey(port, addresses=True).quads
    assert survey(port).quads == ()


def test_a_policy_in_force_and_what_may_stand_in_its_way() -> None:
    port = LabPort()
    port.type(NETSH + 'add policy name="Mail" assign=yes')
    assert survey(port).store.assigned == "Mail"
    assert survey(port).obstacle("Mail") == ""
    port.type("net stop PolicyAgent")
    assert survey(port).obstacle("Mail") == "the service PolicyAgent is stopped; start it, or nothing is enforced"
    key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\GPTIPSECPolicy"
    port.type(f'reg add {key} /v DSIPSECPolicyName /d "Domain" /f')
    port.type(f'reg add {key} /v DSIPSECPolicyPath /d "LDAP://CN=ipsecPolicy{{0}}" /f')
    assert "the domain assigns policy 'Domain', which wins" in survey(port).obstacle("Mail")


def test_a_korean_name_comes_through_the_korean_code_page() -> None:
    port = LabPort("server2003-ko", 949)
    port.type(NETSH + 'add policy name="메일 정책"')
    assert [one.name for one in survey(port).store.policies] == ["메일 정책"]


def test_a_settings_value_is_read_from_the_key_of_its_version() -> None:
    port = LabPort()
    port.type(r"reg add HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley /v NLBSFlags /t REG_DWORD /d 1 /f")
    assert survey(port).state.settings["NLBSFlags"] == 1


class Mute(LabPort):
    """A host whose answer is cut off, or that is no Windows host."""

    def __init__(self, output: str) -> None:
        """Answer every command with the same text."""
        super().__init__()
        self.output = output

    def run(self, command: str, stdin: str = "") -> Completed:
        """Answer."""
        return Completed(0, self.output, "")


def test_output_that_stops_in_the_middle_is_no_state() -> None:
    with pytest.raises(HostError, match="fe1: the answer stops after 0 of 7 parts"):
        survey(Mute("Microsoft Windows [Version 5.2.3790]"))
