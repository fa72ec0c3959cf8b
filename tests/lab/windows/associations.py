# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's security associations: made when a flow is negotiated, gone when one of many things ends them.

Sources: [MS-IKEE] 3.8.4.1 (a deletion is told to the peer), 3.8.7 (those that a new policy makes invalid are deleted),
3.8.7.1 (a shutdown tells every peer), 3.5.2 and note 21 (idle timer of 5 minutes; KB 821839: 1 minute with NLBSFlags).
"""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .filters import Packet

if TYPE_CHECKING:
    from .host import WindowsHost

MAIN, QUICK = "main", "quick"
IDLE, IDLE_NLBS = 300.0, 60.0
_OAKLEY = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"
_NEGOTIATES = ("negotiate", "inpass")


@dataclasses.dataclass(slots=True)
class Association:
    """One end of an association; both ends carry the same number. `packet` is the traffic that asked for it."""

    number: int
    mode: str
    packet: Packet
    heard: float

    @property
    def local(self) -> str:
        """The own address."""
        return str(ipaddress.IPv4Address(self.packet.source))

    @property
    def peer(self) -> str:
        """The other end's address."""
        return str(ipaddress.IPv4Address(self.packet.target))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values; protocol and port mean nothing for a main mode."""
        packet = self.packet
        port = packet.target_port or packet.source_port
        traffic = {"protocol": packet.protocol, "port": port} if self.mode == QUICK else {"protocol": 0, "port": 0}
        return {"peer": self.peer, "local": self.local, "mode": self.mode, **traffic}


def nobody() -> None:
    """Tell nobody: a host on no network."""


class Associations:
    """All associations of one host; they do not outlive its PolicyAgent."""

    def __init__(self, host: WindowsHost) -> None:
        """Begin without any."""
        self._host = host
        self.items: list[Association] = []
        self.tell: Callable[[Association], None] = lambda association: None
        """Sends the peer the message that an association is deleted; the network's."""
        self.settle: Callable[[], None] = nobody
        """Lets happen what has to happen before somebody looks; the network's."""

    def current(self) -> list[Association]:
        """Return what stands now, main modes first, in the order they were made."""
        self.settle()
        self._expire()
        return sorted(self.items, key=lambda one: one.mode != MAIN)

    def add(self, number: int, mode: str, packet: Packet) -> None:
        """Make one."""
        self.items.append(Association(number, mode, packet, self._host.clock.now()))

    def find(self, packet: Packet) -> Association | None:
        """Return the quick mode that carries this traffic."""
        return next((one for one in self.items if one.mode == QUICK and same(one.packet, packet)), None)

    def main(self, packet: Packet) -> Association | None:
        """Return the main mode between these addresses."""
        ends = (packet.source, packet.target)
        return next((one for one in self.items if one.mode == MAIN and _ends(one.packet) == ends), None)

    def knows(self, number: int) -> Association | None:
        """Return the own end of an association."""
        return next((one for one in self.items if one.number == number), None)

    def forget(self, number: int) -> None:
        """Drop the own end without a word: the peer said that it deleted its one."""
        self.items = [one for one in self.items if one.number != number]

    def drop(self, unwanted: Callable[[Association], bool] = lambda association: True) -> int:
        """Delete those that are not wanted, tell the peers, and return how many there were."""
        found = [one for one in self.items if unwanted(one)]
        for one in found:
            self.items.remove(one)
            self.tell(one)
        return len(found)

    def revalidate(self) -> None:
        """Delete what the policy in force would not negotiate any more."""
        self.drop(lambda one: self._action(one.packet) not in _NEGOTIATES)

    def _action(self, packet: Packet) -> str:
        rule = self._host.driver.rule(packet, inbound=False)
        return rule.action if rule else "none"

    def _expire(self) -> None:
        """Let the idle timer end what heard nothing for so long; the other end may be gone, so nobody is told."""
        now, idle = self._host.clock.now(), self._idle
        self.items = [one for one in self.items if now - one.heard < idle]

    @property
    def _idle(self) -> float:
        value = self._host.registry.value(_OAKLEY, "NLBSFlags")
        return IDLE_NLBS if value is not None and value.number == 1 else IDLE


def same(one: Packet, other: Packet) -> bool:
    """Tell whether two packets are of the same flow, the client's own port aside."""
    return (one.protocol, *_ends(one), one.target_port) == (other.protocol, *_ends(other), other.target_port)


def _ends(packet: Packet) -> tuple[int, int]:
    return packet.source, packet.target
