# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
from ipaddress import IPv4Network

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Certificate, Kerberos
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, WindowsVersion
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.design import Design, Tier
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.site import Site, site_from_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.tiers import has_part, policy_for

SITE = site_from_spec(
    {
        "front_end": [{"name": "fe1", "addresses": "192.0.2.11"}, {"name": "fe2", "addresses": "192.0.2.12"}],
        "back_end_cluster": [
            {"name": "node1", "addresses": "192.0.2.21"},
            {"name": "node2", "addresses": "192.0.2.22"},
        ],
        "virtual_addresses": ["192.0.2.30"],
        "domain_controller": [{"name": "dc1", "addresses": "192.0.2.5"}],
    }
)
CERTIFICATE = (Certificate("CN=Example Root"),)
CREDENTIALS = Design(Tier.CREDENTIALS, (Kerberos(),))
EVERYTHING = Design(Tier.EVERYTHING, CERTIFICATE)


def lines(policy: Policy) -> dict[str, list[str]]:
    return {rule.name: [str(one) for one in rule.filter_list.filters] for rule in policy.rules}


def test_credentials_on_the_front_end() -> None:
    policy = policy_for(SITE, "fe1", CREDENTIALS, SERVER_2003)
    assert lines(policy) == {
        "Exchange: POP3 to back end": [
            "tcp me <-> 192.0.2.21:110",
            "tcp me <-> 192.0.2.22:110",
            "tcp me <-> 192.0.2.30:110",
        ],
        "Exchange: IMAP4 to back end": [
            "tcp me <-> 192.0.2.21:143",
            "tcp me <-> 192.0.2.22:143",
            "tcp me <-> 192.0.2.30:143",
        ],
    }
    assert policy.name == "Exchange IPsec"
    assert {rule.filter_action.kind for rule in policy.rules} == {ActionKind.NEGOTIATE}
    assert [int(offer.dh_group) for offer in policy.main_mode.offers] == [14, 2]


def test_credentials_on_a_node_name_the_virtual_address_too() -> None:
    assert lines(policy_for(SITE, "node2", CREDENTIALS, SERVER_2003)) == {
        "Exchange: POP3 to back end": [
            "tcp 192.0.2.11 <-> me:110",
            "tcp 192.0.2.12 <-> me:110",
            "tcp 192.0.2.11 <-> 192.0.2.30:110",
            "tcp 192.0.2.12 <-> 192.0.2.30:110",
        ],
        "Exchange: IMAP4 to back end": [
            "tcp 192.0.2.11 <-> me:143",
            "tcp 192.0.2.12 <-> me:143",
            "tcp 192.0.2.11 <-> 192.0.2.30:143",
            "tcp 192.0.2.12 <-> 192.0.2.30:143",
        ],
    }


def test_message_stream_adds_http() -> None:
    policy = policy_for(SITE, "fe1", dataclasses.replace(CREDENTIALS, tier=Tier.MESSAGE_STREAM), SERVER_2003)
    assert list(lines(policy)) == [
        "Exchange: HTTP to back end",
        "Exchange: POP3 to back end",
        "Exchange: IMAP4 to back end",
    ]
    assert lines(policy)["Exchange: HTTP to back end"][0] == "tcp me <-> 192.0.2.21:80"


def test_everything_on_each_role() -> None:
    assert lines(policy_for(SITE, "fe1", EVERYTHING, SERVER_2003)) == {
        "Exchange: front end to back end": ["any me <-> 192.0.2.21", "any me <-> 192.0.2.22", "any me <-> 192.0.2.30"],
        "Exchange: front end to domain controller": ["any me <-> 192.0.2.5"],
    }
    assert lines(policy_for(SITE, "node1", EVERYTHING, SERVER_2003)) == {
        "Exchange: front end to back end": [
            "any 192.0.2.11 <-> me",
            "any 192.0.2.12 <-> me",
            "any 192.0.2.11 <-> 192.0.2.30",
            "any 192.0.2.12 <-> 192.0.2.30",
        ],
        "Exchange: back end to domain controller": ["any me <-> 192.0.2.5", "any 192.0.2.30 <-> 192.0.2.5"],
    }
    assert lines(policy_for(SITE, "dc1", EVERYTHING, SERVER_2003)) == {
        "Exchange: front end to domain controller": ["any 192.0.2.11 <-> me", "any 192.0.2.12 <-> me"],
        "Exchange: back end to domain controller": [
            "any 192.0.2.21 <-> me",
            "any 192.0.2.22 <-> me",
            "any 192.0.2.30 <-> me",
        ],
    }


def test_nodes_never_negotiate_with_each_other() -> None:
    texts = [text for found in lines(policy_for(SITE, "node1", EVERYTHING, SERVER_2003)).values() for text in found]
    assert not [text for text in texts if "192.0.2.22" in text]


def test_kerberos_towards_a_domain_controller_is_refused_with_the_way_out() -> None:
    design = dataclasses.replace(EVERYTHING, authentication=(*CERTIFICATE, Kerberos()))
    for host in ("fe1", "node1", "dc1"):
        with pytest.raises(SpecError, match=r"exempt_domain_controllers.*kb/254949") as caught:
            policy_for(SITE, host, design, SERVER_2003)
        assert caught.value.place == "authentication"


def test_kerberos_is_fine_once_the_domain_controllers_are_left_out() -> None:
    design = Design(Tier.EVERYTHING, (Kerberos(),), exempt_domain_controllers=True)
    assert list(lines(policy_for(SITE, "fe1", design, SERVER_2003))) == ["Exchange: front end to back end"]
    assert not has_part(SITE, "dc1", design)


def test_a_domain_controller_has_a_part_on_tier_everything_only() -> None:
    assert [has_part(SITE, "dc1", design) for design in (CREDENTIALS, EVERYTHING)] == [False, True]
    assert has_part(SITE, "fe2", CREDENTIALS)
    with pytest.raises(SpecError, match="tier: credentials asks nothing of dc1, a domain controller"):
        policy_for(SITE, "dc1", CREDENTIALS, SERVER_2003)


def test_the_management_path_is_permitted_from_its_networks_alone() -> None:
    design = dataclasses.replace(
        CREDENTIALS, management=(IPv4Network("198.51.100.0/28"),), management_ports=(5985, 3389)
    )
    policy = policy_for(SITE, "fe1", design, SERVER_2003)
    assert lines(policy)["Exchange: management path"] == [
        "tcp 198.51.100.0/28 <-> me:5985",
        "tcp 198.51.100.0/28 <-> me:3389",
    ]
    assert policy.rules[-1].filter_action.kind is ActionKind.PERMIT


@pytest.mark.parametrize(
    ("tier", "network", "port"),
    [
        pytest.param(Tier.MESSAGE_STREAM, "192.0.2.0/24", 80, id="winrm-1.1-shares-port-80"),
        pytest.param(Tier.MESSAGE_STREAM, "192.0.2.11/32", 80, id="controller-is-a-front-end"),
        pytest.param(Tier.EVERYTHING, "192.0.2.0/24", 5985, id="everything-encrypts-every-port"),
    ],
)
def test_a_management_network_with_peers_in_it_is_refused(tier: Tier, network: str, port: int) -> None:
    design = Design(tier, CERTIFICATE, management=(IPv4Network(network),), management_ports=(port,))
    with pytest.raises(SpecError, match="name the controllers' own addresses instead") as caught:
        policy_for(SITE, "fe1", design, SERVER_2003)
    assert caught.value.place == "management[0]"


@pytest.mark.parametrize(
    ("tier", "network", "port"),
    [
        pytest.param(Tier.MESSAGE_STREAM, "192.0.2.200/32", 80, id="controllers-own-address-on-port-80"),
        pytest.param(Tier.MESSAGE_STREAM, "192.0.2.0/24", 5985, id="port-that-the-tier-leaves-alone"),
        pytest.param(Tier.MESSAGE_STREAM, "192.0.2.5/32", 80, id="domain-controller-has-no-part-in-this-tier"),
    ],
)
def test_a_management_network_that_cannot_be_encrypted_is_fine(tier: Tier, network: str, port: int) -> None:
    design = Design(tier, CERTIFICATE, management=(IPv4Network(network),), management_ports=(port,))
    assert "Exchange: management path" in lines(policy_for(SITE, "fe1", design, SERVER_2003))


def test_icmp_stays_in_clear_on_request() -> None:
    design = dataclasses.replace(EVERYTHING, permit_icmp=True)
    found = lines(policy_for(SITE, "dc1", design, SERVER_2003))["Exchange: ICMP in clear"]
    assert found[:2] == ["icmp 192.0.2.11 <-> me", "icmp 192.0.2.12 <-> me"]
    assert len(found) == 5


def test_windows_2000_gets_the_groups_it_knows() -> None:
    policy = policy_for(SITE, "fe1", CREDENTIALS, WindowsVersion(5, 0, 2195))
    assert [int(offer.dh_group) for offer in policy.main_mode.offers] == [2]


def test_a_site_without_a_counterpart_is_refused() -> None:
    with pytest.raises(SpecError, match="back_end_cluster: the site has no host in this group"):
        policy_for(Site(front_ends=SITE.front_ends), "fe1", CREDENTIALS, SERVER_2003)


def test_names_are_ascii_and_do_not_depend_on_the_site() -> None:
    policy = policy_for(SITE, "node1", dataclasses.replace(EVERYTHING, permit_icmp=True), SERVER_2003)
    names = [one.name for one in policy.rules] + [one.name for one in policy.filter_lists]
    names += [one.name for one in policy.filter_actions]
    assert all(name.isascii() and name.startswith("Exchange: ") for name in names)
