# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies for the tests of the planner: written out where a case needs one, generated where it needs many."""

from __future__ import annotations

import dataclasses
import ipaddress

from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import Me, Subnet
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Kerberos, PresharedKey, Secret
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, PolicyStore, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    Encryption,
    Esp,
    Integrity,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, strongest_main_mode

MAIN_MODE = strongest_main_mode(SERVER_2003)
STRONG = QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
WEAK = QuickModeOffer(esp=Esp(Encryption.DES, Integrity.MD5))


def mail_filter(port: int, host: str = "192.0.2.21") -> Filter:
    """Give a filter from the host itself to one port of a back end."""
    return Filter(Me(), Subnet(ipaddress.IPv4Network(host)), protocol=6, destination_port=port)


def require(name: str = "Require ESP", *offers: QuickModeOffer) -> FilterAction:
    """Give a filter action that negotiates."""
    return FilterAction(name, ActionKind.NEGOTIATE, offers or (STRONG,))


def rule(name: str, *ports: int, action: FilterAction | None = None, key: str = "") -> Rule:
    """Give a rule for some ports."""
    method = PresharedKey(Secret(key)) if key else Kerberos()
    return Rule(name, FilterList(f"{name} list", tuple(map(mail_filter, ports))), action or require(), (method,))


def policy(name: str, *rules: Rule) -> Policy:
    """Give a policy of some rules."""
    return Policy(name, rules, MAIN_MODE)


def store(*policies: Policy, assigned: str | None = None) -> PolicyStore:
    """Give a store that holds the policies and the lists and actions they use."""
    lists = {one.name: one for each in policies for one in each.filter_lists}
    actions = {one.name: one for each in policies for one in each.filter_actions}
    return PolicyStore(policies, tuple(lists.values()), tuple(actions.values()), assigned)


_PORTS = st.lists(st.sampled_from([25, 80, 110, 143, 691]), min_size=1, max_size=3, unique=True)
_ACTIONS = st.sampled_from(
    [require("Require ESP"), FilterAction("Permit", ActionKind.PERMIT), FilterAction("Block", ActionKind.BLOCK)]
)


@st.composite
def variants(draw: st.DrawFn, name: str) -> Policy:
    """Draw a policy from a small world, so that two draws often share lists and actions."""
    rules = [
        rule(f"{name} {label}", *draw(_PORTS), action=draw(_ACTIONS), key=draw(st.sampled_from(["", "one", "two"])))
        for label in draw(st.lists(st.sampled_from("ABC"), unique=True))
    ]
    offers = draw(st.sampled_from([(STRONG,), (STRONG, WEAK), (WEAK,)]))
    changed = [
        dataclasses.replace(one, filter_action=require("Require ESP", *offers))
        if one.filter_action.kind is ActionKind.NEGOTIATE else one
        for one in rules
    ]  # fmt: skip
    return dataclasses.replace(policy(name, *changed), description=draw(st.sampled_from(["", "mail"])))
