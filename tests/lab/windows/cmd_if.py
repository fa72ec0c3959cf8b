# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of cmd.exe's `if`."""

from __future__ import annotations

import re

from .cmd_tree import If
from .cmd_vars import expand
from .context import Context


def holds(ctx: Context, node: If) -> bool:
    """Say whether the condition holds."""
    kind, *words = node.words
    words = [expand(ctx, word, "!") if ctx.shell.delayed else word for word in words]
    if kind == "exist":
        truth = ctx.exists(words[0])
    elif kind == "defined":
        truth = ctx.shell.get(words[0]) is not None
    elif kind == "errorlevel":
        truth = ctx.shell.errorlevel >= int(words[0]) if re.fullmatch(r"-?\d+", words[0]) else False
    elif kind == "cmdextversion":
        truth = int(words[0] or 0) <= 2
    else:
        truth = _compare(kind, words[0], words[1], node.ignore_case)
    return truth != node.negated


def _compare(operator: str, left: str, right: str, ignore_case: bool) -> bool:
    if ignore_case:
        left, right = left.casefold(), right.casefold()
    a: int | str = left
    b: int | str = right
    if operator != "==" and re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right):
        a, b = int(left), int(right)
    order = (a > b) - (a < b)  # type: ignore[operator]  # both are of one kind
    return {
        "==": order == 0,
        "equ": order == 0,
        "neq": order != 0,
        "lss": order < 0,
        "leq": order <= 0,
        "gtr": order > 0,
        "geq": order >= 0,
    }[operator]
