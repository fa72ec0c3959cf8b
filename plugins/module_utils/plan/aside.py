# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build a policy beside the one in force, switch over, clean up; and pick up where a killed run stopped."""

from __future__ import annotations

import dataclasses

from ..model.actions import FilterAction
from ..model.filters import FilterList
from ..model.policy import Policy
from . import steps as s
from .compare import same_action, same_list
from .draft import Draft
from .edit import orphan_deletions
from .usage import find_action, find_list, policies_with_action, policies_with_list, refuse_foreign

STAGING = " ~new"
"""The ending of a name under construction; it gives way to the plain name after the switch."""


def build_aside(draft: Draft, want: Policy, old: Policy, *, put_in_force: bool) -> None:
    """Build ``want`` beside ``old`` under staging names; the switch assigns it, removes ``old`` and takes its name."""
    ours = (want.name, old.name)
    lists = {one.name: _stage_list(draft, one, ours) for one in want.filter_lists}
    actions = {one.name: _stage_action(draft, one, ours) for one in want.filter_actions}
    rules = tuple(
        dataclasses.replace(
            rule, filter_list=lists[rule.filter_list.name], filter_action=actions[rule.filter_action.name]
        )
        for rule in want.rules
    )
    staged = dataclasses.replace(want, name=want.name + STAGING, rules=rules)
    draft.add(s.CreatePolicy(staged))
    for rule in rules:
        draft.add(s.AddRule(staged.name, rule))
    if put_in_force:
        draft.then(s.Assign(staged.name))
    draft.then(s.DeletePolicy(old.name))
    for step in orphan_deletions(draft, old, kept=None):
        draft.then(step)
    _take_plain_names(draft, draft.then, staged)


def recover(draft: Draft, name: str) -> None:
    """Finish the switch that a killed run began, or clear away what it was still building.

    Only names that the staging ending marks are touched, so nothing of anybody else's goes.
    """
    staged, old = draft.store.policy(name + STAGING), draft.store.policy(name)
    if staged is not None:
        finished = old is None or draft.in_force(staged.name)
        if old is not None:
            loser, winner = (old, staged) if finished else (staged, old)
            draft.add(s.DeletePolicy(loser.name))
            for step in orphan_deletions(draft, loser, kept=winner):
                draft.add(step)
        if finished:
            _take_plain_names(draft, draft.add, staged)
    _clear_unused(draft)


def _clear_unused(draft: Draft) -> None:
    """Delete lists and actions under construction that no rule uses."""
    for filter_list in draft.store.filter_lists:
        if filter_list.name.endswith(STAGING) and not policies_with_list(draft.store, filter_list.name):
            draft.add(s.DeleteFilterList(filter_list.name))
    for action in draft.store.filter_actions:
        if action.name.endswith(STAGING) and not policies_with_action(draft.store, action.name):
            draft.add(s.DeleteFilterAction(action.name))


def _take_plain_names(draft: Draft, add: s.Adder, staged: Policy) -> None:
    """Rename what the staged policy uses, then the policy itself, to the names without the ending.

    What a killed run left under the plain name, used by no rule, makes way.
    """
    for filter_list in staged.filter_lists:
        plain = filter_list.name.removesuffix(STAGING)
        if plain == filter_list.name or policies_with_list(draft.store, plain):
            continue
        if find_list(draft.store, plain) is not None:
            add(s.DeleteFilterList(plain))
        add(s.SetFilterList(filter_list.name, new_name=plain))
    for action in staged.filter_actions:
        plain = action.name.removesuffix(STAGING)
        if plain == action.name or policies_with_action(draft.store, plain):
            continue
        if find_action(draft.store, plain) is not None:
            add(s.DeleteFilterAction(plain))
        add(s.RenameFilterAction(action.name, plain))
    add(s.SetPolicy(staged.name, new_name=staged.name.removesuffix(STAGING)))


def _stage_list(draft: Draft, want: FilterList, ours: tuple[str, ...]) -> FilterList:
    """Give the list that the new policy is to use: one that stands as wanted, or a new one."""
    have = find_list(draft.store, want.name)
    if have is not None and same_list(want, have):
        return have
    if have is None:
        draft.add(s.CreateFilterList(want))
        return want
    refuse_foreign("filter list", want.name, policies_with_list(draft.store, want.name), ours)
    staged = dataclasses.replace(want, name=want.name + STAGING)
    draft.add(s.CreateFilterList(staged))
    return staged


def _stage_action(draft: Draft, want: FilterAction, ours: tuple[str, ...]) -> FilterAction:
    """Give the action that the new policy is to use: one that stands as wanted, or a new one."""
    have = find_action(draft.store, want.name)
    if have is not None and same_action(want, have):
        return have
    if have is None:
        draft.add(s.CreateFilterAction(want))
        return want
    refuse_foreign("filter action", want.name, policies_with_action(draft.store, want.name), ours)
    staged = dataclasses.replace(want, name=want.name + STAGING)
    draft.add(s.CreateFilterAction(staged))
    return staged
