# SPDX-License-Identifier: GPL-3.0-or-later
"""Expected values: KB 811832, KB 810207, cc756041 for Windows 2000 to Server 2003; ike-exemptions since Vista."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.classify import Word, classify
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.exemptions import exemption_mode
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, WindowsVersion
from tests.unit.plugins.module_utils.forecast.cases import (
    BLOCK,
    SERVER_2022,
    WINDOWS_2000,
    A,
    host,
    packet,
    policy,
    rule,
)

XP = WindowsVersion(5, 1, 2600)
EVERYTHING_BLOCKED = policy(rule("any any -> any", BLOCK))


@pytest.mark.parametrize(("version", "value", "mode"), [
    pytest.param(WINDOWS_2000, None, 0, id="2000-default"),
    pytest.param(XP, None, 0, id="xp-default"),
    pytest.param(SERVER_2003, None, 3, id="2003-default"),
    pytest.param(SERVER_2003, 0, 0, id="2003-set-back"),
    pytest.param(WINDOWS_2000, 1, 1, id="2000-set"),
    pytest.param(SERVER_2003, 7, 3, id="2003-nonsense-is-the-default"),
    pytest.param(SERVER_2022, 0, 3, id="2022-knows-no-such-value"),
])  # fmt: skip
def test_which_exemptions_are_in_force(version: WindowsVersion, value: int | None, mode: int) -> None:
    assert exemption_mode(version, value) == mode


IKE, KERBEROS = "udp 192.0.2.1:500 -> 192.0.2.2:500", "udp 192.0.2.1:1025 -> 192.0.2.2:88"
RSVP = "rsvp 192.0.2.1 -> 192.0.2.2"
MULTICAST, BROADCAST = "udp 192.0.2.1:1025 -> 224.0.0.9:9", "udp 192.0.2.1:68 -> 255.255.255.255:67"
PASSES = {
    0: {IKE, KERBEROS, RSVP, MULTICAST, BROADCAST},
    1: {IKE, MULTICAST, BROADCAST},
    2: {IKE, KERBEROS, RSVP},
    3: {IKE},
}


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
@pytest.mark.parametrize("sent", [IKE, KERBEROS, RSVP, MULTICAST, BROADCAST])
def test_what_passes_a_policy_that_blocks_everything(mode: int, sent: str) -> None:
    station = host("a", A, EVERYTHING_BLOCKED, no_default_exempt=mode)
    assert (classify(station, packet(sent)).word is Word.CLEAR) == (sent in PASSES[mode])


@pytest.mark.parametrize("received", ["udp 192.0.2.2:1025 -> 224.0.0.9:9", "udp 192.0.2.2:68 -> 255.255.255.255:67"])
def test_server_2003_lets_many_receivers_traffic_in(received: str) -> None:
    assert classify(host("a", A, EVERYTHING_BLOCKED), packet(received)).word is Word.CLEAR
    later = host("a", A, EVERYTHING_BLOCKED, version=SERVER_2022)
    assert classify(later, packet(received)).word is Word.BLOCK


@pytest.mark.parametrize(("sent", "word"), [
    pytest.param("tcp 192.0.2.2:88 -> 192.0.2.1:445", Word.CLEAR, id="source-port-88-reaches-any-port"),
    pytest.param("tcp 192.0.2.2:89 -> 192.0.2.1:445", Word.BLOCK, id="source-port-89-does-not"),
    pytest.param("udp 192.0.2.2:1025 -> 192.0.2.1:500", Word.BLOCK, id="ike-needs-both-ports"),
    pytest.param("udp 192.0.2.2:4500 -> 192.0.2.1:4500", Word.BLOCK, id="nat-t-before-vista-is-not-documented"),
])  # fmt: skip
def test_edges_on_windows_2000(sent: str, word: Word) -> None:
    assert classify(host("a", A, EVERYTHING_BLOCKED, version=WINDOWS_2000), packet(sent)).word is word


@pytest.mark.parametrize(("received", "doubtful"), [
    pytest.param("udp 192.0.2.2:1025 -> 192.0.2.1:500", True, id="behind-nat"),
    pytest.param("udp 192.0.2.2:4500 -> 192.0.2.1:4500", True, id="nat-t-before-vista"),
    pytest.param("tcp 192.0.2.2:1025 -> 192.0.2.1:500", False, id="tcp"),
    pytest.param("udp 192.0.2.2:1025 -> 192.0.2.1:501", False, id="another-port"),
])  # fmt: skip
def test_what_looks_like_ike_leaves_a_doubt(received: str, doubtful: bool) -> None:
    assert bool(classify(host("a", A, EVERYTHING_BLOCKED), packet(received)).doubts) is doubtful
    assert not classify(host("a", A), packet(received)).doubts


def test_nat_t_is_exempt_since_vista() -> None:
    station = host("a", A, EVERYTHING_BLOCKED, version=SERVER_2022)
    assert classify(station, packet("udp 192.0.2.2:4500 -> 192.0.2.1:4500")).exempt == "IKE is always exempt"
