# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
from ipaddress import IPv4Network

from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Certificate
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import Integrity, QuickModeOffer
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.design import Design, Tier
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.openings import Opening, openings
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.site import site_from_spec

SMALL = site_from_spec(
    {
        "front_end": [{"name": "fe1", "addresses": "192.0.2.11"}],
        "back_end_cluster": [{"name": "node1", "addresses": "198.51.100.21"}],
        "domain_controller": [{"name": "dc1", "addresses": "203.0.113.5"}],
    }
)
DESIGN = Design(Tier.CREDENTIALS, (Certificate("CN=Example Root"),))


def between(found: tuple[Opening, ...], source: str, destination: str) -> list[str]:
    return [f"{one.protocol} {one.port}".strip() for one in found
            if (one.source, one.destination) == (source, destination)]  # fmt: skip


def test_ipsec_both_ways_and_what_the_tier_leaves_in_clear() -> None:
    found = openings(SMALL, DESIGN)
    assert between(found, "192.0.2.11", "198.51.100.21") == ["udp 500", "esp", "tcp 80", "tcp 25", "tcp 691"]
    assert between(found, "198.51.100.21", "192.0.2.11") == ["udp 500", "esp"]


def test_the_directory_in_clear_while_it_is_not_protected() -> None:
    wanted = ["tcp 53", "udp 53", "tcp 88", "udp 88", "udp 123", "tcp 135", "tcp 389", "udp 389", "tcp 445", "tcp 3268",
              "tcp 1024-65535"]  # fmt: skip
    found = openings(SMALL, DESIGN)
    assert between(found, "192.0.2.11", "203.0.113.5") == wanted
    assert between(found, "198.51.100.21", "203.0.113.5") == wanted
    assert between(found, "203.0.113.5", "192.0.2.11") == []


def test_everything_travels_through_one_opening() -> None:
    found = openings(SMALL, dataclasses.replace(DESIGN, tier=Tier.EVERYTHING))
    assert {(one.protocol, one.port) for one in found} == {("udp", "500"), ("esp", "")}
    assert between(found, "203.0.113.5", "198.51.100.21") == ["udp 500", "esp"]


def test_exempted_domain_controllers_need_their_ports_again() -> None:
    design = dataclasses.replace(DESIGN, tier=Tier.EVERYTHING, exempt_domain_controllers=True)
    assert "tcp 88" in between(openings(SMALL, design), "192.0.2.11", "203.0.113.5")


def test_ah_and_nat_traversal_are_listed_when_used() -> None:
    design = dataclasses.replace(DESIGN, tier=Tier.EVERYTHING, offers=(QuickModeOffer(ah=Integrity.SHA1),))
    found = openings(SMALL, design, nat_traversal=True)
    assert between(found, "192.0.2.11", "198.51.100.21") == ["udp 500", "esp", "ah", "udp 4500"]


def test_the_management_path_reaches_every_host() -> None:
    design = dataclasses.replace(DESIGN, management=(IPv4Network("192.0.2.200/32"),), management_ports=(80,))
    found = [one for one in openings(SMALL, design) if one.why == "management path"]
    assert [(one.source, one.destination, one.port) for one in found] == [
        ("192.0.2.200", "192.0.2.11", "80"),
        ("192.0.2.200", "198.51.100.21", "80"),
        ("192.0.2.200", "203.0.113.5", "80"),
    ]


def test_nodes_keep_their_heartbeat_and_never_ipsec() -> None:
    site = site_from_spec(
        {
            "front_end": [{"name": "fe1", "addresses": "192.0.2.11"}],
            "back_end_cluster": [
                {"name": "node1", "addresses": "198.51.100.21"},
                {"name": "node2", "addresses": "198.51.100.22"},
            ],
            "virtual_addresses": "198.51.100.30",
        }
    )
    found = openings(site, dataclasses.replace(DESIGN, tier=Tier.EVERYTHING))
    assert between(found, "198.51.100.22", "198.51.100.21") == ["udp 3343", "tcp 135", "udp 137", "tcp 1024-65535"]
    assert between(found, "192.0.2.11", "198.51.100.30") == ["udp 500", "esp"]


def test_an_opening_as_plain_data_names_its_source() -> None:
    assert openings(SMALL, DESIGN)[0].to_dict() == {
        "source": "192.0.2.11",
        "destination": "198.51.100.21",
        "protocol": "udp",
        "port": "500",
        "why": "IKE: IPsec, front end to back end",
        "source_doc": "https://www.betaarchive.com/wiki/index.php?title=Microsoft_KB_Archive/233256",
    }
