# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the commands ``add …`` do."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address

from ..model.actions import ActionKind, FilterAction
from ..model.authentication import Kerberos
from ..model.policy import ConnectionType, DefaultResponse
from .arguments import Arguments
from .read_filter import read_filter
from .read_security import DEFAULT_OFFERS, read_authentication, read_main_mode, read_offers
from .workspace import ListDraft, PolicyDraft, Refused, RuleDraft, Workspace

ACTION_KINDS = tuple(kind.value for kind in ActionKind)
CONNECTIONS = ("lan", "dialup", "all")


def add_filter_list(space: Workspace, arguments: Arguments) -> None:
    """``add filterlist``."""
    name = arguments.text("name")
    if name.casefold() in space.lists:
        raise Refused(f"a filter list {name!r} exists already")
    space.lists[name.casefold()] = ListDraft(name, arguments.text("description"), arguments.head)


def add_filter(space: Workspace, arguments: Arguments) -> None:
    """``add filter``; a list that does not exist is created (netsh's help, remark 1)."""
    name = arguments.text("filterlist")
    new = read_filter(arguments)
    found = space.lists.setdefault(name.casefold(), ListDraft(name, "", arguments.head))
    if new.matches in found.filters:
        raise Refused(f"filter list {found.name!r} holds this filter already")
    found.filters[new.matches] = new


def add_filter_action(space: Workspace, arguments: Arguments) -> None:
    """``add filteraction``; without ``action`` it negotiates."""
    name = arguments.text("name")
    if name.casefold() in space.actions:
        raise Refused(f"a filter action {name!r} exists already")
    space.actions[name.casefold()] = read_action(arguments, None)


def read_action(arguments: Arguments, old: FilterAction | None) -> FilterAction:
    """Build an action; where the command is silent, the old one or netsh's defaults stay.

    Methods and the options of a negotiation are ignored where nothing is negotiated (netsh's help, remark 1).
    """
    kind = ActionKind(arguments.choice("action", ACTION_KINDS) or (old.kind.value if old else "negotiate"))
    name = arguments.text("newname") or (old.name if old else arguments.text("name"))
    description = arguments.optional_text("description")
    if description is None:
        description = old.description if old else ""
    if kind is not ActionKind.NEGOTIATE:
        return FilterAction(name, kind, description=description)
    methods = arguments.get("qmsecmethods")
    kept = old.offers if old and old.offers else DEFAULT_OFFERS
    return FilterAction(
        name,
        kind,
        offers=read_offers(methods) if methods else kept,
        pfs=arguments.flag("qmpfs", bool(old and old.pfs)),
        soft=arguments.flag("soft", bool(old and old.soft)),
        inbound_passthrough=arguments.flag("inpass", bool(old and old.inbound_passthrough)),
        description=description,
    )


def add_policy(space: Workspace, arguments: Arguments, *, default_response: bool) -> None:
    """``add policy``; ``default_response`` is what the host's version does where the command is silent."""
    name = arguments.text("name")
    if name.casefold() in space.policies:
        raise Refused(f"a policy {name!r} exists already")
    active = arguments.flag("activatedefaultrule", default_response)
    space.policies[name.casefold()] = PolicyDraft(
        name=name,
        description=arguments.text("description"),
        main_mode=read_main_mode(arguments),
        polling_minutes=arguments.number("pollinginterval", 180),
        response=DefaultResponse(active=True) if active else None,
        head=arguments.head,
    )
    if arguments.flag("assign", default=False):
        space.assigned = name.casefold()


def add_rule(space: Workspace, arguments: Arguments) -> None:
    """``add rule``; without a method netsh takes Kerberos (its help: dynamic defaults)."""
    name, policy_key = arguments.text("name"), arguments.text("policy").casefold()
    policy = space.policies.get(policy_key)
    if policy is None:
        raise arguments.head.problem(f"the policy {arguments.text('policy')!r} is not made in this script")
    if any(rule.name.casefold() == name.casefold() for rule in policy.rules):
        raise Refused(f"policy {policy.name!r} has a rule {name!r} already")
    rule = RuleDraft(
        name=name,
        list_key=list_key(space, arguments),
        action_key=action_key(space, arguments),
        authentication=read_authentication(arguments) or (Kerberos(),),
        connection=ConnectionType(arguments.choice("conntype", CONNECTIONS) or "all"),
        active=arguments.flag("activate", default=True),
        description=arguments.text("description"),
        tunnel=read_tunnel(arguments),
        head=arguments.head,
    )
    space.policies[policy_key] = dataclasses.replace(policy, rules=(*policy.rules, rule))


def list_key(space: Workspace, arguments: Arguments) -> str:
    """Give the key of the list that a rule names; TextError where the script has not made it."""
    key = arguments.text("filterlist").casefold()
    if key not in space.lists:
        raise arguments.head.problem(f"the filter list {arguments.text('filterlist')!r} is not made in this script")
    return key


def action_key(space: Workspace, arguments: Arguments) -> str:
    """Give the key of the action that a rule names; TextError where the script has not made it."""
    key = arguments.text("filteraction").casefold()
    if key not in space.actions:
        raise arguments.head.problem(f"the filter action {arguments.text('filteraction')!r} is not made in this script")
    return key


def read_tunnel(arguments: Arguments) -> IPv4Address | None:
    """Read the far end of a tunnel; a host name is refused, only Windows could resolve it."""
    word = arguments.get("tunnel")
    if word is None or word.text in ("", "0.0.0.0"):  # noqa: S104 (no socket is bound: the address means no tunnel)
        return None
    try:
        return IPv4Address(word.text)
    except ValueError:
        raise word.problem(f"tunnel {word.text!r} is no IPv4 address") from None
