# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pieces of a script that know where they stand, and how netsh splits a line into words."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ..errors import TextError

BLANKS = " \t"


@dataclasses.dataclass(frozen=True)
class Word:
    """One word of a line without its quotes; ``line`` and ``column`` count from 1."""

    text: str
    source: str
    line: int
    column: int
    quoted: bool = False

    def problem(self, text: str) -> TextError:
        """Give the error that points here."""
        return TextError(self.source, self.line, self.column, text)


@dataclasses.dataclass(frozen=True)
class Line:
    """A command as the shell hands it on: its characters, and the line and column that each one came from."""

    text: str
    places: tuple[tuple[int, int], ...]
    source: str

    def part(self, start: int, end: int | None = None) -> Line:
        """Give the characters from ``start`` to ``end``."""
        return Line(self.text[start:end], self.places[start:end], self.source)

    def problem(self, index: int, text: str) -> TextError:
        """Give the error that points at a character."""
        line, column = self.places[min(index, len(self.places) - 1)] if self.places else (1, 1)
        return TextError(self.source, line, column, text)


@dataclasses.dataclass(frozen=True)
class IgnoredLine:
    """A line that does nothing here, and why; the line itself is not kept, it may hold a key."""

    line: int
    reason: str

    def __str__(self) -> str:
        """Say the line and the reason."""
        return f"line {self.line}: {self.reason}"


def plain_line(text: str, number: int, source: str) -> Line:
    """Give a line whose characters stand where they are."""
    return Line(text, tuple((number, column) for column in range(1, len(text) + 1)), source)


def split_words(line: Line) -> list[Word]:
    """Split a line at blanks outside double quotes and drop the quotes; TextError for a quote left open."""
    words: list[Word] = []
    chars: list[str] = []
    start, opened, quoted = -1, -1, False
    for index, char in enumerate(line.text):
        if char in BLANKS and opened < 0:
            if start >= 0:
                words.append(_word(line, start, chars, quoted=quoted))
            chars, start, quoted = [], -1, False
            continue
        start = index if start < 0 else start
        if char == '"':
            opened, quoted = (-1 if opened >= 0 else index), True
        else:
            chars.append(char)
    if opened >= 0:
        raise line.problem(opened, "this double quote is never closed")
    return [*words, _word(line, start, chars, quoted=quoted)] if start >= 0 else words


def _word(line: Line, start: int, chars: list[str], *, quoted: bool) -> Word:
    number, column = line.places[start]
    return Word("".join(chars), line.source, number, column, quoted)


def join_equals(words: Sequence[Word]) -> list[Word]:
    """Join ``tag = value``, ``tag= value`` and ``tag =value`` to one word each; netsh's help itself writes so."""
    joined: list[Word] = []
    for word in words:
        before = joined[-1].text if joined else ""
        is_value = word.text.startswith("=") and before and "=" not in before
        waits = before.endswith("=") and before.count("=") == 1 and not joined[-1].quoted and "=" not in word.text
        if is_value or waits:
            quoted = joined[-1].quoted or word.quoted
            joined[-1] = dataclasses.replace(joined[-1], text=before + word.text, quoted=quoted)
        else:
            joined.append(word)
    return joined
