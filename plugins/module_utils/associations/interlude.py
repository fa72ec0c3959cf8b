# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy that blocks what another one negotiates, in force for about a second.

An association that the policy in force no longer allows is deleted ([MS-IKEE] 3.8.7 and 3.8.4.1), so blocking ends
every association that the former policy made. Both policies keep protected traffic from leaving in clear, the former
one is not edited, and a run that is killed in between leaves the host blocking, never open.
"""

from __future__ import annotations

import dataclasses
import re

from ..errors import PlanError
from ..model.actions import ActionKind, FilterAction
from ..model.authentication import Kerberos
from ..model.policy import Policy, PolicyStore, Rule
from ..netsh.render import add_filter_action, add_policy, add_rule, delete_filter_action, delete_policy, set_policy
from .listing import DYNAMIC

SUFFIX = " ~drop"
"""How the name of the policy that blocks ends, and that of its filter action."""

BEGIN, OVER = "exchange.ipsec-interlude", "exchange.ipsec-over"
WAIT = "ping -n 2 -w 1000 127.0.0.1>nul"
"""A second in which PolicyAgent takes up the assignment; ping waits a second between two requests."""

_ON_A_COMMAND_LINE = re.compile(r"[\w .,()+-]{1,200}")
_LISTED = re.compile(rf"{re.escape(BEGIN)}[ \t]*\r?$(.*?)^{re.escape(OVER)}[ \t]*\r?$", re.MULTILINE | re.DOTALL)


def former_of(name: str | None) -> str | None:
    """Give the policy that an interlude was for, None where ``name`` is not that of an interlude."""
    return name[: -len(SUFFIX)] if name and name.endswith(SUFFIX) else None


def interlude_policy(policy: Policy) -> Policy:
    """Give the policy that blocks what ``policy`` negotiates and leaves alone what it permits or blocks.

    It has no default response: a rule that only answers opens nothing by not answering.
    """
    block = FilterAction(policy.name + SUFFIX, ActionKind.BLOCK)
    rules = [_blocking(rule, number, block) for number, rule in enumerate(policy.rules, 1) if rule.active]
    return Policy(policy.name + SUFFIX, tuple(rules), policy.main_mode, polling_minutes=policy.polling_minutes)


def build_lines(policy: Policy, store: PolicyStore) -> list[str]:
    """Give the lines of netsh that make the policy that blocks and assign it; they hold no key."""
    other = interlude_policy(policy)
    lines = [delete_policy(other.name)] if store.policy(other.name) else []
    if any(one.name.casefold() == other.name.casefold() for one in store.filter_actions):
        lines.append(delete_filter_action(other.name))
    lines.append(add_filter_action(FilterAction(other.name, ActionKind.BLOCK)))
    lines += [*add_policy(other), *(add_rule(other.name, rule) for rule in other.rules)]
    return [*lines, set_policy(other.name, assigned=True)]


def finish(name: str) -> str:
    """Give the command line that puts the policy ``name`` back in force and removes the one that blocked."""
    other = name + SUFFIX
    lines = (set_policy(name, assigned=True), delete_policy(other), delete_filter_action(other))
    return "&".join(f"netsh {line}" for line in lines)


def interlude(guard_up: str, guard_down: str, name: str) -> str:
    """Give the whole command line; netsh in it takes ``build_lines`` on standard input.

    Nothing is built or assigned where the guards cannot be put up; those of a run that was killed are taken away
    first. What stands between the two marks of the answer is the list of associations while the policy that blocks
    was in force.
    """
    shown = "&".join((WAIT, f"echo {BEGIN}", *DYNAMIC, f"echo {OVER}"))
    return f"({guard_down})>nul 2>nul&({guard_up}&&(netsh&{shown}))&{finish(name)}&{guard_down}&ver>nul"


def listed_meanwhile(printed: str) -> str | None:
    """Give what was listed while the policy that blocks was in force, None where it never was."""
    match = _LISTED.search(printed)
    return match[1] if match else None


def check_name(name: str) -> None:
    """Refuse a policy whose name cannot stand on a command line of cmd.exe."""
    if not _ON_A_COMMAND_LINE.fullmatch(name):
        raise PlanError(
            f"policy {name!r} has a name that cannot stand on a command line; rename it (letters, digits, blanks and "
            f"any of . , ( ) + - _)"
        )


def _blocking(rule: Rule, number: int, block: FilterAction) -> Rule:
    """Give the rule of the policy that blocks for a rule of the former one; permit and block stay as they are."""
    negotiates = rule.filter_action.kind is ActionKind.NEGOTIATE
    return dataclasses.replace(
        rule,
        name=rule.name or f"rule {number}",
        description="",
        filter_action=block if negotiates else rule.filter_action,
        authentication=(Kerberos(),),
        tunnel=None,
    )
