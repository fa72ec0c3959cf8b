# SPDX-License-Identifier: GPL-3.0-or-later
"""A full mesh of hosts that gets its policies, forecast and timed."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

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
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.matrix import matrix
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
PORTS = (25, 53, 80, 88, 110, 135, 143, 389, 3268, 3389, 5985)
BASE = int(IPv4Address("10.20.0.1"))
NEGOTIATE = FilterAction("negotiate", ActionKind.NEGOTIATE, strongest_offers())
PERMIT, BLOCK = FilterAction("permit", ActionKind.PERMIT), FilterAction("block", ActionKind.BLOCK)
AUTHORITY = Certificate("CN=Example Root")


Maker = Callable[[int, int, int], Policy]
"""Makes the policy of a host: its number, how many hosts there are, how many filters it has."""


def alike(number: int, hosts: int, filters: int) -> Policy:
    """A policy as a design makes it: the same rules everywhere, each host with filters for its own peers."""
    peers = [(number + step) % hosts for step in range(1, filters - 9)]
    alone: list[Address] = [Subnet(IPv4Network(BASE + peer)) for peer in peers]
    nets: list[Address] = [Subnet(IPv4Network(f"10.20.{part}.0/{size}")) for part in (0, 1, 2) for size in (24, 25)]
    parts = [
        ("mail", NEGOTIATE, [Filter(Me(), peer, 6, destination_port=110) for peer in alone]),
        ("nets", NEGOTIATE, [Filter(Me(), net, 6, destination_port=143) for net in nets]),
        ("in", PERMIT, [Filter(net, Me(), 6, destination_port=5985) for net in nets[:2]]),
        ("not", BLOCK, [Filter(nets[4], Me(), 17, destination_port=137)]),
        ("icmp", PERMIT, [Filter(Me(), nets[0], 1)]),
    ]
    return _policy([(name, action, tuple(found)) for name, action, found in parts])


def grown(number: int, hosts: int, filters: int) -> Policy:
    """A policy as nobody would plan it: filters of every width and port drawn at random, no two hosts alike."""
    draw = random.Random(number)  # noqa: S311 -- the same filters in every run
    rules = []
    for name in range(8):
        found: dict[Filter, None] = {}
        while len(found) < filters // 8:
            peer = draw.choice([
                Subnet(IPv4Network(BASE + draw.randrange(hosts))),
                Subnet(IPv4Network(f"10.20.0.{draw.randrange(8) * 32}/27")),
                Subnet(IPv4Network("10.20.0.0/24")),
            ])  # fmt: skip
            protocol = draw.choice([0, 6, 6, 6, 17])
            port = draw.choice([0, *PORTS]) if protocol else 0
            ends: tuple[Address, Address] = (Me(), peer) if draw.random() < 0.5 else (peer, Me())
            found[Filter(*ends, protocol, destination_port=port)] = None
        rules.append((f"rule {name}", draw.choice([NEGOTIATE, NEGOTIATE, PERMIT, BLOCK]), tuple(found)))
    return _policy(rules)


def _policy(parts: Sequence[tuple[str, FilterAction, tuple[Filter, ...]]]) -> Policy:
    rules = [Rule(name, FilterList(name, filters), action, (AUTHORITY,)) for name, action, filters in parts]
    return Policy("bench", tuple(rules), strongest_main_mode(SERVER_2003))


def forecast(make: Maker, hosts: int, filters: int) -> dict[str, Any]:
    """Judge a full mesh that goes from no policy to one of its own on every host; give the figures.

    ``seconds`` are those of the processor, which is what one core needs; ``wall_seconds`` count others' work too.
    """
    names = [f"h{number:03}" for number in range(hosts)]
    addresses = [IPv4Address(BASE + number) for number in range(hosts)]
    policies = [make(number, hosts, filters) for number in range(hosts)]
    start, wall = time.process_time(), time.perf_counter()
    bare = [Station(name, (address,)) for name, address in zip(names, addresses, strict=True)]
    full = [Station(name, (one,), policy=own) for name, one, own in zip(names, addresses, policies, strict=True)]
    pairs = tuple(
        Pair(names[one], addresses[one], names[other], addresses[other])
        for one, other in itertools.permutations(range(hosts), 2)
    )  # fmt: skip
    found = matrix(Engine(bare), Engine(full), (Conversations(FLOWS, pairs),))
    findings = judge(found, {one.name: one for one in full}, set(names))
    return {
        "judged": sum(len(cell.pairs) for cell in found.cells),
        "cells": len(found.cells),
        "findings": len(findings),
        "seconds": round(time.process_time() - start, 2),
        "wall_seconds": round(time.perf_counter() - wall, 2),
    }
