# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of the twin catches what it must: a marker in clear, a mixed flow, an answer that never came."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.wire.flows import Flow
from tests.wire.judge import judge, leaked
from tests.wire.pcap import Packet, read
from tests.wire.uml import TwinError

FLOW = Flow("credentials", "fe1", "virtual", 110, "protected")
MARKER = b"PASS MARKER-credentials-fe1-virtual-110-END\r\n"
RAN = {"start": 10.0, "end": 20.0, "answered": True}
SILENT = {**RAN, "answered": False}
HEARD = ["MARKER-credentials-fe1-virtual-110-END"]


def packet(kind: str, payload: bytes = b"", time: float = 15.0, source: str = "192.0.2.11") -> Packet:
    return Packet(time, source, "192.0.2.30", kind, payload)


ESP, IKE, SYN = packet("esp"), packet("ike"), packet("clear")


@pytest.mark.parametrize(("packets", "ran", "heard", "word"), [
    pytest.param([IKE, ESP, ESP], RAN, HEARD, "protected", id="esp-only"),
    pytest.param([packet("clear", MARKER)] * 2, RAN, HEARD, "clear", id="both-ways-in-clear"),
    pytest.param([packet("clear", MARKER), SYN], RAN, HEARD, "mixed (0 ESP, 2 clear, marker 1x)",
                 id="one-way-in-clear"),
    pytest.param([packet("clear", MARKER)] * 2 + [ESP], RAN, HEARD, "mixed (1 ESP, 2 clear, marker 2x)",
                 id="esp-beside-clear"),
    pytest.param([IKE, SYN], SILENT, [], "blocked", id="nothing-arrives"),
    pytest.param([packet("clear", MARKER)], SILENT, [], "lost in clear", id="readable-but-lost"),
    pytest.param([ESP, SYN], RAN, HEARD, "mixed (1 ESP, 1 clear, marker 0x)", id="one-clear-packet"),
    pytest.param([ESP, packet("clear", MARKER, time=99.0)], RAN, HEARD, "mixed (1 ESP, 0 clear, marker 1x)",
                 id="marker-at-another-time"),
    pytest.param([packet("esp", time=9.0), packet("esp", source="192.0.2.12")], RAN, HEARD,
                 "mixed (0 ESP, 0 clear, marker 0x)", id="esp-of-others"),
    pytest.param([ESP], SILENT, HEARD, "half way", id="no-answer"),
    pytest.param([], RAN, [], "half way", id="not-heard"),
])
def test_the_verdict(packets: list[Packet], ran: dict[str, object], heard: list[str], word: str) -> None:
    assert judge(FLOW, packets, ran, heard).seen == word


def test_the_line_of_the_report() -> None:
    packets = [ESP, packet("clear", b"12345"), packet("clear", MARKER), IKE, packet("ike", time=9.0)]
    seen = judge(FLOW, packets, RAN, HEARD).to_dict()
    assert (seen["packets"], seen["clear_packets"], seen["clear_bytes"], seen["marker_packets"]) == (1, 2, 50, 1)
    assert seen["ike_packets"] == 1


@pytest.mark.parametrize(("expected", "packets", "count"), [
    pytest.param("protected", [ESP, ESP], 0, id="protected"),
    pytest.param("protected", [], 0, id="too-slow"),
    pytest.param("protected", [ESP, SYN], 1, id="one-clear-packet"),
    pytest.param("blocked", [SYN], 0, id="blocked"),
    pytest.param("blocked", [packet("clear", MARKER)], 1, id="blocked-and-readable"),
    pytest.param("clear", [packet("clear", MARKER)], 0, id="clear"),
])
def test_what_no_second_run_makes_good(expected: str, packets: list[Packet], count: int) -> None:
    flow = dataclasses.replace(FLOW, expected=expected)
    line = judge(flow, packets, SILENT, []).to_dict()
    assert len(leaked({"flows": [line]})) == count


def test_a_clear_packet_of_a_failover_is_never_made_good() -> None:
    cases = [{"case": "crash", "clear_packets": 0}, {"case": "planned", "clear_packets": 2}]
    assert leaked({"failover": cases}) == ["planned was readable"]


HEAD = bytes.fromhex("d4c3b2a1 02000400 00000000 00000000 00000400 01000000")
FRAME = bytes.fromhex(
    "020000000002 020000000001 0800"
    "4500002b 00000000 4006 0000 c000020b c000021e"
    "c000006e 00000000 00000000 50180000 00000000 616263 000000"
)
RECORD = bytes.fromhex("0a000000 20a10700") + len(FRAME).to_bytes(4, "little") * 2


def test_a_capture(tmp_path: Path) -> None:
    """TCP with three bytes, and three of Ethernet's padding that are nobody's."""
    path = tmp_path / "x.pcap"
    path.write_bytes(HEAD + RECORD + FRAME)
    assert read(path) == [Packet(10.5, "192.0.2.11", "192.0.2.30", "clear", b"abc")]


@pytest.mark.parametrize(("protocol", "kind"), [
    pytest.param("32", "esp", id="esp"), pytest.param("33", "ah", id="ah"), pytest.param("01", "clear", id="icmp"),
])
def test_kinds_of_packets(tmp_path: Path, protocol: str, kind: str) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(HEAD + RECORD + FRAME[:23] + bytes.fromhex(protocol) + FRAME[24:])
    assert [one.kind for one in read(path)] == [kind]


@pytest.mark.parametrize("broken", [
    pytest.param(b"", id="empty"), pytest.param(b"\x0a" + HEAD[1:], id="other-format"),
    pytest.param(HEAD + RECORD[:9], id="half-a-record"), pytest.param(HEAD + RECORD + FRAME[:-1], id="half-a-frame"),
    pytest.param(HEAD + RECORD[:12] + b"\xff" + RECORD[13:] + FRAME, id="cut-short-by-tcpdump"),
])
def test_a_capture_that_is_not_whole(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(broken)
    with pytest.raises(TwinError):
        read(path)
