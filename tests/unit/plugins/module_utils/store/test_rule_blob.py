# SPDX-License-Identifier: GPL-3.0-or-later
"""ipsecNFA: authentication, connections, tunnels, the sections of later systems; and keys that never show."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import IpsecError, StoreFormatError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Authentication,
    Certificate,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import ConnectionType
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import Generation
from ansible_collections.exchange.ipsec.plugins.module_utils.store.rule_blob import (
    CERTIFICATE,
    KERBEROS,
    AuthMethod,
    RuleBlob,
    decode_rule_blob,
    encode_rule_blob,
    holds_key,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.store.rule_settings import (
    RuleSettings,
    blob_from_settings,
    settings_from_blob,
)
from tests.unit.plugins.module_utils.store.strategies import CONNECTIONS, METHOD_LISTS, TUNNELS

FRAME = "00acbb11 8d49 d111 8639 00a0248d3021"
BODY = "01000000 05000000 02000000 0000 {connection} 02000000 0000 00000000 00000000 {active} 02000000 0000"
LATER = (
    "01010101 0101 0101 0101 010101010101 01000000 05000000 00000000"
    "01010101 0101 0101 0101 010101010102 01000000 00000000 00"
)
WINDOWS_2000 = f"{FRAME} 2a000000 {BODY.format(connection='fdffffff', active='01000000')} 00"
"""Rule "Require Security" of Samba's provision.ldif."""
WINDOWS_11 = f"{FRAME} 2a000000 {BODY.format(connection='fdffffff', active='01000000')} {LATER}"
"""Rule Block_Inbound_SSH of windows11-netsh/store.reg."""
WINDOWS_10_LAN = f"{FRAME} 2a000000 {BODY.format(connection='feffffff', active='01000000')} {LATER}"
"""A rule of windows10-exports/2024-04.reg."""
WINDOWS_10_INACTIVE = f"{FRAME} 2a000000 {BODY.format(connection='fdffffff', active='00000000')} {LATER}"
"""The default response rule of windows10-exports/2024-04.reg."""

ALL = RuleSettings((Kerberos(),))


@pytest.mark.parametrize(("blob", "settings", "generation"), [
    pytest.param(WINDOWS_2000, ALL, Generation.SERVER_2003, id="windows-2000"),
    pytest.param(WINDOWS_11, ALL, Generation.VISTA, id="windows-11"),
    pytest.param(WINDOWS_10_LAN, RuleSettings((Kerberos(),), ConnectionType.LAN), Generation.VISTA, id="lan"),
    pytest.param(WINDOWS_10_INACTIVE, RuleSettings((Kerberos(),), active=False), Generation.VISTA, id="inactive"),
])  # fmt: skip
def test_genuine_blobs(blob: str, settings: RuleSettings, generation: Generation) -> None:
    data = bytes.fromhex(blob)
    decoded = decode_rule_blob(data, "x")
    assert settings_from_blob(decoded, "x") == settings
    assert encode_rule_blob(decoded) == data
    assert encode_rule_blob(blob_from_settings(settings, generation)) == data


def test_a_preshared_key_as_windows_2000_stores_it() -> None:
    # [MS-GPIPSEC] 2.2.1.3.1: text in UTF-16 with its NUL, its length in bytes; 42 + 2 per character
    key = "4b00 6500 7900 0000"
    body = f"01000000 01000000 08000000 {key} fdffffff 02000000 0000 {'00' * 8} 01000000 02000000 0000"
    data = bytes.fromhex(f"{FRAME} 30000000 {body} 00")
    settings = RuleSettings((PresharedKey(Secret("Key")),))
    assert settings_from_blob(decode_rule_blob(data, "x"), "x") == settings
    assert encode_rule_blob(blob_from_settings(settings, Generation.SERVER_2003)) == data


CA = "CN=Example Root"
CA_METHOD = AuthMethod(CERTIFICATE, (CA + "\0").encode("utf-16-le"))
KERBEROS_METHOD = AuthMethod(KERBEROS, b"\0\0")
PLAIN = RuleBlob((CA_METHOD,), 0xFFFFFFFD)


@pytest.mark.parametrize(("flags", "options", "method"), [
    pytest.param(None, 0, Certificate(CA), id="neither"),
    pytest.param((1,), 0, Certificate(CA, map_to_account=True), id="flag-maps-to-account"),
    pytest.param((2,), 0, Certificate(CA, exclude_ca_name=True), id="flag-excludes-name"),
    pytest.param(None, 3, Certificate(CA, map_to_account=True, exclude_ca_name=True), id="options-of-the-policy"),
])  # fmt: skip
def test_certificates(flags: tuple[int, ...] | None, options: int, method: Authentication) -> None:
    blob = dataclasses.replace(PLAIN, later_methods=(CA_METHOD,), later_flags=flags)
    assert settings_from_blob(blob, "x", options).authentication == (method,)


def test_the_later_list_names_the_certificate() -> None:
    encoded = AuthMethod(CERTIFICATE, bytes.fromhex("3012311030"))
    blob = dataclasses.replace(PLAIN, methods=(encoded,), later_methods=(CA_METHOD,))
    assert settings_from_blob(blob, "x").authentication == (Certificate(CA),)


def test_a_tunnel() -> None:
    blob = dataclasses.replace(PLAIN, is_tunnel=1, tunnel_address=IPv4Address("192.0.2.1"))
    assert settings_from_blob(blob, "x").tunnel == IPv4Address("192.0.2.1")
    assert settings_from_blob(dataclasses.replace(blob, is_tunnel=0), "x").tunnel is None


def test_the_section_of_an_ipv6_tunnel_survives() -> None:
    # [MS-GPIPSEC] 2.2.1.3.1, IPv6-Tunnel-Mode-ID, then the address, then the one trailing byte
    tunnel = f"01010101 0101 0101 0101 010101010103 20010db8 {'00' * 11} 01 00"
    data = bytes.fromhex(WINDOWS_11)[:-1] + bytes.fromhex(tunnel)
    decoded = decode_rule_blob(data, "x")
    assert decoded.later_tunnel == bytes.fromhex(f"20010db8 {'00' * 11} 01")
    assert encode_rule_blob(decoded) == data
    assert settings_from_blob(decoded, "x") == ALL


NAME = "4c00 0000"
BEHIND_METHODS = 24 + 8 + 32


@pytest.mark.parametrize(("changes", "offset", "message"), [
    pytest.param({"interface_type": 1}, BEHIND_METHODS, "Interface-Type is 0x1", id="interface-type"),
    pytest.param({"interface_name": bytes.fromhex(NAME)}, BEHIND_METHODS + 4, "one named interface", id="interface"),
    pytest.param({"is_tunnel": 2}, BEHIND_METHODS + 14, "Is-Tunnel is 2", id="is-tunnel"),
    pytest.param({"is_active": 2}, BEHIND_METHODS + 18, "Is-Active is 2", id="is-active"),
    pytest.param({"is_tunnel": 1, "tunnel_name": bytes.fromhex(NAME)}, BEHIND_METHODS + 22, "a host name", id="name"),
    pytest.param({"is_tunnel": 1, "later_tunnel": b"\x20" * 16}, BEHIND_METHODS + 14, "an IPv6 address", id="ipv6"),
    pytest.param({"later_methods": ()}, 20, "1 methods in the first list and 0 in the later", id="fewer-later"),
    pytest.param({"later_methods": (KERBEROS_METHOD,)}, 0, "kind 3 in the first list and 5", id="other-later"),
    pytest.param({"later_flags": (0, 0)}, 0, "1 methods and flags for 2", id="more-flags"),
    pytest.param({"later_flags": (4,)}, 0, "unknown flags 0x4", id="unknown-flags"),
    pytest.param({"methods": (AuthMethod(9, b"", 24),)}, 24, "unknown kind 9", id="kind"),
    pytest.param({"methods": (AuthMethod(CERTIFICATE, b"\0\0", 24),)}, 24, "must not be empty", id="no-name"),
    pytest.param({"methods": (AuthMethod(CERTIFICATE, b"\0\xd8", 24),)}, 32, "is no UTF-16", id="no-text"),
])  # fmt: skip
def test_what_has_no_meaning(changes: dict[str, object], offset: int, message: str) -> None:
    blob: RuleBlob = dataclasses.replace(PLAIN, **changes)  # type: ignore[arg-type]
    with pytest.raises(StoreFormatError, match=message) as caught:
        settings_from_blob(blob, "x")
    assert caught.value.offset == offset


SECRET = "Open-Sesame"


@pytest.mark.parametrize("generation", Generation)
def test_no_repr_and_no_error_shows_a_key(generation: Generation) -> None:
    settings = RuleSettings((PresharedKey(Secret(SECRET)),))
    data = encode_rule_blob(blob_from_settings(settings, generation))
    shown = [
        repr(decode_rule_blob(data, "x")),
        repr(settings),
        repr(settings_from_blob(decode_rule_blob(data, "x"), "x")),
    ]
    for cut in range(len(data)):
        for damaged in (data[:cut], data[:cut] + b"\xff" + data[cut + 1 :], data[:cut] + b"\0\xd8" + data[cut + 2 :]):
            try:
                shown.append(repr(settings_from_blob(decode_rule_blob(damaged, "x"), "x")))
            except IpsecError as exc:
                shown.append(f"{exc} {exc!r} {exc.__cause__!r}")
    together = "".join(shown)
    assert "Sesame" not in together
    assert SECRET.encode("utf-16-le").hex()[:12] not in together
    assert "S\\x00e\\x00s" not in together


@pytest.mark.parametrize(("methods", "damage", "answer"), [
    pytest.param((Kerberos(),), b"", False, id="kerberos"),
    pytest.param((Kerberos(), Certificate(CA)), b"", False, id="certificate"),
    pytest.param((Kerberos(), PresharedKey(Secret(SECRET))), b"", True, id="second-method"),
    pytest.param((Kerberos(),), b"more", True, id="unknown-section"),
])  # fmt: skip
@pytest.mark.parametrize("generation", Generation)
def test_holds_key(
    methods: tuple[Authentication, ...], damage: bytes, answer: bool, generation: Generation
) -> None:  # fmt: skip
    data = encode_rule_blob(blob_from_settings(RuleSettings(methods), generation))
    assert holds_key(data + damage) is answer


@pytest.mark.parametrize("damaged", [
    pytest.param(lambda data: data[:40], id="cut-off"),
    pytest.param(lambda data: b"\0" + data, id="shifted"),
    pytest.param(lambda data: b"\1" + data[1:], id="type-guid-changed"),
])  # fmt: skip
def test_a_blob_that_cannot_be_read_may_hold_a_key(damaged: Callable[[bytes], bytes]) -> None:
    data = encode_rule_blob(blob_from_settings(RuleSettings((PresharedKey(Secret(SECRET)),)), Generation.VISTA))
    assert holds_key(damaged(data))


@pytest.mark.parametrize("frame", ["63212022 4c4f d111 863b 00a0248d3021", "b520dc80 c82e d111 a89e 00a0248d3021"])
def test_other_objects_hold_no_key(frame: str) -> None:
    assert not holds_key(bytes.fromhex(f"{frame} 04000000 302a0000 00"))


@given(METHOD_LISTS, CONNECTIONS, st.booleans(), TUNNELS, st.sampled_from(Generation))
def test_all_settings_come_back(
    methods: tuple[Authentication, ...], connection: ConnectionType, active: bool, tunnel: IPv4Address | None,
    generation: Generation,
) -> None:  # fmt: skip
    if generation is Generation.SERVER_2003:  # the flags of certificates stand in the main mode then
        plain = (Certificate(one.ca) if isinstance(one, Certificate) else one for one in methods)
        methods = tuple(dict.fromkeys(plain))
    wanted = RuleSettings(methods, connection, active, tunnel)
    decoded = decode_rule_blob(encode_rule_blob(blob_from_settings(wanted, generation)), "x")
    assert settings_from_blob(decoded, "x") == wanted


@given(cut=st.integers(0, 115), junk=st.binary(max_size=40), at=st.integers(16, 115))
def test_no_bytes_are_lost_or_make_another_error(cut: int, junk: bytes, at: int) -> None:
    start = bytes.fromhex(WINDOWS_11)
    for data in (start[:cut], start[:at] + junk, start[:at] + junk + start[at + len(junk) :]):
        with contextlib.suppress(StoreFormatError):
            decoded = decode_rule_blob(data, "x")
            assert encode_rule_blob(decoded) == data
            settings_from_blob(decoded, "x")
