# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Offers as strongSwan's proposals, and their lifetimes; what has no counterpart there is refused.

The keywords are strongSwan's (IKEv1 cipher suites: https://docs.strongswan.org/docs/latest/config/proposals.html).
"""

from __future__ import annotations

import dataclasses

from ..errors import SpecError
from ..model.actions import FilterAction
from ..model.security import DhGroup, Encryption, Integrity, MainMode, QuickModeOffer

WINDOWS_SECONDS = 3600
WINDOWS_KILOBYTES = 100_000
"""What Windows takes where an offer leaves a lifetime to it (QuickModeOffer)."""

_GROUPS = {DhGroup.LOW: "modp768", DhGroup.MEDIUM: "modp1024", DhGroup.HIGH: "modp2048"}
_ENCRYPTION = {Encryption.DES: "des", Encryption.TRIPLE_DES: "3des", Encryption.NONE: "null"}


@dataclasses.dataclass(frozen=True)
class QuickMode:
    """The offers of one filter action: ``esp_proposals`` or ``ah_proposals``, and the lifetime they share."""

    setting: str
    proposals: str
    seconds: int
    kilobytes: int


def main_mode_proposals(main_mode: MainMode) -> str:
    """Write the main-mode offers in their order; SpecError for limits that strongSwan does not have."""
    if main_mode.pfs or main_mode.quick_modes:
        raise SpecError("main_mode", "strongSwan cannot limit the number of quick modes under a main mode")
    return ", ".join(
        f"{one.encryption.value}-{one.integrity.value}-{_GROUPS[one.dh_group]}" for one in main_mode.offers
    )


def quick_mode(action: FilterAction, main_mode: MainMode) -> QuickMode:
    """Write the quick-mode offers of an action in their order; SpecError where a child section has no room for them."""
    place = f"filter action {action.name!r}"
    if action.soft:
        raise SpecError(place, "strongSwan does not fall back to clear text; soft cannot be expressed")
    if action.inbound_passthrough:
        raise SpecError(place, "Linux drops what comes in clear where IPsec is asked; inbound_passthrough has no twin")
    group = f"-{_pfs_group(main_mode, place)}" if action.pfs else ""
    kinds = {_kind(offer, place) for offer in action.offers}
    lifetimes = {_lifetime(offer) for offer in action.offers}
    if len(kinds) > 1:
        raise SpecError(place, "strongSwan cannot order offers of ESP and of AH among each other")
    if len(lifetimes) > 1:
        raise SpecError(place, "strongSwan has one lifetime for all offers of an action, these differ")
    seconds, kilobytes = lifetimes.pop()
    texts = [f"{_algorithms(offer)}{group}" for offer in action.offers]
    return QuickMode(kinds.pop(), ", ".join(dict.fromkeys(texts)), seconds, kilobytes)


def _kind(offer: QuickModeOffer, place: str) -> str:
    if offer.esp and offer.ah:
        raise SpecError(place, f"strongSwan negotiates ESP or AH, not both together as {offer} asks")
    if offer.esp and offer.esp.integrity is Integrity.NONE:
        raise SpecError(place, f"strongSwan does not negotiate ESP without integrity, which {offer} asks for")
    return "esp_proposals" if offer.esp else "ah_proposals"


def _algorithms(offer: QuickModeOffer) -> str:
    if offer.esp:
        return f"{_ENCRYPTION[offer.esp.encryption]}-{offer.esp.integrity.value}"
    return offer.ah.value if offer.ah else ""


def _lifetime(offer: QuickModeOffer) -> tuple[int, int]:
    return offer.lifetime_seconds or WINDOWS_SECONDS, offer.lifetime_kilobytes or WINDOWS_KILOBYTES


def _pfs_group(main_mode: MainMode, place: str) -> str:
    """Give the group of the quick modes: Windows takes that of the main mode, which must be known beforehand."""
    groups = {offer.dh_group for offer in main_mode.offers}
    if len(groups) > 1:
        raise SpecError(place, "with pfs the quick mode uses the group of the main mode; strongSwan must know it "
                               "beforehand, so the main-mode offers may name one group only")  # fmt: skip
    return _GROUPS[groups.pop()]
