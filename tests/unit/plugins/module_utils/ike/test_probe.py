# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against a real socket whose other end answers as told: patience, manners, and what it makes of it."""

from __future__ import annotations

import dataclasses
import math
import socket
from collections.abc import Sequence

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.probe import Manners, probe
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.transforms import Transform, combinations
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.udp import udp_line
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.wire import IkeError
from tests.ike_peer import peer, taking
from tests.unit.plugins.module_utils.ike.messages import STRONG, message, notification

OFFERS = combinations(["3des", "des"], ["sha1", "md5"], [14, 1], ["psk"])
FIRST, SECOND = Transform("3des", "md5", 14, "psk"), Transform("des", "sha1", 1, "psk")
QUICK = Manners(timeout=0.3, pause=0.0)


def test_one_message_tells_the_preferred_offer() -> None:
    with peer(taking(SECOND, FIRST)) as port, udp_line("127.0.0.1", port) as line:
        found = probe(line, OFFERS, sweep=False, manners=QUICK).to_dict()
    assert found["alive"] is True
    assert found["accepted"] == [dataclasses.asdict(SECOND)]
    assert found["weak"] == ["des-sha1-dh1 psk"]
    assert (found["windows"], found["messages"], found["refusals"]) == ("Windows Server 2003", 1, [])
    assert 0 <= found["milliseconds"] < 300


def test_a_sweep_tells_them_all() -> None:
    with peer(taking(SECOND, FIRST)) as port, udp_line("127.0.0.1", port) as line:
        found = probe(line, OFFERS, sweep=True, manners=QUICK)
    assert (found.accepted, found.refusals, found.messages) == ([SECOND, FIRST], ["NO-PROPOSAL-CHOSEN"], 3)


def test_a_sweep_of_algorithms_asks_for_each_once() -> None:
    """A peer that does not look at the method takes the same with another; nobody needs to hear it twice."""
    offers = combinations(["3des", "des"], ["sha1", "md5"], [14, 1], ["psk", "certificate"])
    both = [Transform("3des", "sha1", 14, method) for method in ("certificate", "psk")]
    found = []
    for suites in (False, True):
        with peer(taking(*both)) as port, udp_line("127.0.0.1", port) as line:
            found.append(probe(line, offers, sweep=True, manners=QUICK, suites=suites))
    assert [one.accepted for one in found] == [both, both[:1]]
    assert [one.messages for one in found] == [3, 2]


def flooded(data: bytes, _unused: int) -> Sequence[bytes]:
    """A host that guards against floods answers only a question with its cookie ([MS-IKEE] 3.9.5)."""
    cookie = "c00c1e0000000001"
    if data[8:16].hex() == cookie:
        return taking(FIRST)(data, 1)
    body = f"00 00 0014 00000001 01 00 9c44 {cookie}"
    return [message(body, first="0b", exchange="05", cookie=data[:8].hex(), message_id="00000007")]


def test_a_host_that_guards_against_floods() -> None:
    with peer(flooded) as port, udp_line("127.0.0.1", port) as line:
        found = probe(line, OFFERS, sweep=False, manners=QUICK)
    assert (found.alive, found.complete, found.accepted, found.messages) == (True, True, [FIRST], 2)


def test_a_host_that_only_hands_out_cookies() -> None:
    def coy(data: bytes, _unused: int) -> Sequence[bytes]:
        return flooded(data[:8] + bytes(8), 1)

    with peer(coy) as port, udp_line("127.0.0.1", port) as line:
        found = probe(line, OFFERS, sweep=True, manners=QUICK)
    assert (found.alive, found.complete, found.accepted, found.messages) == (True, False, [], 4)


def test_a_peer_that_falls_silent_is_told_apart_from_one_that_refuses() -> None:
    def tired(data: bytes, number: int) -> Sequence[bytes]:
        return taking(FIRST, SECOND)(data, number) if number == 1 else []

    with peer(tired) as port, udp_line("127.0.0.1", port) as line:
        found = probe(line, OFFERS, sweep=True, manners=QUICK)
    assert (found.alive, found.complete, found.accepted, found.messages) == (True, False, [FIRST], 3)


def test_everything_refused_is_alive() -> None:
    with peer(taking()) as port, udp_line("127.0.0.1", port) as line:
        found = probe(line, OFFERS, sweep=True, manners=QUICK)
    assert (found.alive, found.complete, found.accepted, found.messages) == (True, True, [], 1)


def test_a_lost_message_is_sent_once_more() -> None:
    known: list[bytes] = []

    def second_only(data: bytes, number: int) -> Sequence[bytes]:
        known.append(data)
        return taking(STRONG)(data, number) if number == 2 else []

    with peer(second_only) as port, udp_line("127.0.0.1", port) as line:
        found = probe(line, OFFERS, sweep=False, manners=QUICK)
    assert (found.alive, found.messages) == (True, 2)
    assert known[0] == known[1]


@pytest.mark.parametrize("answers", [pytest.param(False, id="silent"), pytest.param(True, id="port-closed")])
def test_nobody_costs_two_messages(answers: bool) -> None:
    with peer(lambda data, number: []) as port, udp_line("127.0.0.1", 9 if answers else port) as line:
        found = probe(line, OFFERS, sweep=True, manners=QUICK)
    assert (found.alive, found.milliseconds, found.messages) == (False, None, 2)


def test_hostile_answers_are_counted_and_passed_over() -> None:
    def hostile(data: bytes, number: int) -> Sequence[bytes]:
        noise = [b"", b"\xff" * 1400, data, message(notification("000e"), first="0b", exchange="05", cookie="00" * 8)]
        return [*noise * 5, *taking(STRONG)(data, number)]

    with peer(hostile) as port, udp_line("127.0.0.1", port) as line:
        found = probe(line, OFFERS, sweep=False, manners=QUICK)
    assert found.accepted == [STRONG]
    assert len(found.ignored) == 10
    assert "IKE answer: a header has 28 bytes, 0 came" in found.ignored
    assert "IKE answer at byte 0: the cookie is not ours" in found.ignored


def test_a_pause_stands_before_every_message_but_the_first() -> None:
    slept: list[float] = []
    manners = Manners(timeout=0.3, pause=0.7, sleep=slept.append)
    with peer(taking(FIRST)) as port, udp_line("127.0.0.1", port) as line:
        probe(line, OFFERS, sweep=True, manners=manners)
    assert slept == [0.7]


def test_an_address_without_a_way() -> None:
    """The system lets nobody send to everybody by mistake."""
    with pytest.raises(IkeError, match=r"there is no way to 255\.255"), udp_line("255.255.255.255"):
        pass


def test_a_way_that_somebody_else_uses() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", 0))
        port = taken.getsockname()[1]
        with pytest.raises(IkeError, match=r"no way to 127\.0\.0\.1"), udp_line("127.0.0.1", 500, port):
            pass


@pytest.mark.parametrize(("given", "problem"), [
    pytest.param(("virtual.example.com",), "address: 'virtual.example.com' is no IPv4 address", id="name"),
    pytest.param(("",), "address: '' is no IPv4 address", id="empty"),
    pytest.param(("127.1",), "address: '127.1' is no IPv4 address", id="short"),
    pytest.param(("::1",), "address: '::1' is no IPv4 address", id="ipv6"),
    pytest.param(("224.0.0.1",), "address: 224.0.0.1 is not the address of one host", id="group"),
    pytest.param(("0.0.0.0",), "address: 0.0.0.0 is not the address of one host", id="nobody"),  # noqa: S104
    pytest.param(("127.0.0.1", 0), "port: 0 is out of range (1 to 65535)", id="port-zero"),
    pytest.param(("127.0.0.1", 70_000), "port: 70000 is out of range (1 to 65535)", id="port"),
    pytest.param(("127.0.0.1", 500, -1), "source_port: -1 is out of range", id="source-port"),
])
def test_what_is_no_target(given: tuple[str, int, int], problem: str) -> None:
    with pytest.raises(SpecError) as caught, udp_line(*given):
        pass
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize("given", [
    {"timeout": 0.0}, {"timeout": -1.0}, {"timeout": math.nan}, {"timeout": math.inf}, {"timeout": 61.0},
    {"pause": -0.1}, {"pause": math.nan}, {"pause": math.inf},
])  # fmt: skip
def test_manners_that_mean_nothing(given: dict[str, float]) -> None:
    with pytest.raises(SpecError, match="is out of range"):
        Manners(**given)


def test_nothing_to_offer() -> None:
    with pytest.raises(SpecError, match="nothing to offer"), udp_line("127.0.0.1") as line:
        probe(line, [], sweep=False)
