# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy that the PolicyAgent takes: the domain's when one is assigned, else the local one, read whole.

A domain policy overrides a local one (TechNet "Understanding IPSec Policy Precedence", cc783170). The Group Policy
extension notes it in GPTIPSECPolicy and keeps a copy of its objects in Policy\\Cache.
"""

from __future__ import annotations

import dataclasses
import re
import struct
from typing import TYPE_CHECKING

from . import packer, parts
from .netsh import store
from .netsh.store import LocalStore
from .parts import FilterSpec, MainModeMethod, Method, Offer
from .registry import Key

if TYPE_CHECKING:
    from .host import WindowsHost

_ROOT = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec"


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A rule at work; `action` is block, permit, negotiate or inpass, `soft` lets silence end in clear text."""

    name: str
    action: str
    soft: bool = False
    offers: tuple[Offer, ...] = ()
    methods: tuple[Method, ...] = ()
    filters: tuple[FilterSpec, ...] = ()
    tunneled: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """A policy at work; `polling` in seconds, `response` the default response rule if it is active."""

    name: str
    rules: tuple[Rule, ...]
    main_mode: tuple[MainModeMethod, ...]
    polling: int
    response: Rule | None


class _Copy(LocalStore):
    """A store that is only read: nothing is made where it is missing."""

    def __init__(self, host: WindowsHost, place: str) -> None:
        super().__init__(host)
        self._root = host.registry.open(rf"{_ROOT}\Policy\{place}") or Key(place)

    @property
    def root(self) -> Key:
        return self._root


def effective_policy(host: WindowsHost) -> Policy | None:
    """Return the policy that the PolicyAgent would load now; None when none is assigned or it cannot be read."""
    domain = host.registry.value(rf"{_ROOT}\GPTIPSECPolicy", "DSIPSECPolicyPath")
    objects = _Copy(host, "Cache" if domain else "Local")
    key = objects.assigned()
    if domain is not None:
        match = re.search(r"ipsecPolicy\{[0-9A-Fa-f-]+\}", domain.text)
        key = objects.root.child(match[0]) if match else None
    if key is None:
        return None
    try:
        return _policy(objects, key, host.profile.modern)
    except (ValueError, LookupError, struct.error):
        return None


def _policy(objects: LocalStore, key: Key, modern: bool) -> Policy:
    mode = objects.one(key, store.MAIN_MODE_OF)
    rules, response = [], None
    for rule_key in objects.many(key, store.RULES):
        body = packer.unpack_rule(objects.blob(rule_key))
        # The lab's hosts are on a network, never on dial-up.
        if not body.active or body.interface == parts.CONNECTIONS["dialup"]:
            continue
        rule = _rule(objects, rule_key, body)
        if rule_key.get(store.FILTERS) is not None:
            rules.append(rule)
        elif not modern:  # Vista and later do not apply it, whatever the policy says (KB 942964)
            response = rule
    methods = packer.unpack_main_mode(objects.blob(mode)).methods if mode else []
    polling = packer.unpack_policy(objects.blob(key))
    return Policy(objects.name_of(key), tuple(rules), tuple(methods), polling, response)


def _rule(objects: LocalStore, key: Key, body: parts.RuleBody) -> Rule:
    action = objects.one(key, store.ACTION_OF)
    offers = packer.unpack_action(objects.blob(action)) if action else []
    lists = objects.many(key, store.FILTERS)
    return Rule(
        objects.name_of(key),
        objects.action_kind(action) if action else "block",
        any(not offer.algorithms for offer in offers),
        tuple(offer for offer in offers if offer.algorithms),
        tuple(body.methods),
        tuple(spec for filters in lists for spec in packer.unpack_filters(objects.blob(filters))),
        body.tunneled,
    )
