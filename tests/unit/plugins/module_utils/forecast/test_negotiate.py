# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.negotiate import (
    UNKNOWN_KEY,
    Proposal,
    negotiate,
    proposal_of_response,
    proposal_of_rule,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Authentication, Certificate
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003
from tests.unit.plugins.module_utils.forecast.cases import (
    AH,
    DES,
    ESP,
    KERBEROS,
    MEDIUM,
    ROOT,
    SECURE,
    STRONG,
    WINDOWS_2000,
    key,
    policy,
)

FULL = Proposal((STRONG, MEDIUM), (ESP, DES), False, (ROOT, KERBEROS))


def test_the_responder_takes_the_initiators_first_choice() -> None:
    turned = Proposal((MEDIUM, STRONG), (DES, ESP), False, (KERBEROS, ROOT))
    assert negotiate(FULL, turned).suite == "ESP[3des,sha1]; 3des-sha1-dh14, certificate of 'CN=Root'"
    assert negotiate(turned, FULL).suite == "ESP[des,sha1]; 3des-sha1-dh2, kerberos"
    assert negotiate(turned, FULL).methods == ("kerberos",)


def test_what_only_the_responder_lacks_is_passed_over() -> None:
    weaker = Proposal((MEDIUM,), (DES, AH), False, (KERBEROS,))
    assert negotiate(FULL, weaker).suite == "ESP[des,sha1]; 3des-sha1-dh2, kerberos"


@pytest.mark.parametrize(("change", "problem"), [
    pytest.param({"main_mode": (MEDIUM,)}, "no main-mode offer in common", id="main-mode"),
    pytest.param({"offers": (AH,)}, "no quick-mode offer in common", id="quick-mode"),
    pytest.param({"pfs": True}, "perfect forward secrecy on one end only", id="pfs"),
    pytest.param({"methods": (KERBEROS,)}, "no authentication method in common", id="methods"),
    pytest.param({"methods": (Certificate("CN=Other"),)}, "no certification authority in common",
                 id="another-authority"),
    pytest.param({"tunnel": IPv4Address("192.0.2.9")}, "a tunnel on one end only", id="tunnel"),
])  # fmt: skip
def test_each_way_to_fail_is_told(change: dict[str, object], problem: str) -> None:
    one = Proposal((STRONG,), (ESP,), False, (ROOT,))
    other = dataclasses.replace(one, **change)  # type: ignore[arg-type]
    assert negotiate(one, other).problems == (problem,)
    assert negotiate(other, one).problems == (problem,)
    assert negotiate(one, one).problems == ()


def test_lifetimes_and_the_rest_of_a_certificate_do_not_matter() -> None:
    one = Proposal((STRONG,), (ESP,), False, (ROOT,))
    short = dataclasses.replace(
        one, offers=(dataclasses.replace(ESP, lifetime_seconds=600),), methods=(Certificate("cn=root", True),)
    )  # fmt: skip
    assert negotiate(one, short).problems == ()


@pytest.mark.parametrize(("ours", "theirs", "methods", "doubt"), [
    pytest.param(key("a"), key("a"), ("pre-shared key",), False, id="same-key"),
    pytest.param(key("a"), key("b"), (), False, id="other-key"),
    pytest.param(UNKNOWN_KEY, key("b"), ("pre-shared key",), True, id="stars-against-a-key"),
    pytest.param(UNKNOWN_KEY, UNKNOWN_KEY, ("pre-shared key",), True, id="stars-against-stars"),
    pytest.param(UNKNOWN_KEY, ROOT, (), False, id="stars-against-a-certificate"),
])  # fmt: skip
def test_keys_are_compared_and_never_shown(
    ours: Authentication, theirs: Authentication, methods: tuple[str, ...], doubt: bool
) -> None:
    found = negotiate(Proposal((STRONG,), (ESP,), False, (ours,)), Proposal((STRONG,), (ESP,), False, (theirs,)))
    assert (found.methods, bool(found.doubts)) == (methods, doubt)
    assert UNKNOWN_KEY.key.reveal() not in repr(found)


@pytest.mark.parametrize(("ours", "theirs", "methods", "problem"), [
    pytest.param((key("a"), KERBEROS), (KERBEROS, key("b")), (),
                 "the pre-shared keys differ, and no other method is tried", id="wrong-key-before-kerberos"),
    pytest.param((ROOT, KERBEROS), (Certificate("CN=Other"), KERBEROS), (),
                 "no certification authority in common, and no other method is tried", id="wrong-root-before-kerberos"),
    pytest.param((KERBEROS, key("a")), (key("b"), KERBEROS), ("kerberos",), "", id="wrong-key-after-kerberos"),
    pytest.param((Certificate("CN=Other"), ROOT), (ROOT,), ("certificate of 'CN=Root'",), "", id="a-second-root"),
    pytest.param((UNKNOWN_KEY, KERBEROS), (key("b"), KERBEROS), ("pre-shared key",), "", id="stars-before-kerberos"),
])  # fmt: skip
def test_only_the_first_kind_in_common_is_tried(
    ours: tuple[Authentication, ...], theirs: tuple[Authentication, ...], methods: tuple[str, ...], problem: str
) -> None:
    found = negotiate(Proposal((STRONG,), (ESP,), False, ours), Proposal((STRONG,), (ESP,), False, theirs))
    assert (found.methods, found.problems) == (methods, (problem,) if problem else ())


@pytest.mark.parametrize(("theirs", "same"), [
    ("CN=Root A,O=Example", True), ("cn = root  a , o=example", True), ("CN=RootA,O=Example", False),
    ("O=Example,CN=Root A", False),
])  # fmt: skip
def test_blanks_between_the_parts_of_a_name_do_not_count(theirs: str, same: bool) -> None:
    one = Proposal((STRONG,), (ESP,), False, (Certificate("CN=Root A, O=Example"),))
    other = Proposal((STRONG,), (ESP,), False, (Certificate(theirs),))
    assert (negotiate(one, other).problems == ()) is same


def test_windows_2000_offers_no_group_14() -> None:
    own = policy(offers=(STRONG, MEDIUM))
    old = proposal_of_rule(own, SECURE, (ROOT,), None, WINDOWS_2000)
    new = proposal_of_rule(own, SECURE, (ROOT,), None, SERVER_2003)
    assert (old.main_mode, new.main_mode) == ((MEDIUM,), (STRONG, MEDIUM))


def test_the_default_response_has_offers_of_its_own() -> None:
    bare = proposal_of_response(policy(), DefaultResponse(True, authentication=(ROOT,)), SERVER_2003)
    assert [str(one) for one in bare.offers] == ["ESP[3des,sha1]", "ESP[3des,md5]", "ESP[des,sha1]", "ESP[des,md5]"]
    named = proposal_of_response(policy(), DefaultResponse(True, (AH,), True, (ROOT,)), SERVER_2003)
    assert (named.offers, named.pfs) == ((AH,), True)


def test_two_tunnels_are_not_forecast() -> None:
    one = Proposal((STRONG,), (ESP,), False, (ROOT,), IPv4Address("192.0.2.9"))
    assert negotiate(one, one).doubts == ("both ends use tunnel rules, which are not forecast",)
