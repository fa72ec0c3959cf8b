# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd.exe: runs a command line the way `cmd /c` does."""

from __future__ import annotations

import dataclasses
import re

from . import cmd_for
from .builtins import BUILTINS
from .cmd_batch import call_label, find_batch, run_batch
from .cmd_flow import Exit, Goto
from .cmd_if import holds
from .cmd_parse import CmdSyntaxError, Parser
from .cmd_redirect import redirected
from .cmd_tree import Block, For, If, Node, Pair, Simple
from .cmd_vars import expand
from .console import Buffer, Steps, TextSource
from .context import Context, split_argv
from .programs import PROGRAMS

LONGEST = 8191
"""Characters that cmd.exe takes in one line (Microsoft KB 830473)."""


_GLUED = re.compile(
    r"(echo|set|type|cd|chdir|call|exit|ver|title|del|erase|md|mkdir|rd|rmdir|cls)(?=[.\\/:;,=\[\]+(])", re.IGNORECASE
)
"""Built-in commands that need no blank before what follows."""


def run_line(ctx: Context, line: str) -> Steps:
    """Run one line; the value is the exit code of `cmd /c line`."""
    if len(line) > LONGEST:
        ctx.complain("cmd.toolong")
        return 1
    try:
        tree = Parser(expand(ctx, line)).parse()
    except CmdSyntaxError as exc:
        ctx.complain("cmd.syntax", word=str(exc)) if str(exc) else ctx.complain("cmd.badsyntax")
        ctx.shell.errorlevel = 255
        return 255
    try:
        return (yield from run_node(ctx, tree)) if tree else 0
    except Exit as exc:
        return exc.code
    except Goto as exc:
        if ctx.batch is not None:
            raise
        ctx.complain("cmd.nolabel", label=exc.label)
        return 1
    except (ValueError, ArithmeticError, re.error):
        ctx.complain("cmd.badsyntax")
        ctx.shell.errorlevel = 255
        return 255


def run_node(ctx: Context, node: Node) -> Steps:
    """Run a command tree; the value decides && and ||."""
    if isinstance(node, Pair):
        return (yield from _pair(ctx, node))
    if isinstance(node, If):
        chosen = node.then if holds(ctx, node) else node.other
        return (yield from run_node(ctx, chosen)) if chosen else 0
    if isinstance(node, For):
        return (yield from cmd_for.run_for(ctx, node, run_node, run_line))
    inner = redirected(ctx, node.redirects)
    if inner is None:
        ctx.shell.errorlevel = 1
        return 1
    if isinstance(node, Block):
        return (yield from run_node(inner, node.body))
    return (yield from run_simple(inner, node))


def _pair(ctx: Context, node: Pair) -> Steps:
    if node.operator == "|":
        pipe = Buffer()
        left = dataclasses.replace(ctx, out=pipe, shell=ctx.shell.copy())
        with_exit = _contained(left, node.left)
        yield from with_exit
        right = dataclasses.replace(ctx, stdin=TextSource(pipe.text), shell=ctx.shell.copy())
        code = yield from _contained(right, node.right)
        ctx.shell.errorlevel = code
        return code
    code = yield from run_node(ctx, node.left)
    if node.operator == "&" or (node.operator == "&&") == (code == 0):
        code = yield from run_node(ctx, node.right)
    return code


def _contained(ctx: Context, node: Node) -> Steps:
    try:
        return (yield from run_node(ctx, node))
    except Exit as exc:
        return exc.code


def split_command(text: str) -> tuple[str, str]:
    """Split off the command's name; the rest keeps its leading blank."""
    text = text.lstrip(" \t,;=")
    if match := re.match(r'"([^"]*)"?', text):
        return match[1], text[match.end() :]
    if match := _GLUED.match(text):
        return match[1], text[match.end() :]
    match = re.match(r"[^\s,;=/\"]+|/", text)
    name = match[0] if match else ""
    return name, text[len(name) :]


def run_simple(ctx: Context, node: Simple) -> Steps:
    """Run a single command: a built-in one, a program, or the message that there is none such."""
    text = expand(ctx, node.text, "!") if ctx.shell.delayed else node.text
    name, rest = split_command(text)
    low = name.lower()
    if not name or low == "rem" or low.startswith(":"):
        return 0
    if low == "exit":
        raise Exit(_exit_code(ctx, rest), batch="/b" in rest.lower().split())
    if low in ("cmd", "cmd.exe", r"c:\windows\system32\cmd.exe"):
        code = yield from run_nested(ctx, rest)
    elif low == "call":
        code = yield from _call(ctx, rest.strip())
    elif low in BUILTINS:
        return (yield from BUILTINS[low](ctx, rest))
    else:
        return (yield from run_program(ctx, name, rest))
    ctx.shell.errorlevel = code
    return code


def run_program(ctx: Context, name: str, rest: str) -> Steps:
    """Run a program or a batch file by its name; what comes after a batch file in another one never runs."""
    base = re.sub(r"(?i)\.(exe|com)$", "", name.lower().replace("/", "\\").rsplit("\\", 1)[-1])
    program = PROGRAMS.get(base) if ctx.host.has_program(base) else None
    if program is None:
        path = find_batch(ctx, name)
        if path is None:
            ctx.complain("cmd.unknown", name=name)
            ctx.shell.errorlevel = 9009
            return 1
        code = yield from run_batch(ctx, path, name, rest, run_node)
        if ctx.batch is not None:
            raise Exit(code, batch=True)
        return code
    code = yield from program(ctx, split_argv(rest))
    ctx.shell.errorlevel = code
    return code


def _call(ctx: Context, text: str) -> Steps:
    if text.startswith(":"):
        return (yield from call_label(ctx, expand(ctx, text), run_node))
    name, rest = split_command(expand(ctx, text))
    path = find_batch(ctx, name) if name.lower() not in (*BUILTINS, *PROGRAMS, "exit", "cmd") and name else None
    if path is not None:
        return (yield from run_batch(ctx, path, name, rest, run_node))
    return (yield from run_line(ctx, text)) if text else 0


def run_job(ctx: Context, line: str) -> Steps:
    """Run a scheduled job's program: no shell reads the line, so & and > are but arguments."""
    name, rest = split_command(expand(ctx, line))
    try:
        if re.fullmatch(r"(?i)(.*\\)?cmd(\.exe)?", name):
            return (yield from run_nested(ctx, rest))
        return (yield from run_program(ctx, name, rest))
    except Exit as exc:
        return exc.code
    except (ValueError, ArithmeticError, re.error):
        return 255


def _exit_code(ctx: Context, rest: str) -> int:
    words = [word for word in rest.split() if word.lower() != "/b"]
    if words and re.fullmatch(r"-?\d+", words[0]):
        return int(words[0])
    return ctx.shell.errorlevel


def run_nested(ctx: Context, rest: str) -> Steps:
    """Run `cmd /c ...` with its rule for the outer quotes; without /c read lines from standard input."""
    match = re.match(r"(?i)\s*((?:/[a-z](?::\S+)?\s*)*?)/([ck])(.*)$", rest, re.DOTALL)
    shell = ctx.shell.copy()
    inner = dataclasses.replace(ctx, shell=shell)
    if match is None:
        return (yield from _interactive(inner))
    shell.delayed = bool(re.search(r"(?i)/v(:on)?(?![:\w])", match[1]))
    line = match[3].strip()
    if line.startswith('"'):
        plain = line.count('"') == 2 and line.endswith('"') and not re.search(r"[&<>()@^|]", line) and " " in line
        if not plain or "/s" in match[1].lower():
            last = line.rfind('"')
            line = line[1:last] + line[last + 1 :] if last > 0 else line[1:]
    return (yield from run_line(inner, line))


def _interactive(ctx: Context) -> Steps:
    ctx.say("cmd.banner", version=ctx.host.version)
    code = 0
    while True:
        ctx.out.write(f"{ctx.shell.cwd}>")
        line = yield from ctx.stdin.read_line()
        if not line:
            return code
        ctx.out.write("" if line.endswith("\n") else "\r\n")
        try:
            tree = Parser(expand(ctx, line.rstrip("\r\n"))).parse()
            code = (yield from run_node(ctx, tree)) if tree else code
        except CmdSyntaxError as exc:
            ctx.complain("cmd.syntax", word=str(exc))
            code = 255
        except Exit as exc:
            return exc.code
