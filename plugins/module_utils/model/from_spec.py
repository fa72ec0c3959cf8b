# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy as users declare it, plain dicts and lists, to the model: the one place that judges input."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Address
from typing import Any, TypeVar

from ..errors import SpecError
from . import windows
from .actions import ActionKind, FilterAction
from .address import address_from_text
from .authentication import REDACTED, Authentication, Certificate, Kerberos, PresharedKey, Secret
from .filters import Filter, FilterList, protocol_from_text
from .policy import ConnectionType, DefaultResponse, Policy, Rule
from .security import DhGroup, Encryption, Esp, Integrity, MainMode, MainModeOffer, QuickModeOffer
from .version_limits import check_version

T = TypeVar("T")
Spec = Mapping[str, Any]


def policy_from_spec(spec: Spec, version: windows.WindowsVersion | None, place: str = "policy") -> Policy:
    """Build the declared policy; what is left out becomes the strongest that ``version`` accepts.

    None as the version judges only what holds for all of them, before the host is asked.
    Raises SpecError naming the place as the user wrote it, for example ``policy.rules[2].filter_list``.
    """
    with _at(place):
        policy = Policy(
            name=_text(spec, "name"),
            description=spec.get("description") or "",
            rules=_each(spec, "rules", _rule),
            main_mode=_main_mode(spec.get("main_mode") or {}, version or windows.SERVER_2003),
            default_response=_optional(spec, "default_response", _default_response),
            polling_minutes=_number(spec, "polling_minutes", 180),
        )
        if version is not None:
            check_version(policy, version)
        return policy


def authentication_from_spec(items: Iterable[Spec], place: str = "authentication") -> tuple[Authentication, ...]:
    """Build methods in order of preference; SpecError names ``authentication[1].psk``."""
    return _items(items, place, _method)


def offers_from_spec(items: Iterable[Spec], place: str = "offers") -> tuple[QuickModeOffer, ...]:
    """Build quick-mode offers in order of preference; SpecError names ``offers[1].esp``."""
    return _items(items, place, _offer)


def _main_mode(spec: Spec, version: windows.WindowsVersion) -> MainMode:
    with _at("main_mode"):
        default = windows.strongest_main_mode(version)
        offers = _each(spec, "offers", _main_mode_offer) if spec.get("offers") else default.offers
        return MainMode(
            offers=offers,
            lifetime_seconds=_number(spec, "lifetime", default.lifetime_seconds),
            quick_modes=_number(spec, "quick_modes", 0),
            pfs=bool(spec.get("pfs")),
        )


def _main_mode_offer(spec: Spec) -> MainModeOffer:
    encryption = _choice(spec, "encryption", Encryption, "3des")
    integrity = _choice(spec, "integrity", Integrity, "sha1")
    number = _number(spec, "dh_group", int(DhGroup.HIGH))
    if number not in {int(group) for group in DhGroup}:
        raise SpecError("dh_group", f"{number} is no group of this store; allowed are 1, 2 and 14")
    return MainModeOffer(encryption, integrity, DhGroup(number))


def _rule(spec: Spec) -> Rule:
    action = _required(spec, "filter_action", _filter_action)
    negotiates = action.kind is ActionKind.NEGOTIATE
    given = spec.get("authentication")
    if negotiates and not given:
        raise SpecError("authentication", "a rule that negotiates needs a method: kerberos, certificate or psk")
    return Rule(
        name=spec.get("name") or "",
        filter_list=_required(spec, "filter_list", _filter_list),
        filter_action=action,
        authentication=_each(spec, "authentication", _method) if given else (Kerberos(),),
        tunnel=_optional_address(spec, "tunnel"),
        connection=_choice(spec, "connection", ConnectionType, "all"),
        active=spec.get("active") is not False,
        description=spec.get("description") or "",
    )


def _default_response(spec: Spec) -> DefaultResponse:
    return DefaultResponse(
        active=bool(spec.get("active")),
        offers=_each(spec, "offers", _offer),
        pfs=bool(spec.get("pfs")),
        authentication=_each(spec, "authentication", _method) or (Kerberos(),),
    )


def _filter_list(spec: Spec) -> FilterList:
    filters = _each(spec, "filters", _filter)
    if not filters:
        raise SpecError("filters", "a list without a filter matches nothing; Windows refuses a rule that uses it")
    return FilterList(_text(spec, "name"), filters, spec.get("description") or "")


def _filter(spec: Spec) -> Filter:
    return Filter(
        source=address_from_text(_text(spec, "source"), "source"),
        destination=address_from_text(_text(spec, "destination"), "destination"),
        protocol=protocol_from_text(str(spec.get("protocol") or "any"), "protocol"),
        source_port=_number(spec, "source_port", 0),
        destination_port=_number(spec, "destination_port", 0),
        mirrored=spec.get("mirrored") is not False,
        description=spec.get("description") or "",
    )


def _filter_action(spec: Spec) -> FilterAction:
    kind = _choice(spec, "action", ActionKind, None)
    offers = _each(spec, "offers", _offer)
    if kind is ActionKind.NEGOTIATE and not offers:
        offers = windows.strongest_offers()
    return FilterAction(
        name=_text(spec, "name"),
        kind=kind,
        offers=offers,
        pfs=bool(spec.get("pfs")),
        soft=bool(spec.get("soft")),
        inbound_passthrough=bool(spec.get("inbound_passthrough")),
        description=spec.get("description") or "",
    )


def _offer(spec: Spec) -> QuickModeOffer:
    return QuickModeOffer(
        esp=_optional(spec, "esp", _esp),
        ah=_choice(spec, "ah", Integrity, None) if spec.get("ah") else None,
        lifetime_seconds=_number(spec, "lifetime", 0),
        lifetime_kilobytes=_number(spec, "lifetime_kb", 0),
    )


def _esp(spec: Spec) -> Esp:
    return Esp(_choice(spec, "encryption", Encryption, "3des"), _choice(spec, "integrity", Integrity, "sha1"))


def _method(spec: Spec) -> Authentication:
    method = spec.get("method")
    if method == "kerberos":
        return Kerberos()
    if method == "certificate":
        return Certificate(_text(spec, "ca"), bool(spec.get("map_to_account")), bool(spec.get("exclude_ca_name")))
    if method == "psk":
        if spec.get("psk") == REDACTED:
            raise SpecError("psk", "these stars are what policy_info prints; give the key itself, from a vault")
        return PresharedKey(Secret(str(spec.get("psk") or "")))
    raise SpecError("method", f"{method!r} is no method; allowed are kerberos, certificate and psk")


@contextlib.contextmanager
def _at(place: str) -> Iterator[None]:
    """Put ``place`` in front of the place of any SpecError raised below."""
    try:
        yield
    except SpecError as exc:
        separator = "." if place and exc.place else ""
        raise SpecError(f"{place}{separator}{exc.place}", exc.problem) from exc.__cause__


def _each(spec: Spec, name: str, build: Callable[[Spec], T]) -> tuple[T, ...]:
    return _items(spec.get(name) or (), name, build)


def _items(given: Iterable[Spec], place: str, build: Callable[[Spec], T]) -> tuple[T, ...]:
    items = []
    for index, item in enumerate(given):
        with _at(f"{place}[{index}]"):
            items.append(build(item))
    return tuple(items)


def _required(spec: Spec, name: str, build: Callable[[Spec], T]) -> T:
    if not spec.get(name):
        raise SpecError(name, "is required")
    with _at(name):
        return build(spec[name])


def _optional(spec: Spec, name: str, build: Callable[[Spec], T]) -> T | None:
    return _required(spec, name, build) if spec.get(name) else None


def _optional_address(spec: Spec, name: str) -> IPv4Address | None:
    if not spec.get(name):
        return None
    try:
        return IPv4Address(str(spec[name]))
    except ValueError as exc:
        raise SpecError(name, f"{spec[name]!r} is no IPv4 address") from exc


def _text(spec: Spec, name: str) -> str:
    value = spec.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SpecError(name, "is required and must be text")
    return value


def _number(spec: Spec, name: str, default: int) -> int:
    value = spec.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).lstrip("-").isdecimal():
        raise SpecError(name, f"{value!r} is not a whole number")
    return int(value)


def _choice(spec: Spec, name: str, kind: type[T], default: str | None) -> T:
    value = spec.get(name) or default
    allowed = [member.value for member in kind]  # type: ignore[attr-defined]
    if value not in allowed:
        raise SpecError(name, f"{value!r} is not allowed; allowed are {', '.join(allowed)}")
    return kind(value)  # type: ignore[call-arg]
