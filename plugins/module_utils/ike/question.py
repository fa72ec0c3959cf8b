# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first message of main mode, and what may come back to it."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Sequence

from . import vendors
from .transforms import DOI_IPSEC, Transform, decode_choice, encode_offer
from .wire import (
    INFORMATIONAL,
    MAIN_MODE,
    NO_COOKIE,
    NOTIFY,
    SA,
    VENDOR,
    IkeError,
    Message,
    Payload,
    decode_message,
    encode_message,
)

ANNOUNCED = (vendors.NAT_TRAVERSAL, vendors.NAT_TRAVERSAL_DRAFT, vendors.FRAGMENTATION, vendors.DEAD_PEERS + b"\1\0")
"""What the probe says of itself, so that the other end says the same of itself; nothing that is Microsoft's."""
NOTIFICATIONS = {
    1: "INVALID-PAYLOAD-TYPE", 2: "DOI-NOT-SUPPORTED", 5: "INVALID-MAJOR-VERSION", 7: "INVALID-EXCHANGE-TYPE",
    14: "NO-PROPOSAL-CHOSEN", 15: "BAD-PROPOSAL-SYNTAX", 16: "PAYLOAD-MALFORMED", 24: "AUTHENTICATION-FAILED",
}  # fmt: skip
"""RFC 2408 section 3.14.1."""
STATUS, DENIAL_COOKIE = 0x9C43, 0x9C44
"""Notifications of Windows' own ([MS-IKEE] 2.2.6): why no association comes about, and the cookie of a host that has
too many unfinished negotiations."""


@dataclasses.dataclass(frozen=True)
class Question:
    """An offer under a cookie of 8 bytes that nobody else knows.

    ``responder`` is empty the first time; a host that guards against floods wants its own cookie back in it.
    """

    cookie: bytes
    offered: tuple[Transform, ...]
    responder: bytes = NO_COOKIE

    def to_bytes(self) -> bytes:
        """Write message 1 of main mode."""
        payloads = [Payload(SA, encode_offer(self.offered)), *(Payload(VENDOR, one) for one in ANNOUNCED)]
        return encode_message(Message(self.cookie, self.responder, MAIN_MODE, tuple(payloads)))


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back: the transform that was chosen, or a refusal in the words of RFC 2408; and the vendor IDs.

    ``again`` is a cookie to send the question again with; it is no verdict about the offer.
    """

    chosen: Transform | None
    refusal: str
    vendors: vendors.Vendors
    again: bytes = b""


def read_answer(data: bytes, question: Question) -> Answer:
    """Read message 2 of main mode, or a notification; IkeError for everything else that a network may bring."""
    message = decode_message(data)
    if message.initiator != question.cookie:
        raise IkeError("the cookie is not ours", 0)
    announced = vendors.Vendors(tuple(one.body for one in message.payloads if one.kind == VENDOR))
    associations = [one for one in message.payloads if one.kind == SA]
    if message.exchange == MAIN_MODE and associations:
        if len(associations) > 1 or message.responder == NO_COOKIE or message.message_id:
            raise IkeError("this is no second message of main mode", 8)
        chosen = decode_choice(associations[0].body, question.offered, associations[0].offset)
        return Answer(chosen, "", announced)
    notes = [one for one in message.payloads if one.kind == NOTIFY]
    if message.exchange not in (MAIN_MODE, INFORMATIONAL) or len(notes) != 1:
        raise IkeError(f"exchange {message.exchange} with {len(notes)} notifications answers nothing", 18)
    kind, told = _notification(notes[0])
    if kind == DENIAL_COOKIE and len(told) == len(NO_COOKIE):
        return Answer(None, "", announced, again=told)
    if kind == STATUS and len(told) == 4:
        return Answer(None, f"NOTIFY_STATUS {told.hex()}", announced)
    if kind >= 8192:
        raise IkeError(f"notification {kind} is no error", notes[0].offset + 6)
    return Answer(None, NOTIFICATIONS.get(kind, f"notification {kind}"), announced)


def split(transforms: Sequence[Transform], size: int) -> list[tuple[Transform, ...]]:
    """Cut a list into offers of at most ``size``: a message stays below what a network has to cut up."""
    return [tuple(transforms[start : start + size]) for start in range(0, len(transforms), size)]


def _notification(note: Payload) -> tuple[int, bytes]:
    """Read the type and the data of a notification, which stand before and behind its SPI."""
    if len(note.body) < 8:
        raise IkeError("a notification needs 8 bytes", note.offset)
    doi, _unused, spi_size, kind = struct.unpack_from("!IBBH", note.body)
    if doi not in (0, DOI_IPSEC):
        raise IkeError(f"a notification of the domain {doi}", note.offset)
    return kind, note.body[8 + spi_size :]
