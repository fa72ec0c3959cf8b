# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The model as plain dicts and lists, in the shape that users declare and from_spec reads."""

from __future__ import annotations

from typing import Any

from .actions import ActionKind, FilterAction
from .address import address_to_text
from .authentication import REDACTED, Authentication, Kerberos, PresharedKey
from .filters import Filter, FilterList, protocol_to_text
from .policy import Policy, Rule
from .security import MainMode, QuickModeOffer


def policy_to_spec(policy: Policy, *, reveal: bool = False) -> dict[str, Any]:
    """Write a policy in the shape that policy_from_spec reads; keys are stars unless ``reveal``."""
    spec: dict[str, Any] = {
        "name": policy.name,
        "description": policy.description,
        "polling_minutes": policy.polling_minutes,
        "main_mode": main_mode_to_spec(policy.main_mode),
        "rules": [rule_to_spec(rule, reveal=reveal) for rule in policy.rules],
    }
    if policy.default_response is not None:
        response = policy.default_response
        spec["default_response"] = {
            "active": response.active,
            "pfs": response.pfs,
            "offers": [_offer_to_spec(offer) for offer in response.offers],
            "authentication": [_method_to_spec(method, reveal=reveal) for method in response.authentication],
        }
    return spec


def main_mode_to_spec(main_mode: MainMode) -> dict[str, Any]:
    """Write a main mode as users declare it."""
    return {
        "offers": [
            {"encryption": one.encryption.value, "integrity": one.integrity.value, "dh_group": int(one.dh_group)}
            for one in main_mode.offers
        ],
        "lifetime": main_mode.lifetime_seconds,
        "quick_modes": main_mode.quick_modes,
        "pfs": main_mode.pfs,
    }


def rule_to_spec(rule: Rule, *, reveal: bool = False) -> dict[str, Any]:
    """Write a rule as users declare it."""
    spec: dict[str, Any] = {
        "name": rule.name,
        "description": rule.description,
        "active": rule.active,
        "connection": rule.connection.value,
        "filter_list": filter_list_to_spec(rule.filter_list),
        "filter_action": filter_action_to_spec(rule.filter_action),
        "authentication": [_method_to_spec(method, reveal=reveal) for method in rule.authentication],
    }
    if rule.tunnel is not None:
        spec["tunnel"] = str(rule.tunnel)
    return spec


def filter_list_to_spec(filter_list: FilterList) -> dict[str, Any]:
    """Write a filter list as users declare it."""
    return {
        "name": filter_list.name,
        "description": filter_list.description,
        "filters": [filter_to_spec(one) for one in filter_list.filters],
    }


def filter_to_spec(one: Filter) -> dict[str, Any]:
    """Write a filter as users declare it."""
    return {
        "source": address_to_text(one.source),
        "destination": address_to_text(one.destination),
        "protocol": protocol_to_text(one.protocol),
        "source_port": one.source_port,
        "destination_port": one.destination_port,
        "mirrored": one.mirrored,
        "description": one.description,
    }


def filter_action_to_spec(action: FilterAction) -> dict[str, Any]:
    """Write a filter action as users declare it."""
    spec: dict[str, Any] = {"name": action.name, "description": action.description, "action": action.kind.value}
    if action.kind is ActionKind.NEGOTIATE:
        spec["offers"] = [_offer_to_spec(offer) for offer in action.offers]
        spec["pfs"] = action.pfs
        spec["soft"] = action.soft
        spec["inbound_passthrough"] = action.inbound_passthrough
    return spec


def _offer_to_spec(offer: QuickModeOffer) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    if offer.esp:
        spec["esp"] = {"encryption": offer.esp.encryption.value, "integrity": offer.esp.integrity.value}
    if offer.ah:
        spec["ah"] = offer.ah.value
    spec["lifetime"] = offer.lifetime_seconds
    spec["lifetime_kb"] = offer.lifetime_kilobytes
    return spec


def _method_to_spec(method: Authentication, *, reveal: bool) -> dict[str, Any]:
    if isinstance(method, Kerberos):
        return {"method": "kerberos"}
    if isinstance(method, PresharedKey):
        return {"method": "psk", "psk": method.key.reveal() if reveal else REDACTED}
    return {
        "method": "certificate",
        "ca": method.ca,
        "map_to_account": method.map_to_account,
        "exclude_ca_name": method.exclude_ca_name,
    }
