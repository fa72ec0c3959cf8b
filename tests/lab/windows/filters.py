# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets and the filters that they meet in the IPsec driver, the most specific one first.

A filter is expanded to specific ones: `me` to each address, a DNS name to what it resolves to, a mirrored one to two
(TechNet "Filter list", cc782190). Order: "The Cable Guy, February 2005: IPsec Filter Ordering" (bb877982) says that
Windows goes from the most to the least specific; that addresses count before protocol and ports, and the source
before the destination, is not proven.
"""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Callable, Iterable, Mapping

from .effective import Policy, Rule
from .parts import FilterSpec

Resolve = Callable[[str], tuple[str, ...]]
Addresses = tuple[str, ...]

ICMP, TCP, UDP, RSVP = 1, 6, 17, 46
PROTOCOLS = {"any": 0, "icmp": ICMP, "tcp": TCP, "udp": UDP, "rsvp": RSVP}
EPHEMERAL = 49999
"""The source port of a connection that names none."""

_ALL = 0xFFFFFFFF
_IKE, _KERBEROS = (500, 4500), 88
_SERVERS = {1: "dns", 2: "wins", 3: "dhcp", 4: "gateway"}
_HARSH = {"block": 3, "negotiate": 2, "inpass": 1, "permit": 0}


def number(address: str) -> int:
    """Return a dotted quad as a number; ValueError when it is none."""
    return int(ipaddress.IPv4Address(address))


@dataclasses.dataclass(frozen=True, slots=True)
class Packet:
    """What the driver looks at; addresses as numbers, ports 0 where the protocol has none."""

    source: int
    target: int
    protocol: int
    source_port: int = 0
    target_port: int = 0

    @property
    def to_many(self) -> bool:
        """Whether it goes to a multicast group or to everybody."""
        return self.target >> 28 == 0xE or self.target == _ALL

    def reply(self) -> Packet:
        """Return the packet that answers this one."""
        return Packet(self.target, self.source, self.protocol, self.target_port, self.source_port)


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """One specific filter: `any` has mask 0, any protocol and any port are 0."""

    source: int
    source_mask: int
    target: int
    target_mask: int
    protocol: int
    source_port: int
    target_port: int
    rule: Rule

    @property
    def weight(self) -> tuple[int, ...]:
        """How specific it is; of equal ones the harsher wins (not proven)."""
        return (
            self.source_mask.bit_count(),
            self.target_mask.bit_count(),
            self.protocol != 0,
            self.source_port != 0,
            self.target_port != 0,
            _HARSH[self.rule.action],
        )

    def between(self, source: int, target: int) -> bool:
        """Tell whether packets between these addresses can meet it."""
        return source & self.source_mask == self.source and target & self.target_mask == self.target

    def matches(self, packet: Packet) -> bool:
        """Tell whether a packet meets it."""
        return (
            self.protocol in (0, packet.protocol)
            and self.source_port in (0, packet.source_port)
            and self.target_port in (0, packet.target_port)
            and self.between(packet.source, packet.target)
        )

    def mirrored(self) -> Filter:
        """Return it for the other direction."""
        return Filter(
            self.target,
            self.target_mask,
            self.source,
            self.source_mask,
            self.protocol,
            self.target_port,
            self.source_port,
            self.rule,
        )


def expand(policy: Policy, own: Addresses, resolve: Resolve, servers: Mapping[str, Addresses]) -> list[Filter]:
    """Return a policy's specific filters, the most specific first; `own` are the host's addresses."""
    found: list[Filter] = []
    for rule in policy.rules:
        for spec in rule.filters:
            sources = list(_ends(spec, "source", own, resolve, servers))
            targets = list(_ends(spec, "target", own, resolve, servers))
            for source, source_mask in sources:
                for target, target_mask in targets:
                    ports = (spec.source_port, spec.target_port)
                    one = Filter(source, source_mask, target, target_mask, spec.protocol, *ports, rule)
                    found += [one, one.mirrored()] if spec.mirrored else [one]
    return sorted(found, key=lambda one: one.weight, reverse=True)


def _ends(
    spec: FilterSpec, side: str, own: Addresses, resolve: Resolve, servers: Mapping[str, Addresses]
) -> Iterable[tuple[int, int]]:
    """Yield (network, mask) for one side; a name nobody knows and a server that is not set yield nothing."""
    at_source = side == "source"
    address, mask = (spec.source, spec.source_mask) if at_source else (spec.target, spec.target_mask)
    kind = spec.special & 0x7F if bool(spec.special & 0x80) != at_source else 0
    network, bits = int.from_bytes(address, "big"), int.from_bytes(mask, "big")
    if kind:
        singles = servers.get(_SERVERS.get(kind, ""), ())
    elif name := spec.source_name if at_source else spec.target_name:
        singles = resolve(name)
    elif (network, bits) == (0, _ALL):
        singles = own
    else:
        yield network & bits, bits
        return
    for single in singles:
        yield number(single), _ALL


def exempt(packet: Packet, level: int, inbound: bool, modern: bool) -> bool:
    """Tell whether no filter is asked; level is NoDefaultExempt (TechNet cc756041, KB 811832 and 810207).

    0: multicast, broadcast, RSVP, Kerberos and IKE; 1: without RSVP and Kerberos; 2: without multicast and broadcast;
    3: IKE only. On Server 2003 inbound multicast and broadcast stay exempt at each level; of later versions (modern)
    no document says so.
    """
    ports = (packet.source_port, packet.target_port)
    if packet.protocol == UDP and any(port in _IKE for port in ports):
        return True
    if packet.to_many and (level in (0, 1) or (inbound and not modern)):
        return True
    kerberos = packet.protocol in (TCP, UDP) and _KERBEROS in ports
    return level in (0, 2) and (kerberos or packet.protocol == RSVP)
