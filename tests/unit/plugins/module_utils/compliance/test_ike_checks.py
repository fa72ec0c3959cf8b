# SPDX-License-Identifier: GPL-3.0-or-later
"""What IKE said to the controller, judged: from a peer of the policy it proves something, from a stranger little."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.checks import judge
from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.state import Asked, HostState, Service, Wanted
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.probe import Finding
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.transforms import Transform
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import Address, DnsName, Me, Subnet
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse, Policy, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import Encryption
from tests.unit.plugins.module_utils.compliance.test_checks import (
    OURS,
    WANTED,
    action,
    ids,
    state,
    unassigned,
    weak_main_mode,
)

VIRTUAL, CONTROLLER = IPv4Address("192.0.2.30"), IPv4Address("198.51.100.10")
STRONG = Transform("3des", "sha1", 14, "psk")
LOW = Transform("3des", "sha1", 2, "certificate")
DES, MD5 = Transform("des", "sha1", 14, "psk"), Transform("3des", "md5", 2, "psk")


def asked(*accepted: Transform, complete: bool = True, **changes: Any) -> Asked:
    """IKE on the virtual address took these and refused the rest."""
    found = Finding(alive=True, complete=complete, accepted=list(accepted))
    return dataclasses.replace(Asked(VIRTUAL, CONTROLLER, found), **changes)


SILENCE = asked(found=Finding(alive=False, complete=False))


def between(peer: Address, protocol: int = 6, port: int = 110, kind: ActionKind = ActionKind.NEGOTIATE) -> Policy:
    """The same policy with its rule for one peer."""
    one = Filter(Me(), peer, protocol, destination_port=port)
    known = OURS.rules[0]
    treated = known.filter_action if kind is ActionKind.NEGOTIATE else action("other", kind)
    lists = FilterList("pop3", (one,))
    return dataclasses.replace(OURS, rules=(Rule("pop3", lists, treated, known.authentication),))


def host(policy: Policy = OURS, answer: Asked = SILENCE, **changes: Any) -> HostState:
    """A host with that policy in force; OURS negotiates POP3 with everybody."""
    return dataclasses.replace(state(policy), ike=(answer,), **changes)


def single(address: str) -> Subnet:
    return Subnet(IPv4Network(address))


STRANGER = between(single("192.0.2.11"))
EVERYTHING = between(single("198.51.100.10"), 0, 0)
NAMED = between(DnsName("controller.example"))
ANY = Wanted(assigned=None)

FIRES = [
    pytest.param(host(), WANTED, ["high ike.silent"], id="a-peer-hears-nothing"),
    pytest.param(host(answer=asked()), WANTED, ["high ike.refuses"], id="a-peer-is-refused-everything"),
    pytest.param(host(answer=asked(STRONG, MD5)), WANTED, ["high ike.weak"], id="md5-beside-the-policy"),
    pytest.param(host(answer=asked(STRONG, LOW)), WANTED, ["medium ike.foreign"], id="a-smaller-group"),
    pytest.param(host(answer=asked(LOW, DES)), WANTED, ["high ike.weak", "high ike.refuses", "medium ike.foreign"],
                 id="another-policy-altogether"),
    pytest.param(host(answer=asked(STRONG, complete=False)), WANTED, ["info ike.unproven"], id="it-fell-silent"),
    pytest.param(host(answer=asked(MD5, complete=False)), WANTED, ["high ike.weak", "info ike.unproven"],
                 id="it-fell-silent-too-late"),
    pytest.param(host(STRANGER), ANY, ["info ike.unproven"], id="a-stranger-hears-nothing"),
    pytest.param(host(STRANGER, dataclasses.replace(SILENCE, must_answer=True)), ANY, ["high ike.silent"],
                 id="an-answer-is-demanded"),
    pytest.param(host(STRANGER, asked()), ANY, ["info ike.unproven"], id="a-stranger-is-refused"),
    pytest.param(host(STRANGER, asked(must_answer=True)), ANY, ["info ike.unproven"], id="a-refusal-is-an-answer"),
    pytest.param(host(STRANGER, asked(DES)), ANY, ["high ike.weak"], id="a-stranger-is-taken-with-des"),
    pytest.param(host(EVERYTHING), ANY, ["info ike.unproven"], id="the-question-itself-needs-protection"),
    pytest.param(host(EVERYTHING, dataclasses.replace(SILENCE, source_port=500)), ANY, ["high ike.silent"],
                 id="ike-is-exempt"),
    pytest.param(host(NAMED), ANY, ["info ike.unproven"], id="a-name-that-nobody-resolved"),
    pytest.param(host(between(single("198.51.100.10"), kind=ActionKind.PERMIT)), ANY, ["info ike.unproven"],
                 id="a-permitted-controller"),
    pytest.param(host(dataclasses.replace(STRANGER, default_response=DefaultResponse(active=True))), ANY,
                 ["info ike.unproven"], id="a-default-response"),
    pytest.param(dataclasses.replace(unassigned(OURS), ike=(SILENCE,)), ANY, ["info ike.unproven"], id="no-policy"),
    pytest.param(dataclasses.replace(unassigned(OURS), ike=(asked(STRONG, DES),)), ANY,
                 ["high ike.weak", "medium ike.foreign"], id="taken-without-a-policy"),
    pytest.param(host(service=Service.STOPPED), ANY, ["high service.stopped", "info ike.unproven"], id="no-agent"),
    pytest.param(host(domain_policy="Everywhere"), ANY, ["high domain.overrides", "info ike.unproven"], id="domain"),
    pytest.param(host(answer=asked(found=None, problem="there is no way to 192.0.2.30")), WANTED,
                 ["info ike.unproven"], id="no-way"),
    pytest.param(host(answer=dataclasses.replace(SILENCE, asker=None)), WANTED, ["info ike.unproven"],
                 id="controller-without-address"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "wanted", "said"), FIRES)
def test_a_check_fires(found: HostState, wanted: Wanted, said: list[str]) -> None:
    assert ids(judge(found, wanted)) == said


WEAK = weak_main_mode(encryption=Encryption.DES)


@pytest.mark.parametrize(("found", "wanted", "said"), [
    pytest.param(host(answer=asked(STRONG)), WANTED, [], id="as-the-policy-says"),
    pytest.param(host(STRANGER, asked(STRONG)), ANY, [], id="a-stranger-is-taken-with-what-the-policy-offers"),
    pytest.param(state(), WANTED, [], id="nobody-asked"),
    pytest.param(host(WEAK, asked(DES)), Wanted(WEAK), ["medium offer.weak"], id="a-weak-policy-is-told-once"),
    pytest.param(host(WEAK, asked(DES)), WANTED, ["high ike.weak", "high ike.refuses", "medium policy.drift.main_mode",
                                                  "medium offer.weak"], id="a-drift-is-in-force"),
])  # fmt: skip
def test_what_the_policy_offers_is_no_finding_of_ike(found: HostState, wanted: Wanted, said: list[str]) -> None:
    assert ids(judge(found, wanted)) == said


def test_the_words_of_findings() -> None:
    first, second = judge(host(answer=asked(STRONG, MD5, LOW)), WANTED).findings
    assert str(first) == "[high] ike.weak: IKE on 192.0.2.30 takes 3des-md5-dh2; expected nothing but 3des-sha1-dh14"
    assert (second.found, second.evidence) == (
        "IKE on 192.0.2.30 takes 3des-sha1-dh2", "UDP 500 of 192.0.2.30, asked from 198.51.100.10",
    )  # fmt: skip
    (stranger,) = judge(host(STRANGER), ANY).findings
    assert "no rule of policy 'Exchange IPsec' negotiates with the controller (198.51.100.10)" in stranger.found


def test_what_was_asked_as_plain_data() -> None:
    told = asked(STRONG, MD5).to_dict()
    assert (told["address"], told["asked_from"], told["alive"], told["problem"]) == (
        "192.0.2.30", "198.51.100.10", True, "",
    )  # fmt: skip
    assert told["weak"] == ["3des-md5-dh2 psk"]
    nothing = Asked(VIRTUAL, None, None, "there is no way").to_dict()
    assert (nothing["asked_from"], nothing["alive"], nothing["complete"]) == (None, False, False)
