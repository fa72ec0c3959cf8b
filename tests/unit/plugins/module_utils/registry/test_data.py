# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry data as bytes: hand-written bytes of every type, and bytes that are not what their type promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.registry.data import (
    KINDS,
    kind_name,
    kind_number,
    value_from_bytes,
    value_to_bytes,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import Data, RegistryValue

CASES = [
    pytest.param("REG_SZ", "6100 0000", "a", id="text"),
    pytest.param("REG_SZ", "0000", "", id="empty-text"),
    pytest.param("REG_SZ", "6100", b"a\0", id="text-without-its-nul-stays-bytes"),
    pytest.param("REG_SZ", "61", b"a", id="odd-text-stays-bytes"),
    pytest.param("REG_EXPAND_SZ", "2500 0000", "%", id="expandable-text"),
    pytest.param("REG_DWORD", "78563412", 0x12345678, id="dword"),
    pytest.param("REG_DWORD", "7856", b"\x78\x56", id="short-dword-stays-bytes"),
    pytest.param("REG_DWORD_BIG_ENDIAN", "12345678", 0x12345678, id="big-endian-dword"),
    pytest.param("REG_QWORD", "0100000000000080", 0x8000000000000001, id="qword"),
    pytest.param("REG_MULTI_SZ", "6100 0000 6200 0000 0000", ("a", "b"), id="texts"),
    pytest.param("REG_MULTI_SZ", "0000", (), id="no-texts"),
    pytest.param("REG_MULTI_SZ", "6100 0000", b"a\0\0\0", id="texts-without-their-last-nul-stay-bytes"),
    pytest.param("REG_BINARY", "", b"", id="empty-binary"),
    pytest.param("REG_NONE", "0102", b"\1\2", id="none"),
    pytest.param("0x99", "07", b"\7", id="type-without-a-name"),
]


@pytest.mark.parametrize(("kind", "raw", "data"), CASES)
def test_data_of_every_type(kind: str, raw: str, data: Data) -> None:
    assert value_from_bytes(kind, bytes.fromhex(raw)) == RegistryValue(kind, data)
    assert value_to_bytes(RegistryValue(kind, data)) == bytes.fromhex(raw)


@pytest.mark.parametrize(("number", "name"), [(0, "REG_NONE"), (7, "REG_MULTI_SZ"), (11, "REG_QWORD"), (0x99, "0x99")])
def test_type_names(number: int, name: str) -> None:
    assert kind_name(number) == name
    assert kind_number(name) == number


@pytest.mark.parametrize("name", ["REG_NOTHING", "0xzz", ""])
def test_unknown_type_names_have_no_number(name: str) -> None:
    assert kind_number(name) is None


@given(kind=st.sampled_from([*KINDS.values(), "0x99"]), raw=st.binary(max_size=24))
def test_no_bytes_are_lost(kind: str, raw: bytes) -> None:
    assert value_to_bytes(value_from_bytes(kind, raw)) == raw
