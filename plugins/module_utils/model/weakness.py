# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Choices that Windows accepts and an attacker likes: found, named, never refused."""

from __future__ import annotations

from collections.abc import Iterator

from .actions import FilterAction
from .authentication import PresharedKey
from .policy import Policy
from .security import DhGroup, Encryption, Integrity


def weaknesses(policy: Policy) -> tuple[str, ...]:
    """Say in a sentence each what is weak in a policy; empty when nothing is."""
    found = list(_main_mode(policy))
    for action in policy.filter_actions:
        found += [f"filter action {action.name!r}: {problem}" for problem in action_weaknesses(action)]
    found += [
        f"rule {rule.name!r} trusts a pre-shared key, which Windows stores readable for administrators"
        for rule in policy.rules
        if any(isinstance(method, PresharedKey) for method in rule.authentication)
    ]
    return tuple(found)


def action_weaknesses(action: FilterAction) -> Iterator[str]:
    """Say what is weak in a filter action."""
    for offer in action.offers:
        if offer.esp and offer.esp.encryption is Encryption.DES:
            yield f"offer {offer} encrypts with DES, whose 56-bit keys are broken in hours"
        elif not offer.esp or offer.esp.encryption is Encryption.NONE:
            yield f"offer {offer} does not encrypt"
        if Integrity.MD5 in (offer.ah, offer.esp and offer.esp.integrity):
            yield f"offer {offer} relies on MD5"
    if action.soft:
        yield "falls back to clear text when the peer does not answer IKE"


def _main_mode(policy: Policy) -> Iterator[str]:
    for offer in policy.main_mode.offers:
        if offer.encryption is Encryption.DES:
            yield f"main-mode offer {offer} encrypts with DES, whose 56-bit keys are broken in hours"
        if offer.integrity is Integrity.MD5:
            yield f"main-mode offer {offer} relies on MD5"
        if offer.dh_group is DhGroup.LOW:
            yield f"main-mode offer {offer} uses Diffie-Hellman group 1, whose 768 bits are broken"
