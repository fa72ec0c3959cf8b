# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole store comes back as it was, whatever its policies share, and what is in force is never halved."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import PlanError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, PolicyStore, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.compare import canonical
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.effects import apply_step, apply_steps
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.planner import Plan
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.verify import unmet
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.whole import plan_store
from tests.unit.plugins.module_utils.plan.policies import mail_filter, policy, require, rule, store


def _shared(name: str, *ports: int) -> Rule:
    """A rule whose filter list has the same name in every policy."""
    return Rule(name, FilterList("Shared", tuple(map(mail_filter, ports))), require(), rule(name, 25).authentication)


def _told(plans: tuple[Plan, ...]) -> list[str]:
    return [str(step) for plan in plans for step in plan.steps]


def test_what_stands_already_is_an_empty_plan() -> None:
    both = store(policy("A", _shared("a", 25)), policy("B", _shared("b", 25)), assigned="A")
    assert plan_store(both, both) == ()


def test_policies_that_share_a_list_which_changed() -> None:
    was = store(policy("A", _shared("a", 110)), policy("B", _shared("b", 110)), assigned="A")
    now = store(policy("A", _shared("a", 110, 143)), policy("B", _shared("b", 110, 143)), assigned="A")
    assert _told(plan_store(was, now)) == [
        "delete policy 'B' with its rules",
        "delete filter tcp me <-> 192.0.2.21:143 from 'Shared'",
        "create policy 'B', not assigned",
        "add rule 'b' to policy 'B'",
    ]


def test_another_policy_in_force_with_a_list_of_the_same_name() -> None:
    was = store(policy("A", _shared("a", 110)), assigned="A")
    now = store(policy("X", _shared("x", 25, 80)), assigned="X")
    (plan,) = plan_store(was, now)
    assert [str(step) for step in plan.build] == [
        "create filter list 'Shared ~new' with 1 filter(s)",
        "create policy 'A ~new', not assigned",
        "add rule 'a' to policy 'A ~new'",
    ]
    assert [str(step) for step in plan.switch] == [
        "assign policy 'A ~new'",
        "delete policy 'X' with its rules",
        "delete filter list 'Shared'",
        "rename filter list 'Shared ~new' to 'Shared'",
        "rename policy 'A ~new' to 'A'",
    ]


def test_lists_and_actions_that_no_policy_uses() -> None:
    idle, other = FilterList("Idle", (mail_filter(25),)), FilterList("Idle", (mail_filter(80),))
    was, now = PolicyStore((), (idle,), (require("Kept"),), None), PolicyStore((), (other,), (require("New"),), None)
    assert _told(plan_store(was, now)) == [
        "delete filter list 'Idle'",
        "delete filter action 'New'",
        "create filter list 'Idle' with 1 filter(s)",
        "create filter action 'Kept' (negotiate)",
    ]


def test_a_rule_that_netsh_cannot_write_is_an_error_before_anything() -> None:
    nameless = dataclasses.replace(_shared("a", 25), name="")
    with pytest.raises(PlanError, match="needs a name to be written"):
        plan_store(store(policy("A", nameless), assigned="A"), store(policy("X", _shared("x", 80)), assigned="X"))


def test_a_switch_that_was_killed_is_finished() -> None:
    was = store(policy("A", _shared("a", 25)), assigned="A")
    now = store(policy("B", _shared("b", 80)), policy("C", _shared("c", 80)), assigned="B")
    steps = [step for plan in plan_store(was, now) for step in plan.steps]
    switched = next(number for number, step in enumerate(steps, 1) if str(step) == "assign policy 'A ~new'")
    assert _told(plan_store(was, apply_steps(now, steps[:switched]))) == [
        "delete policy 'B' with its rules",
        "delete filter list 'Shared'",
        "rename filter list 'Shared ~new' to 'Shared'",
        "rename policy 'A ~new' to 'A'",
    ]


_PORTS = st.lists(st.sampled_from([25, 80, 110]), min_size=1, max_size=2, unique=True)


@st.composite
def _stores(draw: st.DrawFn) -> PolicyStore:
    """Draw up to three policies that share a list and an action, one of them perhaps in force."""
    shared, kept = _shared("shared", *draw(_PORTS)), draw(st.sampled_from(["", "one"]))
    policies: list[Policy] = []
    for name in draw(st.lists(st.sampled_from("ABC"), unique=True)):
        own = rule(f"{name} own", *draw(_PORTS), key=kept)
        policies.append(policy(name, *draw(st.sampled_from([(shared,), (own,), (shared, own), ()]))))
    names = [None, *(one.name for one in policies)]
    return store(*policies, assigned=draw(st.sampled_from(names)))


def _content(one: Policy | None) -> object:
    """What a policy does to packets."""
    return one and sorted(repr((each.filter_list.filters, each.authentication)) for each in canonical(one).rules)


@given(wanted=_stores(), have=_stores(), data=st.data())
def test_every_store_arrives_from_every_other_also_after_a_kill(
    wanted: PolicyStore, have: PolicyStore, data: st.DataObject
) -> None:
    plans = plan_store(wanted, have)
    steps = [step for plan in plans for step in plan.steps]
    before = have.policy(have.assigned) if have.assigned else None
    goal = wanted.policy(wanted.assigned) if wanted.assigned else None
    now = have
    for step in steps:
        now = apply_step(now, step)
        in_force = now.policy(now.assigned) if now.assigned else None
        assert _content(in_force) in (_content(before), _content(goal))
    assert unmet(wanted, now) == ()
    assert {one.name for one in now.filter_lists} == {one.name for one in wanted.filter_lists}
    assert plan_store(wanted, now) == ()
    killed = apply_steps(have, steps[: data.draw(st.integers(0, len(steps)))])
    again = killed
    for plan in plan_store(wanted, killed):
        again = apply_steps(again, plan.steps)
    assert unmet(wanted, again) == ()
    assert {one.name for one in again.filter_lists} == {one.name for one in wanted.filter_lists}
