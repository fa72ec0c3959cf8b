# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From single store objects, name and binary data, to the values of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..errors import IpsecError, StoreFormatError
from ..model.actions import ActionKind, FilterAction
from ..model.filters import Filter, FilterList
from ..model.names import check_text
from ..model.security import MainMode
from . import keys
from .action_blob import Negotiation, decode_action_blob, negotiation_from_blob
from .filter_blob import decode_filter_blob
from .filter_meaning import filters_from_blob
from .graph import StoreObject
from .mainmode_blob import decode_main_mode_blob, main_mode_from_blob
from .policy_blob import decode_policy_blob, polling_minutes
from .rule_blob import decode_rule_blob
from .rule_settings import RuleSettings, settings_from_blob

T = TypeVar("T")

_KINDS = {
    keys.ACTION_BLOCK: ActionKind.BLOCK,
    keys.ACTION_PERMIT: ActionKind.PERMIT,
    keys.ACTION_NEGOTIATE: ActionKind.NEGOTIATE,
    keys.ACTION_NEGOTIATE_INBOUND_PASSTHROUGH: ActionKind.NEGOTIATE,
}


def attempt(one: StoreObject, problems: list[str], build: Callable[..., T], *args: object) -> T | None:
    """Call ``build`` on an object; a fault becomes a problem that names the object, and None."""
    try:
        return build(one, *args)
    except StoreFormatError as exc:
        problems.append(str(exc))
    except IpsecError as exc:
        problems.append(f"{one.name}: {exc}")
    return None


def read_description(one: StoreObject, problems: list[str]) -> str:
    """Give the description of an object; one that the model cannot hold becomes a problem and is left empty."""
    text = one.text("description")
    try:
        check_text(text, "the description")
    except IpsecError as exc:
        problems.append(f"{one.name}\\description: {exc}; it was left out")
        return ""
    return text


def read_filter_list(one: StoreObject, problems: list[str]) -> FilterList:
    """Read a filter list; a filter that stands in it twice becomes a problem and counts once."""
    first: dict[tuple[object, ...], tuple[int, Filter]] = {}
    blob = decode_filter_blob(one.blob(), one.what)
    for number, each in enumerate(filters_from_blob(blob, one.what), 1):
        known, _unused = first.setdefault(each.matches, (number, each))
        if known != number:
            offset = blob.filters[number - 1].offset
            problems.append(f"{one.what} at byte {offset}: filter {number} ({each}) says the same as filter {known}")
    filters = tuple(each for _unused, each in first.values())
    return FilterList(one.text("ipsecName"), filters, read_description(one, problems))


def is_default_response(one: StoreObject) -> bool:
    """Say whether a filter action is the nameless one of a default response rule."""
    return one.guid_value("ipsecNegotiationPolicyType") == keys.TYPE_DEFAULT_RESPONSE


def read_action(one: StoreObject, problems: list[str]) -> FilterAction:
    """Read a named filter action."""
    guid = one.guid_value("ipsecNegotiationPolicyAction")
    if guid not in _KINDS:
        raise StoreFormatError(f"{one.name}\\ipsecNegotiationPolicyAction", f"{{{guid}}} is no known action")
    kind, name, description = _KINDS[guid], one.text("ipsecName"), read_description(one, problems)
    blob = decode_action_blob(one.blob(), one.what)
    if kind is not ActionKind.NEGOTIATE:
        return FilterAction(name, kind, description=description)
    found = negotiation_from_blob(blob, one.what)
    inbound = guid == keys.ACTION_NEGOTIATE_INBOUND_PASSTHROUGH
    return FilterAction(name, kind, found.offers, found.pfs, found.soft, inbound, description)


def read_negotiation(one: StoreObject) -> Negotiation:
    """Read the offers of a default response rule, which negotiates and never falls back to clear text."""
    guid = one.guid_value("ipsecNegotiationPolicyAction")
    found = negotiation_from_blob(decode_action_blob(one.blob(), one.what), one.what)
    if guid != keys.ACTION_NEGOTIATE or found.soft:
        problem = "a default response rule that does more than negotiate is none that policies here can hold"
        raise StoreFormatError(f"{one.name}\\ipsecNegotiationPolicyAction", problem)
    return found


def read_settings(one: StoreObject, options: int) -> RuleSettings:
    """Read what the binary data of a rule says; ``options`` are the ISAKMP-Options of its policy."""
    return settings_from_blob(decode_rule_blob(one.blob(), one.what), one.what, options)


def read_main_mode(one: StoreObject) -> tuple[MainMode, int]:
    """Read a main mode and its ISAKMP-Options (1 maps certificates to accounts, 2 leaves out the authority's name)."""
    blob = decode_main_mode_blob(one.blob(), one.what)
    if blob.options > 3:
        raise StoreFormatError(one.what, f"ISAKMP-Options is {blob.options:#x}, which means nothing", 44)
    return main_mode_from_blob(blob, one.what), blob.options


def read_polling(one: StoreObject) -> int:
    """Read how often Windows looks for a change, in minutes."""
    return polling_minutes(decode_policy_blob(one.blob(), one.what), one.what)
