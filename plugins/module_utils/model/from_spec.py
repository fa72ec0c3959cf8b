# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy as users declare it, plain dicts and lists, to the model: the one place that judges input."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

from ..errors import SpecError
from . import windows
from .actions import ActionKind, FilterAction
from .address import address_from_text
from .authentication import REDACTED, Authentication, Certificate, Kerberos, PresharedKey, Secret
from .filters import Filter, FilterList, protocol_from_text
from .policy import ConnectionType, DefaultResponse, Policy, Rule
from .security import DhGroup, Encryption, Esp, Integrity, MainMode, MainModeOffer, QuickModeOffer
from .shapes import Spec, at, built, choice, each, flag, kind_of, mapping, number, optional, required, text, words
from .version_limits import check_version

_POLICY = "one policy as a dict, as the module policy takes it and policy_info shows it"


def policy_from_spec(spec: Spec, version: windows.WindowsVersion | None, place: str = "policy") -> Policy:
    """Build the declared policy; what is left out becomes the strongest that ``version`` accepts.

    None as the version judges only what holds for all of them, before the host is asked.
    Raises SpecError naming the place as the user wrote it, for example ``policy.rules[2].filter_list``.
    """
    with at(place):
        mapping(spec, what=_POLICY)
        policy = Policy(
            name=text(spec, "name"),
            description=words(spec, "description"),
            rules=each(spec, "rules", _rule),
            main_mode=_main_mode(_given(spec, "main_mode"), version or windows.SERVER_2003),
            default_response=optional(spec, "default_response", _default_response),
            polling_minutes=number(spec, "polling_minutes", 180),
        )
        if version is not None:
            check_version(policy, version)
        return policy


def authentication_from_spec(items: Sequence[Spec], place: str = "authentication") -> tuple[Authentication, ...]:
    """Build methods in order of preference; SpecError names ``authentication[1].psk``."""
    return built(items, place, _method)


def offers_from_spec(items: Sequence[Spec], place: str = "offers") -> tuple[QuickModeOffer, ...]:
    """Build quick-mode offers in order of preference; SpecError names ``offers[1].esp``."""
    return built(items, place, _offer)


def _main_mode(spec: Spec, version: windows.WindowsVersion) -> MainMode:
    with at("main_mode"):
        default = windows.strongest_main_mode(version)
        offers = each(spec, "offers", _main_mode_offer) if spec.get("offers") else default.offers
        return MainMode(
            offers=offers,
            lifetime_seconds=number(spec, "lifetime", default.lifetime_seconds),
            quick_modes=number(spec, "quick_modes", 0),
            pfs=flag(spec, "pfs"),
        )


def _main_mode_offer(spec: Spec) -> MainModeOffer:
    encryption = choice(spec, "encryption", Encryption, "3des")
    integrity = choice(spec, "integrity", Integrity, "sha1")
    group = number(spec, "dh_group", int(DhGroup.HIGH))
    if group not in {int(one) for one in DhGroup}:
        raise SpecError("dh_group", f"{group} is no group of this store; allowed are 1, 2 and 14")
    return MainModeOffer(encryption, integrity, DhGroup(group))


def _rule(spec: Spec) -> Rule:
    action = required(spec, "filter_action", _filter_action)
    negotiates = action.kind is ActionKind.NEGOTIATE
    given = spec.get("authentication")
    if negotiates and not given:
        raise SpecError("authentication", "a rule that negotiates needs a method: kerberos, certificate or psk")
    return Rule(
        name=words(spec, "name"),
        filter_list=required(spec, "filter_list", _filter_list),
        filter_action=action,
        authentication=each(spec, "authentication", _method) if given else (Kerberos(),),
        tunnel=_optional_address(spec, "tunnel"),
        connection=choice(spec, "connection", ConnectionType, "all"),
        active=flag(spec, "active", default=True),
        description=words(spec, "description"),
    )


def _default_response(spec: Spec) -> DefaultResponse:
    return DefaultResponse(
        active=flag(spec, "active"),
        offers=each(spec, "offers", _offer),
        pfs=flag(spec, "pfs"),
        authentication=each(spec, "authentication", _method) or (Kerberos(),),
    )


def _filter_list(spec: Spec) -> FilterList:
    filters = each(spec, "filters", _filter)
    if not filters:
        raise SpecError("filters", "a list without a filter matches nothing; Windows refuses a rule that uses it")
    return FilterList(text(spec, "name"), filters, words(spec, "description"))


def _filter(spec: Spec) -> Filter:
    return Filter(
        source=address_from_text(text(spec, "source"), "source"),
        destination=address_from_text(text(spec, "destination"), "destination"),
        protocol=protocol_from_text(str(spec.get("protocol") or "any"), "protocol"),
        source_port=number(spec, "source_port", 0),
        destination_port=number(spec, "destination_port", 0),
        mirrored=flag(spec, "mirrored", default=True),
        description=words(spec, "description"),
    )


def _filter_action(spec: Spec) -> FilterAction:
    kind = choice(spec, "action", ActionKind, None)
    offers = each(spec, "offers", _offer)
    if kind is ActionKind.NEGOTIATE and not offers:
        offers = windows.strongest_offers()
    return FilterAction(
        name=text(spec, "name"),
        kind=kind,
        offers=offers,
        pfs=flag(spec, "pfs"),
        soft=flag(spec, "soft"),
        inbound_passthrough=flag(spec, "inbound_passthrough"),
        description=words(spec, "description"),
    )


def _offer(spec: Spec) -> QuickModeOffer:
    return QuickModeOffer(
        esp=optional(spec, "esp", _esp),
        ah=choice(spec, "ah", Integrity, None) if spec.get("ah") else None,
        lifetime_seconds=number(spec, "lifetime", 0),
        lifetime_kilobytes=number(spec, "lifetime_kb", 0),
    )


def _esp(spec: Spec) -> Esp:
    return Esp(choice(spec, "encryption", Encryption, "3des"), choice(spec, "integrity", Integrity, "sha1"))


def _method(spec: Spec) -> Authentication:
    method = spec.get("method")
    if method == "kerberos":
        return Kerberos()
    if method == "certificate":
        return Certificate(text(spec, "ca"), flag(spec, "map_to_account"), flag(spec, "exclude_ca_name"))
    if method == "psk":
        if spec.get("psk") == REDACTED:
            raise SpecError("psk", "these stars are what policy_info prints; give the key itself, from a vault")
        return PresharedKey(Secret(_key(spec.get("psk"))))
    raise SpecError("method", f"{method!r} is no method; allowed are kerberos, certificate and psk")


def _key(value: object) -> str:
    """Give the key; a number is what YAML makes of digits."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, (str, int))):
        raise SpecError("psk", f"must be text, not {kind_of(value)}")
    return "" if value is None else str(value)


def _given(spec: Spec, name: str) -> Spec:
    """Give the dict that an option holds, an empty one where it is left out."""
    return {} if spec.get(name) is None else mapping(spec[name], name)


def _optional_address(spec: Spec, name: str) -> IPv4Address | None:
    if not spec.get(name):
        return None
    try:
        return IPv4Address(str(spec[name]))
    except ValueError as exc:
        raise SpecError(name, f"{spec[name]!r} is no IPv4 address") from exc
