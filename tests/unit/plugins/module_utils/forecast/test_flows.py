# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.flows import (
    CLUSTER_FLOWS,
    DOMAIN_FLOWS,
    MAIL_FLOWS,
    RETURN_MAIL_FLOWS,
    Conversations,
    Flow,
    Kind,
    management_conversations,
    samples,
    site_conversations,
    winrm,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.own_flows import own_conversations
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.packet import Traffic
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.site import Role, site_from_spec
from tests.unit.plugins.module_utils.forecast.cases import A, flt

SITE = site_from_spec(
    {
        "front_end": [{"name": "fe1", "addresses": "192.0.2.11"}],
        "back_end_cluster": [{"name": "be1", "addresses": "192.0.2.21"}, {"name": "be2", "addresses": "192.0.2.22"}],
        "virtual_addresses": ["192.0.2.30"],
        "domain_controller": [{"name": "dc1", "addresses": "192.0.2.41"}],
    }
)
OUTSIDE = IPv4Network("198.51.100.0/24")


def said(flows: tuple[Flow, ...]) -> list[str]:
    return [str(one) for one in flows]


def pairs(talk: Conversations) -> list[str]:
    return [str(pair) for pair in talk.pairs]


def test_the_ports_of_an_exchange_site() -> None:
    assert said(MAIL_FLOWS) == [
        "HTTP (tcp 80)", "POP3 (tcp 110)", "IMAP4 (tcp 143)", "SMTP (tcp 25)", "link state (tcp 691)",
    ]  # fmt: skip
    assert said(RETURN_MAIL_FLOWS) == ["SMTP (tcp 25)", "link state (tcp 691)"]
    assert {"LDAP (tcp 389)", "global catalog (tcp 3268)", "Kerberos (udp 88)", "DNS (udp 53)",
            "RPC endpoint mapper (tcp 135)", "RPC, unless bound to one port (tcp 1024-65535)"} <= set(
        said(DOMAIN_FLOWS)
    )  # fmt: skip
    assert "cluster heartbeat (udp 3343)" in said(CLUSTER_FLOWS)
    assert all(one.source for one in (*MAIL_FLOWS, *DOMAIN_FLOWS, *CLUSTER_FLOWS, winrm(80)))


def test_who_talks_to_whom() -> None:
    mail, back, domain, cluster = site_conversations(SITE)
    assert pairs(mail) == [
        "fe1 (192.0.2.11) -> be1 (192.0.2.21)", "fe1 (192.0.2.11) -> be1 (192.0.2.30)",
        "fe1 (192.0.2.11) -> be2 (192.0.2.22)", "fe1 (192.0.2.11) -> be2 (192.0.2.30)",
    ]  # fmt: skip
    assert pairs(back) == ["be1 (192.0.2.21) -> fe1 (192.0.2.11)", "be2 (192.0.2.22) -> fe1 (192.0.2.11)"]
    assert [pair.sender for pair in domain.pairs] == ["fe1", "be1", "be2"]
    assert pairs(cluster) == ["be1 (192.0.2.21) -> be2 (192.0.2.22)", "be2 (192.0.2.22) -> be1 (192.0.2.21)"]


def test_winrm_goes_to_the_port_where_each_server_really_listens() -> None:
    ports = {"fe1": 80, "be1": 80, "be2": 5985, "dc1": 5985}
    old, new, desktop = management_conversations(SITE, [IPv4Network("198.51.100.7")], ports, [])
    assert (said(old.flows), [pair.receiver for pair in old.pairs]) == (["WinRM (tcp 80)"], ["fe1", "be1"])
    assert (said(new.flows), [pair.receiver for pair in new.pairs]) == (["WinRM (tcp 5985)"], ["be2", "dc1"])
    assert said(desktop.flows) == ["remote desktop (tcp 3389)"]
    assert pairs(desktop)[0] == "198.51.100.7 (198.51.100.7) -> fe1 (192.0.2.11)"
    assert len(desktop.pairs) == 4


def test_a_server_inside_a_management_network_is_no_controller() -> None:
    ports = dict.fromkeys(("fe1", "be1", "be2", "dc1"), 5985)
    (winrm_talk, _unused) = management_conversations(SITE, [IPv4Network("192.0.2.8/29")], ports, [])
    assert {str(pair.source) for pair in winrm_talk.pairs} == {"192.0.2.9", "192.0.2.14"}


def test_a_server_that_is_named_itself_manages_the_others() -> None:
    ports = dict.fromkeys(("fe1", "be1", "be2", "dc1"), 5985)
    (winrm_talk, _unused) = management_conversations(SITE, [IPv4Network("192.0.2.11")], ports, [])
    assert pairs(winrm_talk) == [
        "fe1 (192.0.2.11) -> be1 (192.0.2.21)", "fe1 (192.0.2.11) -> be2 (192.0.2.22)",
        "fe1 (192.0.2.11) -> dc1 (192.0.2.41)",
    ]  # fmt: skip


@pytest.mark.parametrize(("network", "named", "expected"), [
    pytest.param("10.0.0.0/16", ["10.0.0.0/24", "10.0.0.0/30"], ["10.0.0.1", "10.0.255.254", "10.0.1.0", "10.0.0.4"],
                 id="parts-that-begin-alike"),
    pytest.param("10.0.0.0/30", ["10.0.0.1/32", "10.0.0.2/32"], ["10.0.0.1", "10.0.0.2"], id="parts-that-fill-it"),
    pytest.param("10.0.0.0/31", [], ["10.0.0.0", "10.0.0.1"], id="two-hosts"),
    pytest.param("10.0.0.0/24", ["10.0.0.0/25", "10.0.0.128/26"],
                 ["10.0.0.1", "10.0.0.254", "10.0.0.192", "10.0.0.129"], id="parts-side-by-side"),
    pytest.param("10.0.0.0/24", ["10.0.0.0/8", "10.1.0.0/24"], ["10.0.0.1", "10.0.0.254"], id="none-inside"),
])  # fmt: skip
def test_each_part_of_a_network_has_an_address_of_its_own(
    network: str, named: list[str], expected: list[str]
) -> None:
    filters = [flt(f"any {one} -> me") for one in named]
    assert [str(one) for one in samples(IPv4Network(network), filters)] == expected


def test_a_network_is_sampled_where_filters_tell_its_parts_apart() -> None:
    named = [flt("any 198.51.100.64/26 -> me"), flt("any me -> 198.51.100.9"), flt("any me -> 203.0.113.0/24")]
    assert [str(one) for one in samples(OUTSIDE, named)] == [
        "198.51.100.1", "198.51.100.254", "198.51.100.9", "198.51.100.65",
    ]  # fmt: skip
    assert [str(one) for one in samples(IPv4Network("198.51.100.7"), [])] == ["198.51.100.7"]


@pytest.mark.parametrize(("flow", "named", "traffic"), [
    (Flow("x", Kind.OWN, 6, 110, ""), {110}, Traffic(6, 1025, 110)),
    (Flow("x", Kind.OWN, 6, 110, ""), {110, 1025, 1026}, Traffic(6, 1027, 110)),
    (Flow("x", Kind.OWN, 6, 110, ""), {25}, Traffic(6, 1026, 1025)),
    (Flow("x", Kind.OWN, 6, 1024, "", 65535), {1024, 1025}, Traffic(6, 1027, 1026)),
    (Flow("x", Kind.OWN, 6, 79, "", 81), {79, 80}, Traffic(6, 1026, 1025)),
    (Flow("x", Kind.OWN, 6, 79, "", 81), {79, 80, 81}, Traffic(6, 1025, 81)),
    (Flow("x", Kind.OWN, 50, 0, ""), set(), Traffic(50)),
])  # fmt: skip
def test_the_first_packet_of_a_flow(flow: Flow, named: set[int], traffic: Traffic) -> None:
    assert flow.traffic(named) == traffic


HOSTS = {host.name: host.addresses for role in Role for host in SITE.hosts(role)}
GROUPS = {"back_end_cluster": ["be1", "be2"], "elsewhere": ["other"]}


def own(**item: object) -> list[str]:
    (talk,) = own_conversations([{"name": "x", "source": "fe1", "port": 9, **item}], HOSTS, GROUPS, [])
    return pairs(talk)


def test_own_flows_between_hosts_groups_addresses_and_subnets() -> None:
    assert own(destination="be1") == ["fe1 (192.0.2.11) -> be1 (192.0.2.21)"]
    assert own(destination="back_end_cluster") == [
        "fe1 (192.0.2.11) -> be1 (192.0.2.21)", "fe1 (192.0.2.11) -> be2 (192.0.2.22)",
    ]  # fmt: skip
    assert own(destination="192.0.2.41") == ["fe1 (192.0.2.11) -> dc1 (192.0.2.41)"]
    assert own(source="203.0.113.9", destination="fe1") == ["203.0.113.9 (203.0.113.9) -> fe1 (192.0.2.11)"]
    assert len(own(source="198.51.100.0/24", destination="fe1")) == 2
    assert own(destination="elsewhere") == []
    assert own(destination="fe1") == []


@pytest.mark.parametrize(("item", "said_of"), [
    ({"destination": "nobody"}, "flows[0].destination: 'nobody' is no host or group"),
    ({"destination": "be1", "port": 0}, "flows[0].port: tcp and udp need a port"),
    ({"destination": "be1", "protocol": "icmp"}, "flows[0].port: tcp and udp need a port (1 to 65535), other"),
    ({"destination": "be1", "port": 70000}, "flows[0].port"),
    ({"destination": "be1", "protocol": "tcpp"}, "flows[0].protocol: 'tcpp' is no protocol"),
])  # fmt: skip
def test_own_flows_that_are_refused(item: dict[str, object], said_of: str) -> None:
    with pytest.raises(SpecError) as caught:
        own(**item)
    assert str(caught.value).startswith(said_of)
    assert A not in HOSTS.values()
