# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.classify import Word, classify
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    AnyAddress,
    Me,
    ServerKind,
    Subnet,
    address_from_text,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import ConnectionType, Rule
from tests.unit.plugins.module_utils.forecast.cases import (
    AH,
    BLOCK,
    PERMIT,
    ROOT,
    SECURE,
    A,
    B,
    host,
    packet,
    policy,
    rule,
    secure,
)

VIRTUAL = IPv4Address("192.0.2.30")
OUT, BACK = "tcp 192.0.2.1:1025 -> 192.0.2.2:110", "tcp 192.0.2.2:110 -> 192.0.2.1:1025"


@pytest.mark.parametrize(("text", "options", "out", "back"), [
    pytest.param("tcp me -> 192.0.2.2:110", {}, True, True, id="mirrored"),
    pytest.param("tcp me -> 192.0.2.2:110", {"mirrored": False}, True, False, id="one-way"),
    pytest.param("tcp 192.0.2.2:110 -> me", {"mirrored": False}, False, True, id="the-other-way"),
    pytest.param("tcp me:1025 -> any", {}, True, True, id="source-port"),
    pytest.param("tcp me:1026 -> any", {}, False, False, id="another-source-port"),
    pytest.param("udp me -> any", {}, False, False, id="another-protocol"),
    pytest.param("any 192.0.2.0/24 -> 192.0.2.0/24", {"mirrored": False}, True, True, id="subnets-both-ways"),
    pytest.param("any 192.0.2.0/30 -> me", {"mirrored": False}, False, True, id="subnet-to-me"),
    pytest.param("any 198.51.100.0/24 -> me", {}, False, False, id="another-subnet"),
    pytest.param("any any -> any", {"mirrored": False}, True, True, id="any-to-any"),
    pytest.param("tcp me -> me", {}, False, False, id="me-to-me-is-nobody-else"),
    pytest.param("tcp 192.0.2.1 -> 192.0.2.2", {}, True, True, id="own-address-written-out"),
    pytest.param("tcp 192.0.2.3 -> 192.0.2.2", {}, False, False, id="somebody-elses-address"),
])  # fmt: skip
def test_a_filter_matches_by_direction(text: str, options: dict[str, Any], out: bool, back: bool) -> None:
    station = host("a", A, policy(rule(text, BLOCK, **options)))
    found = [classify(station, packet(one)).word is Word.BLOCK for one in (OUT, BACK)]
    assert found == [out, back]


@pytest.mark.parametrize(("narrow", "wide"), [
    pytest.param("any me -> 192.0.2.2", "any me -> 192.0.2.0/24", id="host-before-subnet"),
    pytest.param("any me -> 192.0.2.0/30", "any me -> 192.0.2.0/24", id="small-subnet-before-large"),
    pytest.param("any me -> 192.0.2.0/24", "any me -> any", id="subnet-before-any"),
    pytest.param("any me -> any", "any any -> any", id="me-before-any"),
    pytest.param("tcp me -> any", "any me -> any", id="protocol-before-any"),
    pytest.param("tcp me -> any:110", "tcp me -> any", id="port-before-any"),
    pytest.param("tcp me:1025 -> any:110", "tcp me -> any:110", id="two-ports-before-one"),
])  # fmt: skip
@pytest.mark.parametrize("swapped", [False, True])
def test_the_more_specific_filter_decides_whatever_the_order(narrow: str, wide: str, swapped: bool) -> None:
    rules = [rule(narrow, PERMIT), rule(wide, BLOCK)]
    found = classify(host("a", A, policy(*(rules[::-1] if swapped else rules))), packet(OUT))
    assert (found.word, found.doubts) == (Word.CLEAR, ())
    assert found.because == f"rule {narrow!r} permits it"


def test_what_is_narrower_in_different_respects_is_in_doubt() -> None:
    station = host("a", A, policy(rule("any me -> 192.0.2.2", PERMIT), rule("tcp me -> any:110", BLOCK)))
    found = classify(station, packet(OUT))
    assert found.word is Word.CLEAR
    assert found.doubts == (
        "rules 'any me -> 192.0.2.2' and 'tcp me -> any:110' match alike and ask for different things; no document "
        "says which wins",
    )


def test_no_doubt_where_both_ask_for_the_same() -> None:
    station = host("a", A, policy(rule("any me -> 192.0.2.2", PERMIT), rule("tcp me -> any:110", PERMIT)))
    assert classify(station, packet(OUT)).doubts == ()


def test_no_doubt_where_a_third_filter_is_narrower_than_both() -> None:
    station = host(
        "a", A, policy(rule("any me -> 192.0.2.2", PERMIT), rule("tcp me -> any:110", BLOCK),
                       rule("tcp me -> 192.0.2.2:110", SECURE)),
    )  # fmt: skip
    found = classify(station, packet(OUT))
    assert (found.word, found.doubts) == (Word.NEGOTIATE, ())


def test_equal_filters_with_different_actions_are_in_doubt() -> None:
    found = classify(
        host("a", A, policy(rule("any me -> any", PERMIT, name="x"), rule("any any -> me", BLOCK, name="y"))),
        packet(OUT),
    )
    assert found.word is Word.BLOCK
    assert found.doubts


@pytest.mark.parametrize(("other", "doubt"), [
    pytest.param(secure(name="other"), False, id="same-under-another-name"),
    pytest.param(secure(name="other", pfs=True), True, id="pfs"),
    pytest.param(secure(name="other", soft=True), True, id="soft"),
    pytest.param(secure(AH, name="other"), True, id="offers"),
])  # fmt: skip
def test_negotiations_that_ask_for_different_things_are_in_doubt(other: FilterAction, doubt: bool) -> None:
    station = host("a", A, policy(rule("any me -> 192.0.2.2"), rule("tcp me -> any:110", other)))
    found = classify(station, packet(OUT))
    assert found.word is Word.NEGOTIATE
    assert bool(found.doubts) == doubt


def test_rules_that_are_off_or_for_dial_up_do_not_count() -> None:
    off = rule("any me -> any", BLOCK)
    station = host(
        "a", A, policy(dataclasses.replace(off, active=False),
                       dataclasses.replace(off, name="modem", connection=ConnectionType.DIALUP)),
    )  # fmt: skip
    assert classify(station, packet(OUT)).because == "no rule covers it"


def test_me_is_every_address_of_the_host() -> None:
    station = dataclasses.replace(host("a", A, policy(rule("any me -> any", BLOCK))), addresses=(A, VIRTUAL))
    assert classify(station, packet("tcp 192.0.2.30:1 -> 192.0.2.2:110")).word is Word.BLOCK


@pytest.mark.parametrize(("resolved", "word", "doubt"), [
    pytest.param({}, Word.CLEAR, True, id="nobody-resolved-it"),
    pytest.param({"mail.example.org": (B,)}, Word.BLOCK, False, id="resolved-to-the-peer"),
    pytest.param({"mail.example.org": (VIRTUAL,)}, Word.CLEAR, False, id="resolved-to-another"),
])  # fmt: skip
def test_a_dns_name_counts_as_known_only_when_resolved(
    resolved: dict[str, tuple[IPv4Address, ...]], word: Word, doubt: bool
) -> None:
    station = host("a", A, policy(rule("any me -> Mail.example.org", BLOCK)), resolved=resolved)
    found = classify(station, packet(OUT))
    assert (found.word, bool(found.doubts)) == (word, doubt)


def test_a_name_that_a_narrower_filter_outweighs_raises_no_doubt() -> None:
    own = policy(rule("any me -> mail.example.org", BLOCK), rule("tcp me -> 192.0.2.2:110", PERMIT))
    assert classify(host("a", A, own), packet(OUT)).doubts == ()
    wider = policy(rule("any me -> mail.example.org", BLOCK), rule("any me -> any", PERMIT))
    assert classify(host("a", A, wider), packet(OUT)).doubts == (
        "whether a filter of rule 'any me -> mail.example.org' matches depends on what the host resolves",
    )


def test_a_name_that_nobody_resolved_settles_no_other_doubt() -> None:
    own = policy(rule("any me -> 192.0.2.2", PERMIT), rule("tcp me -> any:110", BLOCK),
                 rule("tcp me -> mail.example.org:110", SECURE))  # fmt: skip
    assert len(classify(host("a", A, own), packet(OUT)).doubts) == 2


@pytest.mark.parametrize("kind", list(ServerKind))
def test_servers_of_the_hosts_own_settings(kind: ServerKind) -> None:
    own = policy(rule(f"any me -> {kind.value}", BLOCK))
    assert classify(host("a", A, own), packet(OUT)).doubts
    assert classify(host("a", A, own, servers={kind: (B,)}), packet(OUT)).word is Word.BLOCK
    assert classify(host("a", A, own, servers={kind: ()}), packet(OUT)) == classify(host("a", A), packet(OUT))


def test_a_host_whose_policy_nobody_knows() -> None:
    station = host("a", A, unknown="the domain assigns policy 'x'")
    assert classify(station, packet(OUT)).word is Word.UNKNOWN
    assert classify(station, packet("udp 192.0.2.1:500 -> 192.0.2.2:500")).word is Word.CLEAR


SIDES = st.sampled_from(["me", "any", "192.0.2.2", "192.0.2.0/24", "192.0.2.0/30", "192.0.2.1"])
ACTIONS = st.sampled_from([PERMIT, BLOCK, SECURE])


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        protocol = draw(st.sampled_from([0, 6, 17]))
        ports = st.sampled_from([0, 110, 1025]) if protocol else st.just(0)
        one = Filter(address_from_text(draw(SIDES), ""), address_from_text(draw(SIDES), ""), protocol, draw(ports),
                     draw(ports), draw(st.booleans()))  # fmt: skip
        found.append(Rule(f"r{number}", FilterList(f"r{number}", (one,)), draw(ACTIONS), (ROOT,)))
    return found


def prefix(side: object, given: IPv4Address) -> int | None:
    """How many bits a side fixes where it matches, told the slow way."""
    if isinstance(side, Me):
        return 32 if given == A else None
    if isinstance(side, AnyAddress):
        return 0
    assert isinstance(side, Subnet)
    return side.network.prefixlen if given in side.network else None


def widths(one: Rule, source: IPv4Address, target: IPv4Address, ports: tuple[int, int]) -> list[tuple[int, ...]]:
    """The widths of a rule's only filter for a TCP packet, in each direction in which it matches."""
    (only,) = one.filter_list.filters
    ways = [(only.source, only.destination, only.source_port, only.destination_port)]
    if only.mirrored:
        ways.append((only.destination, only.source, only.destination_port, only.source_port))
    found = []
    for left, right, left_port, right_port in ways:
        bits = (prefix(left, source), prefix(right, target))
        fits = only.protocol in (0, 6) and left_port in (0, ports[0]) and right_port in (0, ports[1])
        if fits and None not in bits:
            found.append((*(bit or 0 for bit in bits), int(only.protocol > 0), int(left_port > 0), int(right_port > 0)))
    return found


@settings(max_examples=300, deadline=None)
@given(own=rules(), outgoing=st.booleans())
def test_a_certain_choice_is_what_every_most_specific_match_asks_for(own: list[Rule], outgoing: bool) -> None:
    text = OUT if outgoing else BACK
    ends = (A, B, (1025, 110)) if outgoing else (B, A, (110, 1025))
    matches = [(width, one) for one in own for width in widths(one, *ends)]
    narrowest = [
        one for width, one in matches
        if not any(other[0] != width and all(a >= b for a, b in zip(other[0], width, strict=True)) for other in matches)
    ]  # fmt: skip
    found = classify(host("a", A, policy(*own)), packet(text))
    asked = {one.filter_action.kind.value for one in narrowest}
    assert bool(found.doubts) == (len(asked) > 1)
    words = {"permit": "clear", "block": "block", "negotiate": "negotiate"}
    assert found.word.value in ({words[word] for word in asked} or {"clear"})
