# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd.exe's `for`: over words, over numbers (/l), over lines of text (/f)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Generator

from .cmd_tree import Block, For, If, Node, Pair, Redirect, Simple
from .console import Buffer, Steps, Wait
from .context import Context

RunNode = Callable[[Context, Node], Steps]
RunLine = Callable[[Context, str], Steps]


def substitute(node: Node, values: dict[str, str]) -> Node:
    """Return the command tree with %x replaced by values."""

    def text(raw: str) -> str:
        return re.sub(r"%(~?)(.)", lambda m: _value(m, values), raw)

    def redirects(items: list[Redirect]) -> list[Redirect]:
        return [dataclasses.replace(item, target=text(item.target)) for item in items]

    if isinstance(node, Simple):
        return Simple(text(node.text), redirects(node.redirects))
    if isinstance(node, Block):
        return Block(substitute(node.body, values), redirects(node.redirects))
    if isinstance(node, Pair):
        return Pair(node.operator, substitute(node.left, values), substitute(node.right, values))
    if isinstance(node, If):
        other = substitute(node.other, values) if node.other else None
        words = [text(word) for word in node.words]
        return dataclasses.replace(node, words=words, then=substitute(node.then, values), other=other)
    return dataclasses.replace(node, items=text(node.items), body=substitute(node.body, values))


def _value(match: re.Match[str], values: dict[str, str]) -> str:
    if match[2] not in values:
        return match[0]
    value = values[match[2]]
    return value.strip('"') if match[1] else value


def run_for(ctx: Context, node: For, run_node: RunNode, run_line: RunLine) -> Steps:
    """Run the body for each item; the value is that of the last run."""
    code = 0
    for values in (yield from _turns(ctx, node, run_line)):
        code = yield from run_node(ctx, substitute(node.body, values))
    return code


def _turns(ctx: Context, node: For, run_line: RunLine) -> Generator[Wait, None, list[dict[str, str]]]:
    if node.kind == "/l":
        start, step, end = (int(part) for part in re.split(r"[\s,;]+", node.items.strip()))
        numbers = range(start, end + (1 if step > 0 else -1), step) if step else range(0)
        return [{node.variable: str(number)} for number in numbers]
    if node.kind != "/f":
        return [{node.variable: word} for word in re.findall(r'"[^"]*"|[^\s,;=]+', node.items)]
    text = yield from _lines(ctx, node, run_line)
    return _split_lines(node, text)


def _lines(ctx: Context, node: For, run_line: RunLine) -> Generator[Wait, None, str]:
    items = node.items.strip()
    mark = "`" if "usebackq" in node.options.lower() else "'"
    if items.startswith(mark) and items.endswith(mark):
        buffer = Buffer()
        yield from run_line(dataclasses.replace(ctx, out=buffer, shell=ctx.shell.copy()), items[1:-1])
        return buffer.text
    if items.startswith('"') and "usebackq" not in node.options.lower():
        return items.strip('"')
    return ctx.read_file(items) or ""


def _split_lines(node: For, text: str) -> list[dict[str, str]]:
    options = node.options
    skip = re.search(r"(?i)skip=(\d+)", options)
    tokens = re.search(r"(?i)tokens=(\S+)", options)
    delims = re.search(r"(?i)delims=(.*)$", options)
    eol = re.search(r"(?i)eol=(.)", options)
    separators = " \t" if delims is None else re.sub(r"(?i)\s+(tokens|skip|eol|usebackq).*$", "", delims[1])
    turns = []
    for line in text.splitlines()[int(skip[1]) if skip else 0 :]:
        if not line or line.startswith(eol[1] if eol else ";"):
            continue
        words = _words(line, separators, tokens[1] if tokens else "1")
        if words:
            turns.append({chr(ord(node.variable) + index): word for index, word in enumerate(words)})
    return turns


def _words(line: str, separators: str, wanted: str) -> list[str]:
    numbers: list[int] = []
    for part in filter(None, wanted.rstrip("*").split(",")):
        first, _unused, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    pattern = f"[^{re.escape(separators)}]+" if separators else ".+"
    spans = [match.span() for match in re.finditer(pattern, line)]
    if not spans:
        return []
    found = [line[slice(*spans[number - 1])] if number <= len(spans) else "" for number in numbers]
    if wanted.endswith("*"):
        after = max(numbers, default=0)
        found.append(line[spans[after][0] :] if after < len(spans) else "")
    return found if found and (found[0] or wanted == "*") else []
