# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a flow between two hosts passes: what each one's driver does, and whether IKE agrees between them.

Sources: filter actions, TechNet cc784629 and cc782837 (inbound pass-through lets a packet in, but the answer must be
protected); soft associations, KB 234580 and "Everything You Always Wanted To Know About The Soft SA" (only silence
ends in clear text, a failed negotiation blocks); both directions need a filter, TechNet cc782190; IKE, RFC 2409.
"""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .agree import Talk, agree
from .filters import EPHEMERAL, PROTOCOLS, TCP, UDP, Filter, Packet, number

if TYPE_CHECKING:
    from .host import WindowsHost

PASSES = ("protected", "clear", "fallback")
NEGOTIATES = ("negotiate", "inpass")
_KERBEROS = 88


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a flow: protected, clear, fallback (clear after silence), blocked, fails, deadlock."""

    outcome: str
    reason: str = ""
    main_mode: str = ""
    quick_mode: str = ""

    @property
    def passes(self) -> bool:
        """Whether the two can talk."""
        return self.outcome in PASSES


class Network:
    """The hosts that can reach each other; an address that is nobody's is a computer without IPsec."""

    def __init__(
        self,
        hosts: Mapping[str, WindowsHost],
        domain_controllers: tuple[str, ...] = (),
        reachable: Callable[[str], bool] = lambda name: True,
    ) -> None:
        """Join these hosts; without domain controllers Kerberos is taken for granted."""
        self._hosts = hosts
        self._controllers = domain_controllers
        self._reachable = reachable

    def address(self, name: str) -> str:
        """Return the first address of a host, or the address itself; ValueError when it is neither."""
        if name in self._hosts:
            addresses = self._hosts[name].all_addresses()
            if not addresses:
                raise ValueError(f"host {name} has no address")
            return addresses[0]
        return str(ipaddress.IPv4Address(name))

    def flow(
        self, source: str, target: str, protocol: str = "tcp", port: int = 0, source_port: int = EPHEMERAL
    ) -> Verdict:
        """Return what becomes of a flow between two hosts (by name or address); protocol by name or number."""
        kind = PROTOCOLS[protocol] if protocol in PROTOCOLS else int(protocol)
        ports = (source_port, port) if kind in (TCP, UDP) else (0, 0)
        return self._flow(Packet(number(self.address(source)), number(self.address(target)), kind, *ports), frozenset())

    def host(self, address: int) -> WindowsHost | None:
        """Return whose address it is."""
        dotted = str(ipaddress.IPv4Address(address))
        return next((host for host in self._hosts.values() if dotted in host.all_addresses()), None)

    def _flow(self, packet: Packet, asking: frozenset[str]) -> Verdict:
        near, far = self.host(packet.source), self.host(packet.target)
        if near is not None and near is far:
            return Verdict("clear", "stays in one computer")
        for host in (near, far):
            if host is not None and (not host.up or not self._reachable(host.name)):
                return Verdict("fails", f"{host.name} does not answer")
        return _Exchange(self, near, far, packet, asking).verdict()

    def ticket(self, host: WindowsHost, asking: frozenset[str]) -> Verdict:
        """Return how a host reaches a domain controller for a ticket (port 88), the best way of all there are.

        It asks from its first address, whatever address the packet has that made it ask.
        """
        if host.name in asking:
            return Verdict("deadlock", f"{host.name} needs a ticket to get a ticket")
        ways = [Verdict("clear")] if not self._controllers else []
        for name in self._controllers:
            ends = number(host.all_addresses()[0]), number(self.address(name))
            for protocol in (UDP, TCP):
                way = self._flow(Packet(*ends, protocol, EPHEMERAL, _KERBEROS), asking | {host.name})
                if way.passes:
                    return way
                ways.append(way)
        worst = next((way for way in ways if way.outcome in ("deadlock", "clear")), ways[-1])
        if worst.outcome in ("deadlock", "clear"):
            return worst
        return Verdict("fails", f"no ticket for {host.name}: {worst.reason}")


def _action(found: Filter | None) -> str:
    return found.rule.action if found else "none"


class _Exchange:
    """One packet and its answer between two computers; None stands for one without IPsec."""

    def __init__(
        self,
        network: Network,
        near: WindowsHost | None,
        far: WindowsHost | None,
        packet: Packet,
        asking: frozenset[str],
    ) -> None:
        self._network, self._near, self._far, self._packet, self._asking = network, near, far, packet, asking
        answer = packet.reply()
        self._out = near.driver.winner(packet, False) if near else None
        self._back = near.driver.winner(answer, True) if near and not packet.to_many else None
        self._in = far.driver.winner(packet, True) if far else None
        self._answer = far.driver.winner(answer, False) if far and not packet.to_many else None

    def verdict(self) -> Verdict:
        """Follow the packet and its answer; a filter that blocks either of them decides, whatever IKE would do."""
        here, there = (self._near, (self._out, self._back)), (self._far, (self._in, self._answer))
        for host, filters in (here, there):
            for one in filters:
                if _action(one) == "block":
                    return self._blocked(host, one)
        if self._out is not None and _action(self._out) in NEGOTIATES:
            found = self._ike(self._near, self._far, self._packet, self._out, self._back)
            if found is not None:
                return found
            if not self._out.rule.soft:
                return Verdict("fails", "nobody answers the negotiation, and clear text is not allowed")
            return self._in_clear(fallback=True)
        return self._in_clear(fallback=False)

    def _in_clear(self, fallback: bool) -> Verdict:
        """Follow an unprotected packet to the far side and its answer back; fallback: near has a soft association."""
        if _action(self._in) == "negotiate":
            return Verdict("blocked", f"{self._name(self._far)} drops what is not protected")
        if self._answer is not None and _action(self._answer) in NEGOTIATES:
            agreed = self._ike(self._far, self._near, self._packet.reply(), self._answer, self._in)
            if agreed is None and not self._answer.rule.soft:
                return Verdict("fails", f"{self._name(self._far)} answers protected only, and nobody negotiates")
            return agreed or self._returns(fallback=True)
        return self._returns(fallback)

    def _returns(self, fallback: bool) -> Verdict:
        """Follow an unprotected answer back into the near side."""
        if _action(self._back) == "negotiate" and _action(self._out) not in NEGOTIATES:
            return Verdict("blocked", f"{self._name(self._near)} drops answers that are not protected")
        return Verdict("fallback" if fallback else "clear")

    def _ike(
        self, first: WindowsHost | None, second: WindowsHost | None, packet: Packet, out: Filter, back: Filter | None
    ) -> Verdict | None:
        """Let the first side negotiate with the second; None when the second does not answer."""
        if first is not None and not first.driver.negotiates:
            return Verdict("fails", f"{first.name} cannot negotiate: its IKE does not run")
        if first is None or second is None or not second.driver.negotiates:
            return None
        talk = Talk(first, second, packet, out, back)
        failure, main_mode, quick_mode, method = agree(talk)
        if failure == "silence":
            return None
        if failure:
            return Verdict("fails", failure)
        if method == "kerberos":
            ticket = self._network.ticket(first, self._asking)
            if not ticket.passes:
                return Verdict(ticket.outcome, ticket.reason)
        return Verdict("protected", "", main_mode, quick_mode)

    def _blocked(self, host: WindowsHost | None, found: Filter | None) -> Verdict:
        rule = found.rule.name if found else ""
        return Verdict("blocked", f"rule {rule!r} of {self._name(host)}")

    @staticmethod
    def _name(host: WindowsHost | None) -> str:
        return host.name if host else "the other computer"
