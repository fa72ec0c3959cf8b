# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of all addresses: what their filters, and their kind, do not tell apart."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.table import FilterTable
from tests.unit.plugins.module_utils.forecast.cases import A, host, policy, rule

TABLE = FilterTable(
    host("a", A, policy(
        rule("tcp me -> 10.0.0.0/24:110"), rule("tcp 10.0.0.128/25 -> me:25"), rule("any me -> 10.0.0.7"),
        rule("udp any -> 192.0.2.0/24:53"), rule("tcp 224.0.0.0/24 -> me"),
    ))
)  # fmt: skip
AROUND = st.integers(int(IPv4Address("9.255.255.0")), int(IPv4Address("10.0.1.255"))) | st.integers(0, 2**32 - 1)


@pytest.mark.parametrize(("one", "other", "same"), [
    pytest.param("10.0.0.8", "10.0.0.127", True, id="inside-a-net"),
    pytest.param("10.0.0.6", "10.0.0.7", False, id="a-host-of-its-own-begins"),
    pytest.param("10.0.0.7", "10.0.0.8", False, id="and-ends"),
    pytest.param("10.0.0.127", "10.0.0.128", False, id="a-net-that-is-a-source"),
    pytest.param("10.0.0.255", "10.0.1.0", False, id="a-net-ends"),
    pytest.param("198.51.100.1", "223.255.255.255", True, id="named-by-nobody"),
    pytest.param("223.255.255.255", "224.0.0.0", False, id="multicast-begins"),
    pytest.param("239.255.255.255", "240.0.0.0", False, id="and-ends"),
    pytest.param("255.255.255.254", "255.255.255.255", False, id="broadcast"),
])  # fmt: skip
def test_where_a_part_begins_and_ends(one: str, other: str, same: bool) -> None:
    assert (TABLE.part(IPv4Address(one)) == TABLE.part(IPv4Address(other))) is same


@given(one=AROUND, other=AROUND)
def test_peers_of_one_part_meet_the_same_filters(one: int, other: int) -> None:
    peers = IPv4Address(one), IPv4Address(other)
    if TABLE.part(peers[0]) == TABLE.part(peers[1]):
        for outbound in (True, False):
            first, second = (TABLE.between(A, peer, outbound=outbound) for peer in peers)
            assert first == second
