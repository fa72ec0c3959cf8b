# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ISAKMP messages as bytes: the header and the chain of payloads (RFC 2408 sections 3.1 and 3.2)."""

from __future__ import annotations

import dataclasses
import struct

from ..errors import IpsecError

HEADER = struct.Struct("!8s8sBBBBII")
PAYLOAD_HEADER = struct.Struct("!BBH")
VERSION = 0x10
MAIN_MODE, INFORMATIONAL = 2, 5
SA, NOTIFY, VENDOR = 1, 11, 13
ENCRYPTED = 0x01
NO_COOKIE = bytes(8)


class IkeError(IpsecError):
    """A datagram that is no answer to what was asked; the text says at which byte and why."""

    def __init__(self, problem: str, offset: int | None = None) -> None:
        """Say what was found, and where."""
        self.problem = problem
        super().__init__(f"IKE answer: {problem}" if offset is None else f"IKE answer at byte {offset}: {problem}")


@dataclasses.dataclass(frozen=True)
class Payload:
    """One payload without its header; ``offset`` is where its body stands in the message."""

    kind: int
    body: bytes
    offset: int = 0


@dataclasses.dataclass(frozen=True)
class Message:
    """A message in clear: both cookies (8 bytes each), the exchange, the message ID and the payloads."""

    initiator: bytes
    responder: bytes
    exchange: int
    payloads: tuple[Payload, ...]
    message_id: int = 0


def encode_message(message: Message) -> bytes:
    """Write a message."""
    body = b""
    kinds = [one.kind for one in message.payloads]
    for payload, following in zip(message.payloads, [*kinds[1:], 0], strict=True):
        body += PAYLOAD_HEADER.pack(following, 0, PAYLOAD_HEADER.size + len(payload.body)) + payload.body
    head = HEADER.pack(
        message.initiator, message.responder, kinds[0] if kinds else 0, VERSION, message.exchange, 0,
        message.message_id, HEADER.size + len(body),
    )  # fmt: skip
    return head + body


def decode_message(data: bytes) -> Message:
    """Read a message in clear; IkeError for whatever encode_message would not write."""
    if len(data) < HEADER.size:
        raise IkeError(f"a header has {HEADER.size} bytes, {len(data)} came")
    initiator, responder, following, version, exchange, flags, message_id, length = HEADER.unpack_from(data)
    if version != VERSION:
        raise IkeError(f"version {version >> 4}.{version & 15} is not 1.0", 17)
    if flags:
        word = "is encrypted, nobody has a key yet" if flags & ENCRYPTED else f"has the flags {flags}"
        raise IkeError(f"the message {word}", 19)
    if length != len(data):
        raise IkeError(f"the header says {length} bytes, {len(data)} came", 24)
    payloads = _decode_payloads(data, following)
    return Message(initiator, responder, exchange, payloads, message_id)


def _decode_payloads(data: bytes, following: int) -> tuple[Payload, ...]:
    found = []
    place = HEADER.size
    while following:
        if place + PAYLOAD_HEADER.size > len(data):
            raise IkeError("a payload is announced and missing", place)
        kind, (following, reserved, length) = following, PAYLOAD_HEADER.unpack_from(data, place)
        if reserved:
            raise IkeError(f"the reserved byte of a payload is {reserved}", place + 1)
        if length < PAYLOAD_HEADER.size or place + length > len(data):
            raise IkeError(f"a payload says {length} bytes, {len(data) - place} are left", place + 2)
        found.append(Payload(kind, data[place + PAYLOAD_HEADER.size : place + length], place + PAYLOAD_HEADER.size))
        place += length
    if place != len(data):
        raise IkeError(f"{len(data) - place} bytes follow the last payload", place)
    return tuple(found)
