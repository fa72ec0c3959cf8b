# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters on a host with several addresses, and which of two that overlap comes first."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.selectors import selectors
from tests.unit.plugins.module_utils.swanctl.specs import one_filter, policy, rule

OWN = (IPv4Address("192.0.2.21"), IPv4Address("192.0.2.30"))
PERMIT = {"name": "permit", "action": "permit"}


def pairs(*rules: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Both selectors and the priority, most specific first."""
    return [(one.local_ts, one.remote_ts, one.priority) for one in selectors(policy(*rules).rules, OWN)]


@pytest.mark.parametrize(("given", "expected"), [
    pytest.param(one_filter("192.0.2.11", "me"), [
        ("192.0.2.21/32[tcp/110]", "192.0.2.11/32[tcp]", 1001), ("192.0.2.30/32[tcp/110]", "192.0.2.11/32[tcp]", 1001),
    ], id="me-is-every-address"),
    pytest.param(one_filter("192.0.2.11", "192.0.2.30"), [
        ("192.0.2.30/32[tcp/110]", "192.0.2.11/32[tcp]", 1001),
    ], id="one-of-its-addresses"),
    pytest.param(one_filter("me", "any", source_port=1025), [
        ("192.0.2.21/32[tcp/1025]", "0.0.0.0/0[tcp/110]", 1128),
        ("192.0.2.30/32[tcp/1025]", "0.0.0.0/0[tcp/110]", 1128),
    ], id="any-and-both-ports"),
    pytest.param({"source": "192.0.2.30", "destination": "192.0.2.41", "protocol": "47"}, [
        ("192.0.2.30/32[47]", "192.0.2.41/32[47]", 1002),
    ], id="protocol-by-number"),
    pytest.param({"source": "me", "destination": "192.0.2.30"}, [], id="to-itself"),
])  # fmt: skip
def test_a_filter_on_a_host_with_two_addresses(given: dict[str, Any], expected: list[tuple[str, str, int]]) -> None:
    assert pairs(rule(filters=[given])) == expected


def test_me_and_the_same_address_by_number_are_one() -> None:
    both = [one_filter("192.0.2.11", "me"), one_filter("192.0.2.11", "192.0.2.30")]
    assert len(pairs(rule(filters=both))) == 2


def test_the_more_specific_filter_comes_first() -> None:
    every = rule("all", [{"source": "192.0.2.30", "destination": "192.0.2.11"}])
    smtp = rule("smtp", [one_filter("192.0.2.11", "192.0.2.30", destination_port=25)], action=PERMIT)
    assert pairs(every, smtp) == [
        ("192.0.2.30/32[tcp/25]", "192.0.2.11/32[tcp]", 1001), ("192.0.2.30/32", "192.0.2.11/32", 1003),
    ]  # fmt: skip


@pytest.mark.parametrize(("rules", "problem"), [
    pytest.param([rule(filters=[one_filter(mirrored=False, source="192.0.2.21")])],
                 "rule 'mail', filter tcp 192.0.2.21 -> 192.0.2.21:110: strongSwan protects both directions or none",
                 id="not-mirrored"),
    pytest.param([rule(filters=[one_filter(destination="dc.example.com")])], "write its address", id="name"),
    pytest.param([rule(filters=[one_filter(destination="dns")])], "a kind of server", id="servers"),
    pytest.param([rule(filters=[one_filter("192.0.2.11", "192.0.2.41")])], "neither side is an address of this host",
                 id="not-about-the-host"),
    pytest.param([rule("net", [{"source": "192.0.2.30", "destination": "192.0.2.11"}]),
                  rule("port", [one_filter("192.0.2.0/24", "192.0.2.30")], action=PERMIT)],
                 "rules 'net' and 'port': both match 192.0.2.30/32 with 192.0.2.11/32 and neither is the more specific",
                 id="wider-here-narrower-there"),
    pytest.param([rule("one", [one_filter("192.0.2.11", "192.0.2.30")]),
                  rule("two", [one_filter("192.0.2.11", "192.0.2.30")], action=PERMIT)],
                 "neither is the more specific one", id="the-same-filter-twice"),
])
def test_what_has_no_selector(rules: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        selectors(policy(*rules).rules, OWN)
    assert problem in str(caught.value)


def test_two_that_overlap_and_ask_the_same_are_fine() -> None:
    net = rule("net", [{"source": "192.0.2.30", "destination": "192.0.2.11"}])
    port = rule("port", [one_filter("192.0.2.0/24", "192.0.2.30")])
    assert len(pairs(net, port)) == 2


def test_two_actions_that_do_the_same_under_two_names_are_fine() -> None:
    named = {"name": "another name", "action": "negotiate"}
    net = rule("net", [{"source": "192.0.2.30", "destination": "192.0.2.11"}])
    port = rule("port", [one_filter("192.0.2.0/24", "192.0.2.30")], action=named)
    assert len(pairs(net, port)) == 2
