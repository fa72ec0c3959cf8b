# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd.exe's grammar: a line becomes commands joined by & && || and |, grouped, redirected."""

from __future__ import annotations

import re

from .cmd_tree import Block, For, If, Node, Pair, Redirect, Simple

SPECIAL = "&|<>()"


class CmdSyntaxError(Exception):
    """The line is none that cmd.exe takes; holds the text it could not place."""


_LEVELS = ["&", "||", "&&", "|"]


class Parser:
    """Reads one line; depth counts the open parentheses."""

    def __init__(self, line: str) -> None:
        """Read that line, whose variables are already expanded."""
        self.line, self.at, self.depth = line, 0, 0

    def parse(self) -> Node | None:
        """Return the command tree, None for an empty line; raise CmdSyntaxError."""
        self._blanks()
        if self.at >= len(self.line):
            return None
        node = self._level(0)
        self._blanks()
        if self.at < len(self.line):
            raise CmdSyntaxError(self._rest_word())
        return node

    def _blanks(self) -> None:
        while self.line[self.at : self.at + 1] in tuple(" \t,;=\r\n") and self.at < len(self.line):
            self.at += 1

    def _rest_word(self) -> str:
        rest = self.line[self.at :].strip()
        for operator in ("&&", "||"):
            if rest.startswith(operator):
                return operator
        return rest[:1] if rest[:1] in SPECIAL and rest else rest.split(" ", 1)[0]

    def _operator(self) -> str:
        for operator in ("&&", "||", "&", "|"):
            if self.line.startswith(operator, self.at):
                return operator
        return ""

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._command()
        node = self._level(level + 1)
        while True:
            self._blanks()
            if self._operator() != _LEVELS[level]:
                return node
            self.at += len(_LEVELS[level])
            self._blanks()
            if level == 0 and (self.at >= len(self.line) or (self.depth and self.line[self.at] == ")")):
                return node
            node = Pair(_LEVELS[level], node, self._level(level + 1))

    def _command(self) -> Node:
        self._blanks()
        while self.line.startswith("@", self.at):
            self.at += 1
            self._blanks()
        if self.at >= len(self.line):
            raise CmdSyntaxError("")
        if self._operator() or self.line[self.at] == ")":
            raise CmdSyntaxError(self._rest_word())
        if self.line[self.at] == "(":
            return self._block()
        word = re.match(r"[A-Za-z]+", self.line[self.at :])
        keyword = word[0].lower() if word else ""
        after = self.line[self.at + len(keyword) : self.at + len(keyword) + 1]
        if keyword == "if" and after in (" ", "\t"):
            return self._if()
        if keyword == "for" and after in (" ", "\t"):
            return self._for()
        if keyword == "rem" and after in ("", " ", "\t"):
            text, self.at = self.line[self.at :], len(self.line)
            return Simple(text, [])
        return self._simple()

    def _block(self) -> Node:
        self.at += 1
        self.depth += 1
        body = self._level(0)
        self._blanks()
        if not self.line.startswith(")", self.at):
            raise CmdSyntaxError(self._rest_word())
        self.at += 1
        self.depth -= 1
        redirects: list[Redirect] = []
        while True:
            self._blanks()
            if not self._redirect(redirects):
                return Block(body, redirects)

    def _redirect(self, into: list[Redirect]) -> bool:
        match = re.match(r"([0-9])?(>>|>|<)", self.line[self.at :])
        if not match:
            return False
        self.at += match.end()
        handle = int(match[1]) if match[1] else (0 if match[2] == "<" else 1)
        if target := re.match(r"&([0-9])", self.line[self.at :]):
            self.at += target.end()
            into.append(Redirect(handle, match[2], "&" + target[1]))
            return True
        self._blanks()
        name = self._word()
        if not name:
            raise CmdSyntaxError(self._rest_word())
        into.append(Redirect(handle, match[2], name))
        return True

    def _word(self, ends: str = " \t,;=") -> str:
        """Read up to a blank or a special character outside quotes; `^` takes the next one as it is."""
        word, quoted = "", False
        while self.at < len(self.line):
            char = self.line[self.at]
            if not quoted and (char in ends or char in "&|<>" or (char == ")" and self.depth)):
                break
            if char == "^" and not quoted:
                self.at += 1
                char = self.line[self.at : self.at + 1]
            elif char == '"':
                quoted = not quoted
            word += char
            self.at += 1
        return word

    def _simple(self) -> Node:
        text = ""
        redirects: list[Redirect] = []
        while self.at < len(self.line):
            piece = self._word("")
            text, digit = self._take_digit(text + piece)
            self.at -= digit
            if self.at >= len(self.line) or not self._redirect(redirects):
                break
        return Simple(text, redirects)

    def _take_digit(self, text: str) -> tuple[str, int]:
        """Give a handle's digit before > or < back, when it stands alone."""
        if self.line[self.at : self.at + 1] in tuple("<>") and re.search(r"(?:^|[\s,;=\"&|()])[0-9]$", text):
            return text[:-1], 1
        return text, 0

    def _if(self) -> Node:
        self.at += 2
        ignore_case = negated = False
        while True:
            self._blanks()
            mark = self.at
            word = self._word()
            if word.lower() == "/i":
                ignore_case = True
            elif word.lower() == "not":
                negated = not negated
            else:
                break
        self.at = mark
        words = self._condition()
        then = self._command()
        self._blanks()
        other = None
        if re.match(r"else\b", self.line[self.at :], re.IGNORECASE) and isinstance(then, Block):
            self.at += 4
            other = self._command()
        return If(words, negated, ignore_case, then, other)

    def _condition(self) -> list[str]:
        first = self._word(" \t=")
        if first.lower() in ("exist", "defined", "errorlevel", "cmdextversion"):
            self._blanks()
            return [first.lower(), self._word(" \t")]
        while self.line[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1
        if self.line.startswith("==", self.at):
            self.at += 2
            self._blanks()
            return ["==", first, self._word(" \t")]
        operator = self._word().lower()
        if operator not in ("equ", "neq", "lss", "leq", "gtr", "geq"):
            raise CmdSyntaxError(operator or first)
        self._blanks()
        return [operator, first, self._word(" \t")]

    def _for(self) -> Node:
        match = re.match(
            r"for\s+(/[fFlLdDrR])?\s*(\"[^\"]*\"|[^%\s]\S*)?\s*%%?(\S)\s+in\s*\(", self.line[self.at :], re.IGNORECASE
        )
        if not match:
            raise CmdSyntaxError(self._rest_word())
        self.at += match.end()
        end = re.search(r"\)\s*do\s", self.line[self.at :], re.IGNORECASE)
        if not end:
            raise CmdSyntaxError(self._rest_word())
        items = self.line[self.at : self.at + end.start()]
        self.at += end.end()
        kind, options = (match[1] or "").lower(), (match[2] or "").strip('"')
        return For(kind, options, match[3], items, self._command())
