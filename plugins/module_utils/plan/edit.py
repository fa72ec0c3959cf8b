# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Change a policy where it stands, with the fewest steps."""

from __future__ import annotations

import dataclasses

from ..model.actions import FilterAction
from ..model.filters import Filter, FilterList
from ..model.policy import DefaultResponse, Policy
from . import steps as s
from .compare import canonical, same_action, same_response, same_rule
from .draft import Draft
from .usage import find_action, find_list, orphans, policies_with_action, policies_with_list, refuse_foreign

_IN_FORCE = (s.AddRule, s.DeleteRule, s.AddFilter, s.DeleteFilter, s.SetFilterAction, s.SetPolicy, s.SetDefaultResponse)
"""Steps that change what a policy does."""

_NO_RESPONSE = DefaultResponse(active=False)
"""A default response rule that answers nobody."""


def can_edit_in_place(draft: Draft, want: Policy) -> bool:
    """Say whether the policy can become ``want`` where it stands.

    A policy in force must change in one step, or it would be half-built in between; and netsh cannot delete a rule
    without a name, as Windows' snap-in makes them.
    """
    scratch = Draft(draft.store)
    edit_in_place(scratch, want)
    if any(isinstance(step, s.DeleteRule) and not step.rule.name for step in scratch.build):
        return False
    return not draft.in_force(want.name) or sum(isinstance(step, _IN_FORCE) for step in scratch.build) <= 1


def edit_in_place(draft: Draft, want: Policy) -> None:
    """Add the steps that turn the policy of that name, if any, into ``want``; the assignment stays as it is."""
    before = draft.store.policy(want.name)
    for filter_list in want.filter_lists:
        _edit_list(draft, filter_list, want.name)
    for action in want.filter_actions:
        _edit_action(draft, action, want.name)
    if before is None:
        draft.add(s.CreatePolicy(want))
    else:
        _edit_header(draft, want, before)
    _edit_rules(draft, want)
    if before is not None:
        for step in orphan_deletions(draft, before, kept=want):
            draft.add(step)


def orphan_deletions(draft: Draft, removed: Policy, kept: Policy | None) -> list[s.Step]:
    """Give the steps that delete the lists and actions that only ``removed`` used."""
    lists, actions = orphans(draft.store, removed, kept)
    return [*(s.DeleteFilterList(name) for name in lists), *(s.DeleteFilterAction(name) for name in actions)]


def _edit_list(draft: Draft, want: FilterList, policy_name: str) -> None:
    have = find_list(draft.store, want.name)
    if have is None:
        draft.add(s.CreateFilterList(want))
        return
    missing, extra = _filters_apart(want, have), _filters_apart(have, want)
    if missing or extra or have.description != want.description:
        refuse_foreign("filter list", want.name, policies_with_list(draft.store, want.name), (policy_name,))
    if have.description != want.description:
        draft.add(s.SetFilterList(have.name, description=want.description))
    for one in extra:
        draft.add(s.DeleteFilter(have.name, one))
    for one in missing:
        draft.add(s.AddFilter(have.name, one))


def _filters_apart(one: FilterList, other: FilterList) -> list[Filter]:
    """Give the filters of ``one`` that ``other`` does not hold."""
    return [item for item in one.filters if item not in other.filters]


def _edit_action(draft: Draft, want: FilterAction, policy_name: str) -> None:
    have = find_action(draft.store, want.name)
    if have is None:
        draft.add(s.CreateFilterAction(want))
    elif not same_action(want, have):
        refuse_foreign("filter action", want.name, policies_with_action(draft.store, want.name), (policy_name,))
        draft.add(s.SetFilterAction(dataclasses.replace(want, name=have.name)))


def _edit_header(draft: Draft, want: Policy, have: Policy) -> None:
    plain_want, plain_have = canonical(want), canonical(have)
    changed = {
        name: getattr(want, name)
        for name in ("description", "main_mode", "polling_minutes")
        if getattr(plain_want, name) != getattr(plain_have, name)
    }
    if changed:
        draft.add(s.SetPolicy(have.name, **changed))
    if not same_response(want.default_response, have.default_response):
        draft.add(s.SetDefaultResponse(have.name, want.default_response or _NO_RESPONSE))


def _edit_rules(draft: Draft, want: Policy) -> None:
    have = draft.store.policy(want.name)
    found = list(have.rules) if have else []
    name = have.name if have else want.name
    missing = [rule for rule in want.rules if not any(same_rule(rule, one) for one in found)]
    extra = [rule for rule in found if not any(same_rule(one, rule) for one in want.rules)]
    for rule in extra:
        draft.add(s.DeleteRule(name, rule))
    for rule in missing:
        draft.add(s.AddRule(name, rule))
