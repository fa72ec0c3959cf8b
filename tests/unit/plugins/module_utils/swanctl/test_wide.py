# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters for subnets and for everybody: one number for filter and association, and children to answer with.

That strongSwan and the kernel need both is shown by the scenario wide-filters of tests/wire.
"""

from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.conf import Section
from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.connections import connections
from tests.unit.plugins.module_utils.swanctl.specs import PEER, one_filter, policy, rule

HOST = rule("host")
NET = rule("net", [one_filter(destination="192.0.2.16/28", destination_port=25)])
EVERY = rule("every", [one_filter(destination="any", destination_port=80)])
FAR = rule("far", [one_filter(destination="198.51.100.7", destination_port=143)])


def children(section: Section) -> list[tuple[str, str, str, str]]:
    """Name, number, far end and start of every child of a connection."""
    (found,) = (one for one in section.sections if one.name == "children")
    words = ("reqid", "remote_ts", "start_action")
    return [(one.name, *(dict(one.settings)[word] for word in words)) for one in found.sections]


def test_a_host_is_answered_under_its_own_main_mode_for_what_wider_filters_protect() -> None:
    found = {one.name: children(one) for one in connections(policy(EVERY, FAR, HOST, NET), PEER).sections}
    every = ("4-every", "10004", "0.0.0.0/0[tcp/80]", "trap")
    net = ("3-net", "10003", "192.0.2.16/28[tcp/25]", "trap")
    assert found == {
        "192-0-2-11--0-0-0-0-0": [every],
        "192-0-2-11--192-0-2-16-28": [net, (*every[:3], "none")],
        "192-0-2-11--192-0-2-21": [
            ("2-host", "10002", "192.0.2.21/32[tcp/110]", "trap"), (*every[:3], "none"), (*net[:3], "none"),
        ],
        "192-0-2-11--198-51-100-7": [("1-far", "10001", "198.51.100.7/32[tcp/143]", "trap"), (*every[:3], "none")],
    }  # fmt: skip


def test_a_child_that_only_answers_weighs_what_its_filter_weighs() -> None:
    sections = connections(policy(HOST, NET), PEER).sections
    weights = {
        (section.name, child.name): dict(child.settings)["priority"]
        for section in sections for child in section.sections[-1].sections
    }  # fmt: skip
    assert weights == {
        ("192-0-2-11--192-0-2-16-28", "2-net"): "1017", ("192-0-2-11--192-0-2-21", "1-host"): "1001",
        ("192-0-2-11--192-0-2-21", "2-net"): "1017",
    }  # fmt: skip
