# SPDX-License-Identifier: GPL-3.0-or-later
"""What the capture says about each flow; the client and the server are asked only whether the marker arrived."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from tests.wire.flows import BLOCKED, CLEAR, PROTECTED, Flow
from tests.wire.pcap import Packet

SEEN_AS = {
    "protected": PROTECTED, "clear": CLEAR, "clear by fallback": CLEAR, "blocked": BLOCKED,
    "negotiation fails": BLOCKED, "deadlock": BLOCKED,
}  # fmt: skip
"""What the forecast calls a flow -> what the link must show. No flow of the twin may be unknown, and none has a
Kerberos ticket or a default exemption to lean on: there is no exception."""
NEGOTIATED = {"negotiation fails": True, "blocked": False}
"""Whether the two spoke IKE while nothing arrived: that tells a failed negotiation from a packet thrown away."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """What was on the link while one flow ran, and the verdict."""

    flow: Flow
    seen: str
    esp_packets: int
    clear_packets: int
    clear_bytes: int
    marker_packets: int
    answered: bool
    ike_packets: int

    def to_dict(self) -> dict[str, Any]:
        """The line of `.build/wire.json`."""
        return {
            "scenario": self.flow.scenario, "source": self.flow.source, "target": self.flow.target,
            "port": self.flow.port, "expected": self.flow.expected, "seen": self.seen, "packets": self.esp_packets,
            "clear_packets": self.clear_packets, "clear_bytes": self.clear_bytes,
            "marker_packets": self.marker_packets, "answered": self.answered,
            "ike_packets": self.ike_packets,
        }  # fmt: skip


def judge(flow: Flow, packets: Sequence[Packet], ran: Mapping[str, Any], heard: Sequence[str]) -> Seen:
    """Judge one flow by the capture of its scenario, the times at which it `ran`, and what its server `heard`."""
    marker = flow.marker.encode()
    carrying = sum(marker in packet.payload for packet in packets)
    during = [one for one in packets if one.ends == flow.ends and ran["start"] <= one.time <= ran["end"]]
    clear = [one for one in during if one.kind == "clear"]
    esp = sum(one.kind == "esp" for one in during)
    readable = sum(len(one.payload) for one in clear)
    arrived = flow.marker in heard
    return Seen(
        flow, _word(esp=esp, clear=len(clear), carrying=carrying, arrived=arrived, answered=ran["answered"]),
        esp, len(clear), readable, carrying, ran["answered"], sum(one.kind == "ike" for one in during),
    )  # fmt: skip


def unlike(line: Mapping[str, Any]) -> bool:
    """Whether the forecast of a line of the report says something else than the link showed, or is not sure of it."""
    spoke = bool(line["ike_packets"])
    how = NEGOTIATED.get(line["forecast"], spoke) != spoke
    return how or SEEN_AS.get(line["forecast"]) != line["seen"] or bool(line["doubts"])


def leaked(report: Mapping[str, Any]) -> list[str]:
    """What was readable in a run and must not have been; no second run makes that good."""
    found = [
        f"{one['scenario']}, {one['source']} to {one['target']}:{one['port']} was readable"
        for one in report.get("flows", ())
        if (one["expected"] != CLEAR and one["marker_packets"])
        or (one["expected"] == PROTECTED and one["clear_packets"])
    ]
    return found + [f"{one['case']} was readable" for one in report.get("failover", ()) if one["clear_packets"]]


def _word(*, esp: int, clear: int, carrying: int, arrived: bool, answered: bool) -> str:
    """Give clear, protected or blocked where the signs agree; else what does not fit, in words."""
    if not arrived and not answered:
        return BLOCKED if not carrying else "lost in clear"
    if not (arrived and answered):
        return "half way"
    if esp and not clear and not carrying:
        return PROTECTED
    if clear and carrying >= 2 and not esp:
        return CLEAR
    return f"mixed ({esp} ESP, {clear} clear, marker {carrying}x)"
