# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose PolicyAgent stands still: what a change will do there once it runs."""

from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.awakening import once_running
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.flows import Conversations, Flow, Kind, Pair
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.foresee import foresee
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.standing import station_after
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.severity import Severity
from tests.unit.plugins.module_utils.forecast.cases import BLOCK, OUTSIDE, PERMIT, POP3_AT_B, A, B, host, policy, rule

STOPPED = "the service PolicyAgent is stopped"
WAY_IN = Conversations((Flow("WinRM", Kind.MANAGEMENT, 6, 5985, ""),), (Pair("admin", OUTSIDE, "b", B),))
MAIL = Conversations((Flow("POP3", Kind.MAIL, 6, 110, ""),), (Pair("a", A, "b", B),))
SHUT, OPEN = policy(rule("any any -> me", BLOCK)), policy(rule("any any -> me", PERMIT))


def later(want: Policy, idle: str = STOPPED, changed: tuple[str, ...] = ("b",)) -> list[tuple[str, str]]:
    """What is told of a change of b, by check and text."""
    now = [host("a", A), host("b", B, idle=idle)]
    after = [now[0], station_after(now[1], want, want.name, True)]
    found = foresee(now, after, changed, [WAY_IN, MAIL])
    more = once_running(found, now, after, changed, [WAY_IN, MAIL])
    assert {one.severity for one in more} <= {Severity.HIGH}
    return [(one.check, one.found) for one in more]


def test_a_policy_that_shuts_the_way_once_it_is_enforced_is_told_before() -> None:
    assert later(SHUT) == [
        ("lost.management",
         "once PolicyAgent runs on b: blocked: rule 'any any -> me' blocks it at the receiver"),
    ]  # fmt: skip


def test_two_ends_that_will_not_agree() -> None:
    assert [check for check, _text in later(policy(POP3_AT_B))] == ["ends.disagree"]


def test_what_harms_nobody_is_not_told() -> None:
    assert later(OPEN) == []


def test_of_a_service_that_runs_and_of_a_host_that_stays_nothing_is_told() -> None:
    assert later(SHUT, idle="") == []
    assert later(SHUT, changed=()) == []
