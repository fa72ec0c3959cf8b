# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is offered in main mode: one transform for each combination (RFC 2408 section 3.6, RFC 2409 appendix A)."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Sequence

from .wire import PAYLOAD_HEADER, IkeError

DOI_IPSEC, IDENTITY_ONLY = 1, 1
TRANSFORM_KIND = 3
PROTOCOL_ISAKMP, KEY_IKE = 1, 1
LIFE_SECONDS = 28_800
_BASIC = 0x8000
_ENCRYPTION, _HASH, _AUTHENTICATION, _GROUP, _LIFE_TYPE, _LIFE, _KEY_LENGTH = 1, 2, 3, 4, 11, 12, 14

ENCRYPTION = {"des": (1, None), "3des": (5, None), "aes128": (7, 128), "aes192": (7, 192), "aes256": (7, 256)}
"""Name -> number and key length in bits (RFC 2409 appendix A, RFC 3602 section 5.2)."""
INTEGRITY = {"md5": 1, "sha1": 2, "sha256": 4}
AUTHENTICATION = {"psk": 1, "certificate": 3, "kerberos": 65001}
"""Kerberos is the private number of draft-ietf-ipsec-isakmp-gss-auth, which Windows uses."""


@dataclasses.dataclass(frozen=True)
class Transform:
    """One combination of algorithms, by the names of the tables above."""

    encryption: str
    integrity: str
    dh_group: int
    authentication: str

    def __str__(self) -> str:
        """Say it as ``3des-sha1-dh14 psk``."""
        return f"{self.encryption}-{self.integrity}-dh{self.dh_group} {self.authentication}"

    @property
    def suite(self) -> tuple[str, str, int]:
        """The algorithms, whatever authenticates."""
        return self.encryption, self.integrity, self.dh_group

    @property
    def is_weak(self) -> bool:
        """Whether it rests on DES, MD5 or the group of 768 bits, which are broken."""
        return self.encryption == "des" or self.integrity == "md5" or self.dh_group == 1


def combinations(
    encryption: Sequence[str], integrity: Sequence[str], dh_groups: Sequence[int], authentication: Sequence[str]
) -> tuple[Transform, ...]:
    """Give every combination, those of one method of authentication together."""
    return tuple(
        Transform(cipher, digest, group, method)
        for method in authentication for group in dh_groups for cipher in encryption for digest in integrity
    )  # fmt: skip


def encode_offer(transforms: Sequence[Transform]) -> bytes:
    """Write the body of a security association payload that offers up to 255 transforms in their order."""
    encoded = b""
    for number, one in enumerate(transforms, 1):
        attributes = b"".join(_basic(kind, value) for kind, value in _attributes(one))
        attributes += _basic(_LIFE_TYPE, 1) + struct.pack("!HHI", _LIFE, 4, LIFE_SECONDS)
        following = 0 if number == len(transforms) else TRANSFORM_KIND
        body = struct.pack("!BBH", number, KEY_IKE, 0) + attributes
        encoded += PAYLOAD_HEADER.pack(following, 0, PAYLOAD_HEADER.size + len(body)) + body
    proposal = struct.pack("!BBBB", 1, PROTOCOL_ISAKMP, 0, len(transforms)) + encoded
    head = struct.pack("!II", DOI_IPSEC, IDENTITY_ONLY)
    return head + PAYLOAD_HEADER.pack(0, 0, PAYLOAD_HEADER.size + len(proposal)) + proposal


def decode_choice(body: bytes, offered: Sequence[Transform], offset: int = 0) -> Transform:
    """Read the one transform that a responder chose; IkeError unless it is exactly one of those offered."""
    fixed = struct.Struct("!IIBBHBBBB")
    if len(body) < fixed.size:
        raise IkeError("a security association needs 16 bytes", offset)
    doi, situation, following, _unused, length, _unused, protocol, spi_size, count = fixed.unpack_from(body)
    if (doi, situation, protocol) != (DOI_IPSEC, IDENTITY_ONLY, PROTOCOL_ISAKMP):
        raise IkeError("the security association is not about IKE", offset)
    if following or count != 1 or length != len(body) - 8:
        raise IkeError("exactly one proposal with one transform may come back", offset + 8)
    place = fixed.size + spi_size
    if place + 8 > len(body):
        raise IkeError("the transform is missing", offset + place)
    following, _unused, length, _unused, identifier, _unused = struct.unpack_from("!BBHBBH", body, place)
    if following or identifier != KEY_IKE or length != len(body) - place:
        raise IkeError("the transform does not fill its proposal", offset + place)
    given = _decode_attributes(body[place + 8 :], offset + place + 8)
    for one in offered:
        wanted = dict(_attributes(one))
        if all(given.get(kind) == wanted.get(kind) for kind in _ALGORITHM_KINDS):
            return one
    raise IkeError("the transform that was chosen was not offered", offset + place)


_ALGORITHM_KINDS = (_ENCRYPTION, _HASH, _AUTHENTICATION, _GROUP, _KEY_LENGTH)


def _attributes(one: Transform) -> list[tuple[int, int]]:
    number, bits = ENCRYPTION[one.encryption]
    found = [(_ENCRYPTION, number), (_HASH, INTEGRITY[one.integrity])]
    found += [(_AUTHENTICATION, AUTHENTICATION[one.authentication]), (_GROUP, one.dh_group)]
    return found if bits is None else [*found, (_KEY_LENGTH, bits)]


def _basic(kind: int, value: int) -> bytes:
    return struct.pack("!HH", _BASIC | kind, value)


def _decode_attributes(data: bytes, offset: int) -> dict[int, int]:
    """Read data attributes (RFC 2408 section 3.3) as numbers; one of more than 8 bytes is -1."""
    found: dict[int, int] = {}
    place = 0
    while place < len(data):
        if place + 4 > len(data):
            raise IkeError("an attribute is cut off", offset + place)
        kind, value = struct.unpack_from("!HH", data, place)
        place += 4
        if not kind & _BASIC:
            text = data[place : place + value]
            if len(text) != value:
                raise IkeError(f"an attribute says {value} bytes, {len(text)} are left", offset + place)
            place += value
            value = int.from_bytes(text, "big") if len(text) <= 8 else -1
        if kind & ~_BASIC in found:
            raise IkeError(f"attribute {kind & ~_BASIC} comes twice", offset + place)
        found[kind & ~_BASIC] = value
    return found
