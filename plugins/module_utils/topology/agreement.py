# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether two policies fit together: every packet between two addresses is treated alike at both ends."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from ipaddress import IPv4Address

from ..model.authentication import Authentication, Certificate
from ..model.filters import ANY_PROTOCOL, Filter
from ..model.policy import Policy, Rule
from .ports import TCP, UDP
from .verdict import Packet, verdict

UNNAMED_PROTOCOL = 253
"""A protocol number kept for experiments (RFC 3692): stands for every protocol that no filter names."""


def agree(policy_a: Policy, addr_a: IPv4Address, policy_b: Policy, addr_b: IPv4Address) -> list[str]:
    """Say where two hosts would not treat a packet between them alike; an empty list proves that they agree.

    Every class of packets that the filters of both can tell apart is tried, in both directions.
    """
    found: dict[str, None] = {}
    for packet in _packets([*_filters(policy_a), *_filters(policy_b)], addr_a, addr_b):
        at_a, at_b = verdict(policy_a, addr_a, packet), verdict(policy_b, addr_b, packet)
        for own, one in ((addr_a, at_a), (addr_b, at_b)):
            if one.word == "unclear":
                found[f"{packet}: unclear at {own}, {one.reason}"] = None
        if "unclear" in (at_a.word, at_b.word):
            continue
        if at_a.word != at_b.word:
            found[f"{packet}: {at_a.word} at {addr_a}, {at_b.word} at {addr_b}"] = None
        elif at_a.word == "protected" and at_a.rule and at_b.rule:
            for problem in _common_ground(policy_a, at_a.rule, policy_b, at_b.rule):
                found[f"rules {at_a.rule.name!r} and {at_b.rule.name!r}: {problem}"] = None
    return list(found)


def _filters(policy: Policy) -> list[Filter]:
    return [one for rule in policy.rules if rule.active for one in rule.filter_list.filters]


def _packets(filters: list[Filter], addr_a: IPv4Address, addr_b: IPv4Address) -> Iterator[Packet]:
    """Make one packet of every class that the filters can tell apart."""
    protocols = {one.protocol for one in filters} - {ANY_PROTOCOL} | {TCP, UDP, UNNAMED_PROTOCOL}
    named = {port for one in filters for port in (one.source_port, one.destination_port)} - {0}
    ports = sorted(named | {min(set(range(1025, 65536)) - named, default=1024)})  # one more, for all that none names
    for source, destination in ((addr_a, addr_b), (addr_b, addr_a)):
        for protocol in sorted(protocols):
            if protocol not in (TCP, UDP):
                yield Packet(source, destination, protocol)
                continue
            for source_port, destination_port in itertools.product(ports, ports):
                yield Packet(source, destination, protocol, source_port, destination_port)


def _common_ground(policy_a: Policy, rule_a: Rule, policy_b: Policy, rule_b: Rule) -> Iterator[str]:
    """Name what two negotiating rules lack in common; IKE needs one of each (RFC 2409 section 5)."""
    if not set(policy_a.main_mode.offers) & set(policy_b.main_mode.offers):
        yield "no main-mode offer in common"
    action_a, action_b = rule_a.filter_action, rule_b.filter_action
    if not {(one.esp, one.ah) for one in action_a.offers} & {(one.esp, one.ah) for one in action_b.offers}:
        yield "no quick-mode offer in common"
    if action_a.pfs != action_b.pfs:
        yield "perfect forward secrecy on one end only"
    if not set(map(_proof, rule_a.authentication)) & set(map(_proof, rule_b.authentication)):
        yield "no authentication method in common"
    if rule_a.tunnel != rule_b.tunnel:
        yield "a tunnel on one end only"


def _proof(method: Authentication) -> object:
    """Give what must be the same at both ends: of a certificate, only the authority that both trust."""
    return ("certificate", method.ca.casefold()) if isinstance(method, Certificate) else method
