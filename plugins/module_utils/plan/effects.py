# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each step does to a store, computed on the model: the expectation that the verifying read is held against."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..model.actions import FilterAction
from ..model.filters import FilterList
from ..model.policy import Policy, PolicyStore, Rule
from . import steps as s

T = TypeVar("T", FilterList, FilterAction, Policy)


def apply_steps(store: PolicyStore, steps: Iterable[s.Step]) -> PolicyStore:
    """Give the store as it stands after all steps, in order."""
    for step in steps:
        store = apply_step(store, step)
    return store


def apply_step(store: PolicyStore, step: s.Step) -> PolicyStore:
    """Give the store as it stands after one step."""
    if isinstance(step, (s.Assign, s.Unassign)):
        return dataclasses.replace(store, assigned=step.name if isinstance(step, s.Assign) else None)
    if isinstance(step, (s.CreateFilterList, s.SetFilterList, s.DeleteFilterList, s.AddFilter, s.DeleteFilter)):
        return _apply_to_lists(store, step)
    if isinstance(step, (s.CreateFilterAction, s.SetFilterAction, s.RenameFilterAction, s.DeleteFilterAction)):
        return _apply_to_actions(store, step)
    return _apply_to_policies(store, step)


def _apply_to_lists(
    store: PolicyStore,
    step: s.CreateFilterList | s.SetFilterList | s.DeleteFilterList | s.AddFilter | s.DeleteFilter,
) -> PolicyStore:
    if isinstance(step, s.CreateFilterList):
        return dataclasses.replace(store, filter_lists=(*store.filter_lists, step.filter_list))
    if isinstance(step, s.DeleteFilterList):
        return dataclasses.replace(store, filter_lists=_without(store.filter_lists, step.name))
    if isinstance(step, s.SetFilterList):
        name, description = step.new_name, step.description
        return _change_list(store, step.name, lambda one: dataclasses.replace(
            one,
            name=one.name if name is None else name,
            description=one.description if description is None else description,
        ))  # fmt: skip
    target = step.filter
    if isinstance(step, s.AddFilter):
        return _change_list(store, step.list_name, lambda one: dataclasses.replace(one, filters=(*one.filters, target)))
    return _change_list(store, step.list_name, lambda one: dataclasses.replace(
        one, filters=tuple(item for item in one.filters if item.matches != target.matches),
    ))  # fmt: skip


def _apply_to_actions(
    store: PolicyStore, step: s.CreateFilterAction | s.SetFilterAction | s.RenameFilterAction | s.DeleteFilterAction
) -> PolicyStore:
    if isinstance(step, s.CreateFilterAction):
        return dataclasses.replace(store, filter_actions=(*store.filter_actions, step.action))
    if isinstance(step, s.DeleteFilterAction):
        return dataclasses.replace(store, filter_actions=_without(store.filter_actions, step.name))
    if isinstance(step, s.RenameFilterAction):
        new_name = step.new_name
        return _change_action(store, step.name, lambda one: dataclasses.replace(one, name=new_name))
    wanted = step.action
    return _change_action(store, wanted.name, lambda _unused: wanted)


def _apply_to_policies(
    store: PolicyStore,
    step: s.CreatePolicy | s.SetPolicy | s.SetDefaultResponse | s.DeletePolicy | s.AddRule | s.DeleteRule,
) -> PolicyStore:
    if isinstance(step, s.CreatePolicy):
        return dataclasses.replace(store, policies=(*store.policies, dataclasses.replace(step.policy, rules=())))
    if isinstance(step, s.DeletePolicy):
        assigned = None if store.assigned and _same(store.assigned, step.name) else store.assigned
        return dataclasses.replace(store, policies=_without(store.policies, step.name), assigned=assigned)
    if isinstance(step, s.SetPolicy):
        return _set_policy(store, step)
    if isinstance(step, s.SetDefaultResponse):
        response = step.response
        return _change_policy(store, step.policy_name, lambda one: dataclasses.replace(one, default_response=response))
    rule = step.rule
    if isinstance(step, s.AddRule):
        return _change_policy(store, step.policy_name, lambda one: dataclasses.replace(one, rules=(*one.rules, rule)))
    return _change_policy(store, step.policy_name, lambda one: dataclasses.replace(
        one, rules=tuple(item for item in one.rules if item != rule),
    ))  # fmt: skip


def _set_policy(store: PolicyStore, step: s.SetPolicy) -> PolicyStore:
    given = {
        "name": step.new_name,
        "description": step.description,
        "main_mode": step.main_mode,
        "polling_minutes": step.polling_minutes,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    changed = _change_policy(store, step.name, lambda one: dataclasses.replace(one, **values))
    if step.new_name and store.assigned and _same(store.assigned, step.name):
        return dataclasses.replace(changed, assigned=step.new_name)
    return changed


def _change_list(store: PolicyStore, name: str, change: Callable[[FilterList], FilterList]) -> PolicyStore:
    lists = tuple(change(one) if _same(one.name, name) else one for one in store.filter_lists)
    policies = tuple(
        _change_rules(policy, lambda rule: dataclasses.replace(rule, filter_list=change(rule.filter_list))
                      if _same(rule.filter_list.name, name) else rule)
        for policy in store.policies
    )  # fmt: skip
    return dataclasses.replace(store, filter_lists=lists, policies=policies)


def _change_action(store: PolicyStore, name: str, change: Callable[[FilterAction], FilterAction]) -> PolicyStore:
    actions = tuple(change(one) if _same(one.name, name) else one for one in store.filter_actions)
    policies = tuple(
        _change_rules(
            policy,
            lambda rule: (
                dataclasses.replace(rule, filter_action=change(rule.filter_action))
                if _same(rule.filter_action.name, name)
                else rule
            ),
        )
        for policy in store.policies
    )
    return dataclasses.replace(store, filter_actions=actions, policies=policies)


def _change_rules(policy: Policy, change: Callable[[Rule], Rule]) -> Policy:
    return dataclasses.replace(policy, rules=tuple(change(rule) for rule in policy.rules))


def _change_policy(store: PolicyStore, name: str, change: Callable[[Policy], Policy]) -> PolicyStore:
    policies = tuple(change(one) if _same(one.name, name) else one for one in store.policies)
    return dataclasses.replace(store, policies=policies)


def _without(items: tuple[T, ...], name: str) -> tuple[T, ...]:
    return tuple(one for one in items if not _same(one.name, name))


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
