# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether two policies fit together: every packet between two addresses is treated alike at both ends."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from ipaddress import IPv4Address

from ..model.filters import ANY_PROTOCOL, Filter
from ..model.policy import Policy
from .classify import Choice, Word, classify
from .negotiate import negotiate, proposal_of_rule
from .packet import TCP, UDP, Packet, filters_in_force, named_ports, unnamed_port
from .station import Station
from .table import FilterTable

UNNAMED_PROTOCOL = 253
"""A protocol number kept for experiments (RFC 3692): stands for every protocol that no filter names."""

_WORDS = {Word.CLEAR: "clear", Word.BLOCK: "blocked", Word.NEGOTIATE: "protected", Word.UNKNOWN: "unknown"}


def agree(policy_a: Policy, addr_a: IPv4Address, policy_b: Policy, addr_b: IPv4Address) -> list[str]:
    """Say where two hosts would not treat a packet between them alike; an empty list proves that they agree.

    Every class of packets that the filters of both can tell apart is tried, in both directions. The hosts count as
    Windows Server 2003 with its default exemptions.
    """
    one, other = Station("a", (addr_a,), policy=policy_a), Station("b", (addr_b,), policy=policy_b)
    tables = FilterTable(one), FilterTable(other)
    found: dict[str, None] = {}
    for packet in packet_classes([*filters_in_force(policy_a), *filters_in_force(policy_b)], addr_a, addr_b):
        at_a, at_b = classify(one, packet, tables[0]), classify(other, packet, tables[1])
        for own, choice in ((addr_a, at_a), (addr_b, at_b)):
            found.update(dict.fromkeys(f"{packet}: unclear at {own}, {doubt}" for doubt in choice.doubts))
        if at_a.doubts or at_b.doubts:
            continue
        if at_a.word != at_b.word:
            found[f"{packet}: {_WORDS[at_a.word]} at {addr_a}, {_WORDS[at_b.word]} at {addr_b}"] = None
        elif at_a.word is Word.NEGOTIATE:
            found.update(dict.fromkeys(_common_ground(one, at_a, other, at_b)))
    return list(found)


def packet_classes(filters: list[Filter], addr_a: IPv4Address, addr_b: IPv4Address) -> Iterator[Packet]:
    """Make one packet of every class that the filters can tell apart, in both directions."""
    protocols = {one.protocol for one in filters} - {ANY_PROTOCOL} | {TCP, UDP, UNNAMED_PROTOCOL}
    named = named_ports(filters)
    ports = sorted(named | {unnamed_port(named)})
    for source, destination in ((addr_a, addr_b), (addr_b, addr_a)):
        for protocol in sorted(protocols):
            if protocol not in (TCP, UDP):
                yield Packet(source, destination, protocol)
                continue
            for source_port, destination_port in itertools.product(ports, ports):
                yield Packet(source, destination, protocol, source_port, destination_port)


def _common_ground(one: Station, at_one: Choice, other: Station, at_other: Choice) -> Iterator[str]:
    """Name what two rules that negotiate lack in common."""
    proposals = []
    for station, choice in ((one, at_one), (other, at_other)):
        asked = choice.treatment
        if asked is None or station.policy is None:
            return
        proposals.append(
            proposal_of_rule(station.policy, asked.action, asked.authentication, asked.tunnel, station.version)
        )
    names = " and ".join(repr(choice.treatment.rule) for choice in (at_one, at_other) if choice.treatment)
    for problem in negotiate(*proposals).problems:
        yield f"rules {names}: {problem}"
