# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's packer against the binary parts of Microsoft's own three policies (Samba's provision.ldif)."""

from __future__ import annotations

import base64
import re
import uuid
from pathlib import Path

import pytest

from tests.lab.windows import packer
from tests.lab.windows.parts import Algorithm, FilterSpec, MainMode, MainModeMethod, Method, Offer, RuleBody

LDIF = Path("/usr/share/samba/setup/provision.ldif")
needs_ldif = pytest.mark.skipif(not LDIF.exists(), reason="install the Debian package samba-ad-provision")
ME, ANY, ALL = bytes(4), bytes(4), b"\xff\xff\xff\xff"

FOUR_METHODS = MainMode(
    [MainModeMethod(3, 2, 2), MainModeMethod(3, 1, 2), MainModeMethod(1, 2, 1), MainModeMethod(1, 1, 1)]
)
ESP, AH = 2, 1
RESPONSE = [
    Offer([Algorithm(3, 2, ESP)]),
    Offer([Algorithm(3, 1, ESP)]),
    Offer([Algorithm(1, 2, ESP)]),
    Offer([Algorithm(1, 1, ESP)]),
    Offer([Algorithm(2, 0, AH)]),
    Offer([Algorithm(1, 0, AH)]),
]
REQUEST = [
    Offer([Algorithm(3, 2, ESP)], 100000, 900),
    Offer([Algorithm(1, 2, ESP)], 100000, 900),
    Offer([Algorithm(2, 0, AH)], 100000, 300),
    Offer([Algorithm(1, 0, AH)], 100000, 300),
    Offer([]),
]
REQUIRE = [
    Offer([Algorithm(3, 2, ESP)], 100000, 900),
    Offer([Algorithm(3, 1, ESP)], 100000, 900),
    Offer([Algorithm(1, 2, ESP)], 100000, 900),
    Offer([Algorithm(1, 1, ESP)], 100000, 900),
]
KERBEROS_RULE = RuleBody([Method(5)])
ALL_TRAFFIC = [FilterSpec(uuid.UUID("59319bdd-5ee3-11d2-ace8-0060b0ecca17"), ME, ALL, ANY, bytes(4), 0)]
ALL_ICMP = [
    FilterSpec(uuid.UUID("5119d263-071d-11d3-ad22-0060b0ecca17"), ME, ALL, ANY, bytes(4), 1, description="ICMP")
]


def blob(name: str) -> bytes:
    text = LDIF.read_text().replace("\n ", "")
    match = re.search(rf"^dn: CN={re.escape(name)},.*?^ipsecData:: (\S+)$", text, re.MULTILINE | re.DOTALL)
    assert match, name
    return base64.b64decode(match[1])


def without_junk(kind: str, data: bytes, offers: list[Offer] | None = None) -> bytes:
    """Blank what Windows 2000 left uninitialised: padding of main-mode methods, unused slots of offers."""
    clean = bytearray(data)
    if kind == "main mode":
        for start in range(84, len(data) - 1, 64):
            for first, end in ((2, 4), (41, 44), (60, 64)):
                clean[start + first : start + end] = bytes(end - first)
    for index, offer in enumerate(offers or []):
        used = 24 + 80 * index + 20 + 20 * len(offer.algorithms)
        end = 24 + 80 * (index + 1)
        clean[used:end] = bytes(end - used)
    return bytes(clean)


@needs_ldif
@pytest.mark.parametrize(
    ("name", "inside"),
    [
        pytest.param("72385231", "5119d268-071d-11d3-ad22-0060b0ecca17", id="request-security"),
        pytest.param("72385237", "5f41ec73-071d-11d3-ad22-0060b0ecca17", id="respond-only"),
        pytest.param("7238523D", "594272f9-071d-11d3-ad22-0060b0ecca17", id="require-security"),
    ],
)
def test_main_mode(name: str, inside: str) -> None:
    genuine = blob(f"ipsecISAKMPPolicy{{{name}-70FA-11D1-864C-14A300000000}}")
    packed = packer.pack_main_mode(FOUR_METHODS, uuid.UUID(inside), "xp")
    assert packed == without_junk("main mode", genuine)
    assert packer.unpack_main_mode(genuine) == FOUR_METHODS


@needs_ldif
@pytest.mark.parametrize(
    ("name", "offers"),
    [
        pytest.param("72385233-70FA-11D1-864C-14A300000000", REQUEST, id="request-security-with-unsecured-allowed"),
        pytest.param("7238523F-70FA-11D1-864C-14A300000000", REQUIRE, id="require-security"),
        pytest.param("59319BDF-5EE3-11D2-ACE8-0060B0ECCA17", RESPONSE, id="default-response-of-request"),
        pytest.param("59319C01-5EE3-11D2-ACE8-0060B0ECCA17", RESPONSE, id="default-response-of-respond-only"),
        pytest.param("59319BF0-5EE3-11D2-ACE8-0060B0ECCA17", RESPONSE, id="default-response-of-require"),
        pytest.param("7238523B-70FA-11D1-864C-14A300000000", [], id="permit"),
    ],
)
def test_filter_actions(name: str, offers: list[Offer]) -> None:
    genuine = blob(f"ipsecNegotiationPolicy{{{name}}}")
    assert packer.pack_action(offers, "xp") == without_junk("action", genuine, offers)
    assert packer.unpack_action(genuine) == offers


@needs_ldif
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("72385232-70FA-11D1-864C-14A300000000", id="request-security-rule"),
        pytest.param("59319BE2-5EE3-11D2-ACE8-0060B0ECCA17", id="default-response-of-request"),
        pytest.param("594272E2-071D-11D3-AD22-0060B0ECCA17", id="permit-icmp"),
        pytest.param("7238523E-70FA-11D1-864C-14A300000000", id="require-security-rule"),
    ],
)
def test_rules(name: str) -> None:
    genuine = blob(f"ipsecNFA{{{name}}}")
    assert packer.pack_rule(KERBEROS_RULE, "xp") == genuine
    assert packer.unpack_rule(genuine) == KERBEROS_RULE


@needs_ldif
@pytest.mark.parametrize(
    ("name", "filters"),
    [
        pytest.param("7238523A", ALL_TRAFFIC, id="all-ip-traffic"),
        pytest.param("72385235", ALL_ICMP, id="all-icmp-traffic"),
    ],
)
def test_filter_lists(name: str, filters: list[FilterSpec]) -> None:
    genuine = blob(f"ipsecFilter{{{name}-70FA-11D1-864C-14A300000000}}")
    assert packer.pack_filters(filters, "xp") == genuine
    assert packer.unpack_filters(genuine) == filters


@needs_ldif
@pytest.mark.parametrize("name", ["72385230", "72385236", "7238523C"])
def test_policies(name: str) -> None:
    assert packer.pack_policy(10800) == blob(f"ipsecPolicy{{{name}-70FA-11D1-864C-14A300000000}}")


def test_pre_shared_key_stands_in_both_halves_of_a_rule_of_vista() -> None:
    packed = packer.pack_rule(RuleBody([Method(1, "ab"), Method(3, "CN=x", 3)]), "vista")
    assert packed.hex() == (
        "00acbb118d49d111863900a0248d3021"
        "40000000"
        "02000000"
        "01000000"
        "06000000"
        "610062000000"
        "03000000"
        "0a000000"
        "43004e003d0078000000"
        "fdffffff"
        "02000000"
        "0000"
        "00000000"
        "00000000"
        "01000000"
        "02000000"
        "0000"
        "01010101010101010101010101010101"
        "02000000"
        "01000000"
        "06000000"
        "610062000000"
        "03000000"
        "0a000000"
        "43004e003d0078000000"
        "01010101010101010101010101010102"
        "02000000"
        "00000000"
        "03000000"
        "00"
    )
    assert packer.unpack_rule(packed) == RuleBody([Method(1, "ab"), Method(3, "CN=x", 3)])


def test_2048_bit_group_is_stored_as_a_random_function() -> None:
    packed = packer.pack_main_mode(MainMode([MainModeMethod(3, 2, 3)]), uuid.UUID(int=1), "vista")
    assert packed[84 + 36] == 4
    assert packed[84 + 44 : 84 + 48].hex() == "02000000"
    assert packer.unpack_main_mode(packed) == MainMode([MainModeMethod(3, 2, 3)])


def test_a_blob_cut_short_is_refused() -> None:
    packed = packer.pack_rule(KERBEROS_RULE, "xp")
    with pytest.raises(ValueError, match="left"):
        packer.unpack_rule(packed[:40])
