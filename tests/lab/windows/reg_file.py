# SPDX-License-Identifier: GPL-3.0-or-later
"""Registration files (.reg, version 5.00): what `reg export` writes and `reg import` reads."""

from __future__ import annotations

import re

from . import registry as reg

HEADER = "Windows Registry Editor Version 5.00"
_WIDTH = 76


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hex_lines(start: str, data: bytes) -> str:
    """Lay bytes out as regedit does: a line that has passed 76 characters goes on in the next one."""
    lines, line = [], start
    for index, byte in enumerate(data):
        last = index == len(data) - 1
        line += f"{byte:02x}" + ("" if last else ",")
        if len(line) > _WIDTH and not last:
            lines.append(line + "\\")
            line = "  "
    return "\r\n".join([*lines, line])


def _plain(value: reg.Value) -> bool:
    text = value.raw_text
    return len(value.data) % 2 == 0 and text.endswith("\0") and not set("\0\r\n") & set(text[:-1])


def value_line(value: reg.Value) -> str:
    """Return the line (or lines) that registration files hold for a value."""
    name = _quoted(value.name) if value.name else "@"
    if value.type == reg.REG_SZ and _plain(value):
        return f"{name}={_quoted(value.text)}"
    if value.type == reg.REG_DWORD and len(value.data) == 4:
        return f"{name}=dword:{value.number:08x}"
    word = "hex" if value.type == reg.REG_BINARY else f"hex({value.type:x})"
    return _hex_lines(f"{name}={word}:", value.data)


def export(registry: reg.Registry, path: str) -> str:
    """Return a key and all below as the text of a registration file."""
    parts = [HEADER, ""]
    for where, key in registry.walk(path):
        parts.append(f"[{where}]")
        parts.extend(value_line(value) for value in key.values.values())
        parts.append("")
    return "\r\n".join(parts) + "\r\n"


def _join_lines(text: str) -> list[str]:
    return re.sub(r"\\\r?\n[ \t]*", "", text).replace("\r", "").split("\n")


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _parse_data(text: str) -> tuple[int, bytes] | None:
    if text.startswith('"'):
        match = re.match(r'"((?:\\.|[^"\\])*)"\s*(?:;.*)?$', text)
        return (reg.REG_SZ, reg.encode_text(_unquote(match[1]))) if match else None
    if match := re.match(r"dword:([0-9a-fA-F]{1,8})\s*$", text):
        return reg.REG_DWORD, int(match[1], 16).to_bytes(4, "little")
    if match := re.match(r"hex(?:\(([0-9a-fA-F]+)\))?:([0-9a-fA-F, \t]*)$", text):
        kind = reg.REG_BINARY if match[1] is None else int(match[1], 16)
        digits = [part for part in match[2].replace(" ", "").split(",") if part]
        return kind, bytes(int(part, 16) for part in digits)
    return None


def apply(registry: reg.Registry, text: str) -> bool:
    """Carry out a registration file; say whether it is one. Lines that are none are passed over."""
    lines = _join_lines(text.lstrip("\ufeff"))
    if not lines or lines[0].strip() not in (HEADER, "REGEDIT4"):
        return False
    key: reg.Key | None = None
    for line in map(str.strip, lines[1:]):
        if match := re.match(r"\[(-?)(.*)\]$", line):
            key = None
            if match[1]:
                registry.delete(match[2])
            elif registry.split(match[2]) is not None:
                key = registry.create(match[2])
        elif key is not None and (match := re.match(r'(@|"(?:\\.|[^"\\])*")\s*=\s*(.*)$', line)):
            _apply_value(key, "" if match[1] == "@" else _unquote(match[1][1:-1]), match[2])
    return True


def _apply_value(key: reg.Key, name: str, data: str) -> None:
    if data == "-":
        key.drop(name)
    elif (parsed := _parse_data(data)) is not None:
        key.put(name, *parsed)
