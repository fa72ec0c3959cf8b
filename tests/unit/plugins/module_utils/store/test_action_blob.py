# SPDX-License-Identifier: GPL-3.0-or-later
"""ipsecNegotiationPolicy: offers, fall-back to clear text, PFS, and memory that Windows leaked between them."""

from __future__ import annotations

import contextlib
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import StoreFormatError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    Encryption,
    Esp,
    Integrity,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.store.action_blob import (
    ActionBlob,
    AlgorithmSlot,
    Negotiation,
    Offer,
    action_blob,
    decode_action_blob,
    encode_action_blob,
    negotiation_from_blob,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import Generation
from tests.unit.plugins.module_utils.store.strategies import OFFER_LISTS

FRAME = "b920dc80 c82e d111 a89e 00a0248d3021"

BLOCK = f"{FRAME} 04000000 00000000 00"
"""Filter action BlockAction of Windows 11 (windows11-netsh/store.reg)."""

DEFAULT_RESPONSE = (
    f"{FRAME} a4000000 02000000"
    f"{'00' * 16} 01000000 03000000 02000000 02000000 {'00' * 48}"
    f"{'00' * 16} 01000000 02000000 00000000 01000000 {'00' * 48} 00"
)
"""The default response rule of Windows 10 and 11 (windows10-exports/2022-04.reg, windows11-netsh/store.reg)."""


def esp(encryption: Encryption, integrity: Integrity, seconds: int = 0, kilobytes: int = 0) -> QuickModeOffer:
    return QuickModeOffer(esp=Esp(encryption, integrity), lifetime_seconds=seconds, lifetime_kilobytes=kilobytes)


@pytest.mark.parametrize(("blob", "meant"), [
    pytest.param(BLOCK, Negotiation(), id="block"),
    pytest.param(
        DEFAULT_RESPONSE,
        Negotiation((esp(Encryption.TRIPLE_DES, Integrity.SHA1), QuickModeOffer(ah=Integrity.SHA1))),
        id="default-response",
    ),
])  # fmt: skip
def test_genuine_blobs_of_windows_10_and_11(blob: str, meant: Negotiation) -> None:
    decoded = decode_action_blob(bytes.fromhex(blob), "x")
    assert negotiation_from_blob(decoded, "x") == meant
    assert encode_action_blob(decoded) == bytes.fromhex(blob)
    assert encode_action_blob(action_blob(meant, Generation.VISTA)) == bytes.fromhex(blob)


SLOT = AlgorithmSlot(3, 2, 2)
NONE = AlgorithmSlot()
JUNK = AlgorithmSlot(0x005C0065, 0x00530074, 9, b"leaked!!")
ONE = Offer(count=1, slots=(SLOT, NONE, NONE))
THREE_DES_SHA1 = esp(Encryption.TRIPLE_DES, Integrity.SHA1)


def meaning(*offers: Offer) -> Negotiation:
    return negotiation_from_blob(ActionBlob(offers), "x")


@pytest.mark.parametrize(("offer", "meant"), [
    pytest.param(Offer(900, 100_000, 0, 0, 1, (SLOT, JUNK, JUNK)),
                 esp(Encryption.TRIPLE_DES, Integrity.SHA1, 900, 100_000), id="leaked-memory-in-unused-slots"),
    pytest.param(Offer(count=1, slots=(AlgorithmSlot(0, 1, 2), NONE, NONE)), esp(Encryption.NONE, Integrity.MD5),
                 id="esp-without-encryption"),
    pytest.param(Offer(count=1, slots=(AlgorithmSlot(1, 0, 2), NONE, NONE)), esp(Encryption.DES, Integrity.NONE),
                 id="esp-without-integrity"),
    pytest.param(Offer(count=2, slots=(AlgorithmSlot(2, 0, 1), SLOT, NONE)),
                 QuickModeOffer(Esp(Encryption.TRIPLE_DES, Integrity.SHA1), Integrity.SHA1), id="ah-and-esp"),
])  # fmt: skip
def test_offers(offer: Offer, meant: QuickModeOffer) -> None:
    assert meaning(offer).offers == (meant,)


def test_an_empty_offer_at_the_end_is_soft() -> None:
    assert meaning(ONE, Offer(slots=(JUNK, JUNK, JUNK))) == Negotiation((THREE_DES_SHA1,), soft=True)


def test_the_pfs_of_all_offers_is_the_pfs_of_the_action() -> None:
    with_pfs = dataclasses.replace(ONE, pfs=1)
    other = Offer(pfs=1, count=1, slots=(AlgorithmSlot(1, 1, 2), NONE, NONE))
    assert meaning(with_pfs, other).pfs
    assert not meaning(ONE).pfs


def test_an_offer_that_stands_twice_counts_once() -> None:
    assert meaning(ONE, ONE).offers == (THREE_DES_SHA1,)


@pytest.mark.parametrize(("offers", "message"), [
    pytest.param((Offer(options=1, count=1),), "at byte 32: offer 1 has the unknown options 0x1", id="options"),
    pytest.param((dataclasses.replace(ONE, pfs=2),), "at byte 36: PFS of offer 1 is 2", id="pfs"),
    pytest.param((ONE, dataclasses.replace(ONE, pfs=1)), "at byte 116: offer 2 differs .* in PFS", id="mixed-pfs"),
    pytest.param((Offer(), ONE), "at byte 40: offer 1 is empty and not the last", id="empty-first"),
    pytest.param((Offer(count=4),), "at byte 40: offer 1 counts 4 algorithms", id="four-algorithms"),
    pytest.param((Offer(count=1),), "at byte 52: algorithm 1 of offer 1 is of kind 0", id="kind"),
    pytest.param((Offer(count=2, slots=(SLOT, SLOT, NONE)),), "at byte 72: algorithm 2 .* twice", id="esp-twice"),
    pytest.param((Offer(count=1, slots=(AlgorithmSlot(2, 2, 2), NONE, NONE)),),
                 "at byte 44: the encryption of ESP is 2", id="esp-2-was-never-seen"),
    pytest.param((Offer(count=1, slots=(AlgorithmSlot(3, 9, 2), NONE, NONE)),), "at byte 48: the hash of ESP is 9",
                 id="hash-of-esp"),
    pytest.param((Offer(count=1, slots=(AlgorithmSlot(0, 0, 1), NONE, NONE)),), "at byte 44: the hash of AH is 0",
                 id="hash-of-ah"),
    pytest.param((Offer(count=1, slots=(AlgorithmSlot(0, 0, 2), NONE, NONE)),), "at byte 24: offer 1: .* protects",
                 id="esp-of-nothing"),
    pytest.param((ONE, Offer(10, 0, 0, 0, 1, (SLOT, NONE, NONE))), "at byte 104: offer 2: lifetime_seconds: 10",
                 id="lifetime"),
])  # fmt: skip
def test_what_has_no_meaning(offers: tuple[Offer, ...], message: str) -> None:
    with pytest.raises(StoreFormatError, match=message):
        meaning(*offers)


def test_older_systems_write_key_lengths_and_rounds() -> None:
    blob = encode_action_blob(action_blob(Negotiation((THREE_DES_SHA1,), soft=True), Generation.SERVER_2003))
    slot = "03000000 02000000 02000000 40000000 08000000"
    assert blob == bytes.fromhex(f"{FRAME} a4000000 02000000 {'00' * 16} 01000000 {slot} {'00' * 40} {'00' * 80} 00")


@given(OFFER_LISTS, st.booleans(), st.booleans(), st.sampled_from(Generation))
def test_every_negotiation_comes_back(
    offers: tuple[QuickModeOffer, ...], pfs: bool, soft: bool, generation: Generation
) -> None:
    wanted = Negotiation(offers, pfs, soft)
    data = encode_action_blob(action_blob(wanted, generation))
    assert negotiation_from_blob(decode_action_blob(data, "x"), "x") == wanted


@given(cut=st.integers(0, 185), junk=st.binary(max_size=80), at=st.integers(16, 185))
def test_no_bytes_are_lost_or_make_another_error(cut: int, junk: bytes, at: int) -> None:
    start = bytes.fromhex(DEFAULT_RESPONSE)
    for data in (start[:cut], start[:at] + junk, start[:at] + junk + start[at + len(junk) :]):
        with contextlib.suppress(StoreFormatError):
            decoded = decode_action_blob(data, "x")
            assert encode_action_blob(decoded) == data
            negotiation_from_blob(decoded, "x")
