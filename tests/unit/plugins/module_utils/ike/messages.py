# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of main mode, written byte by byte from RFC 2408, for the tests of the probe."""

from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.ike.question import Question
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.transforms import Transform

COOKIE = bytes.fromhex("1122334455667788")
OTHER = "99aabbccddeeff00"
STRONG = Transform("3des", "sha1", 14, "psk")
WEAK = Transform("des", "md5", 1, "certificate")
LONG = Transform("aes256", "sha1", 2, "kerberos")
QUESTION = Question(COOKIE, (STRONG, WEAK))

LIFE = "800b0001 000c0004 00007080"
STRONG_TEXT = f"03 00 0024 01 01 0000 80010005 80020002 80030001 8004000e {LIFE}"
WEAK_TEXT = f"00 00 0024 02 01 0000 80010001 80020001 80030003 80040001 {LIFE}"
CHOSEN = f"00 00 0024 01 01 0000 80010005 80020002 80030001 8004000e {LIFE}"

NT = "1e2b516905991c7d7c96fcbfb587e461 00000004"
NLBS = "7287 2b95 fcda 2eb7 08ef e322 119b 4971"
NAT = "4a13 1c81 0703 5845 5c57 28f2 0e95 452f"


def association(transform: str = CHOSEN, following: str = "0d") -> str:
    """A security association payload of 56 bytes with one proposal and one transform."""
    return f"{following} 000038 00000001 00000001 00 00 002c 01 01 00 01 {transform}"


def message(payloads: str, first: str = "01", exchange: str = "02", cookie: str = COOKIE.hex(), **more: str) -> bytes:
    """A whole message; the length is worked out, everything else is as given."""
    body = bytes.fromhex(payloads)
    head = f"{cookie} {more.get('responder', OTHER)} {first} {more.get('version', '10')} {exchange} "
    head += f"{more.get('flags', '00')} {more.get('message_id', '00000000')}"
    return bytes.fromhex(head) + (28 + len(body)).to_bytes(4, "big") + body


def vendor(text: str, following: str = "00") -> str:
    """A vendor ID payload."""
    return f"{following} 00 {4 + len(bytes.fromhex(text)):04x} {text}"


def notification(kind: str) -> str:
    """A notification payload about IKE."""
    return f"00 00 000c 00000001 01 00 {kind}"
