# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans: minimal where one step is enough, built aside where it is not, and safe to kill anywhere."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import PlanError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, PolicyStore
from ansible_collections.exchange.ipsec.plugins.module_utils.plan import steps as s
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.compare import canonical, differences
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.effects import apply_step, apply_steps
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.planner import plan_absent, plan_present
from tests.unit.plugins.module_utils.plan.policies import policy, require, rule, store, variants

MAIL = policy("Mail", rule("POP3", 110), rule("IMAP4", 143))
OTHER = policy("Other", rule("Web", 80))


def kinds(steps: tuple[s.Step, ...]) -> list[str]:
    """Name the steps."""
    return [type(step).__name__ for step in steps]


def test_empty_host_builds_all_then_assigns() -> None:
    plan = plan_present(MAIL, store(), assigned=True)
    assert kinds(plan.build) == [
        "CreateFilterList", "CreateFilterList", "CreateFilterAction", "CreatePolicy", "AddRule", "AddRule",
    ]  # fmt: skip
    assert plan.switch == (s.Assign("Mail"),)


def test_nothing_to_do_is_an_empty_plan() -> None:
    assert plan_present(MAIL, store(OTHER, MAIL, assigned="Mail"), assigned=True).steps == ()
    assert plan_present(MAIL, store(OTHER, MAIL, assigned="mail"), assigned=None).steps == ()


def test_order_of_rules_and_filters_means_nothing() -> None:
    shuffled = policy("Mail", rule("IMAP4", 143), rule("POP3", 110))
    assert plan_present(shuffled, store(MAIL, assigned="Mail"), assigned=True).steps == ()


def test_one_more_rule_in_force_is_added_where_it_stands() -> None:
    want = policy("Mail", *MAIL.rules, rule("HTTP", 80))
    plan = plan_present(want, store(MAIL, assigned="Mail"), assigned=True)
    assert kinds(plan.steps) == ["CreateFilterList", "AddRule"]
    assert plan.switch == ()


def test_two_changes_in_force_are_built_aside() -> None:
    want = policy("Mail", rule("POP3", 110, 995), rule("IMAP4", 143, 993))
    plan = plan_present(want, store(MAIL, assigned="Mail"), assigned=True)
    assert [str(step) for step in plan.build] == [
        "create filter list 'POP3 list ~new' with 2 filter(s)",
        "create filter list 'IMAP4 list ~new' with 2 filter(s)",
        "create policy 'Mail ~new', not assigned",
        "add rule 'POP3' to policy 'Mail ~new'",
        "add rule 'IMAP4' to policy 'Mail ~new'",
    ]
    assert [str(step) for step in plan.switch] == [
        "assign policy 'Mail ~new'",
        "delete policy 'Mail' with its rules",
        "delete filter list 'POP3 list'",
        "delete filter list 'IMAP4 list'",
        "rename filter list 'POP3 list ~new' to 'POP3 list'",
        "rename filter list 'IMAP4 list ~new' to 'IMAP4 list'",
        "rename policy 'Mail ~new' to 'Mail'",
    ]


def test_the_same_changes_out_of_force_are_made_in_place() -> None:
    want = policy("Mail", rule("POP3", 110, 995), rule("IMAP4", 143, 993))
    assert kinds(plan_present(want, store(MAIL), assigned=False).steps) == ["AddFilter", "AddFilter"]


def test_a_list_shared_with_a_foreign_policy_is_not_changed() -> None:
    foreign = dataclasses.replace(OTHER, rules=(MAIL.rules[0],))
    want = policy("Mail", rule("POP3", 110, 995))
    with pytest.raises(PlanError, match=r"filter list 'POP3 list' .* used by policy 'Other' too; give yours another"):
        plan_present(want, store(MAIL, foreign), assigned=True)


def test_an_action_shared_with_a_foreign_policy_is_not_changed() -> None:
    foreign = policy("Other", rule("Web", 80, action=require("Require ESP")))
    want = policy("Mail", rule("POP3", 110, action=dataclasses.replace(require(), soft=True)))
    with pytest.raises(PlanError, match=r"filter action 'Require ESP' .* used by policy 'Other' too"):
        plan_present(want, store(foreign), assigned=True)


def test_rules_without_a_name_make_way_for_a_policy_built_aside() -> None:
    snap_in = policy("Mail", dataclasses.replace(rule("x", 110), name=""))
    plan = plan_present(policy("Mail", rule("POP3", 110)), store(snap_in), assigned=None)
    assert "DeletePolicy" in kinds(plan.switch)
    assert "DeleteRule" not in kinds(plan.steps)
    assert "Assign" not in kinds(plan.steps)


def test_a_new_rule_without_a_name_is_refused() -> None:
    unnamed = policy("Mail", dataclasses.replace(rule("x", 110), name=""))
    with pytest.raises(PlanError, match="'x list' needs a name"):
        plan_present(unnamed, store(), assigned=True)
    assert plan_present(unnamed, store(unnamed), assigned=None).steps == ()


def test_the_staging_ending_is_refused() -> None:
    with pytest.raises(PlanError, match="'Mail ~new'"):
        plan_present(policy("Mail ~new"), store(), assigned=True)


def test_absent_unassigns_first_and_takes_only_its_own_along() -> None:
    plan = plan_absent("mail", store(MAIL, OTHER, assigned="Mail"))
    assert [str(step) for step in plan.steps] == [
        "unassign policy 'Mail'",
        "delete policy 'Mail' with its rules",
        "delete filter list 'POP3 list'",
        "delete filter list 'IMAP4 list'",
    ]
    assert plan_absent("Mail", store(OTHER)).steps == ()


def test_what_windows_fills_in_is_no_difference() -> None:
    quick = dataclasses.replace(MAIL, main_mode=dataclasses.replace(MAIL.main_mode, pfs=True))
    filled = dataclasses.replace(quick, main_mode=dataclasses.replace(quick.main_mode, quick_modes=1))
    silent = dataclasses.replace(MAIL, main_mode=dataclasses.replace(MAIL.main_mode, lifetime_seconds=0))
    assert plan_present(quick, store(filled), assigned=None).steps == ()
    assert plan_present(silent, store(MAIL), assigned=None).steps == ()


def test_another_key_is_a_difference_that_shows_no_key() -> None:
    (found,) = differences(policy("Mail", rule("A", 110, key="sesame")), policy("Mail", rule("A", 110, key="open")))
    assert (found.path, found.want, found.have) == (
        "rules.a.authentication[0].psk", "********", "******** (another key)",
    )  # fmt: skip


@given(want=variants("Mail"), have=variants("Mail"), other=variants("Other"), data=st.data())
def test_every_plan_arrives_and_can_be_killed_anywhere(
    want: Policy, have: Policy, other: Policy, data: st.DataObject
) -> None:
    start = store(
        *data.draw(st.permutations([have, other])), assigned=data.draw(st.sampled_from([None, "Mail", "Other"]))
    )
    try:
        plan = plan_present(want, start, assigned=True)
    except PlanError:
        return
    assert arrived(plan.after, want, other)
    assert plan_present(want, plan.after, assigned=True).steps == ()
    killed = apply_steps(start, plan.steps[: data.draw(st.integers(0, len(plan.steps)))])
    assert arrived(plan_present(want, killed, assigned=True).after, want, other)


@given(want=variants("Mail"), have=variants("Mail"))
def test_what_is_in_force_is_the_old_or_the_new_policy_at_every_moment(want: Policy, have: Policy) -> None:
    now = store(have, assigned="Mail")
    allowed = [meaning(have), meaning(want)]
    for step in plan_present(want, now, assigned=True).steps:
        now = apply_step(now, step)
        assert now.assigned is not None
        in_force = now.policy(now.assigned)
        assert in_force is not None
        assert meaning(in_force) in allowed


def meaning(one: Policy) -> object:
    """Reduce a policy to what it does to packets: no names, no descriptions."""
    plain = canonical(one)
    rules = sorted(
        repr((sorted(map(repr, each.filter_list.filters)), each.filter_action.kind, each.filter_action.offers,
              [getattr(method, "key", None) and method.key.reveal() for method in each.authentication]))
        for each in plain.rules
    )  # fmt: skip
    return rules, plain.main_mode


def arrived(after: PolicyStore, want: Policy, other: Policy) -> bool:
    """Say whether the wanted policy stands and is assigned, the other is untouched, and nothing is left over."""
    mail, untouched = after.policy("Mail"), after.policy("Other")
    assert mail is not None
    assert untouched is not None
    leftovers = [
        one.name for one in (*after.policies, *after.filter_lists, *after.filter_actions) if "~new" in one.name
    ]
    return (differences(want, mail), untouched, after.assigned, leftovers) == ((), other, "Mail", [])
