# SPDX-License-Identifier: GPL-3.0-or-later
"""A full mesh of hosts that gets its policies, forecast and timed."""

from __future__ import annotations

import itertools
import time
from ipaddress import IPv4Address, IPv4Network

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.engine import Engine
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.findings import judge
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.flows import (
    CLUSTER_FLOWS,
    DOMAIN_FLOWS,
    MAIL_FLOWS,
    REMOTE_DESKTOP,
    Conversations,
    Pair,
    winrm,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.matrix import Matrix, matrix
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.station import Station
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import Address, Me, Subnet
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Certificate
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import (
    SERVER_2003,
    strongest_main_mode,
    strongest_offers,
)

FLOWS = (*MAIL_FLOWS, *DOMAIN_FLOWS, *CLUSTER_FLOWS, winrm(5985), winrm(80), REMOTE_DESKTOP)
BASE = int(IPv4Address("10.20.0.1"))


def policy(number: int, hosts: int, filters: int) -> Policy:
    """A policy of its own for each host: most filters name single peers, some subnets; three actions."""
    peers = [(number + step) % hosts for step in range(1, filters - 9)]
    alone: list[Address] = [Subnet(IPv4Network(BASE + peer)) for peer in peers]
    nets: list[Address] = [Subnet(IPv4Network(f"10.20.{part}.0/{size}")) for part in (0, 1, 2) for size in (24, 25)]
    negotiate = FilterAction("negotiate", ActionKind.NEGOTIATE, strongest_offers())
    permit, block = FilterAction("permit", ActionKind.PERMIT), FilterAction("block", ActionKind.BLOCK)
    parts = [
        ("mail", negotiate, [Filter(Me(), peer, 6, destination_port=110) for peer in alone]),
        ("nets", negotiate, [Filter(Me(), net, 6, destination_port=143) for net in nets]),
        ("in", permit, [Filter(net, Me(), 6, destination_port=5985) for net in nets[:2]]),
        ("not", block, [Filter(nets[4], Me(), 17, destination_port=137)]),
        ("icmp", permit, [Filter(Me(), nets[0], 1)]),
    ]
    rules = [
        Rule(name, FilterList(name, tuple(found)), action, (Certificate("CN=Example Root"),))
        for name, action, found in parts
    ]  # fmt: skip
    return Policy("bench", tuple(rules), strongest_main_mode(SERVER_2003))


def forecast(hosts: int, filters: int) -> tuple[Matrix, int, float]:
    """Judge a full mesh that goes from no policy to one of its own on every host; gives the seconds that it took."""
    names = [f"h{number:03}" for number in range(hosts)]
    addresses = [IPv4Address(BASE + number) for number in range(hosts)]
    policies = [policy(number, hosts, filters) for number in range(hosts)]
    start = time.perf_counter()
    bare = [Station(name, (address,)) for name, address in zip(names, addresses, strict=True)]
    full = [Station(name, (one,), policy=own) for name, one, own in zip(names, addresses, policies, strict=True)]
    pairs = tuple(
        Pair(names[one], addresses[one], names[other], addresses[other])
        for one, other in itertools.permutations(range(hosts), 2)
    )  # fmt: skip
    found = matrix(Engine(bare), Engine(full), (Conversations(FLOWS, pairs),))
    findings = judge(found, {one.name: one for one in full}, set(names))
    return found, len(findings), time.perf_counter() - start
