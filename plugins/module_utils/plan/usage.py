# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses what in a store: the question before anything shared is touched."""

from __future__ import annotations

from ..errors import PlanError
from ..model.actions import FilterAction
from ..model.filters import FilterList
from ..model.policy import Policy, PolicyStore


def find_list(store: PolicyStore, name: str) -> FilterList | None:
    """Find a filter list by name, without regard to case."""
    return next((one for one in store.filter_lists if one.name.casefold() == name.casefold()), None)


def find_action(store: PolicyStore, name: str) -> FilterAction | None:
    """Find a filter action by name, without regard to case."""
    return next((one for one in store.filter_actions if one.name.casefold() == name.casefold()), None)


def policies_with_list(store: PolicyStore, name: str) -> tuple[str, ...]:
    """Name the policies whose rules use a filter list."""
    return tuple(one.name for one in store.policies if _has(name, [item.name for item in one.filter_lists]))


def policies_with_action(store: PolicyStore, name: str) -> tuple[str, ...]:
    """Name the policies whose rules use a filter action."""
    return tuple(one.name for one in store.policies if _has(name, [item.name for item in one.filter_actions]))


def refuse_foreign(what: str, name: str, users: tuple[str, ...], ours: tuple[str, ...]) -> None:
    """Refuse to change what another policy uses: that would change a policy nobody asked to change."""
    own = {one.casefold() for one in ours}
    foreign = [user for user in users if user.casefold() not in own]
    if foreign:
        raise PlanError(
            f"{what} {name!r} on the host has other content and is used by policy {foreign[0]!r} too; "
            f"give yours another name, or change that policy first"
        )


def orphans(store: PolicyStore, removed: Policy, kept: Policy | None) -> tuple[list[str], list[str]]:
    """Name the lists and actions of ``removed`` that no rule uses any more and ``kept`` does not declare."""
    keep_lists = [one.name for one in kept.filter_lists] if kept else []
    keep_actions = [one.name for one in kept.filter_actions] if kept else []
    lists = [
        one.name for one in removed.filter_lists
        if find_list(store, one.name) and not policies_with_list(store, one.name) and not _has(one.name, keep_lists)
    ]  # fmt: skip
    actions = [
        one.name for one in removed.filter_actions
        if find_action(store, one.name)
        and not policies_with_action(store, one.name) and not _has(one.name, keep_actions)
    ]  # fmt: skip
    return lists, actions


def _has(name: str, names: list[str]) -> bool:
    return name.casefold() in {one.casefold() for one in names}
