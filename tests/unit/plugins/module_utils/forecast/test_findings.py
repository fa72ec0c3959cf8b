# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of the forecast: one case where it fires, one where it stays silent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.flows import Conversations, Flow, Kind, Pair
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.foresee import Foresight, foresee
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.negotiate import UNKNOWN_KEY
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.station import Station
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.severity import Severity
from tests.unit.plugins.module_utils.forecast.cases import (
    BLOCK,
    KERBEROS,
    NULL,
    PERMIT,
    POP3_AT_A,
    POP3_AT_B,
    SECURE,
    A,
    B,
    host,
    key,
    policy,
    rule,
    secure,
)

PAIR = Pair("a", A, "b", B)
NOT_READ = "what stands there was not read"


def change(
    one: Policy | None,
    other: Policy | None,
    kind: Kind = Kind.MAIL,
    *,
    port: int = 110,
    now: tuple[Policy | None, Policy | None] = (None, None),
    later: dict[str, Any] | None = None,
    changed: tuple[str, ...] = ("a", "b"),
) -> Foresight:
    """Forecast one flow from a to b, whose policies become the given ones; ``later`` are options of b after it."""
    flow = Flow("the flow", kind, 6, port, "")
    before = [host("a", A, now[0]), host("b", B, now[1])]
    after = [host("a", A, one), host("b", B, other, **(later or {}))]
    return foresee(before, after, changed, [Conversations((flow,), (PAIR,))])


def found(forecast: Foresight) -> list[tuple[str, str]]:
    return [(one.severity.word, one.check) for one in forecast.findings]


BLOCKED = policy(rule("tcp any -> me:110", BLOCK))
SAFE = (policy(POP3_AT_A), policy(POP3_AT_B))
SOFT = policy(rule("tcp me -> 192.0.2.2:110", secure(soft=True)))
DOUBTFUL = policy(rule("any me -> 192.0.2.2", PERMIT), rule("tcp me -> any:110", BLOCK))


@pytest.mark.parametrize("kind", list(Kind))
def test_agreed_protection_and_clear_traffic_raise_nothing(kind: Kind) -> None:
    assert found(change(*SAFE, kind)) == []
    assert found(change(None, None, kind)) == []
    assert change(*SAFE, kind).safe(Severity.LOW)


@pytest.mark.parametrize(("kind", "severity"), [
    (Kind.MANAGEMENT, "high"), (Kind.DOMAIN, "high"), (Kind.CLUSTER, "high"), (Kind.OWN, "high"), (Kind.MAIL, "medium"),
])  # fmt: skip
def test_a_flow_that_is_blocked(kind: Kind, severity: str) -> None:
    forecast = change(None, BLOCKED, kind)
    assert found(forecast) == [(severity, f"lost.{kind.value}")]
    assert forecast.safe() == (severity != "high")


def test_a_flow_that_was_blocked_before_is_less_grave() -> None:
    assert found(change(None, BLOCKED, Kind.MANAGEMENT, now=(None, BLOCKED))) == [("medium", "lost.management")]


def test_encryption_that_is_taken_away_is_worse() -> None:
    null = secure(NULL)
    readable = (policy(rule("tcp me -> 192.0.2.2:110", null)), policy(rule("tcp 192.0.2.1 -> me:110", null)))
    assert found(change(*readable, now=SAFE)) == [("medium", "worse.protection")]
    assert found(change(*SAFE, now=readable)) == []
    assert found(change(*readable, now=readable)) == []


@pytest.mark.parametrize(("changed", "severity"), [(("b",), "high"), ((), "medium")])
def test_a_doubt_about_servers_that_stay_as_they_are_stops_nobody(changed: tuple[str, ...], severity: str) -> None:
    now = (None, policy(rule("tcp any -> me:110", BLOCK), rule("tcp 192.0.2.1 -> me", PERMIT)))
    forecast = change(*now, Kind.MANAGEMENT, now=now, changed=changed)
    assert found(forecast) == [(severity, "doubt")]


def test_what_could_not_be_read_has_a_remedy_of_its_own() -> None:
    (doubt,) = change(None, None, Kind.DOMAIN, later={"unread": "rule 'Backup' was left out"}).findings
    assert (doubt.severity, doubt.check) == (Severity.HIGH, "doubt")
    assert doubt.found.endswith("part of what is in force could not be read: rule 'Backup' was left out")
    assert "policy_info names" in doubt.remedy


@pytest.mark.parametrize("kind", [Kind.DOMAIN, Kind.CLUSTER, Kind.MAIL, Kind.OWN])
def test_ends_that_do_not_agree_are_grave_on_every_flow(kind: Kind) -> None:
    assert found(change(SAFE[0], None, kind)) == [("high", "ends.disagree")]
    assert found(change(None, SAFE[1], kind)) == [("high", "ends.disagree")]


@pytest.mark.parametrize(("changed", "severity"), [(("a",), "high"), ((), "medium")])
def test_servers_that_disagree_already_stop_no_run_that_leaves_them_alone(
    changed: tuple[str, ...], severity: str
) -> None:
    now = (SAFE[0], None)
    assert found(change(*now, Kind.DOMAIN, now=now, changed=changed)) == [(severity, "ends.disagree")]


def test_a_controller_of_whom_protection_is_wanted_is_shut_out() -> None:
    assert found(change(None, SAFE[1], Kind.MANAGEMENT)) == [("high", "lost.management")]
    assert found(change(None, SAFE[1], Kind.MANAGEMENT, now=(None, SAFE[1]))) == [("medium", "lost.management")]


def test_keys_that_were_read_as_stars_are_a_lesser_doubt() -> None:
    one = policy(rule("tcp me -> 192.0.2.2:110", SECURE, UNKNOWN_KEY))
    other = policy(rule("tcp 192.0.2.1 -> me:110", SECURE, key("k")))
    assert found(change(one, other, Kind.DOMAIN)) == [("medium", "doubt")]


def test_a_kerberos_deadlock() -> None:
    to_dc = policy(rule("any me -> 192.0.2.2", SECURE, KERBEROS))
    at_dc = policy(rule("any any -> me", SECURE, KERBEROS))
    talk = Conversations((Flow("LDAP", Kind.DOMAIN, 6, 389, ""),), (PAIR,))
    before = [host("a", A), host("b", B)]
    after = [host("a", A, to_dc), host("b", B, at_dc)]
    assert found(foresee(before, after, ["a", "b"], [talk], ["b"])) == [("high", "deadlock.kerberos")]
    assert found(foresee(before, before, ["a", "b"], [talk], ["b"])) == []


@pytest.mark.parametrize(("kind", "severity"), [(Kind.MANAGEMENT, "high"), (Kind.MAIL, "medium"), (Kind.OWN, "medium")])
def test_a_doubt_counts_where_the_flow_is_vital(kind: Kind, severity: str) -> None:
    forecast = change(DOUBTFUL, None, kind)
    assert found(forecast) == [(severity, "doubt")]
    assert forecast.findings[0].found.startswith("clear, unless: rules 'any me -> 192.0.2.2'")


@pytest.mark.parametrize(("kind", "severity"), [(Kind.MANAGEMENT, "low"), (Kind.MAIL, "medium")])
def test_clear_by_fall_back(kind: Kind, severity: str) -> None:
    assert found(change(SOFT, None, kind)) == [(severity, "clear.fallback")]


@pytest.mark.parametrize(("mode", "expected"), [(0, [("low", "clear.exempt")]), (3, [])])
def test_what_is_exempt_by_default_although_a_rule_wants_it_protected(
    mode: int, expected: list[tuple[str, str]]
) -> None:
    flow = Flow("Kerberos", Kind.DOMAIN, 17, 88, "")
    one, other = policy(rule("any me -> 192.0.2.2")), policy(rule("any 192.0.2.1 -> me"))
    stations = [host("a", A, one, no_default_exempt=mode), host("b", B, other, no_default_exempt=mode)]
    forecast = foresee(stations, stations, ["a", "b"], [Conversations((flow,), (PAIR,))])
    assert found(forecast) == expected
    because = "Kerberos is exempt by default (NoDefaultExempt 0), although rule 'any me -> 192.0.2.2' says otherwise"
    assert [one["because"] for one in forecast.to_dict(0)["clear_text"]] == ([because] if expected else [])


def test_protection_that_is_taken_away() -> None:
    assert found(change(None, None, now=SAFE)) == [("medium", "worse.protection")]
    assert found(change(*SAFE, now=SAFE)) == []


def test_a_peer_outside_the_run() -> None:
    forecast = change(SAFE[0], None, later={"unknown": NOT_READ}, changed=("a",))
    assert found(forecast) == [("high", "peer.outside")]
    assert forecast.findings[0].pairs == (PAIR,)
    assert found(change(None, None, later={"unknown": NOT_READ}, changed=("a",))) == []
    assert found(change(SAFE[0], None, later={"unknown": NOT_READ}, changed=())) == []


def test_a_host_where_something_else_is_in_force() -> None:
    domain = {"unknown": "the domain assigns policy 'x'"}
    assert ("high", "host.unknown") in found(change(None, None, later=domain))
    assert found(change(None, None, later=domain, changed=("a",))) == []


def test_a_host_that_was_not_read() -> None:
    assert ("medium", "host.unread") in found(change(None, None, later={"unknown": NOT_READ}))


def test_a_host_that_enforces_nothing() -> None:
    assert found(change(None, None, later={"idle": "the service PolicyAgent is stopped"})) == [("medium", "host.idle")]


def named(*more: Any) -> Policy:
    return policy(rule("udp me -> relay.example.org:9", SECURE), *more)


@pytest.mark.parametrize(("own", "at_dns", "expected"), [
    pytest.param(named(), None, [("medium", "dns.names")], id="names-and-clear-dns"),
    pytest.param(named(rule("tcp me -> 192.0.2.2:53", BLOCK)), None,
                 [("high", "lost.domain"), ("high", "deadlock.dns")], id="names-and-blocked-dns"),
    pytest.param(named(rule("tcp me -> 192.0.2.2:53")), policy(rule("tcp 192.0.2.1 -> me:53")),
                 [("high", "deadlock.dns")], id="names-and-protected-dns"),
    pytest.param(policy(rule("tcp me -> 192.0.2.2:53")), policy(rule("tcp 192.0.2.1 -> me:53")), [],
                 id="no-names"),
])  # fmt: skip
def test_names_that_need_dns_first(own: Policy, at_dns: Policy | None, expected: list[tuple[str, str]]) -> None:
    assert found(change(own, at_dns, Kind.DOMAIN, port=53)) == expected


def test_names_that_somebody_resolved_raise_nothing() -> None:
    before = [host("a", A), host("b", B)]
    after = [Station("a", (A,), policy=named(), resolved={"relay.example.org": (B,)}), before[1]]
    assert foresee(before, after, ["a"], []).findings == ()


def test_what_travels_readable_now() -> None:
    action = secure(NULL)
    null = (policy(rule("tcp me -> 192.0.2.2:110", action)), policy(rule("tcp 192.0.2.1 -> me:110", action)))
    cases = {
        "no rule covers it at the sender": (None, None),
        "rule 'tcp me -> 192.0.2.2:110' permits it at the sender": (
            policy(rule("tcp me -> 192.0.2.2:110", PERMIT)), None,
        ),
        "ESP[none,sha1]; 3des-sha1-dh14, certificate of 'CN=Root' does not encrypt": null,
    }  # fmt: skip
    for because, now in cases.items():
        (line,) = change(*SAFE, now=now).to_dict(0)["clear_text"]
        assert (line["because"], line["pairs"]) == (because, ["a (192.0.2.1) -> b (192.0.2.2)"])
    assert change(*SAFE, now=SAFE).to_dict(0)["clear_text"] == []
    assert "nobody answers IKE" in change(*SAFE, now=(SOFT, None)).to_dict(0)["clear_text"][0]["because"]


def test_the_result_for_programs_and_people() -> None:
    forecast = change(None, SAFE[1])
    data = forecast.to_dict(1)
    assert data["safe"] is False
    assert data["outcomes"]["after"]["blocked"] == 1
    assert [one["flow"] for one in data["worse"]] == ["the flow"]
    (finding,) = data["findings"]
    assert (finding["severity"], finding["check"], finding["count"]) == ("high", "ends.disagree", 1)
    head, line = forecast.summary.splitlines()
    assert head == "not safe: after the change 1 blocked"
    assert line.startswith("  [high] ends.disagree: the flow (tcp 110): blocked: the sender sends in clear")


def test_the_senders_port_is_one_that_no_filter_names() -> None:
    ephemeral = policy(rule("tcp any:1025 -> me", BLOCK), rule("tcp any:1026 -> me", BLOCK))
    assert found(change(None, ephemeral, Kind.OWN)) == []


def test_pairs_are_cut_to_the_limit_and_counted_in_full() -> None:
    flow = Flow("the flow", Kind.MAIL, 6, 110, "")
    stations = [host("a", A), host("b", B)]
    talk = Conversations((flow,), (PAIR, Pair("b", B, "a", A), Pair("a", A, "c", B)))
    (cell,) = foresee(stations, stations, [], [talk]).to_dict(2)["matrix"]
    assert (cell["count"], len(cell["pairs"])) == (3, 2)
    assert cell["now"] == cell["after"] == "clear"
