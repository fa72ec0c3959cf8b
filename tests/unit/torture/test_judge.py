# SPDX-License-Identifier: GPL-3.0-or-later
"""The judgement of `make torture` itself: it must see a wrong forecast, a false refusal, a host between two states."""

from __future__ import annotations

from typing import Any

import pytest

from tests.torture.cases import case
from tests.torture.figures import holds
from tests.torture.judge import Verdicts, in_force
from tests.torture.role_cases import role_case
from tests.torture.words import BLOCK, CERTIFICATE, expected, flt, negotiate, policy, rule, seen

PAIR = "fe (192.0.2.11) -> be (192.0.2.21)"
LAB = ("POP3 (tcp 110)", PAIR)


def cell(after: str, certain: bool = True) -> dict[str, Any]:
    return {"flow": "POP3", "protocol": 6, "port": "110", "after": after, "after_because": "so", "certain": certain,
            "pairs": [PAIR]}  # fmt: skip


@pytest.mark.parametrize(("after", "lab", "wrong"), [
    pytest.param("protected", "protected", 0, id="both-say-protected"),
    pytest.param("clear by fallback", "fallback", 0, id="fallback"),
    pytest.param("negotiation fails", "fails", 0, id="fails"),
    pytest.param("protected", "clear", 1, id="in-clear-after-all"),
    pytest.param("clear", "blocked", 1, id="lost-after-all"),
    pytest.param("unknown", "clear", 1, id="unknown-is-no-verdict"),
    pytest.param("clear", "clear, and a real connection shows otherwise", 1, id="connection"),
])  # fmt: skip
def test_a_forecast_is_held_against_the_lab(after: str, lab: str, wrong: int) -> None:
    found = Verdicts()
    found.compare([cell(after)], {LAB: lab})
    assert (len(found.wrong), found.compared) == (wrong, 1)


def test_a_doubt_is_counted_apart() -> None:
    found = Verdicts()
    found.compare([cell("clear", certain=False)], {LAB: "blocked"})
    assert (found.compared, found.doubtful, found.doubtful_alike, found.wrong) == (0, 1, 0, [])


@pytest.mark.parametrize(("check", "lab", "sure", "wrong"), [
    pytest.param("ends.disagree", "fails", True, 0, id="true"),
    pytest.param("ends.disagree", "protected", True, 1, id="false"),
    pytest.param("doubt", "protected", False, 0, id="a-doubt-alone"),
])  # fmt: skip
def test_a_refusal_must_be_true(check: str, lab: str, sure: bool, wrong: int) -> None:
    found = Verdicts()
    finding = {"severity": "high", "check": check, "flow": "POP3 (tcp 110)", "pairs": [PAIR]}
    assert found.refusal([finding], [cell("blocked")], {LAB: lab}) is sure
    assert len(found.wrong) == wrong


def test_what_is_expected_of_a_policy_is_what_the_lab_reads() -> None:
    spec = policy("P", rule("R", [flt("me", "any", "tcp", 110, mirrored=False)], negotiate(soft=True), CERTIFICATE))
    stands = {
        "policies": {"P": {"rules": {"R": {
            "list": "P: R", "action": "P: R", "authentication": ["certificate:CN=Example Root, O=Example"]}}}},
        "lists": {"P: R": {"filters": ["me:0 > 0.0.0.0/0:110 protocol 6"]}},
        "actions": {"P: R": {"kind": "negotiate", "offers": ["esp[3des,sha1] 0k/0s", "in clear 0k/0s"]}},
    }  # fmt: skip
    assert seen(stands, "P") == expected(spec)
    assert seen(stands, "Q") is None


def test_what_was_built_aside_is_no_new_state_and_a_changed_rule_is() -> None:
    rules = {"R": {"list": "L", "action": "A", "authentication": ["kerberos"]}}
    former = {"assigned": "P", "policies": {"P": {"rules": rules}}, "lists": {"L": 1}, "actions": {"A": 1}}
    aside = {**former, "policies": {**former["policies"], "P ~new": {"rules": {}}}}  # type: ignore[dict-item]
    assert in_force(aside, "P") == in_force(former, "P")
    assert in_force({**former, "lists": {"L": 2}}, "P") != in_force(former, "P")
    assert in_force({**former, "assigned": None}, "P") != in_force(former, "P")
    assert in_force({**former, "policies": {**former["policies"], "Q": {}}}, "P") != in_force(former, "P")  # type: ignore[dict-item]


def test_a_number_is_a_case() -> None:
    assert case(7, 1) == case(7, 1)
    assert [case(3 * number, 1).wanted for number in range(9)] != [case(3 * number, 2).wanted for number in range(9)]
    assert role_case(507, 1) == role_case(507, 1)
    kinds = {case(number).kind for number in range(1, 301)}
    assert {"block_everything", "with_everybody", "wrong_network", "wrong_port", "tickets_for_tickets", "one_sided",
            "nothing_in_common", "block_the_domain", "soft_becomes_hard", "unassigned", "deleted",
            "the_list_in_place"} <= kinds  # fmt: skip
    assert any(case(number).restart for number in range(1, 301))
    assert {profile for number in range(1, 301) for profile in case(number).site.profiles.values()} == {
        "server2003", "server2003-ko", "server2022"}  # fmt: skip


GOOD = {"cases": 300, "lost": 0, "failed": 0, "verdict_mismatches": 0, "kill_points": 9, "kill_points_survived": 9}


@pytest.mark.parametrize("wrong", [{"lost": 1}, {"failed": 1}, {"verdict_mismatches": 1}, {"kill_points_survived": 8},
                                   {"cases": 299}])  # fmt: skip
def test_what_makes_it_fail(wrong: dict[str, int]) -> None:
    assert holds(GOOD, 300)
    assert not holds(GOOD | wrong, 300)


def test_a_policy_of_ours_has_lists_of_its_own() -> None:
    spec = policy("P", rule("R", [flt("any", "me")], BLOCK))
    assert spec["rules"][0]["filter_list"]["name"] == spec["rules"][0]["filter_action"]["name"] == "P: R"
