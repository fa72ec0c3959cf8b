# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of binary data: read in order, never past the end, and never shown in an error."""

from __future__ import annotations

from ipaddress import IPv4Address
from uuid import UUID

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import StoreFormatError
from ansible_collections.exchange.ipsec.plugins.module_utils.store.wire import (
    ByteReader,
    ByteWriter,
    read_frame,
    text_from_bytes,
    text_to_bytes,
)

KIND = UUID("22202163-4f4c-11d1-863b-00a0248d3021")
FRAME = "63212022 4c4f d111 863b 00a0248d3021"
"""The type GUID of ipsecPolicy as it stands on disk ([MS-GPIPSEC] 2.2.1.1.1)."""


def test_fields_in_order() -> None:
    reader = ByteReader(bytes.fromhex(f"{FRAME} 01020304 0a000001 0100 04000000 6100 0000 ff"), "x")
    assert reader.guid("g") == KIND
    assert reader.number("n") == 0x04030201
    assert reader.address("a") == IPv4Address("10.0.0.1")
    assert reader.number("p", 2) == 1
    assert reader.counted("t") == b"a\0\0\0"
    assert reader.starts_with(b"\xff")
    assert reader.left == 1
    assert reader.rest() == b"\xff"


@pytest.mark.parametrize(("blob", "method", "message"), [
    pytest.param("000000", "number", "x at byte 0: f needs 4 bytes, 3 left", id="number"),
    pytest.param("00" * 15, "guid", "x at byte 0: f needs 16 bytes, 15 left", id="guid"),
    pytest.param("05000000 61", "counted", "x at byte 0: f is said to have 5 bytes, 1 left", id="counted"),
    pytest.param("0000", "counted", "x at byte 0: the length of f needs 4 bytes, 2 left", id="length"),
])  # fmt: skip
def test_past_the_end(blob: str, method: str, message: str) -> None:
    with pytest.raises(StoreFormatError) as caught:
        getattr(ByteReader(bytes.fromhex(blob), "x"), method)("f")
    assert str(caught.value) == message


def test_a_count_that_cannot_be() -> None:
    with pytest.raises(StoreFormatError, match="x at byte 0: f is 4294967295, but only 2 bytes follow"):
        ByteReader(bytes.fromhex("ffffffff 0000"), "x").count("f", 1)


@pytest.mark.parametrize(("blob", "message"), [
    pytest.param(f"{FRAME.replace('63', '64', 1)} 00000000", "x at byte 0: the type GUID is", id="another-type"),
    pytest.param(f"{FRAME} 05000000 00000000", "x at byte 16: Data-Length is 5, but only 4 bytes follow", id="cut-off"),
    pytest.param(FRAME, "x at byte 16: Data-Length needs 4 bytes, 0 left", id="no-length"),
])  # fmt: skip
def test_frames_that_are_none(blob: str, message: str) -> None:
    with pytest.raises(StoreFormatError, match=message):
        read_frame(bytes.fromhex(blob), KIND, "x")


def test_writer_is_the_counterpart() -> None:
    writer = ByteWriter()
    writer.guid(KIND)
    writer.number(0x04030201)
    writer.number(1, 2)
    writer.counted(text_to_bytes("a"))
    writer.raw(b"\xff")
    assert writer.finish() == bytes.fromhex(f"{FRAME} 01020304 0100 04000000 6100 0000 ff")


def test_texts_end_at_their_nul() -> None:
    assert text_from_bytes(bytes.fromhex("6100 0000 6200"), "x", "f", 0) == "a"
    assert text_from_bytes(b"", "x", "f", 0) == ""


def test_what_is_no_text_is_not_shown() -> None:
    with pytest.raises(StoreFormatError, match="x at byte 7: f is no UTF-16 text") as caught:
        text_from_bytes(b"S\0e\0c\0r\0e\0t\0!", "x", "f", 7)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
