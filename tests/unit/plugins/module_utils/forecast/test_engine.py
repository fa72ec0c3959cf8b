# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.engine import Engine
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.packet import Traffic
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.station import Station
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.verdict import Outcome, Verdict
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Authentication
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse, Policy, Rule
from tests.unit.plugins.module_utils.forecast.cases import (
    BLOCK,
    DC,
    KERBEROS,
    PERMIT,
    POP3,
    ROOT,
    SECURE,
    A,
    B,
    between,
    host,
    policy,
    rule,
    secure,
)

OTHER_DC = IPv4Address("192.0.2.6")


def mail(*methods: Authentication, more: tuple[Rule, ...] = (), exempt: int | None = None) -> Verdict:
    """POP3 from a to b under the given methods; ``more`` are rules of a about the domain controller."""
    stations = [
        host("a", A, policy(rule("tcp me -> 192.0.2.2:110", SECURE, *methods), *more), no_default_exempt=exempt),
        host("b", B, policy(rule("tcp 192.0.2.1 -> me:110", SECURE, *methods))),
        host("dc", DC, policy(rule("any 192.0.2.1 -> me", SECURE, KERBEROS)), no_default_exempt=exempt),
    ]
    return Engine(stations, ["dc"]).verdict("a", A, "b", B, POP3)


TO_DC = rule("any me -> 192.0.2.5", SECURE, KERBEROS)


@pytest.mark.parametrize(("more", "outcome"), [
    pytest.param((TO_DC,), Outcome.DEADLOCK, id="the-way-to-the-ticket-needs-a-ticket"),
    pytest.param((rule("any me -> 192.0.2.5", BLOCK),), Outcome.FAILS, id="the-way-is-blocked"),
    pytest.param((), Outcome.FAILS, id="the-domain-controller-wants-protection"),
    pytest.param((rule("any me -> 192.0.2.5", secure(name="s", soft=True), KERBEROS),), Outcome.DEADLOCK,
                 id="soft-is-no-way-out-when-the-controller-answers"),
])  # fmt: skip
def test_kerberos_without_a_ticket(more: tuple[Rule, ...], outcome: Outcome) -> None:
    assert mail(KERBEROS, more=more).outcome is outcome


def test_an_exempt_way_to_the_ticket_is_no_deadlock() -> None:
    assert mail(KERBEROS, more=(TO_DC,), exempt=0).outcome is Outcome.PROTECTED


def test_no_other_method_stands_in_for_a_ticket() -> None:
    assert mail(KERBEROS, ROOT, more=(TO_DC,)).outcome is Outcome.DEADLOCK
    assert mail(KERBEROS, ROOT, more=(rule("any me -> 192.0.2.5", BLOCK),)).outcome is Outcome.FAILS
    assert mail(ROOT, KERBEROS, more=(TO_DC,)).outcome is Outcome.PROTECTED


def way_to_the_ticket(*methods: Authentication) -> Verdict:
    """POP3 with Kerberos from a to b, where the way to the domain controller is protected by these methods."""
    stations = [
        host("a", A, policy(rule("tcp me -> 192.0.2.2:110", SECURE, KERBEROS),
                            rule("any me -> 192.0.2.5", SECURE, *methods))),
        host("b", B, policy(rule("tcp 192.0.2.1 -> me:110", SECURE, KERBEROS))),
        host("dc", DC, policy(rule("any 192.0.2.1 -> me", SECURE, KERBEROS, ROOT))),
    ]  # fmt: skip
    return Engine(stations, ["dc"]).verdict("a", A, "b", B, POP3)


def test_a_way_to_the_ticket_with_certificates_is_no_deadlock() -> None:
    assert way_to_the_ticket(ROOT).outcome is Outcome.PROTECTED
    assert way_to_the_ticket(ROOT, KERBEROS).outcome is Outcome.PROTECTED
    assert way_to_the_ticket(KERBEROS, ROOT).outcome is Outcome.DEADLOCK


def test_the_end_that_answers_needs_no_ticket() -> None:
    stations = [
        host("a", A, policy(rule("tcp me -> 192.0.2.2:110", SECURE, KERBEROS))),
        host("b", B, policy(rule("tcp 192.0.2.1 -> me:110", SECURE, KERBEROS), rule("any me -> 192.0.2.5", BLOCK))),
        host("dc", DC),
    ]
    found = Engine(stations, ["dc"]).verdict("a", A, "b", B, POP3)
    assert found.outcome is Outcome.PROTECTED
    assert found.doubts == ("the receiver gets no Kerberos ticket, should it be the one to renew the association",)


def test_who_protects_its_answers_needs_the_ticket() -> None:
    asks = secure(name="asks", inbound_passthrough=True)
    stations = [
        host("a", A, policy(response=DefaultResponse(True, authentication=(KERBEROS,)))),
        host("b", B, policy(rule("tcp 192.0.2.1 -> me:110", asks, KERBEROS), rule("any me -> 192.0.2.5", BLOCK))),
        host("dc", DC),
    ]
    assert Engine(stations, ["dc"]).verdict("a", A, "b", B, POP3).outcome is Outcome.FAILS


def test_a_domain_controller_has_its_tickets_at_hand() -> None:
    stations = [
        host("b", B, policy(rule("tcp any -> me:110", SECURE, KERBEROS))),
        host("dc", DC, policy(rule("any any -> me", SECURE, KERBEROS, mirrored=False),
                              rule("tcp me -> any:110", SECURE, KERBEROS))),
    ]  # fmt: skip
    assert Engine(stations, ["dc"]).verdict("dc", DC, "b", B, POP3).outcome is Outcome.PROTECTED
    assert Engine(stations, []).verdict("dc", DC, "b", B, POP3).outcome is Outcome.PROTECTED


def test_a_doubt_about_the_way_to_the_ticket_stays() -> None:
    alike = (rule("any me -> 192.0.2.0/24", PERMIT), rule("udp me -> any:88", BLOCK), rule("tcp me -> any:88", BLOCK))
    stations = [
        host("a", A, policy(rule("tcp me -> 192.0.2.2:110", SECURE, KERBEROS), *alike)),
        host("b", B, policy(rule("tcp 192.0.2.1 -> me:110", SECURE, KERBEROS))),
        host("dc", DC),
    ]
    found = Engine(stations, ["dc"]).verdict("a", A, "b", B, POP3)
    assert found.outcome is Outcome.PROTECTED
    assert all(doubt.startswith("whether a Kerberos ticket can be had: rules ") for doubt in found.doubts)
    assert len(found.doubts) == 2


@pytest.mark.parametrize(("more", "doubts"), [
    pytest.param((), ("whether a Kerberos ticket can be had: nobody asked at the receiver",), id="the-only-one"),
    pytest.param((host("dc2", OTHER_DC),), (), id="another-one-is-surely-open"),
])  # fmt: skip
def test_a_domain_controller_of_which_nobody_can_tell_leaves_a_doubt(
    more: tuple[Station, ...], doubts: tuple[str, ...]
) -> None:
    stations = [
        host("a", A, policy(rule("tcp me -> 192.0.2.2:110", SECURE, KERBEROS))),
        host("b", B, policy(rule("tcp 192.0.2.1 -> me:110", SECURE, KERBEROS))),
        host("dc", DC, unknown="nobody asked"), *more,
    ]  # fmt: skip
    found = Engine(stations, ["dc", "dc2"]).verdict("a", A, "b", B, POP3)
    assert (found.outcome, found.doubts) == (Outcome.PROTECTED, doubts)


@pytest.mark.parametrize("own", [None, policy(rule("any me -> any", PERMIT)), policy(rule("any me -> any", BLOCK))])
def test_what_could_not_be_read_leaves_every_flow_in_doubt(own: Policy | None) -> None:
    half = host("a", A, own, unread="rule 'Backup' was left out")
    whole = between(host("a", A, own), host("b", B))
    found = between(half, host("b", B))
    assert (found.outcome, found.because) == (whole.outcome, whole.because)
    assert found.doubts == ("part of what is in force could not be read: rule 'Backup' was left out",)
    assert between(half, host("b", B), Traffic(17, 500, 500)).doubts == ()


def test_nobody_answers_a_packet_to_many() -> None:
    group = IPv4Address("224.0.0.9")
    stations = [host("a", A, policy(rule("any any -> me", BLOCK, mirrored=False))), host("group", group)]
    engine = Engine(stations)
    assert engine.verdict("a", A, "group", group, Traffic(17, 1025, 9)).outcome is Outcome.CLEAR


def test_certificates_need_no_ticket() -> None:
    assert mail(ROOT, more=(TO_DC,)).certain


def test_the_deadlock_of_the_way_to_the_controller_itself() -> None:
    stations = [host("a", A, policy(TO_DC)), host("dc", DC, policy(rule("any 192.0.2.1 -> me", SECURE, KERBEROS)))]
    engine = Engine(stations, ["dc"])
    assert engine.verdict("a", A, "dc", DC, Traffic(6, 1025, 389)).outcome is Outcome.DEADLOCK


def test_one_reachable_controller_is_enough() -> None:
    second = IPv4Address("192.0.2.6")
    stations = [
        host("a", A, policy(rule("tcp me -> 192.0.2.2:110", SECURE, KERBEROS), TO_DC)),
        host("b", B, policy(rule("tcp 192.0.2.1 -> me:110", SECURE, KERBEROS))),
        host("dc", DC, policy(rule("any 192.0.2.1 -> me", SECURE, KERBEROS))),
        host("dc2", second),
    ]
    assert Engine(stations, ["dc", "dc2"]).verdict("a", A, "b", B, POP3).outcome is Outcome.PROTECTED


def test_controllers_that_are_not_known_count_as_reachable() -> None:
    stations = [
        host("a", A, policy(rule("tcp me -> 192.0.2.2:110", SECURE, KERBEROS))),
        host("b", B, policy(rule("tcp 192.0.2.1 -> me:110", SECURE, KERBEROS))),
    ]
    assert Engine(stations).verdict("a", A, "b", B, POP3).outcome is Outcome.PROTECTED


TEXTS = st.sampled_from(["any me -> any", "tcp me -> 192.0.2.2:110", "tcp 192.0.2.1 -> me:110", "any me -> 192.0.2.2",
                         "any 192.0.2.0/24 -> me", "tcp any -> me:25", "udp me -> any:53"])  # fmt: skip
FLOWS = (POP3, Traffic(6, 1025, 25), Traffic(17, 1025, 53), Traffic(1))
ACTIONS = st.sampled_from([SECURE, PERMIT, BLOCK, secure(name="soft", soft=True),
                           secure(name="pass", inbound_passthrough=True)])  # fmt: skip


@st.composite
def sites(draw: st.DrawFn) -> list[Station]:
    """Up to five hosts, many of them with the same rules."""
    texts = st.lists(TEXTS, max_size=4, unique=True)
    shelf = [policy(*(rule(text, draw(ACTIONS)) for text in draw(texts))) for _unused in range(3)]
    return [
        host(f"h{number}", IPv4Address(f"192.0.2.{number}"), draw(st.sampled_from([None, *shelf])))
        for number in range(1, draw(st.integers(3, 6)))
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(stations=sites())
def test_judging_together_is_judging_one_by_one(stations: list[Station]) -> None:
    together = Engine(stations)
    for one in stations:
        for other in stations:
            if one is other:
                continue
            place = (one.name, one.addresses[0], other.name, other.addresses[0])
            alone = tuple(Engine([one, other]).verdict(*place, flow) for flow in FLOWS)
            assert together.verdicts(*place, FLOWS) == alone
