# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch files of cmd.exe: lines and blocks, arguments, labels, `call`, `goto`, `exit /b`, `setlocal`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from .cmd_flow import Exit, Goto
from .cmd_parse import CmdSyntaxError, Parser
from .cmd_tree import Node
from .cmd_vars import expand_in_batch
from .console import Steps
from .context import Context

RunNode = Callable[[Context, Node], Steps]

_SUFFIXES = (".bat", ".cmd")
_DEEPEST = 40
_OPENS = re.compile(r"(?i)(\b(do|else)$)|(^@?(\)\s*else\s+)?if\s.*)")
"""What may stand before a parenthesis that opens a block."""


@dataclasses.dataclass(slots=True)
class Batch:
    """A batch file at work; `arguments` starts with the name it was called by."""

    path: str
    arguments: list[str]
    lines: list[str]
    at: int = 0
    depth: int = 1

    def jump(self, label: str) -> bool:
        """Go behind a label, searched from here to the end and then from the top; say whether it is there."""
        low = label.lower()
        for index in [*range(self.at, len(self.lines)), *range(self.at)]:
            match = re.match(r"[\s,;=]*:\s*([^\s:+,;=&|<>]+)", self.lines[index])
            if match and match[1].lower() == low:
                self.at = index + 1
                return True
        return False

    def statement(self) -> str:
        """Return the next line, with those that a caret or an open parenthesis draws in."""
        text = self._line()
        depth = _depth(text, 0)
        while depth > 0 and self.at < len(self.lines):
            more = self._line().strip()
            depth = _depth(more, depth)
            if more and not more.startswith(":"):
                glue = "" if text.rstrip().endswith("(") or more.startswith(")") else "& "
                text = text.rstrip() + glue + more
        return text

    def _line(self) -> str:
        text, self.at = self.lines[self.at], self.at + 1
        while re.search(r"(?<!\^)\^$", text) and self.at < len(self.lines):
            text, self.at = text[:-1] + self.lines[self.at], self.at + 1
        return text


def _depth(text: str, depth: int) -> int:
    """Return how many parentheses are open after a line; those inside words and quotes do not count."""
    text = re.sub(r'\^.|"[^"]*"', "_", text.strip())
    if re.match(r"(?i)@?(rem\b|:)", text):
        return depth
    text = re.sub(r"(?i)\bin\s*\([^)]*\)\s*do\b", "do", text)
    for match in re.finditer(r"\(|\)", text):
        before = text[: match.start()].rstrip()
        if match[0] == ")":
            depth = max(depth - 1, 0)
        elif not before or before[-1] in "&|(@" or _OPENS.search(before) or match.end() == len(text):
            depth += 1
    return depth


def find_batch(ctx: Context, name: str) -> str | None:
    """Return the full path of the batch file that a command names; None when there is none."""
    suffixes = ("",) if name.lower().endswith(_SUFFIXES) else _SUFFIXES
    places = ["", *(ctx.shell.get("PATH") or "").split(";")] if "\\" not in name else [""]
    for place in places:
        for suffix in suffixes:
            path = ctx.path(f"{place}\\{name}{suffix}" if place else f"{name}{suffix}")
            if path.casefold() in ctx.host.files:
                return path
    return None


def run_batch(ctx: Context, path: str, name: str, rest: str, run_node: RunNode) -> Steps:
    """Run a batch file; the value is the errorlevel it leaves."""
    lines = (ctx.read_file(path) or "").splitlines()
    arguments = [name, *re.findall(r'(?:"[^"]*"|[^\s,;="])+', rest)]
    depth = ctx.batch.depth + 1 if ctx.batch else 1
    return (yield from _run(ctx, Batch(path, arguments, lines, 0, depth), run_node))


def call_label(ctx: Context, text: str, run_node: RunNode) -> Steps:
    """Run `call :LABEL ARGUMENTS` within the batch file."""
    label, _unused, rest = text.strip().partition(" ")
    outer = ctx.batch
    if outer is None:
        raise Goto(label[1:])
    inner = Batch(outer.path, [label, *re.findall(r'(?:"[^"]*"|[^\s,;="])+', rest)], outer.lines, 0, outer.depth + 1)
    if not inner.jump(label[1:]):
        ctx.complain("cmd.nolabel", label=label[1:])
        return 1
    return (yield from _run(ctx, inner, run_node))


def _run(ctx: Context, batch: Batch, run_node: RunNode) -> Steps:
    if batch.depth > _DEEPEST:
        ctx.complain("cmd.toodeep")
        return 1
    echo, kept = ctx.shell.echo, len(ctx.shell.saved)
    try:
        yield from _lines(dataclasses.replace(ctx, batch=batch), batch, run_node)
    except CmdSyntaxError as exc:
        ctx.complain("cmd.syntax", word=str(exc)) if str(exc) else ctx.complain("cmd.badsyntax")
        ctx.shell.errorlevel = 255
    except Exit as exc:
        if not exc.batch:
            raise
        ctx.shell.errorlevel = exc.code
    finally:
        while len(ctx.shell.saved) > kept:
            ctx.shell.restore()
        if ctx.batch is None:
            ctx.shell.echo = echo
    return ctx.shell.errorlevel


def _lines(ctx: Context, batch: Batch, run_node: RunNode) -> Steps:
    while batch.at < len(batch.lines):
        try:
            yield from _one(ctx, batch, run_node)
        except Goto as exc:
            if exc.label.lower() == "eof":
                break
            if not batch.jump(exc.label):
                ctx.complain("cmd.nolabel", label=exc.label)
                ctx.shell.errorlevel = 1
                break
    return 0


def _one(ctx: Context, batch: Batch, run_node: RunNode) -> Steps:
    raw = batch.statement()
    bare = raw.lstrip(" \t,;=")
    if not bare or bare.startswith(":"):
        return 0
    line = expand_in_batch(ctx, raw, batch.path, batch.arguments)
    if ctx.shell.echo and not bare.startswith("@"):
        ctx.out.write(f"\r\n{ctx.shell.cwd}>{line.strip()} \r\n")
    tree = Parser(line).parse()
    return (yield from run_node(ctx, tree)) if tree else 0
