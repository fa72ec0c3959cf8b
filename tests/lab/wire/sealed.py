# SPDX-License-Identifier: GPL-3.0-or-later
"""The multipart/encrypted body that carries a sealed SOAP envelope (MS-WSMV section 2.2.9.1)."""

from __future__ import annotations

import re
import struct
from typing import Protocol

from spnego.exceptions import SpnegoError

PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
CONTENT_TYPE = f'multipart/encrypted;protocol="{PROTOCOL}";boundary="Encrypted Boundary"'

_BOUNDARY = b"--Encrypted Boundary"
_BODY = re.compile(
    rb"--\s?Encrypted Boundary\r\n\s*Content-Type:\s*(?P<protocol>[^\r\n]+)\r\n"
    rb"\s*OriginalContent:\s*type=application/soap\+xml;\s*charset=(?P<charset>[^;]+);\s*Length=(?P<length>\d+)\r\n"
    rb"--\s?Encrypted Boundary\r\n\s*Content-Type:\s*application/octet-stream\r\n",
    re.IGNORECASE,
)
_END = re.compile(rb"--\s?Encrypted Boundary--\r\n$")


class SealError(ValueError):
    """A body that is not a sealed envelope, or not one of this session."""


class Seal(Protocol):
    """What pyspnego's context does for one session."""

    def wrap_winrm(self, data: bytes) -> tuple[bytes, bytes, int]:
        """Return signature, sealed data and the length of the padding."""

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """Return the plain data; raises when the signature is not right."""


def unseal(body: bytes, seal: Seal) -> bytes:
    """Return the envelope inside a sealed body."""
    head = _BODY.match(body)
    end = _END.search(body)
    if head is None or end is None:
        raise SealError("not a multipart/encrypted body")
    data = body[head.end() : end.start()]
    if len(data) < 4:
        raise SealError("the sealed part is too short")
    (size,) = struct.unpack_from("<I", data)
    try:
        plain = seal.unwrap_winrm(data[4 : 4 + size], data[4 + size :])
    except (SpnegoError, struct.error) as exc:
        raise SealError(f"not sealed in this session: {exc}") from exc
    if len(plain) != int(head["length"]):
        raise SealError(f"{len(plain)} bytes unsealed, {int(head['length'])} announced")
    return plain


def sealed(envelope: bytes, seal: Seal) -> bytes:
    """Return the body that carries the envelope."""
    signature, data, padding = seal.wrap_winrm(envelope)
    length = len(envelope) + padding
    return (
        _BOUNDARY
        + f"\r\n\tContent-Type: {PROTOCOL}\r\n".encode()
        + f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n".encode()
        + _BOUNDARY
        + b"\r\n\tContent-Type: application/octet-stream\r\n"
        + struct.pack("<I", len(signature))
        + signature
        + data
        + _BOUNDARY
        + b"--\r\n"
    )
