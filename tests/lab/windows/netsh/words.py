# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh's words: splitting a line, abbreviated commands, and tagged, positional and abbreviated arguments."""

from __future__ import annotations

from . import errors
from .errors import NetshError

_BARE = ("all", "default")


def split_line(line: str) -> list[str]:
    """Split a line of a script or of standard input at blanks outside double quotes; the quotes go."""
    words, word, quoted, started = [], "", False, False
    for char in line.strip("\r\n"):
        if char == '"':
            quoted, started = not quoted, True
        elif char in " \t" and not quoted:
            if started:
                words.append(word)
            word, started = "", False
        else:
            word, started = word + char, True
    return [*words, word] if started else words


def pick(word: str, choices: list[str]) -> str | None:
    """Return the choice that a word names: the exact one, else the first that begins so."""
    low = word.lower()
    if low in choices:
        return low
    return next((choice for choice in choices if low and choice.startswith(low)), None)


def _joined(words: list[str]) -> list[str]:
    """Join `tag = value`, `tag= value` and `tag =value` to one word each."""
    joined: list[str] = []
    for word in words:
        open_tag = bool(joined) and joined[-1].endswith("=") and joined[-1].count("=") == 1
        if joined and ((word.startswith("=") and "=" not in joined[-1]) or (open_tag and "=" not in word)):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


class Arguments:
    """A command's arguments by tag, in the order given; a repeatable tag may come more than once."""

    def __init__(self, words: list[str], slots: list[str], repeatable: tuple[str, ...] = ()) -> None:
        """Sort words into tags; words without a tag fill the slots in their order.

        A slot is a tag, or alternatives such as `name|id|all`; `all` and `default` are tags by themselves.
        """
        self.items: list[tuple[str, str]] = []
        self._slots = [slot.split("|") for slot in slots]
        tags = [tag for slot in self._slots for tag in slot]
        for word in _joined(words):
            if word.lower() in _BARE and word.lower() in tags:
                self.items.append((word.lower(), "yes"))
                continue
            head, equals, value = word.partition("=")
            tag = pick(head.strip(), tags) if equals else None
            if equals and tag is None and " " not in head.strip():
                raise NetshError(errors.UNKNOWN_TAG, tag=head.strip())
            if tag is None:
                tag, value = self._next_free(word), word
            if tag in self and tag not in repeatable:
                raise NetshError(errors.TWICE, tag=tag)
            self.items.append((tag, value.strip()))

    def _next_free(self, word: str) -> str:
        for slot in self._slots:
            if not any(tag in self for tag in slot):
                return slot[0]
        raise NetshError(errors.UNKNOWN_TAG, tag=word)

    def __contains__(self, tag: str) -> bool:
        """Say whether a tag was given."""
        return any(name == tag for name, _unused in self.items)

    def get(self, tag: str) -> str | None:
        """Return a tag's value, None when not given."""
        return next((value for name, value in self.items if name == tag), None)

    def need(self, *tags: str) -> list[str]:
        """Return the values of tags that must be there."""
        for tag in tags:
            if not self.get(tag):
                raise NetshError(errors.MISSING_TAG, tag=tag)
        return [self.get(tag) or "" for tag in tags]

    def choice(self, tag: str, choices: list[str], default: str | None = None) -> str | None:
        """Return the choice that a tag's value names (it may be abbreviated)."""
        value = self.get(tag)
        if value is None:
            return default
        found = pick(value, choices)
        if found is None:
            raise NetshError(errors.BAD_VALUE, tag=tag, value=value)
        return found

    def flag(self, tag: str, default: bool | None = None) -> bool | None:
        """Return a yes/no tag as a truth value."""
        found = self.choice(tag, ["yes", "no"])
        return default if found is None else found == "yes"

    def integer(self, tag: str, low: int, high: int) -> int | None:
        """Return a tag's value as a number within bounds."""
        value = self.get(tag)
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise NetshError(errors.BAD_VALUE, tag=tag, value=value)
        return int(value)
