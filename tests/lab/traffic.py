# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets that really go between the hosts of a fleet, and the security associations that they bring about.

A planned move is one whose old owner can be reached: it deletes what it had under the address and says so. After a
crash nobody says anything (KB 821839).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping

from tests.lab.boundary import Boundary
from tests.lab.windows.associations import MAIN, QUICK, Association
from tests.lab.windows.filters import EPHEMERAL, PROTOCOLS, TCP, UDP, Packet, number
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.negotiate import Verdict


class Traffic:
    """Flows between hosts that carry packets, once or again and again."""

    def __init__(self, boundary: Boundary, hosts: Mapping[str, WindowsHost]) -> None:
        """Carry packets between these hosts."""
        self._boundary = boundary
        self._hosts = hosts
        self._numbers = itertools.count(1)
        self._conversations: list[tuple[str, str, str, int]] = []
        self.attach()

    def attach(self) -> None:
        """Connect the associations of every host to the network; once more after hosts were replaced."""
        for host in self._hosts.values():
            host.associations.settle = self.settle
            host.associations.tell = functools.partial(self._tell, host)

    def talk(self, source: str, target: str, protocol: str = "tcp", port: int = 0) -> Verdict:
        """Send a flow's packets; where it is protected, both ends have associations afterwards."""
        self.settle()
        verdict = self._boundary.flow(source, target, protocol, port)
        if verdict.outcome != "protected":
            return verdict
        kind = PROTOCOLS[protocol] if protocol in PROTOCOLS else int(protocol)
        ports = (EPHEMERAL, port) if kind in (TCP, UDP) else (0, 0)
        network = self._boundary.network
        packet = Packet(number(network.address(source)), number(network.address(target)), kind, *ports)
        near, far = network.host(packet.source), network.host(packet.target)
        if near is None or far is None:
            raise ValueError(f"no such conversation: {source} to {target}")
        return self._carried(near, far, packet) or verdict

    def _carried(self, near: WindowsHost, far: WindowsHost, packet: Packet) -> Verdict | None:
        """Use the associations there are or make new ones; a verdict where an end has one that the other lacks."""
        here, there = near.associations, far.associations
        here.current(), there.current()
        held = here.find(packet)
        if held is not None and there.knows(held.number) is None:
            return Verdict("fails", f"{near.name} keeps an association that {far.name} does not know")
        if held is None:
            self._pair(near, far, MAIN, packet)
            held = self._pair(near, far, QUICK, packet)
        for one in (held, there.knows(held.number), here.main(packet), there.main(packet.reply())):
            if one is not None:
                one.heard = (near if one in here.items else far).clock.now()
        return None

    def _pair(self, near: WindowsHost, far: WindowsHost, mode: str, packet: Packet) -> Association:
        """Make both ends of an association; a main mode that both know already is taken."""
        old = near.associations.main(packet) if mode == MAIN else None
        if old is not None and far.associations.knows(old.number):
            return old
        if old is not None:
            near.associations.forget(old.number)
        count = next(self._numbers)
        near.associations.add(count, mode, packet)
        far.associations.add(count, mode, packet.reply())
        return near.associations.items[-1]

    def converse(self, source: str, target: str, protocol: str = "tcp", port: int = 0) -> None:
        """Let a client ask again at every tick of the fleet."""
        self._boundary.flow(source, target, protocol, port)
        self._conversations.append((source, target, protocol, port))

    def tick(self) -> None:
        """Let everybody who converses ask once more."""
        self.settle()
        for one in self._conversations:
            self.talk(*one)

    def settle(self) -> None:
        """Let the hosts that can be reached delete what they hold under an address that is theirs no more."""
        for host in self._hosts.values():
            if host.associations.items and self._boundary.reachable(host.name):
                host.associations.drop(functools.partial(_under_a_strange_address, host))

    def _tell(self, sender: WindowsHost, association: Association) -> None:
        if not self._boundary.reachable(sender.name):
            return
        for host in self._hosts.values():
            if host is not sender and self._boundary.reachable(host.name):
                host.associations.forget(association.number)


def _under_a_strange_address(host: WindowsHost, association: Association) -> bool:
    return association.local not in host.all_addresses()
