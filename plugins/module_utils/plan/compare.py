# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two policies side by side: where they differ in what Windows does, key by key."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..model.actions import ActionKind, FilterAction
from ..model.authentication import REDACTED
from ..model.filters import FilterList
from ..model.policy import DefaultResponse, Policy, Rule
from ..model.security import DEFAULT_MAIN_MODE_SECONDS, MainMode, QuickModeOffer
from ..model.to_spec import policy_to_spec

DEFAULT_SECONDS = 3_600
DEFAULT_KILOBYTES = 100_000
"""What a lifetime of 0 means in a quick-mode offer (netsh reference, ``add filteraction``, qmsecmethods)."""


@dataclasses.dataclass(frozen=True)
class Difference:
    """One value that is not as wanted; a key of an authentication is never shown."""

    path: str
    want: str
    have: str

    def __str__(self) -> str:
        """Say the difference to a person."""
        return f"{self.path}: {self.have} instead of {self.want}"


def differences(want: Policy, have: Policy) -> tuple[Difference, ...]:
    """List where ``have`` is not ``want``; empty when Windows would treat both alike."""
    if want.default_response and have.default_response:
        want = dataclasses.replace(want, default_response=_filled(want.default_response, have.default_response))
    found: list[Difference] = []
    _walk("", _keyed(canonical(want)), _keyed(canonical(have)), found)
    return tuple(found)


def canonical(policy: Policy) -> Policy:
    """Write a policy in the one form that all policies of the same meaning share.

    Filters and rules are sorted, lifetimes of 0 become Windows' defaults, an inactive default response is none,
    and authentication goes where nothing is negotiated.
    """
    response = policy.default_response
    return dataclasses.replace(
        policy,
        main_mode=canonical_main_mode(policy.main_mode),
        rules=tuple(sorted((_canonical_rule(rule) for rule in policy.rules), key=rule_key)),
        default_response=_canonical_response(response) if response and response.active else None,
    )


def canonical_main_mode(main_mode: MainMode) -> MainMode:
    """Put in what Windows does where a main mode says nothing: 28800 seconds, one quick mode with perfect secrecy."""
    return dataclasses.replace(
        main_mode,
        lifetime_seconds=main_mode.lifetime_seconds or DEFAULT_MAIN_MODE_SECONDS,
        quick_modes=main_mode.quick_modes or int(main_mode.pfs),
    )


def rule_key(rule: Rule) -> str:
    """Give what identifies a rule within its policy: its name, or its filter list where the snap-in left none."""
    return (rule.name or f"(unnamed rule for {rule.filter_list.name})").casefold()


def same_rule(one: Rule, other: Rule) -> bool:
    """Say whether two rules do the same under the same name."""
    return _canonical_rule(one) == _canonical_rule(other)


def same_action(one: FilterAction, other: FilterAction) -> bool:
    """Say whether two filter actions do the same, whatever their names."""
    first, second = _canonical_action(one), _canonical_action(other)
    return dataclasses.replace(first, name=second.name) == second


def same_response(want: DefaultResponse | None, have: DefaultResponse | None) -> bool:
    """Say whether the default response is as wanted; wanted without offers means with Windows' own."""
    if want is None or not want.active:
        return have is None or not have.active
    if have is None or not have.active:
        return False
    return _canonical_response(_filled(want, have)) == _canonical_response(have)


def same_list(one: FilterList, other: FilterList) -> bool:
    """Say whether two filter lists hold the same, whatever their names."""
    first, second = _canonical_list(one), _canonical_list(other)
    return (first.filters, first.description) == (second.filters, second.description)


def canonical_offers(offers: tuple[QuickModeOffer, ...]) -> tuple[QuickModeOffer, ...]:
    """Put Windows' default lifetimes where an offer has none."""
    return tuple(
        dataclasses.replace(
            offer,
            lifetime_seconds=offer.lifetime_seconds or DEFAULT_SECONDS,
            lifetime_kilobytes=offer.lifetime_kilobytes or DEFAULT_KILOBYTES,
        )
        for offer in offers
    )


def _canonical_rule(rule: Rule) -> Rule:
    action = _canonical_action(rule.filter_action)
    negotiates = action.kind is ActionKind.NEGOTIATE
    return dataclasses.replace(
        rule,
        filter_list=_canonical_list(rule.filter_list),
        filter_action=action,
        authentication=rule.authentication if negotiates else (),
    )


def _canonical_list(filter_list: FilterList) -> FilterList:
    return dataclasses.replace(filter_list, filters=tuple(sorted(filter_list.filters, key=repr)))


def _canonical_action(action: FilterAction) -> FilterAction:
    return dataclasses.replace(action, offers=canonical_offers(action.offers))


def _filled(want: DefaultResponse, have: DefaultResponse) -> DefaultResponse:
    return want if want.offers else dataclasses.replace(want, offers=have.offers)


def _canonical_response(response: DefaultResponse) -> DefaultResponse:
    return dataclasses.replace(response, offers=canonical_offers(response.offers))


def _keyed(policy: Policy) -> dict[str, Any]:
    """Turn lists whose order means nothing into dicts, so that one missing item is one difference."""
    spec = policy_to_spec(policy, reveal=True)
    for rule, source in zip(spec["rules"], policy.rules, strict=True):
        rule["filter_list"]["filters"] = {
            str(one): shown
            for one, shown in zip(source.filter_list.filters, rule["filter_list"]["filters"], strict=True)
        }
    spec["rules"] = {rule_key(source): rule for rule, source in zip(spec["rules"], policy.rules, strict=True)}
    return spec


def _walk(path: str, want: Any, have: Any, found: list[Difference]) -> None:
    if want == have:
        return
    if isinstance(want, dict) and isinstance(have, dict):
        for key in [*want, *(key for key in have if key not in want)]:
            _walk(f"{path}.{key}" if path else str(key), want.get(key), have.get(key), found)
    elif isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        for index, (one, other) in enumerate(zip(want, have, strict=True)):
            _walk(f"{path}[{index}]", one, other, found)
    elif path.endswith(".psk"):
        found.append(Difference(path, REDACTED, f"{REDACTED} (another key)"))
    else:
        found.append(Difference(path, _shown(want), _shown(have)))


def _shown(value: Any) -> str:
    """Write a value on one line; an object that the other side has not is only said to be there."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "present"
    if isinstance(value, list):
        return "[" + ", ".join(_item(item) for item in value) + "]"
    return str(value)


def _item(value: Any) -> str:
    """Write an item of a list, its values alone; keys are stars."""
    if not isinstance(value, dict):
        return str(value)
    values = (REDACTED if key == "psk" else _item(item) for key, item in value.items())
    return " ".join(one for one in values if one)
