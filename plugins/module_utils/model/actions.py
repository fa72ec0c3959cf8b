# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter actions: what is done with the traffic that a filter list matches."""

from __future__ import annotations

import dataclasses
import enum

from ..errors import SpecError
from .names import check_name, check_text
from .security import QuickModeOffer


class ActionKind(enum.Enum):
    """The three things that can happen to a packet."""

    PERMIT = "permit"
    BLOCK = "block"
    NEGOTIATE = "negotiate"


@dataclasses.dataclass(frozen=True)
class FilterAction:
    """A named action.

    ``soft`` lets traffic fall back to clear text when the peer knows no IPsec; ``inbound_passthrough``
    accepts a first packet in clear and answers with IPsec; ``pfs`` is session key perfect forward secrecy.
    """

    name: str
    kind: ActionKind
    offers: tuple[QuickModeOffer, ...] = ()
    pfs: bool = False
    soft: bool = False
    inbound_passthrough: bool = False
    description: str = ""

    def __post_init__(self) -> None:
        """Refuse a negotiation without offers, and negotiation options on permit or block."""
        check_name(self.name, "the name of a filter action")
        check_text(self.description, "description")
        if len(set(self.offers)) != len(self.offers):
            raise SpecError("offers", f"filter action {self.name!r} holds the same offer twice")
        negotiates = self.kind is ActionKind.NEGOTIATE
        if negotiates and not self.offers:
            raise SpecError("offers", f"filter action {self.name!r} negotiates, so it needs at least one offer")
        if not negotiates and (self.offers or self.pfs or self.soft or self.inbound_passthrough):
            problem = f"filter action {self.name!r} does not negotiate; offers, pfs, soft and inbound_passthrough mean"
            raise SpecError("action", f"{problem} nothing with {self.kind.value}")
