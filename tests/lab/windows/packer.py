# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own writer and reader of the binary policy store, both generations ("xp": 2000-2003, "vista": later).

Sources: MS-GPIPSEC 2.2.1 and, where genuine dumps contradict it, the dumps (docs/fidelity.md).
"""

from __future__ import annotations

import struct
import uuid

from .parts import (
    DES,
    KERBEROS,
    MD5,
    SHA1,
    THREE_DES,
    Algorithm,
    FilterSpec,
    MainMode,
    MainModeMethod,
    Method,
    Offer,
    RuleBody,
)

POLICY_ID = uuid.UUID("22202163-4F4C-11D1-863B-00A0248D3021")
MAIN_MODE_ID = uuid.UUID("80DC20B8-2EC8-11D1-A89E-00A0248D3021")
RULE_ID = uuid.UUID("11BBAC00-498D-11D1-8639-00A0248D3021")
ACTION_ID = uuid.UUID("80DC20B9-2EC8-11D1-A89E-00A0248D3021")
FILTER_ID = uuid.UUID("80DC20B5-2EC8-11D1-A89E-00A0248D3021")
_ALTERNATE, _FLAGS = bytes([1] * 16), bytes([1] * 15 + [2])


def _text(text: str) -> bytes:
    data = (text + "\0").encode("utf-16-le")
    return struct.pack("<I", len(data)) + data


def _frame(kind: uuid.UUID, body: bytes, tail: bytes = b"\0") -> bytes:
    return kind.bytes_le + struct.pack("<I", len(body)) + body + tail


class Cursor:
    """Reads a blob from front to back; running past the end raises ValueError."""

    def __init__(self, blob: bytes, kind: uuid.UUID) -> None:
        """Check the frame's type and stand behind its length."""
        if blob[:16] != kind.bytes_le:
            raise ValueError(f"not a {kind} blob")
        self.blob, self.at = blob, 20

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        part = self.blob[self.at : self.at + count]
        if len(part) != count:
            raise ValueError(f"{count} bytes wanted at {self.at}, {len(part)} left")
        self.at += count
        return part

    def number(self) -> int:
        """Return the next little-endian 32 bits."""
        return int.from_bytes(self.take(4), "little")

    def text(self) -> str:
        """Return the next counted UTF-16 string without its NUL."""
        return self.take(self.number()).decode("utf-16-le").rstrip("\0")


def pack_policy(interval: int) -> bytes:
    """Pack a policy: the polling interval in seconds."""
    return _frame(POLICY_ID, struct.pack("<I", interval))


def unpack_policy(blob: bytes) -> int:
    """Return the polling interval in seconds; a stored 0 means 10800."""
    return Cursor(blob, POLICY_ID).number() or 10800


def pack_main_mode(mode: MainMode, guid: uuid.UUID, generation: str) -> bytes:
    """Pack a main-mode policy; guid is the object's own, which netsh writes into it."""
    lifetime = 0 if generation == "xp" and mode.lifetime == 28800 else mode.lifetime
    head = struct.pack("<6I20xI", 0, mode.pfs, 0, 0, mode.quick_modes, lifetime, len(mode.methods))
    body = guid.bytes_le + head
    return _frame(MAIN_MODE_ID, body + b"".join(_main_method(method, mode.pfs) for method in mode.methods))


def _main_method(method: MainModeMethod, pfs: bool) -> bytes:
    wide = method.group == 3
    random = {(DES, MD5): 1, (DES, SHA1): 2, (THREE_DES, MD5): 3, (THREE_DES, SHA1): 4}
    function = random[method.encryption, method.hash] if wide else 0
    group = 2 if wide else method.group
    algorithms = struct.pack("<4x6I8x", method.encryption, 0x40, 8, method.hash, 0x40, 0)
    rest = struct.pack("<5I", group, method.quick_modes, 0, method.lifetime, pfs)
    return algorithms + bytes([function]) + bytes(7) + rest


def unpack_main_mode(blob: bytes) -> MainMode:
    """Read a main-mode policy; padding that Windows leaves undefined is passed over."""
    cursor = Cursor(blob, MAIN_MODE_ID)
    cursor.take(20)
    pfs = bool(cursor.number())
    cursor.take(8)
    quick_modes, lifetime = cursor.number(), cursor.number()
    cursor.take(20)
    methods = []
    for _unused in range(cursor.number()):
        raw = cursor.take(64)
        encryption, hash_id = struct.unpack_from("<I8xI", raw, 4)
        group, per_mode, _kilobytes, seconds = struct.unpack_from("<4I", raw, 44)
        if function := raw[36]:
            encryption, hash_id = (DES, THREE_DES)[function > 2], 2 - function % 2
            group = 3
        methods.append(MainModeMethod(encryption, hash_id, group, seconds, per_mode))
    return MainMode(methods, pfs, quick_modes, lifetime or 28800)


def pack_action(offers: list[Offer], generation: str) -> bytes:
    """Pack a filter action's offers; block and permit have none."""
    key_bits, rounds = (0x40, 8) if generation == "xp" else (0, 0)
    body = struct.pack("<I", len(offers))
    for offer in offers:
        body += struct.pack("<5I", offer.seconds, offer.kilobytes, 0, offer.pfs, len(offer.algorithms))
        slots = b"".join(struct.pack("<5I", a.id, a.integrity, a.kind, key_bits, rounds) for a in offer.algorithms)
        body += slots.ljust(60, b"\0")
    return _frame(ACTION_ID, body)


def unpack_action(blob: bytes) -> list[Offer]:
    """Read a filter action's offers; slots that do not count are passed over."""
    cursor = Cursor(blob, ACTION_ID)
    offers = []
    for _unused in range(cursor.number()):
        seconds, kilobytes, _options, pfs, count = struct.unpack("<5I", cursor.take(20))
        slots = [struct.unpack("<3I", cursor.take(20)[:12]) for _unused in range(3)]
        offers.append(Offer([Algorithm(*slot) for slot in slots[:count]], kilobytes, seconds, bool(pfs)))
    return offers


def _method_data(method: Method) -> bytes:
    return bytes(2) if method.kind == KERBEROS else (method.text + "\0").encode("utf-16-le")


def pack_rule(rule: RuleBody, generation: str) -> bytes:
    """Pack a rule; Vista and later append the methods once more, Kerberos without data, and their flags."""
    body = struct.pack("<I", len(rule.methods))
    for method in rule.methods:
        data = _method_data(method)
        body += struct.pack("<II", method.kind, len(data)) + data
    body += struct.pack("<I", rule.interface) + _text("") + rule.tunnel
    body += struct.pack("<II", rule.tunneled, rule.active) + _text("")
    if generation == "xp":
        return _frame(RULE_ID, body)
    tail = _ALTERNATE + struct.pack("<I", len(rule.methods))
    for method in rule.methods:
        data = b"" if method.kind == KERBEROS else _method_data(method)
        tail += struct.pack("<II", method.kind, len(data)) + data
    tail += _FLAGS + struct.pack("<I", len(rule.methods))
    tail += b"".join(struct.pack("<I", method.flags) for method in rule.methods)
    return _frame(RULE_ID, body, tail + b"\0")


def unpack_rule(blob: bytes) -> RuleBody:
    """Read a rule of either generation."""
    cursor = Cursor(blob, RULE_ID)
    methods = []
    for _unused in range(cursor.number()):
        kind, size = cursor.number(), cursor.number()
        data = cursor.take(size)
        methods.append(Method(kind, "" if kind == KERBEROS else data.decode("utf-16-le").rstrip("\0")))
    interface = cursor.number()
    cursor.text()
    tunnel, tunneled, active = cursor.take(4), cursor.number(), cursor.number()
    cursor.text()
    if blob[cursor.at : cursor.at + 16] == _ALTERNATE:
        cursor.take(16)
        for _unused in range(cursor.number()):
            cursor.take(4)
            cursor.take(cursor.number())
        cursor.take(16)
        for method in methods[: cursor.number()]:
            method.flags = cursor.number()
    return RuleBody(methods, interface, tunnel, bool(tunneled), bool(active))


def pack_filters(filters: list[FilterSpec], generation: str) -> bytes:
    """Pack a filter list; Vista and later leave the count out of the length and end without a zero."""
    body = b"".join(_filter(spec) for spec in filters)
    count = struct.pack("<I", len(filters))
    if generation == "xp":
        return _frame(FILTER_ID, count + body)
    return FILTER_ID.bytes_le + struct.pack("<I", len(body)) + count + body


def _filter(spec: FilterSpec) -> bytes:
    return (
        _text(spec.source_name)
        + _text(spec.target_name)
        + _text(spec.description)
        + spec.guid.bytes_le
        + struct.pack("<I", spec.mirrored)
        + spec.source
        + spec.source_mask
        + spec.target
        + spec.target_mask
        + spec.tunnel
        + struct.pack("<IHHBBH", spec.protocol, spec.source_port, spec.target_port, spec.tunneled, spec.special, 0)
    )


def unpack_filters(blob: bytes) -> list[FilterSpec]:
    """Read a filter list of either generation, by count."""
    cursor = Cursor(blob, FILTER_ID)
    filters = []
    for _unused in range(cursor.number()):
        names = [cursor.text() for _unused in range(3)]
        guid, mirrored = uuid.UUID(bytes_le=cursor.take(16)), bool(cursor.number())
        parts = [cursor.take(4) for _unused in range(5)]
        protocol, source_port, target_port, tunneled, special, _options = struct.unpack("<IHHBBH", cursor.take(12))
        source, source_mask, target, target_mask, tunnel = parts
        filters.append(
            FilterSpec(
                guid,
                source,
                source_mask,
                target,
                target_mask,
                protocol,
                source_port,
                target_port,
                mirrored,
                names[0],
                names[1],
                names[2],
                special,
                tunnel,
                tunneled,
            )
        )
    return filters
