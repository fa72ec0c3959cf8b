# SPDX-License-Identifier: GPL-3.0-or-later
"""Random policy stores of hosts that talk to each other: mirror images of one plan, spoiled a little, or noise."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import TypeVar

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    Address,
    AnyAddress,
    Me,
    Server,
    ServerKind,
    Subnet,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Authentication,
    Certificate,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import (
    ConnectionType,
    DefaultResponse,
    Policy,
    PolicyStore,
    Rule,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)

Addresses = tuple[IPv4Address, ...]
PORTS = (25, 80, 88, 110, 443, 500)
STRANGER = IPv4Address("198.51.100.10")

_ESP = QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
_QUICK = (
    QuickModeOffer(esp=Esp(Encryption.DES, Integrity.MD5)),
    QuickModeOffer(esp=Esp(Encryption.NONE, Integrity.SHA1)),
    QuickModeOffer(ah=Integrity.SHA1),
    QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.NONE), ah=Integrity.MD5),
    QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1), lifetime_seconds=900),
)
_MAIN = (
    MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH),
    MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MEDIUM),
    MainModeOffer(Encryption.TRIPLE_DES, Integrity.MD5, DhGroup.HIGH),
    MainModeOffer(Encryption.DES, Integrity.MD5, DhGroup.LOW),
)
_KEYS = (PresharedKey(Secret("alpha")), PresharedKey(Secret("beta")))
_METHODS: tuple[Authentication, ...] = (
    Kerberos(),
    Certificate("CN=Root A, O=Example"),
    Certificate("CN=Root A,O=Example"),
    Certificate("CN=Root B"),
    Certificate("CN=RootB"),
)
_T = TypeVar("_T")


class PolicyMaker:
    """Makes the stores of one case."""

    def __init__(self, dice: random.Random) -> None:
        """Take the dice of the case."""
        self._dice = dice
        self._usual = dice.choice((_KEYS[0], Kerberos(), Kerberos(), _METHODS[1]))
        self._several = dice.random() < 0.3

    def stores(self, peers: Mapping[str, Addresses]) -> dict[str, PolicyStore]:
        """Make a store for each host; the names of the hosts are keys, their addresses values."""
        plan = self._plan(peers) if self._dice.random() < 0.75 else []
        return {name: self._store(name, peers, plan) for name in peers}

    def _store(self, name: str, peers: Mapping[str, Addresses], plan: list[_Wish]) -> PolicyStore:
        if self._dice.random() < (0.3 if name == "kdc" else 0.06):
            return PolicyStore()
        rules = [rule for wish in plan if (rule := self._answer(wish, name, peers)) is not None]
        noise = self._dice.choice((0, 0, 0, 0, 1, 2)) if rules else self._dice.randint(1, 4)
        rules += [self._noise(name, peers) for _unused in range(noise)]
        in_force = self._policy("In force", rules)
        other = self._policy("Idle", [self._noise(name, peers)])
        policies = (in_force, other) if self._dice.random() < 0.25 else (in_force,)
        lists = {one.name: one for policy in policies for one in policy.filter_lists}
        actions = {one.name: one for policy in policies for one in policy.filter_actions}
        assigned = None if self._dice.random() < 0.06 else in_force.name
        return PolicyStore(policies, tuple(lists.values()), tuple(actions.values()), assigned)

    def _policy(self, name: str, rules: list[Rule]) -> Policy:
        numbered = tuple(
            dataclasses.replace(
                rule,
                name=f"{name} {number}",
                filter_list=dataclasses.replace(rule.filter_list, name=f"{name} list {number}"),
                filter_action=dataclasses.replace(rule.filter_action, name=f"{name} action {number}"),
            )
            for number, rule in enumerate(rules)
        )
        response = DefaultResponse(True, (_ESP, _QUICK[0]), False, self._methods())
        return Policy(
            name,
            numbered,
            MainMode(self._some(_MAIN, 3) if self._dice.random() < 0.15 else (_MAIN[1], _MAIN[0])),
            response if self._dice.random() < 0.2 else None,
        )

    def _plan(self, peers: Mapping[str, Addresses]) -> list[_Wish]:
        """Wish for traffic between two of the hosts to be treated alike at both ends."""
        wishes = []
        for _unused in range(self._dice.randint(1, 4)):
            one, other = self._dice.sample(sorted(peers), 2) if self._dice.random() < 0.4 else ("one", "two")
            kind = self._dice.choice((ActionKind.NEGOTIATE,) * 6 + (ActionKind.PERMIT, ActionKind.BLOCK))
            protocol, _unused_port, port = self._traffic()
            wishes.append(_Wish(one, other, protocol, port, self._action(kind), self._methods()))
        return wishes

    def _answer(self, wish: _Wish, name: str, peers: Mapping[str, Addresses]) -> Rule | None:
        """Give the rule with which a host follows a wish, mostly; None where it is none of its business."""
        if name not in (wish.client, wish.server):
            return None
        own: Address = Me() if self._dice.random() < 0.8 else self._single(self._dice.choice(peers[name]))
        peer = wish.server if name == wish.client else wish.client
        far = self._wider(self._dice.choice(peers[peer]))
        source, target = (own, far) if name == wish.client else (far, own)
        filters = [Filter(source, target, wish.protocol, 0, wish.port, mirrored=self._dice.random() < 0.93)]
        action, methods, kind = wish.action, wish.methods, wish.action.kind
        if self._dice.random() < 0.15 and kind is ActionKind.NEGOTIATE:
            action = self._action(kind)
        if self._several and self._dice.random() < 0.5:
            methods = self._with_others(methods)
        elif self._dice.random() < 0.1:
            methods = self._methods()
        return Rule("", FilterList("l", tuple(filters)), action, methods)

    def _noise(self, name: str, peers: Mapping[str, Addresses]) -> Rule:
        filters = {one.matches: one for one in (self._filter(name, peers) for _unused in range(self._few(3)))}
        kind = self._dice.choice((ActionKind.NEGOTIATE,) * 3 + (ActionKind.PERMIT, ActionKind.BLOCK))
        rule = Rule("", FilterList("l", tuple(filters.values())), self._action(kind), self._methods())
        if self._dice.random() < 0.05:
            return dataclasses.replace(rule, active=False)
        if self._dice.random() < 0.08:
            return dataclasses.replace(rule, connection=self._dice.choice(list(ConnectionType)))
        return rule

    def _filter(self, name: str, peers: Mapping[str, Addresses]) -> Filter:
        mine, others = peers[name], [one for other in peers if other != name for one in peers[other]]
        near: dict[Address, int] = {
            Me(): 6, AnyAddress(): 1, self._single(self._dice.choice(mine)): 2, self._wider(mine[0]): 1,
        }  # fmt: skip
        there: dict[Address, int] = {
            self._wider(self._dice.choice(others)): 6, AnyAddress(): 2, self._single(STRANGER): 1,
            Server(self._dice.choice(list(ServerKind))): 1,
        }  # fmt: skip
        own, far = self._weighed(near), self._weighed(there)
        if isinstance(far, Server):
            own = Me()
        source, target = (own, far) if self._dice.random() < 0.5 else (far, own)
        protocol, source_port, port = self._traffic()
        return Filter(source, target, protocol, source_port, port, mirrored=self._dice.random() < 0.85)

    def _traffic(self) -> tuple[int, int, int]:
        """Draw a protocol with source and destination port."""
        protocol = self._weighed({6: 50, 0: 22, 17: 16, 1: 6, 46: 3, 47: 3})
        if protocol not in (6, 17):
            return protocol, 0, 0
        ports = (0, self._dice.choice(PORTS)) if self._dice.random() < 0.8 else (self._dice.choice(PORTS), 0)
        return (protocol, *ports) if self._dice.random() < 0.85 else (protocol, 0, 0)

    def _action(self, kind: ActionKind) -> FilterAction:
        if kind is not ActionKind.NEGOTIATE:
            return FilterAction("a", kind)
        return FilterAction(
            "a",
            kind,
            self._some(_QUICK, 3) if self._dice.random() < 0.25 else (_ESP,),
            pfs=self._dice.random() < 0.15,
            soft=self._dice.random() < 0.35,
            inbound_passthrough=self._dice.random() < 0.3,
        )

    def _methods(self) -> tuple[Authentication, ...]:
        if not self._several and self._dice.random() < 0.7:
            return (self._usual,)
        found: list[Authentication] = list(self._some(_METHODS, 2))
        if self._dice.random() < 0.5:
            found.insert(self._dice.randint(0, len(found)), self._dice.choice(_KEYS))
        return tuple(found)

    def _with_others(self, methods: tuple[Authentication, ...]) -> tuple[Authentication, ...]:
        """Draw keys and authorities anew and leave the kinds as they are."""
        drawn = {PresharedKey: self._dice.choice(_KEYS), Certificate: self._dice.choice(_METHODS[1:])}
        return tuple(dict.fromkeys(drawn.get(type(one), one) for one in methods))

    def _wider(self, address: IPv4Address) -> Subnet:
        length = self._weighed({32: 70, 24: 15, 25: 8, 16: 7})
        return Subnet(IPv4Network((int(address), length), strict=False))

    @staticmethod
    def _single(address: IPv4Address) -> Subnet:
        return Subnet(IPv4Network(address))

    def _some(self, choices: tuple[_T, ...], most: int) -> tuple[_T, ...]:
        return tuple(self._dice.sample(choices, self._few(most)))

    def _few(self, most: int) -> int:
        return self._dice.randint(1, most)

    def _weighed(self, choices: Mapping[_T, int]) -> _T:
        return self._dice.choices(list(choices), list(choices.values()))[0]


@dataclasses.dataclass(frozen=True)
class _Wish:
    """Traffic from a client to a server, and what both should do with it."""

    client: str
    server: str
    protocol: int
    port: int
    action: FilterAction
    methods: tuple[Authentication, ...]
