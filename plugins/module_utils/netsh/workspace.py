# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands after the commands of a script so far; rules point at lists and actions by name until the end."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import TypeVar

from ..errors import SpecError
from ..model.actions import FilterAction
from ..model.authentication import Authentication
from ..model.filters import Filter, FilterList
from ..model.policy import ConnectionType, DefaultResponse, Policy, PolicyStore, Rule
from ..model.security import MainMode
from .words import Word

_T = TypeVar("_T")


class Refused(Exception):
    """A command that netsh would refuse, without harm to the rest; never leaves this package."""


@dataclasses.dataclass
class ListDraft:
    """A filter list that grows; its filters by what they match, so that thousands of them stay quick."""

    name: str
    description: str
    head: Word
    filters: dict[tuple[object, ...], Filter] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class RuleDraft:
    """A rule whose list and action are named only; ``head`` is the command that made it."""

    name: str
    list_key: str
    action_key: str
    authentication: tuple[Authentication, ...]
    connection: ConnectionType
    active: bool
    description: str
    tunnel: IPv4Address | None
    head: Word


@dataclasses.dataclass(frozen=True)
class PolicyDraft:
    """A policy under construction."""

    name: str
    description: str
    main_mode: MainMode
    polling_minutes: int
    response: DefaultResponse | None
    head: Word
    rules: tuple[RuleDraft, ...] = ()


class Workspace:
    """Policies, lists and actions by their names in lower case, in the order they were made."""

    def __init__(self) -> None:
        """Start empty."""
        self.lists: dict[str, ListDraft] = {}
        self.actions: dict[str, FilterAction] = {}
        self.policies: dict[str, PolicyDraft] = {}
        self.assigned: str | None = None

    def rules_of(self) -> list[RuleDraft]:
        """Give the rules of all policies."""
        return [rule for policy in self.policies.values() for rule in policy.rules]

    def change_rules(self, change: Callable[[RuleDraft], RuleDraft]) -> None:
        """Replace every rule."""
        for key, policy in self.policies.items():
            self.policies[key] = dataclasses.replace(policy, rules=tuple(change(rule) for rule in policy.rules))

    def rename_list(self, old: str, new: ListDraft) -> None:
        """Put a list in the place of another and point the rules to it."""
        self.lists = _replaced(self.lists, old, new.name.casefold(), new)
        self.change_rules(
            lambda rule: dataclasses.replace(rule, list_key=new.name.casefold()) if rule.list_key == old else rule
        )

    def rename_action(self, old: str, new: FilterAction) -> None:
        """Put an action in the place of another and point the rules to it."""
        self.actions = _replaced(self.actions, old, new.name.casefold(), new)
        self.change_rules(
            lambda rule: dataclasses.replace(rule, action_key=new.name.casefold()) if rule.action_key == old else rule
        )

    def rename_policy(self, old: str, new: PolicyDraft) -> None:
        """Put a policy in the place of another; the assignment follows."""
        self.policies = _replaced(self.policies, old, new.name.casefold(), new)
        if self.assigned == old:
            self.assigned = new.name.casefold()

    def finish(self) -> PolicyStore:
        """Give all as values of the model; TextError at the command that made what the model refuses."""
        lists = {key: _filter_list(draft) for key, draft in self.lists.items()}
        policies = tuple(self._policy(draft, lists) for draft in self.policies.values())
        assigned = self.policies[self.assigned].name if self.assigned is not None else None
        return PolicyStore(policies, tuple(lists.values()), tuple(self.actions.values()), assigned)

    def _policy(self, draft: PolicyDraft, lists: dict[str, FilterList]) -> Policy:
        rules = tuple(self._rule(rule, lists) for rule in draft.rules)
        try:
            return Policy(draft.name, rules, draft.main_mode, draft.response, draft.description, draft.polling_minutes)
        except SpecError as exc:
            raise draft.head.problem(str(exc)) from None

    def _rule(self, draft: RuleDraft, lists: dict[str, FilterList]) -> Rule:
        try:
            return Rule(
                draft.name,
                lists[draft.list_key],
                self.actions[draft.action_key],
                draft.authentication,
                draft.connection,
                draft.active,
                draft.description,
                draft.tunnel,
            )
        except SpecError as exc:
            raise draft.head.problem(str(exc)) from None


def _filter_list(draft: ListDraft) -> FilterList:
    try:
        return FilterList(draft.name, tuple(draft.filters.values()), draft.description)
    except SpecError as exc:
        raise draft.head.problem(str(exc)) from None


def _replaced(items: dict[str, _T], old: str, key: str, new: _T) -> dict[str, _T]:
    """Give the items with one put in the place of another, the order kept; Refused where the new name is taken."""
    if key != old and key in items:
        raise Refused("another object has that name already")
    return {(key if name == old else name): (new if name == old else item) for name, item in items.items()}
