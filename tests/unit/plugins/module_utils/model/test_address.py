# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses as people write them, both ways, and what is refused."""

from __future__ import annotations

import ipaddress

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    Address,
    AnyAddress,
    DnsName,
    Me,
    Server,
    ServerKind,
    Subnet,
    address_from_text,
    address_to_text,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("me", Me(), id="me"),
        pytest.param("any", AnyAddress(), id="any"),
        pytest.param("192.0.2.7", Subnet(ipaddress.IPv4Network("192.0.2.7/32")), id="single-host"),
        pytest.param("192.0.2.0/24", Subnet(ipaddress.IPv4Network("192.0.2.0/24")), id="class-c"),
        pytest.param("mail.example.com", DnsName("mail.example.com"), id="name"),
        pytest.param("dns", Server(ServerKind.DNS), id="dns-servers"),
        pytest.param("gateway", Server(ServerKind.GATEWAY), id="gateway"),
    ],
)
def test_both_ways(text: str, address: Address) -> None:
    assert address_from_text(text, "source") == address
    assert address_to_text(address) == text


@pytest.mark.parametrize(
    ("text", "address"),
    [("ME", Me()), (" Any ", AnyAddress()), ("0.0.0.0/0", AnyAddress()), ("WINS", Server(ServerKind.WINS))],
)
def test_other_spellings(text: str, address: Address) -> None:
    assert address_from_text(text, "source") == address


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("192.0.2.7/24", "has host bits set", id="host-bits-are-not-rounded"),
        pytest.param("10.0.0.0/0.0.0.255", "write the subnet with a prefix length", id="host-mask"),
        pytest.param("10.0.0.0/255.255.255.0", "write the subnet with a prefix length", id="net-mask"),
        pytest.param("192.0.2", "no IPv4 address", id="three-numbers"),
        pytest.param("2001:db8::1", "IPv6", id="ipv6"),
        pytest.param("192.0.2.1-192.0.2.9", "range", id="range"),
        pytest.param("bad name", "no address; allowed are me, any", id="space"),
        pytest.param("-x.example", "no address", id="leading-dash"),
        pytest.param("", "no address", id="empty"),
    ],
)
def test_refused(text: str, problem: str) -> None:
    with pytest.raises(SpecError, match=problem) as caught:
        address_from_text(text, "rules[0].source")
    assert caught.value.place == "rules[0].source"
