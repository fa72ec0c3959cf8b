# SPDX-License-Identifier: GPL-3.0-or-later
"""Random cases: three hosts with what stands on them, and flows among them; the same seed gives the same case."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import NamedTuple, TypeVar

from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    Address,
    AnyAddress,
    Me,
    Server,
    ServerKind,
    Subnet,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import PolicyStore
from tests.agreement.policies import PORTS, PolicyMaker

PROFILES = ("server2003", "server2003-ko", "server2022")
ONE, ALSO_ONE = IPv4Address("192.0.2.11"), IPv4Address("192.0.2.12")
TWO, ALSO_TWO = IPv4Address("192.0.2.21"), IPv4Address("198.51.100.21")
KDC = IPv4Address("192.0.2.5")
STRANGERS = (IPv4Address("198.51.100.10"), IPv4Address("203.0.113.9"))
MANY = (IPv4Address("224.0.0.5"), IPv4Address("255.255.255.255"))

_EPHEMERAL = 49_999
_T = TypeVar("_T")


@dataclasses.dataclass(frozen=True)
class Machine:
    """A host before anything is written to it.

    ``by_netsh`` says how: netsh of the lab is fed with what the product renders, or the registry with its store.
    """

    name: str
    profile: str
    addresses: tuple[IPv4Address, ...]
    store: PolicyStore
    exempt: int | None
    servers: dict[ServerKind, tuple[IPv4Address, ...]]
    agent_stopped: bool
    by_netsh: bool


class Probe(NamedTuple):
    """The first packet of a flow; ports are 0 where the protocol has none."""

    source: IPv4Address
    target: IPv4Address
    protocol: int
    source_port: int
    target_port: int

    def __str__(self) -> str:
        """Say it as ``6 192.0.2.11:1025 -> 192.0.2.21:110``."""
        return f"{self.protocol} {self.source}:{self.source_port} -> {self.target}:{self.target_port}"


@dataclasses.dataclass(frozen=True)
class Case:
    """Hosts and flows; ``seed`` and ``number`` make it again."""

    seed: int
    number: int
    machines: tuple[Machine, ...]
    with_kdc: bool
    probes: tuple[Probe, ...]


def make_case(seed: int, number: int, flows: int) -> Case:
    """Make one case of a run."""
    return _Maker(random.Random(f"{seed}:{number}"), seed, number).case(flows)  # noqa: S311 - repeatable on purpose


class _Maker:
    """One case in the making."""

    def __init__(self, dice: random.Random, seed: int, number: int) -> None:
        self._dice, self._seed, self._number = dice, seed, number
        self._policies = PolicyMaker(dice)

    def case(self, flows: int) -> Case:
        one = (ONE, ALSO_ONE) if self._dice.random() < 0.3 else (ONE,)
        two = (TWO, ALSO_TWO) if self._dice.random() < 0.3 else (TWO,)
        peers: dict[str, tuple[IPv4Address, ...]] = {"one": one, "two": two, "kdc": (KDC,)}
        stores = self._policies.stores(peers)
        machines = tuple(self._machine(name, addresses, stores[name]) for name, addresses in peers.items())
        named = [(machine, one) for machine in machines for one in _filters(machine.store)]
        probes = tuple(self._probe(peers, named) for _unused in range(flows))
        return Case(self._seed, self._number, machines, self._dice.random() < 0.6, probes)

    def _machine(self, name: str, addresses: tuple[IPv4Address, ...], store: PolicyStore) -> Machine:
        profile, exempt = self._dice.choice(PROFILES), self._dice.choice((None, None, None, 0, 1, 2, 3))
        return Machine(
            name,
            profile,
            addresses,
            store,
            exempt=None if profile == "server2022" else exempt,  # no document says what it does there
            servers={kind: (self._dice.choice((KDC, STRANGERS[0])),) for kind in ServerKind},
            agent_stopped=self._dice.random() < 0.06,
            by_netsh=self._number % 8 == 0,
        )

    def _probe(self, peers: dict[str, tuple[IPv4Address, ...]], named: list[tuple[Machine, Filter]]) -> Probe:
        """Draw a flow, most of them such that a filter of somebody takes an interest in it."""
        if named and self._dice.random() < 0.75:
            machine, one = self._dice.choice(named)
            ends = self._within(machine, one, peers)
            if ends is not None:
                return self._asked_for(one, *ends)
        source, target = self._ends(peers)
        protocol = self._weighed({6: 60, 17: 25, 1: 8, 46: 4, 47: 3})
        if protocol not in (6, 17):
            return Probe(source, target, protocol, 0, 0)
        if protocol == 17 and self._dice.random() < 0.15:
            return Probe(source, target, protocol, *self._dice.choice(((500, 500), (4500, 4500))))
        source_port = self._dice.choice((*PORTS, 4500)) if self._dice.random() < 0.15 else _EPHEMERAL
        return Probe(source, target, protocol, source_port, self._dice.choice(PORTS))

    def _within(
        self, machine: Machine, one: Filter, peers: dict[str, tuple[IPv4Address, ...]]
    ) -> tuple[IPv4Address, IPv4Address] | None:
        """Give addresses that a filter matches, one of them the machine's own; None where there are none."""
        others = [each for name, found in peers.items() if name != machine.name for each in found]
        places = [(own, far) for own in machine.addresses for far in (*others, STRANGERS[0])]
        pairs = [pair for each in places for pair in (each, each[::-1])
                 if _holds(machine, one.source, pair[0]) and _holds(machine, one.destination, pair[1])]  # fmt: skip
        return self._dice.choice(pairs) if pairs else None

    def _asked_for(self, one: Filter, source: IPv4Address, target: IPv4Address) -> Probe:
        """Give a packet that a filter asks for, or an answer to such a packet."""
        protocol = one.protocol or self._dice.choice((6, 6, 17, 1))
        ports = (0, 0)
        if protocol in (6, 17):
            ports = (one.source_port or _EPHEMERAL, one.destination_port or self._dice.choice((_EPHEMERAL, *PORTS)))
        if self._dice.random() < 0.25:
            source, target, ports = target, source, ports[::-1]
        return Probe(source, target, protocol, *ports)

    def _ends(self, peers: dict[str, tuple[IPv4Address, ...]]) -> tuple[IPv4Address, IPv4Address]:
        kind = self._weighed({"pair": 72, "kdc": 14, "stranger": 10, "many": 4})
        one, two = self._dice.choice(peers["one"]), self._dice.choice(peers["two"])
        host = self._dice.choice((one, two))
        if kind == "many":
            return host, self._dice.choice(MANY)
        ends = {"pair": (one, two), "kdc": (host, KDC), "stranger": (host, self._dice.choice(STRANGERS))}[kind]
        return ends if self._dice.random() < 0.5 else ends[::-1]

    def _weighed(self, choices: Mapping[_T, int]) -> _T:
        return self._dice.choices(list(choices), list(choices.values()))[0]


def _holds(machine: Machine, side: Address, address: IPv4Address) -> bool:
    if isinstance(side, Me):
        return address in machine.addresses
    if isinstance(side, Subnet):
        return address in side.network
    return isinstance(side, AnyAddress) or (isinstance(side, Server) and address in machine.servers[side.kind])


def _filters(store: PolicyStore) -> list[Filter]:
    return [one for policy in store.policies for rule in policy.rules for one in rule.filter_list.filters]
