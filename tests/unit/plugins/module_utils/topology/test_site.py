# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.site import (
    Role,
    site_from_inventory,
    site_from_spec,
)

SPEC: dict[str, Any] = {
    "front_end": [{"name": "fe1", "addresses": "192.0.2.11"}, {"name": "fe2", "addresses": ["192.0.2.12"]}],
    "back_end_cluster": [{"name": "node1", "addresses": ["192.0.2.21", "198.51.100.21"]}],
    "virtual_addresses": ["192.0.2.30"],
    "domain_controller": [{"name": "dc1", "addresses": "192.0.2.5"}],
}


def test_addresses_of_the_back_end_end_with_the_virtual_ones() -> None:
    site = site_from_spec(SPEC)
    assert site.addresses(Role.BACK_END) == (
        IPv4Address("192.0.2.21"),
        IPv4Address("198.51.100.21"),
        IPv4Address("192.0.2.30"),
    )
    assert site.addresses(Role.FRONT_END) == (IPv4Address("192.0.2.11"), IPv4Address("192.0.2.12"))


def test_a_host_is_found_without_regard_to_case() -> None:
    role, host = site_from_spec(SPEC).find("NODE1")
    assert (role, host.name) == (Role.BACK_END, "node1")


def test_an_unknown_host_is_told_the_known_ones() -> None:
    with pytest.raises(SpecError, match="host: 'fe9' is not a host of this site; its hosts are fe1, fe2, node1, dc1"):
        site_from_spec(SPEC).find("fe9")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param({"frontend": []}, "site", id="unknown-part"),
        pytest.param({"front_end": {"name": "fe1"}}, "site.front_end", id="not-a-list"),
        pytest.param({"front_end": ["fe1"]}, "site.front_end[0]", id="not-a-host"),
        pytest.param({"front_end": [{"name": "", "addresses": "192.0.2.1"}]}, "site.front_end[0].name", id="no-name"),
        pytest.param({"front_end": [{"name": "fe1"}]}, "site.front_end[0].addresses", id="no-address"),
        pytest.param(
            {"front_end": [{"name": "fe1", "addresses": ["192.0.2.1", "fe80::1"]}]},
            "site.front_end[0].addresses[1]",
            id="ipv6",
        ),
        pytest.param({"front_end": [{"name": "fe1", "addresses": 7.5}]}, "site.front_end[0].addresses", id="a-number"),
        pytest.param(
            {"front_end": [{"name": "fe1", "addresses": "0.0.0.0"}]},  # noqa: S104
            "site.front_end[0].addresses",
            id="any-address",
        ),
        pytest.param(
            {"front_end": [{"name": "fe1", "addresses": "224.0.0.1"}]}, "site.front_end[0].addresses", id="multicast"
        ),
        pytest.param(
            {"front_end": [{"name": "NODE1", "addresses": "192.0.2.99"}]}, "site.back_end_cluster[0].name", id="twice"
        ),
        pytest.param({"virtual_addresses": "192.0.2.21"}, "site.virtual_addresses", id="virtual-is-a-nodes-own"),
        pytest.param({"back_end_cluster": []}, "site.virtual_addresses", id="virtual-without-node"),
    ],
)
def test_a_broken_site_is_refused_at_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(SpecError) as caught:
        site_from_spec({**SPEC, **change})
    assert caught.value.place == place


def test_the_inventory_gives_addresses_by_variable_or_by_ansible_host() -> None:
    groups = {"front_end": ["fe1"], "back_end_cluster": ["node1", "node2"], "all": ["fe1", "node1", "node2"]}
    hostvars: dict[str, dict[str, Any]] = {
        "fe1": {"ansible_host": "192.0.2.11"},
        "node1": {"ipsec_addresses": ["192.0.2.21"], "ipsec_virtual_addresses": ["192.0.2.30"]},
        "node2": {"ansible_host": "node2.example.org", "ipsec_addresses": "192.0.2.22",
                  "ipsec_virtual_addresses": "192.0.2.30"},
    }  # fmt: skip
    site = site_from_inventory(groups, hostvars)
    assert [host.name for host in site.back_ends] == ["node1", "node2"]
    assert site.virtual_addresses == (IPv4Address("192.0.2.30"),)
    assert site.front_ends[0].addresses == (IPv4Address("192.0.2.11"),)
    assert site.domain_controllers == ()


def test_an_inventory_host_without_an_address_names_the_variable_to_set() -> None:
    with pytest.raises(SpecError, match=r"hostvars\['fe1'\].ipsec_addresses: is needed, because ansible_host of 'fe1'"):
        site_from_inventory({"front_end": ["fe1"]}, {"fe1": {"ansible_host": "fe1.example.org"}})
