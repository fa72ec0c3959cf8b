# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts, rules and policies for the tests of the forecast, short to write."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.engine import Engine
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.packet import Packet, Traffic
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.station import Station
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.verdict import Verdict
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import address_from_text
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Authentication,
    Certificate,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse, Policy, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import WindowsVersion

A, B, DC = IPv4Address("192.0.2.1"), IPv4Address("192.0.2.2"), IPv4Address("192.0.2.5")
OUTSIDE = IPv4Address("198.51.100.7")
WINDOWS_2000 = WindowsVersion(5, 0, 2195)
SERVER_2022 = WindowsVersion(10, 0, 20348)

STRONG = MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH)
MEDIUM = MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MEDIUM)
ESP = QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
DES = QuickModeOffer(esp=Esp(Encryption.DES, Integrity.SHA1))
NULL = QuickModeOffer(esp=Esp(Encryption.NONE, Integrity.SHA1))
AH = QuickModeOffer(ah=Integrity.SHA1)
ROOT = Certificate("CN=Root")
KERBEROS = Kerberos()


def key(text: str) -> PresharedKey:
    return PresharedKey(Secret(text))


def secure(*offers: QuickModeOffer, name: str = "secure", **options: Any) -> FilterAction:
    return FilterAction(name, ActionKind.NEGOTIATE, offers or (ESP,), **options)


SECURE = secure()
PERMIT = FilterAction("permit", ActionKind.PERMIT)
BLOCK = FilterAction("block", ActionKind.BLOCK)


def flt(text: str, **options: Any) -> Filter:
    """Read ``tcp me -> 192.0.2.2:110``; ports stand behind a colon, ``any`` is any protocol."""
    protocol, source, _unused, target = text.split()
    numbers = {"any": 0, "icmp": 1, "tcp": 6, "udp": 17}
    (source, _unused, source_port), (target, _unused, target_port) = source.partition(":"), target.partition(":")
    return Filter(
        address_from_text(source, ""), address_from_text(target, ""), numbers[protocol],
        int(source_port or 0), int(target_port or 0), **options,
    )  # fmt: skip


def rule(text: str, action: FilterAction = SECURE, *methods: Authentication, name: str = "", **options: Any) -> Rule:
    """A rule of one filter, called like the filter unless it has a name."""
    return Rule(name or text, FilterList(text, (flt(text, **options),)), action, methods or (ROOT,))


def policy(*rules: Rule, offers: tuple[MainModeOffer, ...] = (STRONG,), response: DefaultResponse | None = None,
           name: str = "p") -> Policy:  # fmt: skip
    return Policy(name, rules, MainMode(offers), response)


def host(name: str, address: IPv4Address, own: Policy | None = None, **options: Any) -> Station:
    return Station(name, (address,), policy=own, **options)


def packet(text: str) -> Packet:
    """Read ``tcp 192.0.2.1:1025 -> 192.0.2.2:110``."""
    protocol, source, _unused, target = text.split()
    numbers = {"icmp": 1, "tcp": 6, "udp": 17, "rsvp": 46}
    (source, _unused, source_port), (target, _unused, target_port) = source.partition(":"), target.partition(":")
    return Packet(
        IPv4Address(source), IPv4Address(target), numbers[protocol], int(source_port or 0), int(target_port or 0)
    )  # fmt: skip


POP3 = Traffic(6, 1025, 110)
POP3_AT_A = rule("tcp me -> 192.0.2.2:110")
POP3_AT_B = rule("tcp 192.0.2.1 -> me:110")


def between(one: Station, other: Station, traffic: Traffic = POP3) -> Verdict:
    """Judge traffic from the first address of one station to that of another."""
    engine = Engine([one, other])
    return engine.verdict(one.name, one.addresses[0], other.name, other.addresses[0], traffic)
