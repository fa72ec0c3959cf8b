# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The binary data of an ipsecFilter object, a filter list ([MS-GPIPSEC] 2.2.1.5.1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from ipaddress import IPv4Address
from uuid import UUID

from .keys import BLOB_TYPES, Generation, ObjectClass
from .wire import ByteReader, ByteWriter, check_length, read_frame

_TYPE = BLOB_TYPES[ObjectClass.FILTER_LIST]
_SECOND_SECTION = UUID("35fecd3d-ae29-4373-8a6a-c5d8fab2fb08").bytes_le
_SMALLEST = 70
"""A filter with three empty texts."""


@dataclasses.dataclass(frozen=True)
class FilterRecord:
    """One filter as it stands; the offsets of its fields follow from ``offset`` and the three texts."""

    source_name: bytes
    destination_name: bytes
    description: bytes
    guid: UUID
    mirrored: int
    source: IPv4Address
    source_mask: IPv4Address
    destination: IPv4Address
    destination_mask: IPv4Address
    tunnel: IPv4Address
    protocol: int
    source_port: int
    destination_port: int
    is_tunnel: int
    special: int
    options: int
    offset: int = dataclasses.field(default=0, compare=False)

    @property
    def fixed_at(self) -> int:
        """Where the GUID begins: behind the three texts."""
        return self.offset + 12 + len(self.source_name) + len(self.destination_name) + len(self.description)


@dataclasses.dataclass(frozen=True)
class SecondSection:
    """The filters of Vista and later that the first form cannot hold, kept as they stand.

    ``first_count`` overrides the number of filters in the first section where it is not 0.
    """

    first_count: int
    count: int
    filters: bytes
    offset: int = dataclasses.field(default=0, compare=False)


@dataclasses.dataclass(frozen=True)
class FilterBlob:
    """All of a blob: the filters, the second section or None, what follows, and the length in the frame."""

    filters: tuple[FilterRecord, ...]
    data_length: int
    second: SecondSection | None = None
    tail: bytes = b""


def decode_filter_blob(data: bytes, what: str) -> FilterBlob:
    """Read a blob (docs/registry-store.md, table F); StoreFormatError names ``what`` and the byte offset.

    The older systems count the number of filters in Data-Length, Vista and later do not; both are read.
    """
    reader, length = read_frame(data, _TYPE, what)
    count = reader.count("the number of filters", _SMALLEST)
    filters = tuple(_decode_filter(reader) for _unused in range(count))
    check_length(reader, length, 24)
    second = None
    if reader.starts_with(_SECOND_SECTION):
        offset = reader.offset
        reader.take(16, "a section")
        size = reader.number("Data-Length2")
        first_count, number = reader.number("Number-Of-Filters11"), reader.number("Number-Of-Filters2")
        second = SecondSection(first_count, number, reader.take(size, "Filter-Spec2"), offset)
    return FilterBlob(filters, length, second, reader.rest())


def encode_filter_blob(blob: FilterBlob) -> bytes:
    """Write a blob; the exact inverse of decode_filter_blob."""
    writer = ByteWriter()
    writer.guid(_TYPE)
    writer.number(blob.data_length)
    writer.number(len(blob.filters))
    for one in blob.filters:
        writer.raw(_encode_filter(one))
    if blob.second:
        writer.raw(_SECOND_SECTION)
        writer.number(len(blob.second.filters))
        writer.number(blob.second.first_count)
        writer.number(blob.second.count)
        writer.raw(blob.second.filters)
    writer.raw(blob.tail)
    return writer.finish()


def filter_blob(filters: Sequence[FilterRecord], generation: Generation) -> FilterBlob:
    """Make the blob for filters in the form of a generation: what Data-Length counts, and whether a byte follows."""
    size = sum(len(_encode_filter(one)) for one in filters)
    if generation is Generation.VISTA:
        return FilterBlob(tuple(filters), size)
    return FilterBlob(tuple(filters), size + 4, None, b"\0")


def _decode_filter(reader: ByteReader) -> FilterRecord:
    offset = reader.offset
    return FilterRecord(
        source_name=reader.counted("the source DNS name"),
        destination_name=reader.counted("the destination DNS name"),
        description=reader.counted("the description of a filter"),
        guid=reader.guid("the GUID of a filter"),
        mirrored=reader.number("Mirror-Flag"),
        source=reader.address("the source address"),
        source_mask=reader.address("the source mask"),
        destination=reader.address("the destination address"),
        destination_mask=reader.address("the destination mask"),
        tunnel=reader.address("the tunnel address"),
        protocol=reader.number("the protocol"),
        source_port=reader.number("the source port", 2),
        destination_port=reader.number("the destination port", 2),
        is_tunnel=reader.number("Is-Tunnel", 1),
        special=reader.number("Special-Filter", 1),
        options=reader.number("the options of a filter", 2),
        offset=offset,
    )


def _encode_filter(one: FilterRecord) -> bytes:
    writer = ByteWriter()
    for text in (one.source_name, one.destination_name, one.description):
        writer.counted(text)
    writer.guid(one.guid)
    writer.number(one.mirrored)
    for address in (one.source, one.source_mask, one.destination, one.destination_mask, one.tunnel):
        writer.raw(address.packed)
    writer.number(one.protocol)
    for value, size in (
        (one.source_port, 2), (one.destination_port, 2), (one.is_tunnel, 1), (one.special, 1), (one.options, 2),
    ):  # fmt: skip
        writer.number(value, size)
    return writer.finish()
