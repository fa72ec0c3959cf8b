# SPDX-License-Identifier: GPL-3.0-or-later
"""What strongSwan cannot do is said, each in its own words, and never left out in silence."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.connections import connections
from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.peer import LinuxPeer, linux_peer
from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.text import secrets_text
from tests.unit.plugins.module_utils.swanctl.specs import PEER, PSK, one_filter, policy, rule

ESP = {"encryption": "3des", "integrity": "sha1"}
CA = {"method": "certificate", "ca": "CN=Example Root"}


def action(**more: Any) -> dict[str, Any]:
    return {"name": "n", "action": "negotiate", **more}


@pytest.mark.parametrize(("given", "problem"), [
    pytest.param({"authentication": [{"method": "kerberos"}]}, "rule 'mail': Kerberos authentication of IKE is "
                 "Microsoft's own (GSS-API); strongSwan has no counterpart", id="kerberos"),
    pytest.param({"authentication": [CA, *PSK]}, "strongSwan proposes one authentication method", id="two-methods"),
    pytest.param({"authentication": [CA]}, "certificate: rule 'mail' authenticates by certificate",
                 id="no-certificate"),
    pytest.param({"connection": "lan"}, "rule 'mail': strongSwan knows no connection type lan", id="connection-type"),
    pytest.param({"action": action(soft=True)}, "soft cannot be expressed", id="soft"),
    pytest.param({"action": action(inbound_passthrough=True)}, "inbound_passthrough has no twin", id="passthrough"),
    pytest.param({"action": action(pfs=True)}, "the main-mode offers may name one group only", id="pfs-two-groups"),
    pytest.param({"action": action(offers=[{"esp": ESP, "ah": "sha1"}])},
                 "not both together as AH[sha1]+ESP[3des,sha1]", id="esp-and-ah-in-one"),
    pytest.param({"action": action(offers=[{"esp": ESP}, {"ah": "sha1"}])}, "cannot order offers of ESP and of AH",
                 id="esp-then-ah"),
    pytest.param({"action": action(offers=[{"esp": {"encryption": "3des", "integrity": "none"}}])},
                 "does not negotiate ESP without integrity", id="no-integrity"),
    pytest.param({"action": action(offers=[{"esp": ESP, "lifetime": 900}, {"esp": {**ESP, "integrity": "md5"}}])},
                 "one lifetime for all offers", id="two-lifetimes"),
])  # fmt: skip
def test_a_rule_that_has_no_twin(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        connections(policy(rule(**given)), PEER)
    assert problem in str(caught.value)


@pytest.mark.parametrize(("given", "problem"), [
    pytest.param({"main_mode": {"pfs": True}}, "cannot limit the number of quick modes", id="master-pfs"),
    pytest.param({"main_mode": {"quick_modes": 3}}, "cannot limit the number of quick modes", id="quick-modes"),
    pytest.param({"default_response": {"active": True, "authentication": PSK}}, "default_response: strongSwan answers",
                 id="default-response"),
])
def test_a_policy_that_has_no_twin(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        connections(policy(rule(), **given), PEER)
    assert problem in str(caught.value)


def test_two_rules_that_trust_different_things() -> None:
    second = rule("web", [one_filter(destination_port=80)], authentication=[{"method": "psk", "psk": "other"}])
    with pytest.raises(SpecError, match=r"rules 'mail' and 'web': .* towards 192.0.2.21/32 both must authenticate"):
        connections(policy(rule(), second), PEER)


def test_a_host_within_a_subnet_that_trusts_something_else() -> None:
    """The host may ask under its own main mode for what the subnet's filter protects."""
    second = rule("net", [one_filter(destination="192.0.2.0/24", destination_port=80)],
                  authentication=[{"method": "psk", "psk": "other"}])  # fmt: skip
    with pytest.raises(SpecError, match=r"rules 'mail' and 'net': .* towards 192.0.2.21/32 both must authenticate"):
        connections(policy(rule(), second), PEER)


def test_a_tunnel() -> None:
    declared = policy(rule())
    tunnel = dataclasses.replace(declared.rules[0], tunnel=IPv4Address("203.0.113.1"))
    with pytest.raises(SpecError, match="is a tunnel"):
        connections(dataclasses.replace(declared, rules=(tunnel,)), PEER)


def test_account_mapping() -> None:
    mapped = rule(authentication=[{**CA, "map_to_account": True}])
    with pytest.raises(SpecError, match="cannot map a certificate"):
        connections(policy(mapped), dataclasses.replace(PEER, certificate="proxy.pem"))


def test_a_key_beyond_ascii_is_refused_without_showing_it() -> None:
    declared = policy(rule(authentication=[{"method": "psk", "psk": "schlüssel"}]))
    with pytest.raises(SpecError) as caught:
        secrets_text(declared, PEER, reveal=True)
    assert "beyond ASCII" in str(caught.value)
    assert "schl" not in str(caught.value)
    assert "********" in secrets_text(declared, PEER)


@pytest.mark.parametrize(("given", "problem"), [
    pytest.param([], "addresses: the host needs at least one IPv4 address", id="none"),
    pytest.param(["192.0.2.1", "::1"], "addresses[1]: '::1' is no IPv4 address", id="ipv6"),
])
def test_a_host_without_a_usable_address(given: list[str], problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        linux_peer(given)
    assert str(caught.value) == problem


@pytest.mark.parametrize(("more", "problem"), [
    pytest.param({"idle_seconds": "soon"}, "idle_seconds: 'soon' is not a whole number", id="idle-in-words"),
    pytest.param({"idle_seconds": float("inf")}, "idle_seconds: inf is not a whole number", id="idle-for-ever"),
    pytest.param({"idle_seconds": 86_401}, "idle_seconds: 86401 is out of range", id="idle-too-long"),
    pytest.param({"certificate": "a.pem,b.pem"}, "'a.pem,b.pem' is no name of one file", id="two-files"),
    pytest.param({"certificate": "a\n}"}, "is no name of one file", id="line-feed"),
])
def test_a_host_that_means_nothing(more: dict[str, Any], problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        linux_peer("192.0.2.11", **more)
    assert problem in str(caught.value)


def test_one_address_as_text() -> None:
    assert linux_peer("192.0.2.11", idle_seconds=60) == LinuxPeer((IPv4Address("192.0.2.11"),), "", 60)
