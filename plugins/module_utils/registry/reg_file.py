# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registration files (.reg): what regedit and ``reg export`` write and ``reg import`` reads, as registry trees."""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterator, Sequence

from ..errors import TextError
from .data import kind_name, kind_number, value_from_bytes, value_to_bytes
from .tree import RegistryTree, RegistryValue, fold

SOURCE = ".reg file"
HEADER = "Windows Registry Editor Version 5.00"
OLD_HEADER = "REGEDIT4"

_FOLD_AT = 76
"""A line of hexadecimal digits that has passed this many characters goes on in the next one."""

_SPACE = re.compile(r"(?:\s|;[^\r\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_KEY = re.compile(r"\[(-?)([^\r\n]*)\]")
_NAME = re.compile(r'(?:@|"((?:[^"\\]|\\.)*)")[ \t]*=[ \t]*', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_DWORD = re.compile(r"dword:[ \t]*([0-9a-f]{1,8})(?![0-9a-z])", re.IGNORECASE)
_HEX = re.compile(
    r"hex(?:\(([0-9a-f]{1,8})\))?:((?:[0-9a-f, \t]|\\[ \t]*(?:;[^\r\n]*)?(?:\r\n|\r|\n))*)", re.IGNORECASE
)
_FOLDS = re.compile(r"\\[ \t]*(?:;[^\r\n]*)?[\r\n]+|[ \t]")
_BREAKS = {"r": "\r", "n": "\n"}
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclasses.dataclass(frozen=True)
class RegFile:
    """What a registration file does: first its deletions, then all that ``tree`` holds."""

    tree: RegistryTree
    deleted_keys: tuple[str, ...] = ()
    deleted_values: tuple[tuple[str, str], ...] = ()


def parse_reg_file(data: bytes | str, encoding: str = "cp1252") -> RegFile:
    """Read a registration file of version 5.00 (UTF-16 or UTF-8) or of the older REGEDIT4.

    ``encoding`` is the code page of a REGEDIT4 file, which has no other mark of it. TextError names the line and
    column and never shows the data of a value.
    """
    text = _text(data, encoding) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    return _Parser(text, encoding).parse()


def is_reg_file(text: str) -> bool:
    """Say whether a text begins as a registration file does."""
    return text.lstrip("\ufeff \t\r\n").startswith((HEADER, OLD_HEADER))


def render_reg_file(tree: RegistryTree, deleted_keys: Sequence[str] = ()) -> bytes:
    """Write a registration file of version 5.00 as regedit does: UTF-16 with its mark, CR LF, lines folded alike.

    ``deleted_keys`` come first; importing the file deletes them.
    """
    lines = [HEADER, ""]
    for path in deleted_keys:
        lines += [f"[-{path}]", ""]
    for path, values in tree.items():
        lines.append(f"[{path}]")
        for name, value in values.items():
            lines += _value_lines("@" if not name else f'"{_escaped(name)}"', value)
        lines.append("")
    return codecs.BOM_UTF16_LE + "".join(line + "\r\n" for line in lines).encode("utf-16-le", "surrogatepass")


def _text(data: bytes, encoding: str) -> str:
    marks = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
    for mark, name in marks:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name)
    return _decoded(data, encoding if data.lstrip().startswith(OLD_HEADER.encode()) else "utf-8")


def _decoded(data: bytes, encoding: str) -> str:
    errors = "surrogatepass" if encoding.startswith("utf-16") else "strict"
    try:
        return data.decode(encoding, errors)
    except UnicodeDecodeError as exc:
        before = data[: exc.start].decode(encoding, "replace")
        place = _place(before, len(before))
        raise TextError(SOURCE, *place, f"the bytes here are no {encoding.upper()}") from None
    except LookupError:
        raise TextError(SOURCE, 1, 1, f"{encoding!r} is no encoding") from None


def _place(text: str, offset: int) -> tuple[int, int]:
    """Give line and column of an offset, both from 1."""
    ends = [match.end() for match in _LINE_END.finditer(text, 0, offset)]
    return len(ends) + 1, offset - (ends[-1] if ends else 0) + 1


class _Parser:
    """One pass over the text."""

    def __init__(self, text: str, encoding: str) -> None:
        self.text = text
        self.encoding = encoding
        self.at = 0
        self.old = False
        self.keys: dict[str, dict[str, RegistryValue]] = {}
        self.deleted_keys: list[str] = []
        self.deleted_values: list[tuple[str, str]] = []

    def parse(self) -> RegFile:
        """Read header, keys and values."""
        self.skip(_SPACE)
        header = next((one for one in (HEADER, OLD_HEADER) if self.text.startswith(one, self.at)), None)
        if header is None:
            raise self.problem(f"a registration file begins with {HEADER!r} or {OLD_HEADER!r}")
        self.at += len(header)
        self.old = header == OLD_HEADER
        self.end_line()
        values: dict[str, RegistryValue] | None = None
        path = ""
        while self.skip(_SPACE) < len(self.text):
            match = _KEY.match(self.text, self.at)
            if match:
                path = match[2]
                values = self.key(match)
            elif values is None:
                raise self.problem("expected a key in square brackets")
            else:
                self.value(path, values)
            self.end_line()
        tree = RegistryTree(self.keys)
        return RegFile(tree, tuple(self.deleted_keys), tuple(self.deleted_values))

    def key(self, match: re.Match[str]) -> dict[str, RegistryValue] | None:
        """Begin a key, or delete one."""
        if not match[2].strip("\\"):
            raise self.problem("a key needs a name")
        self.at = match.end()
        if not match[1]:
            return self.keys.setdefault(match[2], {})
        self.deleted_keys.append(match[2])
        below = fold(match[2]) + "\\"
        self.keys = {path: values for path, values in self.keys.items() if not (fold(path) + "\\").startswith(below)}
        return None

    def value(self, path: str, values: dict[str, RegistryValue]) -> None:
        """Read one value of a key, or its deletion."""
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.problem("expected a key in square brackets, or @ or a name in quotes and an equals sign")
        self.at = match.end()
        name = _unescaped(match[1] or "")
        if self.text.startswith("-", self.at):
            self.at += 1
            self.deleted_values.append((path, name))
            for known in [one for one in values if fold(one) == fold(name)]:
                del values[known]
            return
        values[name] = self.data()

    def data(self) -> RegistryValue:
        """Read what stands behind the equals sign."""
        if match := _QUOTED.match(self.text, self.at):
            self.at = match.end()
            return RegistryValue("REG_SZ", _unescaped(match[1]))
        if match := _DWORD.match(self.text, self.at):
            self.at = match.end()
            return RegistryValue("REG_DWORD", int(match[1], 16))
        if match := _HEX.match(self.text, self.at):
            return self.hex_data(match)
        raise self.problem("expected a text in quotes, dword: or hex:")

    def hex_data(self, match: re.Match[str]) -> RegistryValue:
        """Read bytes, which may go on over several lines; REGEDIT4 has its texts in the code page."""
        digits = [part for part in _FOLDS.sub("", match[2]).split(",") if part]
        if any(len(part) > 2 for part in digits):
            raise self.problem("bytes are written as pairs of hexadecimal digits with commas between them")
        raw = bytes(int(part, 16) for part in digits)
        kind = kind_name(int(match[1], 16)) if match[1] else "REG_BINARY"
        if self.old and kind in ("REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ"):
            raw = _decoded(raw, self.encoding).encode("utf-16-le")
        self.at = match.end()
        return value_from_bytes(kind, raw)

    def skip(self, what: re.Pattern[str]) -> int:
        """Pass over what means nothing; give where the rest begins."""
        match = what.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def end_line(self) -> None:
        """Pass over blanks and a comment to the end of the line."""
        self.skip(_BLANK)
        if self.at < len(self.text) and self.text[self.at] not in ";\r\n":
            raise self.problem("there is more on this line than belongs there")

    def problem(self, text: str) -> TextError:
        """Make an error at the current place."""
        return TextError(SOURCE, *_place(self.text, self.at), text)


def _unescaped(text: str) -> str:
    """Undo the escapes of a quoted text; those of line breaks are what Wine's reg.exe writes and reads."""
    return re.sub(r"\\(.)", lambda match: _BREAKS.get(match[1], match[1]), text, flags=re.DOTALL)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _value_lines(start: str, value: RegistryValue) -> Iterator[str]:
    """Write one value; texts with control characters, and all other types, as bytes."""
    plain = isinstance(value.data, str) and not re.search(r"[\0\r\n]", value.data)
    if value.kind == "REG_SZ" and plain:
        yield f'{start}="{_escaped(str(value.data))}"'
        return
    if value.kind == "REG_DWORD" and isinstance(value.data, int):
        yield f"{start}=dword:{value.data:08x}"
        return
    number = kind_number(value.kind)
    line = f"{start}=hex:" if value.kind == "REG_BINARY" else f"{start}=hex({number or 0:x}):"
    raw = value_to_bytes(value)
    for index, byte in enumerate(raw):
        last = index == len(raw) - 1
        line += f"{byte:02x}" if last else f"{byte:02x},"
        if len(line) > _FOLD_AT and not last:
            yield line + "\\"
            line = "  "
    yield line
