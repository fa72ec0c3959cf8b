# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against a real socket whose other end answers as told: patience, manners, and what it makes of it."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.ike.probe import Manners, probe
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.transforms import Transform, combinations, encode_offer
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.udp import udp_line
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.wire import IkeError
from tests.unit.plugins.module_utils.ike.messages import NT, STRONG, message, notification, vendor

OFFERS = combinations(["3des", "des"], ["sha1", "md5"], [14, 1], ["psk"])
FIRST, SECOND = Transform("3des", "md5", 14, "psk"), Transform("des", "sha1", 1, "psk")
QUICK = Manners(timeout=0.3, pause=0.0)
Responder = Callable[[bytes, int], Sequence[bytes]]


@contextlib.contextmanager
def peer(answer: Responder) -> Iterator[int]:
    """A listener on this machine; `answer` gets a datagram and its number and gives what goes back."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)

        def serve() -> None:
            with contextlib.suppress(OSError):
                for number in range(1, 100):
                    data, sender = listener.recvfrom(65535)
                    for back in answer(data, number):
                        listener.sendto(back, sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]


def taking(*taken: Transform) -> Responder:
    """A peer that takes these, in its own order, and refuses the rest."""

    def answer(data: bytes, _unused: int) -> list[bytes]:
        cookie = data[:8].hex()
        for one in taken:
            if _attributes(one) in data:
                body = encode_offer([one])
                return [message(f"0d 00 {4 + len(body):04x} {body.hex()}" + vendor(NT), cookie=cookie)]
        return [message(notification("000e"), first="0b", exchange="05", cookie=cookie)]

    return answer


def _attributes(one: Transform) -> bytes:
    """The four attributes of a transform without key length, as RFC 2409 numbers them."""
    numbers = ({"des": 1, "3des": 5}[one.encryption], {"md5": 1, "sha1": 2}[one.integrity], 1, one.dh_group)
    return b"".join(struct.pack("!HH", 0x8000 | kind, number) for kind, number in enumerate(numbers, 1))


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
    with pytest.raises(IkeError, match=r"there is no way to 255\.255"), udp_line("255.255.255.255"):
        pass
