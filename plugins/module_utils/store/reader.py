# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the registry of a host to the policies that stand in it: the whole store, with a sentence for every fault."""

from __future__ import annotations

from typing import TypeVar

from ..errors import StoreFormatError
from ..model.actions import FilterAction
from ..model.filters import FilterList
from ..model.policy import DefaultResponse, Policy, PolicyStore, Rule
from ..registry.tree import RegistryTree, fold
from .graph import Graph, StoreObject
from .keys import ASSIGNMENT_KEY, LOCAL_STORE_KEY, ObjectClass
from .objects import (
    attempt,
    is_default_response,
    read_action,
    read_description,
    read_filter_list,
    read_main_mode,
    read_negotiation,
    read_polling,
    read_settings,
)

_Named = TypeVar("_Named", FilterList, FilterAction)


def read_policies(tree: RegistryTree) -> PolicyStore:
    """Read the local store.

    Nothing is raised for what stands in the registry: an object that means nothing, or more than the model can say,
    is left out together with the rules that need it, and a sentence in ``problems`` names it.
    """
    return _Reading(tree).store()


def read_domain_assignment(tree: RegistryTree) -> str | None:
    """Give the name of the policy that the domain assigns to the host, its path where it has no name; None for none.

    Windows leaves two values when a group policy assigns an IPsec policy; public audit scripts read them, while
    [MS-GPIPSEC] says nothing about the registry of a client.
    """
    for name in ("DSIPSECPolicyName", "DSIPSECPolicyPath"):
        value = tree.value(ASSIGNMENT_KEY, name)
        if value and isinstance(value.data, str) and value.data.strip():
            return value.data.strip()
    return None


class _Reading:
    """One reading of a store: what was decoded so far, and the problems."""

    def __init__(self, tree: RegistryTree) -> None:
        self._graph = Graph(tree)
        self._problems = self._graph.problems
        value = tree.value(LOCAL_STORE_KEY, "ActivePolicy")
        self._reference = value.data.strip() if value and isinstance(value.data, str) else ""
        self._lists: dict[str, FilterList | None] = {}
        for one in self._graph.of_class(ObjectClass.FILTER_LIST):
            self._lists[one.name] = attempt(one, self._problems, read_filter_list, self._problems)
        self._left_out: dict[str, list[str]] = {}
        self._actions: dict[str, FilterAction | None] = {}
        for one in self._graph.of_class(ObjectClass.ACTION):
            if not attempt(one, [], is_default_response):
                self._actions[one.name] = attempt(one, self._problems, read_action, self._problems)

    def store(self) -> PolicyStore:
        """Put everything together."""
        active = self._active()
        found: dict[str, Policy] = {}
        policies = list(self._graph.of_class(ObjectClass.POLICY))
        for one in sorted(policies, key=lambda one: one is not active):
            policy = attempt(one, self._problems, self._policy)
            if policy and any(fold(policy.name) == fold(other.name) for other in found.values()):
                self._problems.append(f"{one.name}: a second policy called {policy.name!r}; it was left out")
            elif policy:
                found[one.name] = policy
        return PolicyStore(
            policies=tuple(found[one.name] for one in policies if one.name in found),
            filter_lists=self._each_name_once("filter list", self._lists),
            filter_actions=self._each_name_once("filter action", self._actions),
            assigned=(active.text("ipsecName") or None) if active else None,
            problems=tuple(dict.fromkeys(self._problems)),
            unread=self._unread(active),
        )

    def _unread(self, active: StoreObject | None) -> tuple[str, ...]:
        """Give the problems that leave open what is in force."""
        if active is None:
            return tuple(one for one in self._problems if one.startswith("ActivePolicy: "))
        if not active.text("ipsecName"):
            return (f"{active.name}: the policy in force has no name",)
        return tuple(self._left_out.get(active.name, ()))

    def _active(self) -> StoreObject | None:
        """Find the assigned policy, by the value that names it."""
        if not self._reference:
            return None
        one = self._graph.find(self._reference)
        if one is None or one.kind is not ObjectClass.POLICY:
            self._problems.append(f"ActivePolicy: refers to {self._reference!r}, which is no policy of this store")
            return None
        return one

    def _each_name_once(self, what: str, objects: dict[str, _Named | None]) -> tuple[_Named, ...]:
        found: dict[str, _Named] = {}
        for key, one in objects.items():
            if one and found.setdefault(fold(one.name), one) is not one:
                self._problems.append(f"{key}: a second {what} called {one.name!r}")
        return tuple(found.values())

    def _policy(self, one: StoreObject) -> Policy:
        targets = self._graph.follow(one, "ipsecISAKMPReference")
        if len(targets) != 1:
            raise StoreFormatError(
                f"{one.name}\\ipsecISAKMPReference", f"leads to {len(targets)} main modes, not to one"
            )
        main_mode, options = read_main_mode(targets[0])
        rules: list[Rule] = []
        known: dict[tuple[str, str], object] = {}
        response: DefaultResponse | None = None
        for nfa in self._graph.follow(one, "ipsecNFAReference"):
            if nfa.texts("ipsecFilterReference"):
                rule = attempt(nfa, self._problems, self._rule, options, known)
                rules += [rule] if rule else []
                self._missing(one, rule)
            elif response is None:
                response = attempt(nfa, self._problems, self._response, options)
                self._missing(one, response)
            else:
                self._problems.append(f"{nfa.name}: a second default response rule of one policy; it was left out")
        name, description = one.text("ipsecName"), read_description(one, self._problems)
        return Policy(name, tuple(rules), main_mode, response, description, read_polling(one))

    def _missing(self, policy: StoreObject, found: Rule | DefaultResponse | None) -> None:
        """Note the last problem as one of the policy, where nothing was found."""
        if found is None:
            self._left_out.setdefault(policy.name, []).append(self._problems[-1])

    def _rule(self, one: StoreObject, options: int, known: dict[tuple[str, str], object]) -> Rule:
        """Read a rule with a filter list; refuse it where it contradicts one that the policy already has."""
        lists = [self._lists[target.name] for target in self._graph.follow(one, "ipsecFilterReference")]
        actions = [self._actions.get(each.name) for each in self._graph.follow(one, "ipsecNegotiationPolicyReference")]
        left_out = f"rule {one.text('ipsecName')!r} was left out"
        if len(lists) != 1 or len(actions) != 1:
            found = f"leads to {len(lists)} filter lists and {len(actions)} filter actions, not to one of each"
            raise StoreFormatError(one.name, f"{found}; {left_out}")
        filter_list, action = lists[0], actions[0]
        if filter_list is None or action is None:
            part = "filter list" if filter_list is None else "filter action"
            raise StoreFormatError(one.name, f"its {part} cannot be read; {left_out}")
        settings = read_settings(one, options)
        rule = Rule(
            name=one.text("ipsecName"),
            filter_list=filter_list,
            filter_action=action,
            authentication=settings.authentication,
            connection=settings.connection,
            active=settings.active,
            description=read_description(one, self._problems),
            tunnel=settings.tunnel,
        )
        clash = _clash(rule, known)
        if clash:
            raise StoreFormatError(one.name, f"{clash}; {left_out}")
        return rule

    def _response(self, one: StoreObject, options: int) -> DefaultResponse:
        targets = self._graph.follow(one, "ipsecNegotiationPolicyReference")
        if len(targets) != 1:
            raise StoreFormatError(
                one.name, f"the default response rule leads to {len(targets)} filter actions, not to one"
            )
        settings, found = read_settings(one, options), read_negotiation(targets[0])
        return DefaultResponse(settings.active, found.offers, found.pfs, settings.authentication)


def _clash(rule: Rule, known: dict[tuple[str, str], object]) -> str:
    """Say which name of a rule already means something else in its policy, empty text when none does; remember all.

    ``known`` maps what kind of thing bears a name, and the name, to the thing.
    """
    parts: list[tuple[str, str, object]] = [
        ("rule", rule.name, rule),
        ("filter list", rule.filter_list.name, rule.filter_list),
        ("filter action", rule.filter_action.name, rule.filter_action),
    ]
    for part, name, thing in parts:
        other = known.get((part, fold(name)), thing)
        if name and other is not thing and (part == "rule" or other != thing):
            return f"the policy has another {part} called {name!r}"
    known.update({(part, fold(name)): thing for part, name, thing in parts})
    return ""
