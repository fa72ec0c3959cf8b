# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The binary data of an ipsecISAKMPPolicy object: the main mode of a policy ([MS-GPIPSEC] 2.2.1.2.1)."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterable
from uuid import UUID

from ..errors import SpecError, StoreFormatError
from ..model.security import DEFAULT_MAIN_MODE_SECONDS, DhGroup, Encryption, Integrity, MainMode, MainModeOffer
from .keys import BLOB_TYPES, Generation, ObjectClass
from .wire import ByteWriter, check_length, read_frame

_TYPE = BLOB_TYPES[ObjectClass.MAIN_MODE]
_NO_GUID = UUID(int=0)
_METHODS_AT = 84
_FIELDS_AT = {"quick_modes": 52, "lifetime_seconds": 56, "offers": 80}
_METHOD = struct.Struct("<2s2sIIIIII8sB7sIIIII")
_ENCRYPTION = {1: Encryption.DES, 2: Encryption.TRIPLE_DES, 3: Encryption.TRIPLE_DES}
_INTEGRITY = {1: Integrity.MD5, 2: Integrity.SHA1}
_GROUPS = {1: DhGroup.LOW, 2: DhGroup.MEDIUM, 0x10000001: DhGroup.HIGH}
_GROUP_14 = {
    1: MainModeOffer(Encryption.DES, Integrity.MD5, DhGroup.HIGH),
    2: MainModeOffer(Encryption.DES, Integrity.SHA1, DhGroup.HIGH),
    3: MainModeOffer(Encryption.TRIPLE_DES, Integrity.MD5, DhGroup.HIGH),
    4: MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH),
}
"""What Random-Function and New-DH-n mean: an offer with group 14, whatever the other fields say."""


@dataclasses.dataclass(frozen=True)
class MainModeMethod:
    """One security method, 64 bytes. Key lengths, rounds, padding and the PFS flag mean nothing and may be junk."""

    encryption: int
    integrity: int
    group: int
    seconds: int
    random_function: int = 0
    quick_modes: int = 0
    kilobytes: int = 0
    pfs: int = 0
    version: bytes = b"\0\0"
    padding: tuple[bytes, bytes, bytes] = (b"\0\0", bytes(8), bytes(7))
    encryption_sizes: tuple[int, int] = (0x40, 8)
    integrity_sizes: tuple[int, int] = (0x40, 0)


@dataclasses.dataclass(frozen=True)
class MainModeBlob:
    """All of a blob. ``instance`` is a GUID that no system fills alike; nothing reads it."""

    methods: tuple[MainModeMethod, ...]
    seconds: int = 0
    quick_modes: int = 0
    pfs: int = 0
    options: int = 0
    new_dh: tuple[int, ...] = (0, 0, 0, 0)
    instance: UUID = _NO_GUID
    padding: tuple[bytes, bytes] = (bytes(4), bytes(20))
    data_length: int = 64
    tail: bytes = b"\0"


def decode_main_mode_blob(data: bytes, what: str) -> MainModeBlob:
    """Read a blob (docs/registry-store.md, table M); StoreFormatError names ``what`` and the byte offset."""
    reader, length = read_frame(data, _TYPE, what)
    instance = reader.guid("ISAKMP-Policy-Instance")
    first = reader.take(4, "Zero1")
    pfs, options = reader.number("Master-PFS-Required"), reader.number("ISAKMP-Options")
    new_dh = tuple(reader.take(4, "New-DH"))
    quick_modes, seconds = reader.number("QM-Limit"), reader.number("MM-Lifetime")
    second = reader.take(20, "Zero2")
    count = reader.count("Security-Method-Count", _METHOD.size)
    methods = tuple(_decode_method(reader.take(_METHOD.size, "a security method")) for _unused in range(count))
    check_length(reader, length, 20)
    padding = (first, second)
    return MainModeBlob(
        methods, seconds, quick_modes, pfs, options, new_dh, instance, padding, length, reader.rest()
    )  # fmt: skip


def encode_main_mode_blob(blob: MainModeBlob) -> bytes:
    """Write a blob; the exact inverse of decode_main_mode_blob."""
    writer = ByteWriter()
    writer.guid(_TYPE)
    writer.number(blob.data_length)
    writer.guid(blob.instance)
    writer.raw(blob.padding[0])
    writer.number(blob.pfs)
    writer.number(blob.options)
    writer.raw(bytes(blob.new_dh))
    writer.number(blob.quick_modes)
    writer.number(blob.seconds)
    writer.raw(blob.padding[1])
    writer.number(len(blob.methods))
    for method in blob.methods:
        writer.raw(_encode_method(method))
    writer.raw(blob.tail)
    return writer.finish()


def _decode_method(data: bytes) -> MainModeMethod:
    (version, zero3, encryption, encryption_key, encryption_rounds, integrity, integrity_key, integrity_rounds, zero6,
     random_function, zero7, group, quick_modes, kilobytes, seconds, pfs) = _METHOD.unpack(data)  # fmt: skip
    return MainModeMethod(
        encryption, integrity, group, seconds, random_function, quick_modes, kilobytes, pfs, version,
        (zero3, zero6, zero7), (encryption_key, encryption_rounds), (integrity_key, integrity_rounds),
    )  # fmt: skip


def _encode_method(method: MainModeMethod) -> bytes:
    zero3, zero6, zero7 = method.padding
    return _METHOD.pack(
        method.version, zero3, method.encryption, *method.encryption_sizes, method.integrity, *method.integrity_sizes,
        zero6, method.random_function, zero7, method.group, method.quick_modes, method.kilobytes, method.seconds,
        method.pfs,
    )  # fmt: skip


def main_mode_from_blob(blob: MainModeBlob, what: str) -> MainMode:
    """Give the meaning of a blob: the New-DH offers come first, then the methods in their order, each once.

    A lifetime or limit stands in the blob, in its methods, or in both; where they disagree there is no one meaning.
    """
    if blob.pfs > 1:
        raise StoreFormatError(what, f"Master-PFS-Required is {blob.pfs}, it must be 0 or 1", 40)
    offers = [_new_dh_offer(number, index, what) for index, number in enumerate(blob.new_dh) if number]
    offers += [_offer(method, index, what) for index, method in enumerate(blob.methods)]
    plain = [method for method in blob.methods if not method.random_function]  # the others use the blob's own
    for index, method in enumerate(blob.methods):
        if method.kilobytes:
            problem = f"security method {index + 1} has a lifetime of {method.kilobytes} kB, which policies do not show"
            raise StoreFormatError(what, problem, _METHODS_AT + 64 * index + 52)
    seconds = _agreed(blob.seconds, (method.seconds for method in plain), "lifetime", 56, what)
    quick_modes = _agreed(blob.quick_modes, (method.quick_modes for method in plain), "limit of quick modes", 52, what)
    try:
        return MainMode(tuple(dict.fromkeys(offers)), seconds or DEFAULT_MAIN_MODE_SECONDS, quick_modes, blob.pfs == 1)
    except SpecError as exc:
        raise StoreFormatError(what, str(exc), _FIELDS_AT.get(exc.place)) from exc


def main_mode_blob(main_mode: MainMode, generation: Generation, instance: UUID, options: int = 0) -> MainModeBlob:
    """Make the blob for a main mode; an offer with group 14 is written as netsh writes it, through Random-Function.

    ``instance`` is the GUID of the object; ``options`` are the ISAKMP-Options.
    """
    methods = tuple(_method(offer, main_mode) for offer in main_mode.offers)
    seconds = main_mode.lifetime_seconds or DEFAULT_MAIN_MODE_SECONDS
    implied = generation is Generation.SERVER_2003 and seconds == DEFAULT_MAIN_MODE_SECONDS
    return MainModeBlob(
        methods,
        0 if implied else seconds,
        main_mode.quick_modes,
        int(main_mode.pfs),
        options,
        instance=instance,
        data_length=64 + 64 * len(methods),
    )


def _offer(method: MainModeMethod, index: int, what: str) -> MainModeOffer:
    start = _METHODS_AT + _METHOD.size * index
    if method.random_function:
        if method.random_function not in _GROUP_14:
            problem = f"Random-Function of security method {index + 1} is {method.random_function}, which means nothing"
            raise StoreFormatError(what, problem, start + 36)
        return _GROUP_14[method.random_function]
    for name, value, known, offset in (
        ("the encryption", method.encryption, _ENCRYPTION, 4),
        ("the hash", method.integrity, _INTEGRITY, 16),
        ("the Oakley group", method.group, _GROUPS, 44),
    ):
        if value not in known:
            raise StoreFormatError(what, f"{name} of security method {index + 1} is {value}, unknown", start + offset)
    return MainModeOffer(_ENCRYPTION[method.encryption], _INTEGRITY[method.integrity], _GROUPS[method.group])


def _new_dh_offer(number: int, index: int, what: str) -> MainModeOffer:
    if number not in _GROUP_14:
        raise StoreFormatError(what, f"New-DH-{index + 1} is {number}, which means nothing", 48 + index)
    return _GROUP_14[number]


def _agreed(own: int, others: Iterable[int], name: str, offset: int, what: str) -> int:
    """Give the one value that the blob and its methods agree on; 0 in the blob leaves it to the methods."""
    values = set(others)
    if own:
        values = {value for value in values if value} | {own}
    if len(values) > 1:
        raise StoreFormatError(what, f"the {name} differs between security methods ({sorted(values)})", offset)
    return values.pop() if values else own


def _method(offer: MainModeOffer, main_mode: MainMode) -> MainModeMethod:
    """Make one method; netsh gives an offer with group 14 the group 2 for those who do not know Random-Function."""
    high = offer.dh_group is DhGroup.HIGH
    return MainModeMethod(
        encryption=3 if offer.encryption is Encryption.TRIPLE_DES else 1,
        integrity=2 if offer.integrity is Integrity.SHA1 else 1,
        group=2 if high else int(offer.dh_group),
        seconds=main_mode.lifetime_seconds or DEFAULT_MAIN_MODE_SECONDS,
        random_function=next(number for number, known in _GROUP_14.items() if known == offer) if high else 0,
        quick_modes=main_mode.quick_modes,
    )
