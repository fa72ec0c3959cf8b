# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison notices when one side is wrong, and it compares what it says."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast import classify, conversation, negotiate
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.engine import OPEN, Engine
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.table import Entry, Treatment
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind
from tests.agreement.cases import Case, make_case
from tests.agreement.judge import compare
from tests.agreement.show import case_text
from tests.lab.windows import agree, effective, enforce, filters, packer

CASES, MOST_CASES, FLOWS = 60, 240, 32

Patch = tuple[Any, str, Any]


def _reversed_weight() -> Patch:
    known = filters.Filter.weight.fget  # type: ignore[attr-defined]
    return filters.Filter, "weight", property(lambda one: tuple(-part for part in known(one)))


def _ports_first_and_no_doubt() -> Patch:
    def wrong(matches: list[Entry]) -> classify.Choice:
        best = max(matches, key=lambda one: (bool(one.source_port) + bool(one.destination_port), *one.width))
        words = {"permit": classify.Word.CLEAR, "block": classify.Word.BLOCK, "negotiate": classify.Word.NEGOTIATE}
        return classify.Choice(words[best.treatment.action.kind.value], best)

    return classify, "_most_specific", wrong


def _lab_without_soft() -> Patch:
    known = effective._rule
    return effective, "_rule", lambda *given: dataclasses.replace(known(*given), soft=False)


def _forecast_without_soft() -> Patch:
    known = conversation._unanswered
    return conversation, "_unanswered", lambda one, other, soft: known(one, other, soft=False)


def _forecast_without_pass_through() -> Patch:
    known = conversation._treatment

    def wrong(choice: classify.Choice) -> Treatment:
        found = known(choice)
        return dataclasses.replace(found, action=dataclasses.replace(found.action, inbound_passthrough=False))

    return conversation, "_treatment", wrong


def _lab_with_everything_mirrored() -> Patch:
    known = filters.expand

    def wrong(policy: effective.Policy, *rest: Any) -> list[filters.Filter]:
        rules = tuple(
            dataclasses.replace(rule, filters=tuple(dataclasses.replace(one, mirrored=True) for one in rule.filters))
            for rule in policy.rules
        )
        return known(dataclasses.replace(policy, rules=rules), *rest)

    return enforce, "expand", wrong


def _lab_that_exempts_nothing() -> Patch:
    return enforce, "exempt", lambda packet, level, inbound, modern: False


def _forecast_without_pfs() -> Patch:
    known = negotiate.negotiate
    return conversation, "negotiate", lambda *ends: known(*(dataclasses.replace(one, pfs=False) for one in ends))


def _lab_that_tries_every_method() -> Patch:
    known = agree._authentication

    def wrong(mine: effective.Rule, theirs: effective.Rule) -> tuple[str, str]:
        tries = [known(dataclasses.replace(mine, methods=(one,)), theirs) for one in mine.methods]
        return next((found for found in tries if not found[0]), tries[0])

    return agree, "_authentication", wrong


def _lab_that_swaps_ports() -> Patch:
    known = packer.unpack_filters

    def wrong(blob: bytes) -> list[Any]:
        return [dataclasses.replace(one, source_port=one.target_port, target_port=one.source_port)
                for one in known(blob)]  # fmt: skip

    return packer, "unpack_filters", wrong


def _tickets_for_everybody() -> Patch:
    return Engine, "ticket", lambda self, name: OPEN


@pytest.mark.parametrize("mistake", [
    _reversed_weight, _ports_first_and_no_doubt, _lab_without_soft, _forecast_without_soft,
    _forecast_without_pass_through, _lab_with_everything_mirrored, _lab_that_exempts_nothing, _forecast_without_pfs,
    _lab_that_tries_every_method, _lab_that_swaps_ports, _tickets_for_everybody,
])  # fmt: skip
def test_a_mistake_on_one_side_is_noticed(mistake: Callable[[], Patch], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*mistake())
    parts = (compare(7, range(first, first + 10), FLOWS) for first in range(0, MOST_CASES, 10))
    assert any(part.disagreements for part in parts)


def test_without_a_mistake_both_sides_agree() -> None:
    tally = compare(7, range(CASES), FLOWS)
    assert tally.disagreements == []
    assert sum(tally.flows.values()) == CASES * FLOWS
    assert tally.choices > 3 * CASES * FLOWS


def test_a_case_is_made_again_from_its_seed_and_number() -> None:
    assert make_case(3, 14, FLOWS) == make_case(3, 14, FLOWS)
    assert make_case(3, 14, FLOWS) != make_case(3, 15, FLOWS) != make_case(4, 15, FLOWS)


def test_a_case_is_shown_without_its_keys() -> None:
    case = next(one for one in (make_case(1, number, FLOWS) for number in range(99)) if _has_key(one))
    text = case_text(case.seed, case.number, FLOWS)
    assert text.startswith(f"case 1:{case.number}, ")
    assert all(str(probe) in text for probe in case.probes)
    assert "'psk': '********'" in text
    assert "alpha" not in text


def _has_key(case: Case) -> bool:
    rules = [rule for machine in case.machines for policy in machine.store.policies for rule in policy.rules]
    return any(type(method).__name__ == "PresharedKey" for rule in rules for method in rule.authentication)


def test_what_the_cases_are_made_of() -> None:
    cases = [make_case(1, number, FLOWS) for number in range(200)]
    machines = [machine for case in cases for machine in case.machines]
    rules = [rule for machine in machines for policy in machine.store.policies for rule in policy.rules]
    parts = [one for rule in rules for one in rule.filter_list.filters]
    actions = [rule.filter_action for rule in rules]
    assert {(machine.profile, machine.by_netsh) for machine in machines} == {
        (profile, by_netsh) for profile in ("server2003", "server2003-ko", "server2022") for by_netsh in (True, False)
    }
    assert {machine.exempt for machine in machines} == {None, 0, 1, 2, 3}
    assert {machine.store.assigned for machine in machines if machine.store.policies} == {None, "In force"}
    assert any(machine.agent_stopped for machine in machines)
    assert any(not machine.store.policies for machine in machines)
    assert {action.kind for action in actions} == set(ActionKind)
    for option in ("soft", "inbound_passthrough", "pfs"):
        assert {getattr(action, option) for action in actions} == {True, False}
    assert {one.protocol for one in parts} == {0, 1, 6, 17, 46, 47}
    assert {one.mirrored for one in parts} == {True, False}
    assert {type(side).__name__ for one in parts for side in (one.source, one.destination)} == {
        "Me", "AnyAddress", "Subnet", "Server",
    }  # fmt: skip
