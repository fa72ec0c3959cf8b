# SPDX-License-Identifier: GPL-3.0-or-later
"""Vendor IDs by the table of [MS-IKEE], and the hash behind each of them, worked out from its text."""

from __future__ import annotations

import hashlib

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.ike.vendors import Vendors

NT = hashlib.md5(b"MS NT5 ISAKMPOAKLEY", usedforsecurity=False).digest()


@pytest.mark.parametrize(("number", "name"), [
    pytest.param(2, "Windows 2000", id="2000"), pytest.param(4, "Windows Server 2003", id="2003"),
    pytest.param(9, "Windows 8 or Server 2012, or later", id="2012"),
    pytest.param(12, "Windows (IKE version 12)", id="unknown"),
])
def test_windows_by_its_number(number: int, name: str) -> None:
    assert Vendors((NT + number.to_bytes(4, "big"),)).windows == name


@pytest.mark.parametrize(("text", "name"), [
    pytest.param(b"NLBS_PRESENT", "NLBS_PRESENT (fast fail-over)", id="nlbs"),
    pytest.param(b"Vid-Initial-Contact", "Vid-Initial-Contact", id="initial-contact"),
    pytest.param(b"FRAGMENTATION", "FRAGMENTATION", id="fragmentation"),
    pytest.param(b"draft-ietf-ipsec-nat-t-ike-02\n", "NAT traversal (draft 02)", id="nat-draft"),
    pytest.param(b"RFC 3947", "NAT traversal (RFC 3947)", id="nat"),
    pytest.param(b"GSSAPI", "Kerberos (GSS-API)", id="kerberos"),
    pytest.param(b"MS-MamieExists", "AuthIP (MS-MamieExists)", id="authip"),
    pytest.param(b"IKE CGA version 1", "CGA", id="cga"),
    pytest.param(b"MS-Negotiation Discovery Capable", "negotiation discovery", id="discovery"),
    pytest.param(b"anything else", "", id="unknown"),
])
def test_a_name_for_each(text: bytes, name: str) -> None:
    digest = hashlib.md5(text, usedforsecurity=False).digest()
    assert Vendors((digest,)).names() == [{"id": digest.hex(), "name": name}]


def test_key_modules_carry_a_number_behind_the_hash() -> None:
    """The table's own bytes: they are not the hash of the text that it gives."""
    announced = bytes.fromhex("01528bbbc00696121849ab9a1c5b2a51 00000001")
    assert Vendors((announced,)).names()[0]["name"] == "keying module of Windows 7 or later"


def test_nothing_announced() -> None:
    none = Vendors(())
    assert (none.windows, none.fast_failover, none.nat_traversal, none.dead_peer_detection) == ("", False, False, False)


def test_dead_peer_detection_has_a_version_behind_it() -> None:
    assert Vendors((bytes.fromhex("afcad71368a1f1c96b8696fc77570100"),)).dead_peer_detection
