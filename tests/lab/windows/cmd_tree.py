# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree that a command line of cmd.exe becomes."""

from __future__ import annotations

import dataclasses
from typing import Union


@dataclasses.dataclass(slots=True)
class Redirect:
    """`2>>file` as (handle, operator, target); the target `&1` names a handle."""

    handle: int
    operator: str
    target: str


@dataclasses.dataclass(slots=True)
class Simple:
    """A single command as typed, `^` already taken out; marks tells which characters were escaped."""

    text: str
    redirects: list[Redirect]


@dataclasses.dataclass(slots=True)
class Block:
    """Commands in parentheses."""

    body: Node
    redirects: list[Redirect]


@dataclasses.dataclass(slots=True)
class Pair:
    """Two commands joined by "&", "&&", "||" or "|"."""

    operator: str
    left: Node
    right: Node


@dataclasses.dataclass(slots=True)
class If:
    """`if [not] condition command [else command]`; words holds the condition."""

    words: list[str]
    negated: bool
    ignore_case: bool
    then: Node
    other: Node | None


@dataclasses.dataclass(slots=True)
class For:
    """`for [/f "options"] %x in (set) do command`."""

    kind: str
    options: str
    variable: str
    items: str
    body: Node


Node = Union["Simple", "Block", "Pair", "If", "For"]
