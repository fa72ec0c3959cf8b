# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of one command by their tags: tagged, abbreviated, or by their place."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from .verbs import BARE_WORDS, REPEATABLE, Command, pick
from .words import Word, join_equals


class Arguments:
    """What a command was given, in the order of the line."""

    def __init__(self, command: Command, head: Word, words: Sequence[Word]) -> None:
        """Sort words into tags; a word without a tag goes to the first slot that is still free.

        TextError for a tag that the command has not, for one given twice and for one that is missing.
        """
        self.command = command
        self.head = head
        self.items: list[tuple[str, Word]] = []
        for word in join_equals(words):
            tag, value = self._tag_of(word)
            if self.get(tag) is not None and tag not in REPEATABLE:
                raise word.problem(f"'{command}' was given {tag!r} before")
            self.items.append((tag, value))
        for tag in command.required:
            if not self.text(tag):
                raise head.problem(f"'{command}' needs {tag}=")

    def _tag_of(self, word: Word) -> tuple[str, Word]:
        if word.text.casefold() in BARE_WORDS and word.text.casefold() in self.command.tags:
            return word.text.casefold(), word
        name, equals, value = word.text.partition("=")
        tag = pick(name.strip(), self.command.tags) if equals else None
        if tag is not None:
            return tag, dataclasses.replace(word, text=value.strip())
        if equals and not word.quoted:
            known = ", ".join(self.command.tags) or "no arguments"
            raise word.problem(f"'{self.command}' has no argument {name.strip()!r}; it takes {known}")
        free = next((slot for slot in self.command.slots if all(self.get(tag) is None for tag in slot)), None)
        if free is None:
            raise word.problem(f"'{self.command}' was given one word too many")
        return free[0], word

    def get(self, tag: str) -> Word | None:
        """Give the value of a tag; None where it was not given."""
        return next((value for name, value in self.items if name == tag), None)

    def text(self, tag: str) -> str:
        """Give the value of a tag as text; empty where it was not given."""
        found = self.get(tag)
        return found.text if found else ""

    def optional_text(self, tag: str) -> str | None:
        """Give the value of a tag as text; None where it was not given."""
        found = self.get(tag)
        return found.text if found else None

    def choice(self, tag: str, choices: Sequence[str]) -> str | None:
        """Give the choice that a value names, abbreviated or not; None where it was not given."""
        found = self.get(tag)
        if found is None:
            return None
        picked = pick(found.text, choices)
        if picked is None:
            raise found.problem(f"{found.text!r} is no {tag}; netsh takes {', '.join(choices)}")
        return picked

    def flag(self, tag: str, default: bool) -> bool:
        """Give a yes or no."""
        picked = self.choice(tag, ("yes", "no"))
        return default if picked is None else picked == "yes"

    def number(self, tag: str, default: int) -> int:
        """Give a number from 0 to 2147483647."""
        found = self.get(tag)
        if found is None:
            return default
        if not (found.text.isascii() and found.text.isdigit() and len(found.text) <= 10):
            raise found.problem(f"{found.text!r} is no {tag}; netsh takes a whole number")
        value = int(found.text)
        if value > 2_147_483_647:
            raise found.problem(f"{found.text} is too large for {tag}")
        return value
