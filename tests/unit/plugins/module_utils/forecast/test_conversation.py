# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.packet import Traffic
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.verdict import Outcome, Verdict, worse
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse, Policy
from tests.unit.plugins.module_utils.forecast.cases import (
    BLOCK,
    NULL,
    PERMIT,
    POP3_AT_A,
    POP3_AT_B,
    ROOT,
    SECURE,
    SERVER_2022,
    A,
    B,
    between,
    host,
    key,
    policy,
    rule,
    secure,
)

BOTH = (policy(POP3_AT_A), policy(POP3_AT_B))
RESPONDS = policy(response=DefaultResponse(True, authentication=(ROOT,)))
SOFT, PASSES = secure(soft=True), secure(inbound_passthrough=True)
ELSEWHERE = policy(rule("tcp me -> 198.51.100.9:25"))
SAME_PEER = policy(rule("tcp 192.0.2.1 -> me:143"))


def at_a(action: FilterAction, **options: Any) -> Policy:
    return policy(rule("tcp me -> 192.0.2.2:110", action, **options))


def at_b(action: FilterAction, **options: Any) -> Policy:
    return policy(rule("tcp 192.0.2.1 -> me:110", action, **options))


@pytest.mark.parametrize(("one", "other", "outcome"), [
    pytest.param(None, None, Outcome.CLEAR, id="no-policy-anywhere"),
    pytest.param(*BOTH, Outcome.PROTECTED, id="both-ask"),
    pytest.param(at_a(PERMIT), at_b(PERMIT), Outcome.CLEAR, id="both-permit"),
    pytest.param(at_a(BLOCK), None, Outcome.BLOCKED, id="the-sender-blocks"),
    pytest.param(None, at_b(BLOCK), Outcome.BLOCKED, id="the-receiver-blocks"),
    pytest.param(at_a(SECURE), at_b(BLOCK), Outcome.BLOCKED, id="asked-and-blocked"),
    pytest.param(None, policy(rule("tcp me:110 -> any", BLOCK, mirrored=False)), Outcome.BLOCKED, id="answer-blocked"),
    pytest.param(at_a(SECURE), None, Outcome.FAILS, id="nobody-answers"),
    pytest.param(at_a(SOFT), None, Outcome.FALLBACK, id="nobody-answers-and-soft"),
    pytest.param(at_a(SECURE), ELSEWHERE, Outcome.FAILS, id="a-policy-without-a-rule-for-it"),
    pytest.param(at_a(SOFT), ELSEWHERE, Outcome.FALLBACK, id="a-policy-about-others-and-soft"),
    pytest.param(at_a(SOFT), SAME_PEER, Outcome.FAILS, id="ike-answered-so-no-fall-back"),
    pytest.param(at_a(SOFT), at_b(PERMIT), Outcome.FALLBACK, id="the-receiver-permits-and-soft"),
    pytest.param(at_a(SECURE), at_b(PERMIT), Outcome.FAILS, id="the-receiver-permits"),
    pytest.param(at_a(SECURE), RESPONDS, Outcome.PROTECTED, id="the-default-response-answers"),
    pytest.param(None, at_b(SECURE), Outcome.BLOCKED, id="clear-where-protection-is-wanted"),
    pytest.param(None, at_b(SOFT), Outcome.BLOCKED, id="soft-does-not-let-clear-in"),
    pytest.param(None, at_b(PASSES), Outcome.FAILS, id="first-packet-passes-the-answer-does-not"),
    pytest.param(RESPONDS, at_b(PASSES), Outcome.PROTECTED, id="first-packet-passes-and-the-default-response-answers"),
    pytest.param(None, at_b(secure(inbound_passthrough=True, soft=True)), Outcome.FALLBACK, id="request-security"),
    pytest.param(at_a(PERMIT), at_b(SECURE), Outcome.BLOCKED, id="permit-against-require"),
    pytest.param(at_a(SECURE, mirrored=False), at_b(SECURE), Outcome.FAILS, id="not-mirrored-at-the-sender"),
    pytest.param(at_a(SECURE), at_b(SECURE, mirrored=False), Outcome.FAILS, id="not-mirrored-at-the-receiver"),
    pytest.param(at_a(secure(pfs=True)), at_b(SECURE), Outcome.FAILS, id="pfs-on-one-end"),
    pytest.param(policy(rule("any me -> 192.0.2.2")), at_b(SECURE), Outcome.FAILS, id="wider-than-the-receiver"),
    pytest.param(at_a(SECURE), policy(rule("any 192.0.2.1 -> me")), Outcome.PROTECTED, id="within-the-receivers"),
])  # fmt: skip
def test_what_becomes_of_a_flow(one: Policy | None, other: Policy | None, outcome: Outcome) -> None:
    assert between(host("a", A, one), host("b", B, other)).outcome is outcome


def test_two_filters_that_ask_for_the_same_may_propose_too_much() -> None:
    narrow, wide = rule("tcp any -> 192.0.2.2:110"), rule("tcp me -> any")
    found = between(host("a", A, policy(narrow, wide)), host("b", B, BOTH[1]))
    assert found.outcome is Outcome.PROTECTED
    assert found.doubts == ("which of several filters that ask for the same decides how much traffic is proposed",)
    within = policy(rule("tcp 192.0.2.1 -> me"))
    assert between(host("a", A, policy(narrow, wide)), host("b", B, within)).certain
    assert between(host("a", A, policy(POP3_AT_A, wide)), host("b", B, BOTH[1])).certain


def test_the_suite_that_protects_is_told() -> None:
    found = between(host("a", A, BOTH[0]), host("b", B, BOTH[1]))
    assert found.suite == "ESP[3des,sha1]; 3des-sha1-dh14, certificate of 'CN=Root'"
    assert found.because == "rule 'tcp me -> 192.0.2.2:110' negotiates at both ends"
    assert (found.encrypted, found.readable, found.certain) == (True, False, True)


def test_a_suite_without_encryption_is_readable() -> None:
    found = between(host("a", A, at_a(secure(NULL))), host("b", B, at_b(secure(NULL))))
    assert (found.outcome, found.readable) == (Outcome.PROTECTED, True)


def test_the_default_response_ended_with_server_2003() -> None:
    assert between(host("a", A, at_a(SECURE)), host("b", B, RESPONDS, version=SERVER_2022)).outcome is Outcome.FAILS


def test_the_default_response_does_not_overrule_a_rule() -> None:
    permits = dataclasses.replace(at_b(PERMIT), default_response=RESPONDS.default_response)
    assert between(host("a", A, at_a(SECURE)), host("b", B, permits)).outcome is Outcome.FAILS


def test_the_default_response_does_not_stand_in_for_half_a_rule() -> None:
    half = policy(rule("tcp me:110 -> 192.0.2.1", mirrored=False), response=RESPONDS.default_response)
    assert between(host("a", A, at_a(SECURE)), host("b", B, half)).outcome is Outcome.FAILS


def test_who_asks_the_default_response_needs_filters_for_both_directions() -> None:
    found = between(host("a", A, at_a(SECURE, mirrored=False)), host("b", B, RESPONDS))
    assert found.outcome is Outcome.FAILS
    assert found.because == "the sender negotiates in one direction only; its filter is not mirrored"


@pytest.mark.parametrize("other", [
    pytest.param(SAME_PEER, id="another-port-is-negotiated"),
    pytest.param(policy(rule("tcp me:110 -> 192.0.2.1", PERMIT, mirrored=False)), id="only-the-answer-is-permitted"),
])  # fmt: skip
def test_a_default_response_beside_a_rule_for_the_same_peer_is_in_doubt(other: Policy) -> None:
    beside = dataclasses.replace(other, default_response=RESPONDS.default_response)
    found = between(host("a", A, at_a(SECURE)), host("b", B, beside))
    assert found.outcome is Outcome.PROTECTED
    doubt = "whether the default response answers a peer that other filters of its policy are about"
    assert found.doubts == (doubt,)
    assert between(host("a", A, at_a(SECURE)), host("b", B, RESPONDS)).certain


def test_a_default_response_that_is_off_answers_nobody() -> None:
    off = policy(response=DefaultResponse(False))
    assert between(host("a", A, at_a(SECURE)), host("b", B, off)).outcome is Outcome.FAILS


def test_ike_flags_widen_the_fall_back_on_server_2003_only() -> None:
    answers = host("b", B, SAME_PEER)
    assert between(host("a", A, at_a(SOFT), ike_flags=0x14), answers).outcome is Outcome.FALLBACK
    assert between(host("a", A, at_a(SOFT), ike_flags=0x10), answers).outcome is Outcome.FAILS
    later = host("a", A, at_a(SOFT), ike_flags=0x14, version=SERVER_2022)
    assert between(later, answers).outcome is Outcome.FAILS


def test_ike_flags_and_ends_without_a_method_in_common() -> None:
    sender = host("a", A, policy(rule("tcp me -> 192.0.2.2:110", SOFT, key("k"))), ike_flags=0x14)
    request = at_b(secure(inbound_passthrough=True, soft=True))
    assert between(sender, host("b", B, request, ike_flags=0x14)).outcome is Outcome.FALLBACK
    assert between(sender, host("b", B, request)).outcome is Outcome.FAILS
    assert between(sender, host("b", B, at_b(PASSES), ike_flags=0x14)).outcome is Outcome.FAILS
    assert between(sender, host("b", B, at_b(SECURE))).outcome is Outcome.FAILS


@pytest.mark.parametrize(("one", "other", "disagreed"), [
    pytest.param(at_a(SECURE), None, True, id="asks-and-nobody-answers"),
    pytest.param(None, at_b(SECURE), True, id="clear-and-required"),
    pytest.param(at_a(BLOCK), None, False, id="blocked-on-purpose"),
    pytest.param(*BOTH, False, id="agreed"),
])  # fmt: skip
def test_ends_that_disagree_are_told_from_a_block(one: Policy | None, other: Policy | None, disagreed: bool) -> None:
    assert between(host("a", A, one), host("b", B, other)).disagreed == disagreed


@pytest.mark.parametrize(("own", "disagreed"), [(None, False), (at_a(SECURE), True), (at_a(PERMIT), False)])
def test_an_end_that_nobody_knows(own: Policy | None, disagreed: bool) -> None:
    found = between(host("a", A, own), host("b", B, unknown="what stands there was not read"))
    assert (found.outcome, found.disagreed, found.certain) == (Outcome.UNKNOWN, disagreed, False)
    assert "what stands there was not read at the receiver" in found.because


def test_a_block_is_certain_even_where_the_peer_is_not_known() -> None:
    assert between(host("a", A, at_a(BLOCK)), host("b", B, unknown="x")).outcome is Outcome.BLOCKED


def test_an_exemption_makes_clear_what_a_rule_would_protect() -> None:
    everything = (policy(rule("any me -> 192.0.2.2")), policy(rule("any 192.0.2.1 -> me")))
    kerberos = Traffic(17, 1025, 88)
    one, other = (host(name, address, own, no_default_exempt=0)
                  for name, address, own in zip("ab", (A, B), everything, strict=True))  # fmt: skip
    assert between(one, other, kerberos).outcome is Outcome.CLEAR
    assert "Kerberos is exempt by default" in between(one, other, kerberos).because
    assert between(host("a", A, everything[0]), host("b", B, everything[1]), kerberos).outcome is Outcome.PROTECTED


def test_an_exemption_at_one_end_only_loses_the_flow() -> None:
    everything = (policy(rule("any me -> 192.0.2.2")), policy(rule("any 192.0.2.1 -> me")))
    found = between(
        host("a", A, everything[0], no_default_exempt=0), host("b", B, everything[1]), Traffic(17, 1025, 88)
    )  # fmt: skip
    assert (found.outcome, found.disagreed) == (Outcome.BLOCKED, True)


@pytest.mark.parametrize(("now", "after", "is_worse"), [
    (Outcome.CLEAR, Outcome.BLOCKED, True),
    (Outcome.PROTECTED, Outcome.CLEAR, True),
    (Outcome.PROTECTED, Outcome.FALLBACK, True),
    (Outcome.CLEAR, Outcome.PROTECTED, False),
    (Outcome.BLOCKED, Outcome.FAILS, False),
    (Outcome.UNKNOWN, Outcome.BLOCKED, False),
    (Outcome.CLEAR, Outcome.FALLBACK, False),
])  # fmt: skip
def test_what_counts_as_worse(now: Outcome, after: Outcome, is_worse: bool) -> None:
    assert worse(Verdict(now, ""), Verdict(after, "")) == is_worse
