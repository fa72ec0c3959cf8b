# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

r"""What ``reg query KEY /s`` prints, as a registry tree: Server 2003's form and that of Vista and later.

Limits that the text itself sets: in a REG_MULTI_SZ the two characters ``\0`` inside a string look like the end of
it; a line break inside a value is read back as ``\n``, and only while no line of the value looks like a key or a
value; a name that itself holds a type between blanks is cut there; the first name of a key that stands in
parentheses (angle brackets on Server 2003) is its default value, whatever the language calls it.
"""

from __future__ import annotations

import re

from ..errors import TextError
from .data import NUMBER_KINDS, TEXT_KINDS
from .tree import Data, RegistryTree, RegistryValue

SOURCE = "reg query"
_BANNER = re.compile(r"! REG\.EXE VERSION \d")
_KEY = re.compile(r"HKEY_[A-Z_]+(?:\\.*)?$")
_TYPE = r"(REG_[A-Z_]+|0x[0-9A-Fa-f]+)"
_VALUE = re.compile(rf"    (.*?)    {_TYPE}(?:    (.*)|[ ]*)$", re.DOTALL)
_OLD_VALUE = re.compile(rf"    (.*?)\t{_TYPE}(?:\t(.*)|[ \t]*)$", re.DOTALL)
_DEFAULT = re.compile(r"\(.+\)")
_OLD_DEFAULT = re.compile(r"<.+>")
_LINE = re.compile(r"\r\n|\n|\r(?!\n)")
_MANY_LINES = (*TEXT_KINDS, "REG_MULTI_SZ")


class _Reading:
    """The tree as far as it was read, and the value that a line without a form of its own goes on with."""

    def __init__(self, *, old: bool) -> None:
        self.old = old
        self.keys: dict[str, dict[str, RegistryValue]] = {}
        self.key: dict[str, RegistryValue] | None = None
        self.open: tuple[str, str, str] | None = None
        self.default_seen = False
        self.blanks = 0

    def start(self, path: str) -> None:
        """Begin a key."""
        self.close()
        self.key = self.keys.setdefault(path, {})
        self.default_seen = False

    def close(self) -> None:
        """Keep the text that was still open, now that nothing can follow it."""
        if self.open is not None and self.key is not None:
            name, kind, text = self.open
            self.key[name] = RegistryValue(kind, _texts(kind, text, old=self.old))
        self.open = None
        self.blanks = 0

    def name(self, shown: str) -> str:
        """Turn the name that is shown into the name that is meant."""
        pattern = _OLD_DEFAULT if self.old else _DEFAULT
        if not self.default_seen and pattern.fullmatch(shown):
            self.default_seen = True
            return ""
        return shown


def parse_query(text: str) -> RegistryTree:
    """Read what one or several ``reg query`` printed.

    TextError names the line and column, and never shows the data of a value.
    """
    reading = _Reading(old=_BANNER.search(text) is not None)
    pattern = _OLD_VALUE if reading.old else _VALUE
    for number, line in enumerate(_LINE.split(text), 1):
        if line.startswith("HKEY_") and _KEY.match(line):
            reading.start(line)
        elif match := pattern.match(line):
            _read_value(reading, match, number)
        elif not line.strip():
            reading.blanks += 1
        elif reading.open is not None:
            name, kind, so_far = reading.open
            reading.open = (name, kind, so_far + "\n" * (reading.blanks + 1) + line)
            reading.blanks = 0
        elif not _BANNER.match(line):
            raise TextError(SOURCE, number, 1, "this is neither a registry key nor a value of one")
    reading.close()
    return RegistryTree(reading.keys)


def _read_value(reading: _Reading, match: re.Match[str], number: int) -> None:
    reading.close()
    if reading.key is None:
        raise TextError(SOURCE, number, 1, "a value stands before any key")
    shown, kind, text = match[1], match[2], match[3] or ""
    name = reading.name(shown)
    if kind in _MANY_LINES:
        reading.open = (name, kind, text)
        return
    data = _number(kind, text) if kind in NUMBER_KINDS else _bytes(kind, text)
    if data is None:
        column = match.start(3) + 1 if match[3] else len(match[0]) + 1
        wanted = "a number such as 0x1f" if kind in NUMBER_KINDS else "pairs of hexadecimal digits"
        raise TextError(SOURCE, number, column, f"the data of a {kind} must be {wanted}")
    reading.key[name] = RegistryValue(kind, data)


def _number(kind: str, text: str) -> Data | None:
    match = re.fullmatch(r"0[xX]([0-9A-Fa-f]{1,16})[ ]*", text)
    if match and int(match[1], 16) < 1 << (8 * NUMBER_KINDS[kind]):
        return int(match[1], 16)
    return None if kind == "REG_DWORD" else _bytes(kind, text)


def _bytes(kind: str, text: str) -> Data | None:
    """Read hexadecimal digits; what an old reg.exe prints for a type it does not know stays text."""
    digits = text.rstrip(" ")
    if re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", digits):
        return bytes.fromhex(digits)
    return None if kind == "REG_BINARY" else text


def _texts(kind: str, text: str, *, old: bool) -> Data:
    if kind != "REG_MULTI_SZ":
        return text
    if old:
        text = text.removesuffix("\\0").removesuffix("\\0")
    return tuple(text.split("\\0")) if text else ()
