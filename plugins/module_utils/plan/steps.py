# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes a plan is made of: one frozen value for each thing that netsh can do in one command."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Union

from ..model.actions import FilterAction
from ..model.filters import Filter, FilterList
from ..model.policy import DefaultResponse, Policy, Rule
from ..model.security import MainMode


@dataclasses.dataclass(frozen=True)
class CreateFilterList:
    """Create a filter list with its filters."""

    filter_list: FilterList

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"create filter list {self.filter_list.name!r} with {len(self.filter_list.filters)} filter(s)"


@dataclasses.dataclass(frozen=True)
class SetFilterList:
    """Rename a filter list or change its description; None leaves as it is."""

    name: str
    new_name: str | None = None
    description: str | None = None

    def __str__(self) -> str:
        """Say the step to a person."""
        return (
            f"rename filter list {self.name!r} to {self.new_name!r}"
            if self.new_name
            else (f"describe filter list {self.name!r}")
        )


@dataclasses.dataclass(frozen=True)
class DeleteFilterList:
    """Delete a filter list that no rule uses."""

    name: str

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"delete filter list {self.name!r}"


@dataclasses.dataclass(frozen=True)
class AddFilter:
    """Add one filter to a list."""

    list_name: str
    filter: Filter

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"add filter {self.filter} to {self.list_name!r}"


@dataclasses.dataclass(frozen=True)
class DeleteFilter:
    """Take one filter out of a list."""

    list_name: str
    filter: Filter

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"delete filter {self.filter} from {self.list_name!r}"


@dataclasses.dataclass(frozen=True)
class CreateFilterAction:
    """Create a filter action."""

    action: FilterAction

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"create filter action {self.action.name!r} ({self.action.kind.value})"


@dataclasses.dataclass(frozen=True)
class SetFilterAction:
    """Give the filter action of that name another content."""

    action: FilterAction

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"set filter action {self.action.name!r} ({self.action.kind.value})"


@dataclasses.dataclass(frozen=True)
class RenameFilterAction:
    """Give a filter action another name."""

    name: str
    new_name: str

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"rename filter action {self.name!r} to {self.new_name!r}"


@dataclasses.dataclass(frozen=True)
class DeleteFilterAction:
    """Delete a filter action that no rule uses."""

    name: str

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"delete filter action {self.name!r}"


@dataclasses.dataclass(frozen=True)
class CreatePolicy:
    """Create a policy, not assigned and without its rules; the policy carries main mode and default response."""

    policy: Policy

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"create policy {self.policy.name!r}, not assigned"


@dataclasses.dataclass(frozen=True)
class SetPolicy:
    """Rename a policy, or change its description, main mode or polling; None leaves as it is."""

    name: str
    new_name: str | None = None
    description: str | None = None
    main_mode: MainMode | None = None
    polling_minutes: int | None = None

    def __str__(self) -> str:
        """Say the step to a person."""
        if self.new_name is not None:
            return f"rename policy {self.name!r} to {self.new_name!r}"
        given = {"description": self.description, "main mode": self.main_mode, "polling": self.polling_minutes}
        changed = [word for word, value in given.items() if value is not None]
        return f"set {' and '.join(changed)} of policy {self.name!r}"


@dataclasses.dataclass(frozen=True)
class SetDefaultResponse:
    """Change the default response rule of a policy."""

    policy_name: str
    response: DefaultResponse

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"turn default response of policy {self.policy_name!r} {'on' if self.response.active else 'off'}"


@dataclasses.dataclass(frozen=True)
class DeletePolicy:
    """Delete a policy with its rules; filter lists and actions stay."""

    name: str

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"delete policy {self.name!r} with its rules"


@dataclasses.dataclass(frozen=True)
class AddRule:
    """Add a rule to a policy; its filter list and action exist."""

    policy_name: str
    rule: Rule

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"add rule {self.rule.name!r} to policy {self.policy_name!r}"


@dataclasses.dataclass(frozen=True)
class DeleteRule:
    """Delete a rule of a policy."""

    policy_name: str
    rule: Rule

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"delete rule {self.rule.name!r} of policy {self.policy_name!r}"


@dataclasses.dataclass(frozen=True)
class Assign:
    """Put a policy in force; the one in force before is unassigned by Windows in the same moment."""

    name: str

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"assign policy {self.name!r}"


@dataclasses.dataclass(frozen=True)
class Unassign:
    """Take a policy out of force."""

    name: str

    def __str__(self) -> str:
        """Say the step to a person."""
        return f"unassign policy {self.name!r}"


Step = Union[  # noqa: UP007
    CreateFilterList,
    SetFilterList,
    DeleteFilterList,
    AddFilter,
    DeleteFilter,
    CreateFilterAction,
    SetFilterAction,
    RenameFilterAction,
    DeleteFilterAction,
    CreatePolicy,
    SetPolicy,
    SetDefaultResponse,
    DeletePolicy,
    AddRule,
    DeleteRule,
    Assign,
    Unassign,
]
"""Any change a plan can hold."""

Adder = Callable[[Step], None]
"""Where a step is put: the half that builds or the half that switches."""
