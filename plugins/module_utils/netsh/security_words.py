# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter actions, main mode, offers, lifetimes and authentication methods as netsh writes them."""

from __future__ import annotations

import dataclasses

from ..errors import NetshError
from ..model.actions import ActionKind, FilterAction
from ..model.authentication import REDACTED, Authentication, Certificate, Kerberos, PresharedKey, Secret
from ..model.policy import DefaultResponse, Policy, Rule
from ..model.security import DEFAULT_MAIN_MODE_SECONDS, DhGroup, MainMode, MainModeOffer, QuickModeOffer
from .quoting import quote

GROUP_NUMBERS = {DhGroup.LOW: 1, DhGroup.MEDIUM: 2, DhGroup.HIGH: 3}
"""netsh's own numbers for the Diffie-Hellman groups (help of ``add policy``: 1 low, 2 medium, 3 DH2048)."""

EMBEDDED_QUOTE = "\\'"
"""A double quote inside the name of a certificate's authority (help of ``add rule``, remark 1)."""


def yes_no(value: bool) -> str:
    """Write a truth value."""
    return "yes" if value else "no"


def action_arguments(action: FilterAction) -> list[tuple[str, str]]:
    """Write what a filter action does; the options of a negotiation only where there is one."""
    if action.kind is not ActionKind.NEGOTIATE:
        return [("action", action.kind.value)]
    return [
        ("qmpfs", yes_no(action.pfs)),
        ("inpass", yes_no(action.inbound_passthrough)),
        ("soft", yes_no(action.soft)),
        ("action", action.kind.value),
        ("qmsecmethods", quick_mode_offers(action.offers)),
    ]


def main_mode_arguments(main_mode: MainMode, policy_name: str, *, is_new: bool) -> list[tuple[str, str]]:
    """Write a main mode; netsh itself sets one quick mode for each main mode where ``mmpfs`` is on (its help)."""
    arguments = [("mmpfs", yes_no(main_mode.pfs))]
    if main_mode.pfs and main_mode.quick_modes > 1:
        raise NetshError(f"policy {policy_name!r}: with main-mode pfs netsh sets quick_modes to 1; leave it out")
    if not main_mode.pfs and (main_mode.quick_modes or not is_new):
        arguments.append(("qmpermm", str(main_mode.quick_modes)))
    lifetime = minutes(main_mode.lifetime_seconds, f"the main-mode lifetime of policy {policy_name!r}")
    return [*arguments, ("mmlifetime", lifetime), ("mmsecmethods", main_mode_offers(main_mode.offers))]


def minutes(seconds: int, what: str) -> str:
    """Write a lifetime in minutes; 0, Windows' own default, is written out. NetshError for a part of a minute."""
    whole, rest = divmod(seconds or DEFAULT_MAIN_MODE_SECONDS, 60)
    if rest:
        raise NetshError(f"{what} is {seconds} seconds, and netsh takes whole minutes; take a multiple of 60")
    return str(whole)


def quick_mode_offers(offers: tuple[QuickModeOffer, ...]) -> str:
    """Write offers as ``"AH[SHA1]+ESP[3DES,SHA1]:100000k/3600s …"``; a lifetime of 0 is left to Windows."""
    return quote(" ".join(_quick_mode_offer(offer) for offer in offers), "the list of quick-mode offers")


def _quick_mode_offer(offer: QuickModeOffer) -> str:
    kilobytes = f"{offer.lifetime_kilobytes}k" if offer.lifetime_kilobytes else ""
    seconds = f"{offer.lifetime_seconds}s" if offer.lifetime_seconds else ""
    lifetimes = "/".join(part for part in (kilobytes, seconds) if part)
    methods = str(offer).upper()
    return f"{methods}:{lifetimes}" if lifetimes else methods


def main_mode_offers(offers: tuple[MainModeOffer, ...]) -> str:
    """Write offers as ``"3DES-SHA1-3 3DES-SHA1-2"``."""
    words = (
        f"{offer.encryption.value}-{offer.integrity.value}-{GROUP_NUMBERS[offer.dh_group]}".upper() for offer in offers
    )
    return quote(" ".join(words), "the list of main-mode offers")


def authentication_arguments(methods: tuple[Authentication, ...], what: str) -> list[tuple[str, str]]:
    """Write methods as arguments in order of preference; NetshError for two keys, of which netsh takes one."""
    if sum(isinstance(method, PresharedKey) for method in methods) > 1:
        raise NetshError(f"{what} has two pre-shared keys, and netsh takes one")
    return [_method(method, what) for method in methods]


def _method(method: Authentication, what: str) -> tuple[str, str]:
    if isinstance(method, Kerberos):
        return "kerberos", "yes"
    if isinstance(method, PresharedKey):
        return "psk", quote(method.key.reveal(), f"the pre-shared key of {what}")
    return "rootca", _certificate(method, what)


def _certificate(method: Certificate, what: str) -> str:
    name = method.ca
    if EMBEDDED_QUOTE in name or any(word in name.casefold() for word in ("certmap:", "excludecaname:")):
        raise NetshError(f"{what}: netsh would misread the authority {name!r}")
    quoted = name.replace('"', EMBEDDED_QUOTE)
    flags = f"certmap:{yes_no(method.map_to_account)} excludecaname:{yes_no(method.exclude_ca_name)}"
    if quoted != quoted.strip():
        raise NetshError(f"{what}: the authority {name!r} begins or ends with a blank; leave it out")
    return quote(f"{quoted} {flags}", f"the authority {name!r} of {what}")


def redacted_policy(policy: Policy) -> Policy:
    """Put stars in the place of every pre-shared key of a policy, for a text that people read."""
    response = policy.default_response
    return dataclasses.replace(
        policy,
        rules=tuple(redacted_rule(rule) for rule in policy.rules),
        default_response=redacted_response(response) if response is not None else None,
    )


def redacted_rule(rule: Rule) -> Rule:
    """Put stars in the place of the pre-shared key of a rule."""
    return dataclasses.replace(rule, authentication=_redacted(rule.authentication))


def redacted_response(response: DefaultResponse) -> DefaultResponse:
    """Put stars in the place of the pre-shared key of a default response rule."""
    return dataclasses.replace(response, authentication=_redacted(response.authentication))


def _redacted(methods: tuple[Authentication, ...]) -> tuple[Authentication, ...]:
    stars = PresharedKey(Secret(REDACTED))
    return tuple(stars if isinstance(method, PresharedKey) else method for method in methods)
