# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The binary data of an ipsecNegotiationPolicy object: the offers of a filter action ([MS-GPIPSEC] 2.2.1.4.1).

The specification numbers ESP's encryption 1 none, 2 DES, 3 3DES and lets 0 stand for PFS; every policy that Microsoft
ships contradicts it. The numbers here are those of the policies: 0 none, 1 DES, 3 3DES, and 0 for no PFS.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar

from ..errors import SpecError, StoreFormatError
from ..model.security import Encryption, Esp, Integrity, QuickModeOffer
from .keys import BLOB_TYPES, Generation, ObjectClass
from .wire import ByteReader, ByteWriter, check_length, read_frame

T = TypeVar("T")

_TYPE = BLOB_TYPES[ObjectClass.ACTION]
_OFFERS_AT = 24
_OFFER_SIZE = 80
_AH, _ESP = 1, 2
_ENCRYPTION = {0: Encryption.NONE, 1: Encryption.DES, 3: Encryption.TRIPLE_DES}
_ESP_INTEGRITY = {0: Integrity.NONE, 1: Integrity.MD5, 2: Integrity.SHA1}
_AH_INTEGRITY = {1: Integrity.MD5, 2: Integrity.SHA1}


@dataclasses.dataclass(frozen=True)
class AlgorithmSlot:
    """One of the three slots of an offer, 20 bytes; ``sizes`` (key length and rounds) mean nothing."""

    algorithm: int = 0
    integrity: int = 0
    kind: int = 0
    sizes: bytes = bytes(8)


@dataclasses.dataclass(frozen=True)
class Offer:
    """One offer, 80 bytes. Only the first ``count`` slots mean anything, the others may be junk."""

    seconds: int = 0
    kilobytes: int = 0
    options: int = 0
    pfs: int = 0
    count: int = 0
    slots: tuple[AlgorithmSlot, ...] = (AlgorithmSlot(), AlgorithmSlot(), AlgorithmSlot())


@dataclasses.dataclass(frozen=True)
class ActionBlob:
    """All of a blob: the offers, the length in its frame, and what follows."""

    offers: tuple[Offer, ...] = ()
    data_length: int = 4
    tail: bytes = b"\0"


@dataclasses.dataclass(frozen=True)
class Negotiation:
    """What a blob means: offers in order of preference, PFS, and fall-back to clear text (an offer of nothing)."""

    offers: tuple[QuickModeOffer, ...] = ()
    pfs: bool = False
    soft: bool = False


def decode_action_blob(data: bytes, what: str) -> ActionBlob:
    """Read a blob (docs/registry-store.md, table N); StoreFormatError names ``what`` and the byte offset."""
    reader, length = read_frame(data, _TYPE, what)
    count = reader.count("Security-Offer-Count", _OFFER_SIZE)
    offers = tuple(_decode_offer(reader) for _unused in range(count))
    check_length(reader, length, 20)
    return ActionBlob(offers, length, reader.rest())


def encode_action_blob(blob: ActionBlob) -> bytes:
    """Write a blob; the exact inverse of decode_action_blob."""
    writer = ByteWriter()
    writer.guid(_TYPE)
    writer.number(blob.data_length)
    writer.number(len(blob.offers))
    for offer in blob.offers:
        for value in (offer.seconds, offer.kilobytes, offer.options, offer.pfs, offer.count):
            writer.number(value)
        for slot in offer.slots:
            for value in (slot.algorithm, slot.integrity, slot.kind):
                writer.number(value)
            writer.raw(slot.sizes)
    writer.raw(blob.tail)
    return writer.finish()


def _decode_offer(reader: ByteReader) -> Offer:
    seconds, kilobytes = reader.number("the lifetime in seconds"), reader.number("the lifetime in kilobytes")
    options, pfs, count = reader.number("the options"), reader.number("PFS"), reader.number("Algorithm-Offer-Count")
    slots = tuple(
        AlgorithmSlot(
            reader.number("an algorithm"),
            reader.number("an integrity"),
            reader.number("a kind"),
            reader.take(8, "sizes"),
        )
        for _unused in range(3)
    )
    return Offer(seconds, kilobytes, options, pfs, count, slots)


def negotiation_from_blob(blob: ActionBlob, what: str) -> Negotiation:
    """Give the meaning of a blob; an offer that stands twice counts once, where it stands first."""
    offers = []
    for index, offer in enumerate(blob.offers):
        start = _OFFERS_AT + _OFFER_SIZE * index
        if offer.options:
            raise StoreFormatError(what, f"offer {index + 1} has the unknown options {offer.options:#x}", start + 8)
        if offer.pfs > 1:
            raise StoreFormatError(what, f"PFS of offer {index + 1} is {offer.pfs}, it must be 0 or 1", start + 12)
        if offer.count:
            offers.append((offer.pfs == 1, _offer(offer, index, what)))
        elif index != len(blob.offers) - 1:
            raise StoreFormatError(what, f"offer {index + 1} is empty and not the last one", start + 16)
    pfs = {has_pfs for has_pfs, _unused in offers}
    if len(pfs) > 1:
        index = next(index for index, (has_pfs, _unused) in enumerate(offers) if has_pfs != offers[0][0])
        problem = f"offer {index + 1} differs from the ones before it in PFS; policies here have one PFS for all offers"
        raise StoreFormatError(what, problem, _OFFERS_AT + _OFFER_SIZE * index + 12)
    soft = bool(blob.offers) and blob.offers[-1].count == 0
    return Negotiation(tuple(dict.fromkeys(offer for _unused, offer in offers)), pfs == {True}, soft)


def _offer(offer: Offer, index: int, what: str) -> QuickModeOffer:
    start = _OFFERS_AT + _OFFER_SIZE * index
    if offer.count > 3:
        raise StoreFormatError(
            what, f"offer {index + 1} counts {offer.count} algorithms, there is room for 3", start + 16
        )
    ah: Integrity | None = None
    esp: Esp | None = None
    try:
        for number, slot in enumerate(offer.slots[: offer.count]):
            at = start + 20 + 20 * number
            if slot.kind == _AH and ah is None:
                ah = _known(_AH_INTEGRITY, slot.algorithm, "the hash of AH", at, what)
            elif slot.kind == _ESP and esp is None:
                encryption = _known(_ENCRYPTION, slot.algorithm, "the encryption of ESP", at, what)
                esp = Esp(encryption, _known(_ESP_INTEGRITY, slot.integrity, "the hash of ESP", at + 4, what))
            else:
                problem = f"algorithm {number + 1} of offer {index + 1} is of kind {slot.kind}, twice or unknown"
                raise StoreFormatError(what, problem, at + 8)
        return QuickModeOffer(esp, ah, offer.seconds, offer.kilobytes)
    except SpecError as exc:
        raise StoreFormatError(what, f"offer {index + 1}: {exc}", start) from exc


def _known(table: Mapping[int, T], value: int, name: str, offset: int, what: str) -> T:
    if value not in table:
        raise StoreFormatError(what, f"{name} is {value}, which is unknown", offset)
    return table[value]


def action_blob(negotiation: Negotiation, generation: Generation) -> ActionBlob:
    """Make the blob for offers; the older systems also write key lengths, and soft becomes an offer of nothing."""
    sizes = bytes(8) if generation is Generation.VISTA else b"\x40\0\0\0\x08\0\0\0"
    offers = [_offer_record(offer, negotiation.pfs, sizes) for offer in negotiation.offers]
    offers += [Offer()] if negotiation.soft else []
    return ActionBlob(tuple(offers), 4 + _OFFER_SIZE * len(offers))


def _offer_record(offer: QuickModeOffer, pfs: bool, sizes: bytes) -> Offer:
    slots = []
    if offer.ah:
        slots.append(AlgorithmSlot(_number(_AH_INTEGRITY, offer.ah), 0, _AH, sizes))
    if offer.esp:
        encryption = _number(_ENCRYPTION, offer.esp.encryption)
        slots.append(AlgorithmSlot(encryption, _number(_ESP_INTEGRITY, offer.esp.integrity), _ESP, sizes))
    padded = (*slots, *[AlgorithmSlot()] * (3 - len(slots)))
    return Offer(offer.lifetime_seconds, offer.lifetime_kilobytes, 0, int(pfs), len(slots), padded)


def _number(table: Mapping[int, T], wanted: T) -> int:
    return next(number for number, known in table.items() if known is wanted)
