# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From values of the model to lines of netsh; what netsh cannot express is an error that names it, never dropped.

Every line is absolute, so that it means the same on standard input, in a file and after ``netsh`` on a command line.
A pre-shared key is written as it stands in the rule; whoever shows a line to a person replaces it first.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import NetshError
from ..model.actions import FilterAction
from ..model.authentication import REDACTED
from ..model.filters import Filter, FilterList
from ..model.policy import DefaultResponse, Policy, Rule
from ..model.security import MainMode
from .filter_words import filter_arguments
from .quoting import quote, quote_name
from .security_words import (
    action_arguments,
    authentication_arguments,
    main_mode_arguments,
    quick_mode_offers,
    redacted_policy,
    yes_no,
)

LINE_END = "\r\n"


def add_filter_list(filter_list: FilterList) -> list[str]:
    """Create a filter list, then its filters, one line each."""
    first = _line("add", "filterlist", [("name", _list_name(filter_list.name)), *_description(filter_list.description)])
    return [first, *(add_filter(filter_list.name, one) for one in filter_list.filters)]


def add_filter(list_name: str, one: Filter) -> str:
    """Add one filter to a list."""
    arguments = [("filterlist", _list_name(list_name)), *filter_arguments(one), *_description(one.description)]
    return _line("add", "filter", arguments)


def delete_filter(list_name: str, one: Filter) -> str:
    """Take one filter out of a list; netsh finds it by everything but its description."""
    return _line("delete", "filter", [("filterlist", _list_name(list_name)), *filter_arguments(one)])


def set_filter_list(name: str, new_name: str | None = None, description: str | None = None) -> str:
    """Rename a filter list or change its description; None leaves as it is."""
    arguments = [("name", _list_name(name))]
    if new_name is not None:
        arguments.append(("newname", _list_name(new_name)))
    return _line("set", "filterlist", [*arguments, *_new_description(description)])


def delete_filter_list(name: str) -> str:
    """Delete a filter list; netsh refuses while a rule uses it."""
    return _line("delete", "filterlist", [("name", _list_name(name))])


def add_filter_action(action: FilterAction) -> str:
    """Create a filter action."""
    arguments = [("name", _action_name(action.name)), *_description(action.description), *action_arguments(action)]
    return _line("add", "filteraction", arguments)


def set_filter_action(name: str, action: FilterAction) -> str:
    """Give a filter action another content, and another name where ``action.name`` differs.

    An empty description is not written: it would make netsh's answer to an empty value decide over the rest of the
    line. describe_filter_action writes it.
    """
    arguments = [("name", _action_name(name))]
    if action.name != name:
        arguments.append(("newname", _action_name(action.name)))
    arguments += [*_description(action.description), *action_arguments(action)]
    return _line("set", "filteraction", arguments)


def rename_filter_action(name: str, new_name: str) -> str:
    """Give a filter action another name and leave the rest as it is."""
    return _line("set", "filteraction", [("name", _action_name(name)), ("newname", _action_name(new_name))])


def delete_filter_action(name: str) -> str:
    """Delete a filter action; netsh refuses while a rule uses it."""
    return _line("delete", "filteraction", [("name", _action_name(name))])


def add_policy(policy: Policy, assigned: bool = False) -> list[str]:
    """Create a policy with main mode, polling and default response rule, without its other rules."""
    response = policy.default_response
    arguments = [
        ("name", _policy_name(policy.name)),
        *_description(policy.description),
        *main_mode_arguments(policy.main_mode, policy.name, is_new=True),
        ("activatedefaultrule", yes_no(response is not None and response.active)),
        ("pollinginterval", str(policy.polling_minutes)),
        ("assign", yes_no(assigned)),
    ]
    lines = [_line("add", "policy", arguments)]
    if response is not None:
        lines.append(set_default_response(policy.name, response))
    return lines


def set_policy(
    name: str,
    *,
    new_name: str | None = None,
    description: str | None = None,
    main_mode: MainMode | None = None,
    polling_minutes: int | None = None,
    assigned: bool | None = None,
) -> str:
    """Change what is given of a policy; None leaves as it is. Assigning one unassigns the other."""
    arguments = [("name", _policy_name(name))]
    if new_name is not None:
        arguments.append(("newname", _policy_name(new_name)))
    arguments += _new_description(description)
    if main_mode is not None:
        arguments += main_mode_arguments(main_mode, name, is_new=False)
    if polling_minutes is not None:
        arguments.append(("pollinginterval", str(polling_minutes)))
    if assigned is not None:
        arguments.append(("assign", yes_no(assigned)))
    return _line("set", "policy", arguments)


def delete_policy(name: str) -> str:
    """Delete a policy with its rules; filter lists and actions stay."""
    return _line("delete", "policy", [("name", _policy_name(name))])


def add_rule(policy_name: str, rule: Rule) -> str:
    """Add a rule to a policy; its filter list and action must exist. Holds a pre-shared key in clear."""
    arguments = [
        ("name", _rule_name(rule)),
        ("policy", _policy_name(policy_name)),
        ("filterlist", _list_name(rule.filter_list.name)),
        ("filteraction", _action_name(rule.filter_action.name)),
        *([("tunnel", str(rule.tunnel))] if rule.tunnel is not None else []),
        ("conntype", rule.connection.value),
        ("activate", yes_no(rule.active)),
        *_description(rule.description),
        *authentication_arguments(rule.authentication, f"rule {rule.name!r}"),
    ]
    return _line("add", "rule", arguments)


def delete_rule(policy_name: str, rule_name: str) -> str:
    """Delete a rule of a policy; NetshError for a rule without a name, which only its changing number identifies."""
    name = quote_name(rule_name, f"a rule of policy {policy_name!r}")
    return _line("delete", "rule", [("name", name), ("policy", _policy_name(policy_name))])


def set_default_response(policy_name: str, response: DefaultResponse) -> str:
    """Change the default response rule of a policy; Vista and later ignore the rule (netsh's own help)."""
    what = f"the default response rule of policy {policy_name!r}"
    arguments = [
        ("policy", _policy_name(policy_name)),
        ("qmpfs", yes_no(response.pfs)),
        ("activate", yes_no(response.active)),
    ]
    if response.offers:
        arguments.append(("qmsecmethods", quick_mode_offers(response.offers)))
    arguments += authentication_arguments(response.authentication, what)
    return _line("set", "defaultrule", arguments)


def describe_filter_action(name: str, description: str) -> str:
    """Change the description of a filter action; empty takes it away."""
    return _line("set", "filteraction", [("name", _action_name(name)), *_new_description(description)])


def render_policy(policy: Policy, assigned: bool, *, reveal: bool = False) -> str:
    """Write a whole script that makes a policy on an empty store: lists, actions, policy, rules, assignment last.

    For people and for ``netsh -f``; lines that begin with ``#`` are remarks. Pre-shared keys are stars unless
    ``reveal``, and a remark says so.
    """
    shown = policy if reveal else redacted_policy(policy)
    lines = [f"# IPsec policy {policy.name!r}; run it with: netsh -f FILE"]
    if shown != policy:
        lines.append(f"# Pre-shared keys are left out: put them in where {REDACTED} stands.")
    for filter_list in shown.filter_lists:
        lines += add_filter_list(filter_list)
    lines += [add_filter_action(action) for action in shown.filter_actions]
    lines += add_policy(shown)
    lines += [add_rule(shown.name, rule) for rule in shown.rules]
    if assigned:
        lines.append(set_policy(shown.name, assigned=True))
    return script(lines)


def script(lines: Iterable[str], encoding: str | None = None) -> str:
    """Join lines to what netsh reads from standard input or a file: CRLF, ended by ``exit``.

    Raises NetshError where a line holds a character that ``encoding``, the code page of the shell, has not; the
    message names the character, not the line, which may hold a key.
    """
    text = "".join(f"{line}{LINE_END}" for line in [*lines, "exit"])
    if encoding is not None:
        try:
            text.encode(encoding)
        except UnicodeEncodeError as exc:
            char = text[exc.start]
            raise NetshError(
                f"the character {char!r} (U+{ord(char):04X}) does not exist in the host's code page {encoding}; "
                f"use names that it can hold"
            ) from None
    return text


def _line(verb: str, subject: str, arguments: list[tuple[str, str]]) -> str:
    """Write one command; tags are written in full."""
    return " ".join(["ipsec", "static", verb, subject, *(f"{tag}={value}" for tag, value in arguments)])


def _description(text: str) -> list[tuple[str, str]]:
    return [("description", quote(text, "a description"))] if text else []


def _new_description(text: str | None) -> list[tuple[str, str]]:
    return [] if text is None else [("description", quote(text, "a description"))]


def _list_name(name: str) -> str:
    return quote_name(name, "filter list")


def _action_name(name: str) -> str:
    return quote_name(name, "filter action")


def _policy_name(name: str) -> str:
    return quote_name(name, "policy")


def _rule_name(rule: Rule) -> str:
    return quote_name(rule.name, "rule" if rule.name else f"the rule for {rule.filter_list.name!r}")
