# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the commands ``set …`` and ``delete …`` do."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

from ..model.authentication import Kerberos
from ..model.policy import ConnectionType, DefaultResponse
from . import commands_add as adds
from .arguments import Arguments
from .read_filter import read_filter
from .read_security import read_authentication, read_main_mode, read_offers
from .workspace import PolicyDraft, Refused, RuleDraft, Workspace

_T = TypeVar("_T")


def set_filter_list(space: Workspace, arguments: Arguments) -> None:
    """``set filterlist``."""
    key, found = _named(space.lists, arguments, "filter list")
    description = arguments.optional_text("description")
    space.rename_list(key, dataclasses.replace(
        found,
        name=arguments.text("newname") or found.name,
        description=found.description if description is None else description,
    ))  # fmt: skip


def set_filter_action(space: Workspace, arguments: Arguments) -> None:
    """``set filteraction``."""
    key, found = _named(space.actions, arguments, "filter action")
    space.rename_action(key, adds.read_action(arguments, found))


def set_policy(space: Workspace, arguments: Arguments) -> None:
    """``set policy``."""
    key, found = _named(space.policies, arguments, "policy")
    if arguments.get("gponame") is not None:
        raise Refused("a policy of the domain is assigned to a group policy object; the local store is not changed")
    description = arguments.optional_text("description")
    response = found.response
    if arguments.get("activatedefaultrule") is not None:
        active = arguments.flag("activatedefaultrule", default=False)
        response = dataclasses.replace(response or DefaultResponse(active=active), active=active)
    new = dataclasses.replace(
        found,
        name=arguments.text("newname") or found.name,
        description=found.description if description is None else description,
        main_mode=read_main_mode(arguments, found.main_mode),
        polling_minutes=arguments.number("pollinginterval", found.polling_minutes),
        response=response,
    )
    space.rename_policy(key, new)
    if arguments.get("assign") is not None:
        _assign(space, new.name.casefold(), assigned=arguments.flag("assign", default=False))


def _assign(space: Workspace, key: str, *, assigned: bool) -> None:
    if assigned:
        space.assigned = key
    elif space.assigned == key:
        space.assigned = None


def set_rule(space: Workspace, arguments: Arguments) -> None:
    """``set rule``; methods, where any are named, replace all that were there."""
    policy_key, policy, rule = _rule(space, arguments)
    description = arguments.optional_text("description")
    new = dataclasses.replace(
        rule,
        name=arguments.text("newname") or rule.name,
        description=rule.description if description is None else description,
        list_key=adds.list_key(space, arguments) if arguments.get("filterlist") else rule.list_key,
        action_key=adds.action_key(space, arguments) if arguments.get("filteraction") else rule.action_key,
        connection=ConnectionType(arguments.choice("conntype", adds.CONNECTIONS) or rule.connection.value),
        active=arguments.flag("activate", rule.active),
        tunnel=adds.read_tunnel(arguments) if arguments.get("tunnel") else rule.tunnel,
        authentication=read_authentication(arguments) or rule.authentication,
    )
    rules = tuple(new if one is rule else one for one in policy.rules)
    space.policies[policy_key] = dataclasses.replace(policy, rules=rules)


def set_default_rule(space: Workspace, arguments: Arguments) -> None:
    """``set defaultrule``; where the command is silent, what was there stays."""
    key = arguments.text("policy").casefold()
    policy = space.policies.get(key)
    if policy is None:
        raise Refused(f"there is no policy {arguments.text('policy')!r}")
    old = policy.response or DefaultResponse(active=False)
    methods = arguments.get("qmsecmethods")
    response = DefaultResponse(
        active=arguments.flag("activate", old.active),
        offers=read_offers(methods) if methods else old.offers,
        pfs=arguments.flag("qmpfs", old.pfs),
        authentication=read_authentication(arguments) or old.authentication or (Kerberos(),),
    )
    space.policies[key] = dataclasses.replace(policy, response=response)


def delete_filter(space: Workspace, arguments: Arguments) -> None:
    """``delete filter``."""
    found = space.lists.get(arguments.text("filterlist").casefold())
    gone = read_filter(arguments).matches
    if found is None or gone not in found.filters:
        raise Refused(f"filter list {arguments.text('filterlist')!r} does not hold this filter")
    del found.filters[gone]


def delete_filter_list(space: Workspace, arguments: Arguments) -> None:
    """``delete filterlist``; netsh refuses while a rule uses it."""
    used = {rule.list_key for rule in space.rules_of()}
    space.lists = _without(space.lists, arguments, "filter list", used)


def delete_filter_action(space: Workspace, arguments: Arguments) -> None:
    """``delete filteraction``; netsh refuses while a rule uses it."""
    used = {rule.action_key for rule in space.rules_of()}
    space.actions = _without(space.actions, arguments, "filter action", used)


def delete_policy(space: Workspace, arguments: Arguments) -> None:
    """``delete policy``, with its rules."""
    space.policies = _without(space.policies, arguments, "policy", set())
    if space.assigned not in space.policies:
        space.assigned = None


def delete_rule(space: Workspace, arguments: Arguments) -> None:
    """``delete rule``; ``all`` leaves the default response rule."""
    if arguments.get("all") is not None:
        key = arguments.text("policy").casefold()
        policy = space.policies.get(key)
        if policy is None:
            raise Refused(f"there is no policy {arguments.text('policy')!r}")
        space.policies[key] = dataclasses.replace(policy, rules=())
        return
    key, policy, rule = _rule(space, arguments)
    space.policies[key] = dataclasses.replace(policy, rules=tuple(one for one in policy.rules if one is not rule))


def delete_all(space: Workspace, arguments: Arguments) -> None:
    """``delete all``: policies, filter lists and filter actions."""
    del arguments
    space.policies, space.lists, space.actions, space.assigned = {}, {}, {}, None


def _named(items: dict[str, _T], arguments: Arguments, what: str) -> tuple[str, _T]:
    """Find the object that ``name=`` means; Refused where there is none, or where it is named by its GUID."""
    name = arguments.text("name")
    if not name:
        raise Refused(f"a {what} is known here by its name only")
    found = items.get(name.casefold())
    if found is None:
        raise Refused(f"there is no {what} {name!r}")
    return name.casefold(), found


def _without(items: dict[str, _T], arguments: Arguments, what: str, used: set[str]) -> dict[str, _T]:
    """Give the items without the named one, or without all; Refused for what is not there or in use."""
    if arguments.get("all") is not None:
        return {key: item for key, item in items.items() if key in used}
    key, _unused = _named(items, arguments, what)
    if key in used:
        raise Refused(f"a rule uses {what} {arguments.text('name')!r}")
    return {name: item for name, item in items.items() if name != key}


def _rule(space: Workspace, arguments: Arguments) -> tuple[str, PolicyDraft, RuleDraft]:
    key, name = arguments.text("policy").casefold(), arguments.text("name").casefold()
    policy = space.policies.get(key)
    if policy is None:
        raise Refused(f"there is no policy {arguments.text('policy')!r}")
    found = next((rule for rule in policy.rules if name and rule.name.casefold() == name), None)
    if found is None:
        raise Refused(f"policy {policy.name!r} has no rule of that name here")
    return key, policy, found
