# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that bring a whole store back to what it was: every policy, the assignment, the lists and actions left over."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import PlanError
from ..model.policy import PolicyStore
from . import steps as s
from .aside import STAGING
from .compare import same_action, same_list
from .draft import Draft
from .planner import Plan, plan_absent, plan_in_place_of, plan_present, plan_restored
from .usage import find_action, find_list, policies_with_action, policies_with_list


def plan_store(wanted: PolicyStore, have: PolicyStore) -> tuple[Plan, ...]:
    """Plan to make ``wanted`` stand exactly so; the plans are carried out one after the other, each whole.

    Policies change where they stand, the one to be in force first. Where policies share lists or actions that differ,
    those that are not in force go first and come back last. PlanError where a policy cannot be written.
    """
    try:
        return tuple(_in_turn(wanted, have))
    except PlanError:
        return tuple(_afresh(wanted, have))


def _in_turn(wanted: PolicyStore, have: PolicyStore) -> Iterator[Plan]:
    """Put one policy after the other back, then what no policy uses."""
    names = dict.fromkeys(one.name for one in (*wanted.policies, *have.policies))
    store = have
    for name in sorted(names, key=lambda one: (not _same(one, wanted.assigned), one)):
        plan = plan_restored(name, wanted, store)
        store = plan.after
        if plan.steps:
            yield plan
    plan = _left_over(wanted, store)
    if plan.steps:
        yield plan


def _afresh(wanted: PolicyStore, have: PolicyStore) -> Iterator[Plan]:
    """Clear away what is not in force, change over, and let the rest come back."""
    store = have
    for policy in have.policies:
        if not _same(policy.name, have.assigned):
            plan = plan_absent(policy.name, store)
            store = plan.after
            yield plan
    plan = _change_over(wanted, store)
    if plan.steps:
        yield plan
    yield from _in_turn(wanted, plan.after)


def _change_over(wanted: PolicyStore, have: PolicyStore) -> Plan:
    """Put in force what is to be, in place of what is, when nothing else stands.

    What is in force may be what is to be, under the name that a killed run left it.
    """
    old = have.policy(have.assigned) if have.assigned else None
    want = wanted.policy(wanted.assigned) if wanted.assigned else None
    if want is not None and old is not None and not _same(old.name.removesuffix(STAGING), want.name):
        return plan_in_place_of(want, old, have)
    if want is not None:
        return plan_present(want, have, assigned=True)
    return plan_absent(old.name, have) if old else Plan(have, (), ())


def _left_over(wanted: PolicyStore, have: PolicyStore) -> Plan:
    """Make the lists and actions that no policy uses the same; the policies are already."""
    draft = Draft(have)
    for one in have.filter_lists:
        kept = find_list(wanted, one.name)
        if not policies_with_list(have, one.name) and not (kept and same_list(kept, one)):
            draft.add(s.DeleteFilterList(one.name))
    for action in have.filter_actions:
        same = find_action(wanted, action.name)
        if not policies_with_action(have, action.name) and not (same and same_action(same, action)):
            draft.add(s.DeleteFilterAction(action.name))
    for one in wanted.filter_lists:
        if find_list(draft.store, one.name) is None:
            draft.add(s.CreateFilterList(one))
    for action in wanted.filter_actions:
        if find_action(draft.store, action.name) is None:
            draft.add(s.CreateFilterAction(action))
    return Plan(have, tuple(draft.build), ())


def _same(name: str, other: str | None) -> bool:
    return other is not None and name.casefold() == other.casefold()
