# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The binary data of an ipsecNFA object, a rule: authentication, connections, tunnel ([MS-GPIPSEC] 2.2.1.3.1).

A pre-shared key stands in it in clear text. No repr, error or problem sentence made here shows one.
"""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from uuid import UUID

from ..errors import IpsecError
from .keys import BLOB_TYPES, Generation, ObjectClass
from .wire import NO_TEXT, ByteReader, ByteWriter, check_length, read_frame

PRESHARED_KEY, CERTIFICATE, KERBEROS = 1, 3, 5

_TYPE = BLOB_TYPES[ObjectClass.RULE]
_OTHER_TYPES = tuple(kind.bytes_le for kind in BLOB_TYPES.values() if kind != _TYPE)
_METHODS_SECTION = UUID("01010101-0101-0101-0101-010101010101").bytes_le
_FLAGS_SECTION = UUID("01010101-0101-0101-0101-010101010102").bytes_le
_TUNNEL_SECTION = UUID("01010101-0101-0101-0101-010101010103").bytes_le
"""Starts of the sections that Vista and later append; the specification prints these GUIDs four digits short."""


@dataclasses.dataclass(frozen=True)
class AuthMethod:
    """One authentication method: its kind, its data as it stands (a key in clear), where it began in the blob."""

    kind: int
    data: bytes = dataclasses.field(repr=False)
    offset: int = dataclasses.field(default=0, compare=False)


@dataclasses.dataclass(frozen=True)
class RuleBlob:
    """All of a blob; the ``later_`` parts are the sections that Vista and later append, None where they are absent.

    ``later_flags`` holds one number per method: 1 maps the certificate to an account, 2 leaves the name of the
    authority out of the request. ``tail`` is what follows, unknown sections included.
    """

    methods: tuple[AuthMethod, ...]
    interface_type: int
    is_tunnel: int = 0
    is_active: int = 1
    tunnel_address: IPv4Address = dataclasses.field(default=IPv4Address(0))
    interface_name: bytes = NO_TEXT
    tunnel_name: bytes = NO_TEXT
    data_length: int = 0
    later_methods: tuple[AuthMethod, ...] | None = None
    later_flags: tuple[int, ...] | None = None
    later_tunnel: bytes | None = None
    tail: bytes = dataclasses.field(default=b"\0", repr=False)
    flags_at: int = dataclasses.field(default=0, compare=False)


def decode_rule_blob(data: bytes, what: str) -> RuleBlob:
    """Read a blob (docs/registry-store.md, table R); StoreFormatError names ``what`` and the byte offset."""
    reader, length = read_frame(data, _TYPE, what)
    methods = _decode_methods(reader)
    interface_type, interface_name = reader.number("Interface-Type"), reader.counted("Interface-Name")
    tunnel_address = reader.address("Tunnel-Address")
    is_tunnel, is_active = reader.number("Is-Tunnel-Specifier"), reader.number("Is-Active-Specifier")
    tunnel_name = reader.counted("Tunnel-End-Point-Name")
    check_length(reader, length, 20)
    later_methods = _decode_methods(reader) if _section(reader, _METHODS_SECTION) else None
    later_flags, flags_at = None, 0
    if _section(reader, _FLAGS_SECTION):
        count = reader.count("the number of flags", 4)
        flags_at = reader.offset
        later_flags = tuple(reader.number("flags") for _unused in range(count))
    later_tunnel = reader.take(16, "the IPv6 tunnel address") if _section(reader, _TUNNEL_SECTION) else None
    return RuleBlob(
        methods, interface_type, is_tunnel, is_active, tunnel_address, interface_name, tunnel_name, length,
        later_methods, later_flags, later_tunnel, reader.rest(), flags_at,
    )  # fmt: skip


def encode_rule_blob(blob: RuleBlob) -> bytes:
    """Write a blob; the exact inverse of decode_rule_blob."""
    writer = ByteWriter()
    writer.guid(_TYPE)
    writer.number(blob.data_length)
    _encode_methods(writer, blob.methods)
    writer.number(blob.interface_type)
    writer.counted(blob.interface_name)
    writer.raw(blob.tunnel_address.packed)
    writer.number(blob.is_tunnel)
    writer.number(blob.is_active)
    writer.counted(blob.tunnel_name)
    if blob.later_methods is not None:
        writer.raw(_METHODS_SECTION)
        _encode_methods(writer, blob.later_methods)
    if blob.later_flags is not None:
        writer.raw(_FLAGS_SECTION)
        writer.number(len(blob.later_flags))
        for flags in blob.later_flags:
            writer.number(flags)
    if blob.later_tunnel is not None:
        writer.raw(_TUNNEL_SECTION)
        writer.raw(blob.later_tunnel)
    writer.raw(blob.tail)
    return writer.finish()


def holds_key(data: bytes) -> bool:
    """Say whether a blob of any kind holds a pre-shared key; one that cannot be read may hold one."""
    if not data.startswith(_TYPE.bytes_le):
        return not data.startswith(_OTHER_TYPES) or _TYPE.bytes_le in data
    try:
        blob = decode_rule_blob(data, "")
    except IpsecError:
        return True
    known = (KERBEROS, CERTIFICATE)
    methods = (*blob.methods, *(blob.later_methods or ()))
    return any(method.kind not in known for method in methods) or len(blob.tail) > 1


def _section(reader: ByteReader, start: bytes) -> bool:
    """Take the GUID of a section if it comes next; say whether it did."""
    if not reader.starts_with(start):
        return False
    reader.take(len(start), "a section")
    return True


def _decode_methods(reader: ByteReader) -> tuple[AuthMethod, ...]:
    count = reader.count("Auth-Method-Count", 8)
    methods = []
    for _unused in range(count):
        offset = reader.offset
        methods.append(AuthMethod(reader.number("Auth-Type"), reader.counted("Auth-Method-Data"), offset))
    return tuple(methods)


def _encode_methods(writer: ByteWriter, methods: tuple[AuthMethod, ...]) -> None:
    writer.number(len(methods))
    for method in methods:
        writer.number(method.kind)
        writer.counted(method.data)


def body_length(blob: RuleBlob) -> int:
    """Give the Data-Length of a blob: everything up to the name of the tunnel's end."""
    methods = sum(8 + len(method.data) for method in blob.methods)
    return 4 + methods + 4 + 4 + len(blob.interface_name) + 12 + 4 + len(blob.tunnel_name)


def rule_blob(
    methods: tuple[AuthMethod, ...], flags: tuple[int, ...], generation: Generation, interface_type: int
) -> RuleBlob:
    """Make the blob of an active rule in transport mode; Vista and later get their sections, Kerberos without data."""
    blob = RuleBlob(methods, interface_type)
    if generation is Generation.VISTA:
        later = tuple(AuthMethod(KERBEROS, b"") if one.kind == KERBEROS else one for one in methods)
        blob = dataclasses.replace(blob, later_methods=later, later_flags=flags)
    return dataclasses.replace(blob, data_length=body_length(blob))
