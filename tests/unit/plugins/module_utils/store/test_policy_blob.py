# SPDX-License-Identifier: GPL-3.0-or-later
"""ipsecPolicy: the polling interval."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import StoreFormatError
from ansible_collections.exchange.ipsec.plugins.module_utils.store.policy_blob import (
    PolicyBlob,
    decode_policy_blob,
    encode_policy_blob,
    policy_blob,
    polling_minutes,
)

MICROSOFT = "63212022 4c4f d111 863b 00a0248d3021 04000000 302a0000 00"
"""The same in Samba's provision.ldif (Windows 2000) and in a store of Windows 11: 10800 seconds."""


def test_microsofts_own() -> None:
    blob = decode_policy_blob(bytes.fromhex(MICROSOFT), "x")
    assert blob == PolicyBlob(10800)
    assert polling_minutes(blob, "x") == 180
    assert encode_policy_blob(blob) == bytes.fromhex(MICROSOFT)
    assert encode_policy_blob(policy_blob(180)) == bytes.fromhex(MICROSOFT)


def test_zero_means_three_hours() -> None:
    assert polling_minutes(PolicyBlob(0), "x") == 180


def test_seconds_that_are_no_minutes_are_not_rounded() -> None:
    with pytest.raises(StoreFormatError, match="x at byte 20: the polling interval is 90 seconds"):
        polling_minutes(PolicyBlob(90), "x")


def test_what_follows_survives() -> None:
    longer = bytes.fromhex(MICROSOFT.replace("04000000", "06000000") + "cdcd")
    blob = decode_policy_blob(longer, "x")
    assert blob == PolicyBlob(10800, 6, b"\0\xcd\xcd")
    assert encode_policy_blob(blob) == longer


@given(data=st.binary(max_size=12))
def test_no_bytes_are_lost_or_make_another_error(data: bytes) -> None:
    blob = bytes.fromhex(MICROSOFT)[:16] + data
    with contextlib.suppress(StoreFormatError):
        assert encode_policy_blob(decode_policy_blob(blob, "x")) == blob


@given(minutes=st.integers(1, 28800))
def test_every_interval_comes_back(minutes: int) -> None:
    assert polling_minutes(decode_policy_blob(encode_policy_blob(policy_blob(minutes)), "x"), "x") == minutes
