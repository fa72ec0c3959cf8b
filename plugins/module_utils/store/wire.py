# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and writing the binary data of store objects, field by field, never past the end."""

from __future__ import annotations

from ipaddress import IPv4Address
from uuid import UUID

from ..errors import StoreFormatError

NO_TEXT = b"\0\0"
"""The empty text as the store writes it: two bytes, its NUL."""


class ByteReader:
    """Takes fields from the front of some bytes; every error names the object, the byte offset and the field.

    What was read is never part of an error: it may be a pre-shared key.
    """

    def __init__(self, data: bytes, what: str) -> None:
        """Start at the first byte; ``what`` names the object and value for errors."""
        self._data = data
        self.what = what
        self.offset = 0

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return len(self._data) - self.offset

    def take(self, size: int, field: str) -> bytes:
        """Take ``size`` bytes."""
        if size > self.left:
            raise self.problem(f"{field} needs {size} bytes, {self.left} left")
        start = self.offset
        self.offset += size
        return self._data[start : self.offset]

    def number(self, field: str, size: int = 4) -> int:
        """Take a little-endian number."""
        return int.from_bytes(self.take(size, field), "little")

    def guid(self, field: str) -> UUID:
        """Take a GUID in the mixed-endian order of Windows."""
        return UUID(bytes_le=self.take(16, field))

    def address(self, field: str) -> IPv4Address:
        """Take an IPv4 address; these stand in network order."""
        return IPv4Address(self.take(4, field))

    def counted(self, field: str) -> bytes:
        """Take a length in bytes and that many bytes."""
        start = self.offset
        size = self.number(f"the length of {field}")
        if size > self.left:
            raise self.problem(f"{field} is said to have {size} bytes, {self.left} left", start)
        return self.take(size, field)

    def count(self, field: str, smallest: int) -> int:
        """Take the number of items that follow, each of at least ``smallest`` bytes."""
        start = self.offset
        count = self.number(field)
        if count * smallest > self.left:
            raise self.problem(f"{field} is {count}, but only {self.left} bytes follow", start)
        return count

    def starts_with(self, start: bytes) -> bool:
        """Say whether these bytes come next, without taking them."""
        return self._data.startswith(start, self.offset)

    def rest(self) -> bytes:
        """Take all that is left."""
        return self.take(self.left, "the rest")

    def problem(self, text: str, offset: int | None = None) -> StoreFormatError:
        """Make an error at the current offset, or at the given one."""
        return StoreFormatError(self.what, text, self.offset if offset is None else offset)


class ByteWriter:
    """Puts fields one behind the other; the counterpart of ByteReader."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._data = bytearray()

    def raw(self, data: bytes) -> None:
        """Put bytes as they are."""
        self._data += data

    def number(self, value: int, size: int = 4) -> None:
        """Put a little-endian number."""
        self._data += value.to_bytes(size, "little")

    def guid(self, value: UUID) -> None:
        """Put a GUID in the mixed-endian order of Windows."""
        self._data += value.bytes_le

    def counted(self, data: bytes) -> None:
        """Put the length in bytes and the bytes."""
        self.number(len(data))
        self._data += data

    def finish(self) -> bytes:
        """Give everything that was put."""
        return bytes(self._data)


def read_frame(data: bytes, kind: UUID, what: str) -> tuple[ByteReader, int]:
    """Check the type GUID and the length in front of a blob; give a reader that stands behind them, and the length."""
    reader = ByteReader(data, what)
    found = reader.guid("the type GUID")
    if found != kind:
        raise reader.problem(f"the type GUID is {{{found}}}, expected {{{kind}}}", 0)
    length = reader.number("Data-Length")
    if length > reader.left:
        raise reader.problem(f"Data-Length is {length}, but only {reader.left} bytes follow", 16)
    return reader, length


def check_length(reader: ByteReader, length: int, start: int) -> None:
    """Refuse a Data-Length that ends before the fields do which it must cover."""
    if length < reader.offset - start:
        raise reader.problem(f"Data-Length is {length}, but the fields take {reader.offset - start} bytes", 16)


def text_to_bytes(text: str) -> bytes:
    """Write a text as the store does: UTF-16 with a NUL at the end."""
    return (text + "\0").encode("utf-16-le")


def text_from_bytes(raw: bytes, what: str, field: str, offset: int) -> str:
    """Read a text up to its NUL; StoreFormatError, which never shows it, where it is no UTF-16."""
    try:
        return raw.decode("utf-16-le").partition("\0")[0]
    except UnicodeDecodeError:
        raise StoreFormatError(what, f"{field} is no UTF-16 text", offset) from None
