# SPDX-License-Identifier: GPL-3.0-or-later
"""ipsecISAKMPPolicy: offers of both generations, group 14 in its three places, lifetimes and limits."""

from __future__ import annotations

import contextlib
import dataclasses
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import StoreFormatError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Integrity,
    MainMode,
    MainModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import Generation
from ansible_collections.exchange.ipsec.plugins.module_utils.store.mainmode_blob import (
    MainModeBlob,
    MainModeMethod,
    decode_main_mode_blob,
    encode_main_mode_blob,
    main_mode_blob,
    main_mode_from_blob,
)
from tests.unit.plugins.module_utils.store.strategies import MAIN_MODES

FRAME = "b820dc80 c82e d111 a89e 00a0248d3021"
ALGORITHMS = "03000000 40000000 08000000 02000000 40000000 00000000"

NETSH = (
    f"{FRAME} c0000000 2fb68476 f76b e244 b45a 606d93a88dbf 00000000 00000000 00000000 00000000 00000000 80700000"
    + "00" * 20
    + f"02000000 00000000 {ALGORITHMS} {'00' * 16} 02000000 00000000 00000000 80700000 00000000"
    + f"00000000 {ALGORITHMS} {'00' * 8} 04 {'00' * 7} 02000000 00000000 00000000 80700000 00000000 00"
)
"""Made by `netsh ipsec static add policy` on Windows 11 (windows11-netsh/store.reg): its two default offers."""

SNAP_IN = (
    f"{FRAME} 80000000 {'00' * 32} 00000000 80700000 {'00' * 20} 01000000"
    f"00000000 03000000 {'00' * 8} 02000000 {'00' * 24} 02000000 {'00' * 8} 80700000 00000000 00"
)
"""Made by the snap-in of Windows 10 (windows10-exports/2024-04.reg): no instance GUID, no key lengths."""

THREE_DES_SHA1_DH2 = MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MEDIUM)
THREE_DES_SHA1_DH14 = MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH)


@pytest.mark.parametrize(("blob", "offers"), [
    pytest.param(NETSH, (THREE_DES_SHA1_DH2, THREE_DES_SHA1_DH14), id="netsh-windows-11"),
    pytest.param(SNAP_IN, (THREE_DES_SHA1_DH2,), id="snap-in-windows-10"),
])  # fmt: skip
def test_genuine_blobs(blob: str, offers: tuple[MainModeOffer, ...]) -> None:
    decoded = decode_main_mode_blob(bytes.fromhex(blob), "x")
    assert main_mode_from_blob(decoded, "x") == MainMode(offers, 28800, 0, pfs=False)
    assert encode_main_mode_blob(decoded) == bytes.fromhex(blob)


def test_netsh_blob_is_written_byte_for_byte() -> None:
    main_mode = MainMode((THREE_DES_SHA1_DH2, THREE_DES_SHA1_DH14))
    blob = main_mode_blob(main_mode, Generation.VISTA, UUID("7684b62f-6bf7-44e2-b45a-606d93a88dbf"))
    assert encode_main_mode_blob(blob) == bytes.fromhex(NETSH)


METHOD = MainModeMethod(encryption=3, integrity=2, group=2, seconds=0)


def meaning(blob: MainModeBlob) -> MainMode:
    return main_mode_from_blob(blob, "x")


@pytest.mark.parametrize(("blob", "offer"), [
    pytest.param(MainModeBlob((dataclasses.replace(METHOD, group=0x10000001),)), THREE_DES_SHA1_DH14, id="by-group"),
    pytest.param(MainModeBlob((dataclasses.replace(METHOD, group=1, encryption=9, random_function=4),)),
                 THREE_DES_SHA1_DH14, id="random-function-overrides-the-rest"),
    pytest.param(MainModeBlob((), new_dh=(1, 0, 0, 0)), MainModeOffer(Encryption.DES, Integrity.MD5, DhGroup.HIGH),
                 id="new-dh"),
    pytest.param(MainModeBlob((dataclasses.replace(METHOD, encryption=2),)), THREE_DES_SHA1_DH2, id="3des-as-2"),
])  # fmt: skip
def test_other_spellings_of_an_offer(blob: MainModeBlob, offer: MainModeOffer) -> None:
    assert meaning(blob).offers == (offer,)


def test_new_dh_comes_before_the_methods() -> None:
    assert meaning(MainModeBlob((METHOD,), new_dh=(4, 0, 0, 0))).offers == (THREE_DES_SHA1_DH14, THREE_DES_SHA1_DH2)


@pytest.mark.parametrize(("own", "others", "seconds"), [
    pytest.param(0, (0,), 28800, id="nowhere-means-eight-hours"),
    pytest.param(0, (3600, 3600), 3600, id="windows-2000-keeps-it-in-the-methods"),
    pytest.param(3600, (3600, 0), 3600, id="in-both"),
    pytest.param(3600, (0,), 3600, id="in-the-blob"),
])  # fmt: skip
def test_lifetimes(own: int, others: tuple[int, ...], seconds: int) -> None:
    methods = tuple(dataclasses.replace(METHOD, seconds=other) for other in others)
    assert meaning(MainModeBlob(methods, seconds=own)).lifetime_seconds == seconds


@pytest.mark.parametrize(("blob", "message"), [
    pytest.param(MainModeBlob((METHOD,), pfs=2), "at byte 40: Master-PFS-Required is 2", id="pfs"),
    pytest.param(MainModeBlob((METHOD,), new_dh=(4, 5, 0, 0)), "at byte 49: New-DH-2 is 5", id="new-dh"),
    pytest.param(MainModeBlob((METHOD, dataclasses.replace(METHOD, encryption=0))),
                 "at byte 152: the encryption of security method 2 is 0", id="no-encryption"),
    pytest.param(MainModeBlob((dataclasses.replace(METHOD, integrity=5),)),
                 "at byte 100: the hash of security method 1 is 5", id="unknown-hash"),
    pytest.param(MainModeBlob((dataclasses.replace(METHOD, group=5),)),
                 "at byte 128: the Oakley group of security method 1 is 5", id="unknown-group"),
    pytest.param(MainModeBlob((dataclasses.replace(METHOD, random_function=5),)),
                 "at byte 120: Random-Function of security method 1 is 5", id="unknown-random-function"),
    pytest.param(MainModeBlob((dataclasses.replace(METHOD, kilobytes=1),)),
                 "at byte 136: security method 1 has a lifetime of 1 kB", id="kilobytes"),
    pytest.param(MainModeBlob((dataclasses.replace(METHOD, seconds=600), METHOD)),
                 "at byte 56: the lifetime differs", id="lifetimes-differ"),
    pytest.param(MainModeBlob((METHOD,), seconds=1), "at byte 56: lifetime_seconds: 1 seconds is out of range",
                 id="lifetime-out-of-range"),
    pytest.param(MainModeBlob(()), "at byte 80: offers: main mode needs at least one offer", id="no-offer"),
])  # fmt: skip
def test_what_has_no_meaning(blob: MainModeBlob, message: str) -> None:
    with pytest.raises(StoreFormatError, match=message):
        meaning(blob)


@given(main_mode=MAIN_MODES, generation=st.sampled_from(Generation), instance=st.uuids(), options=st.integers(0, 3))
def test_every_main_mode_comes_back(
    main_mode: MainMode, generation: Generation, instance: UUID, options: int
) -> None:  # fmt: skip
    data = encode_main_mode_blob(main_mode_blob(main_mode, generation, instance, options))
    decoded = decode_main_mode_blob(data, "x")
    assert main_mode_from_blob(decoded, "x") == main_mode
    assert decoded.options == options


@given(cut=st.integers(0, 212), junk=st.binary(max_size=80), at=st.integers(16, 212))
def test_no_bytes_are_lost_or_make_another_error(cut: int, junk: bytes, at: int) -> None:
    start = bytes.fromhex(NETSH)
    for data in (start[:cut], start[:at] + junk, start[:at] + junk + start[at + len(junk) :]):
        with contextlib.suppress(StoreFormatError):
            decoded = decode_main_mode_blob(data, "x")
            assert encode_main_mode_blob(decoded) == data
            main_mode_from_blob(decoded, "x")
