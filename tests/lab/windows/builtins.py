# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that cmd.exe itself carries out."""

from __future__ import annotations

import re
from collections.abc import Callable

from .cmd_flow import Goto
from .console import Steps, codec_of
from .context import Context
from .files import FILE_BUILTINS, words_of

Builtin = Callable[[Context, str], Steps]


def _echo(ctx: Context, rest: str) -> Steps:
    yield from ()
    if rest[:1] in (".", ":", "(", "/", "\\", "[", "]", "+", ",", ";", "="):
        ctx.out.write(rest[1:] + "\r\n")
    elif rest.strip().lower() in ("on", "off"):
        ctx.shell.echo = rest.strip().lower() == "on"
    elif not rest.strip():
        ctx.say("cmd.echo")
    else:
        ctx.out.write(rest[1:] + "\r\n")
    return 0


def _set(ctx: Context, rest: str) -> Steps:
    text = rest.strip()
    if re.match(r"(?i)/p\s", text):
        name, _unused, question = text[2:].strip().strip('"').partition("=")
        ctx.out.write(question)
        answer = (yield from ctx.stdin.read_line()).rstrip("\r\n")
        if answer:
            ctx.shell.put(name, answer)
        return _result(ctx, 0 if answer else 1)
    if re.match(r"(?i)/a\s", text):
        return _result(ctx, _arithmetic(ctx, text[2:].strip().strip('"')))
    raw = rest.lstrip()
    if raw.startswith('"'):
        raw = raw[1 : raw.rfind('"')] if raw.rfind('"') > 0 else raw[1:]
    name, equals, value = raw.partition("=")
    if equals and name:
        ctx.shell.put(name, value)
        return _result(ctx, 0) if value else 0
    shown = sorted(
        f"{spelled}={value}\r\n" for key, (spelled, value) in ctx.shell.env.items() if key.startswith(text.upper())
    )
    ctx.out.write("".join(shown))
    if not shown:
        ctx.complain("cmd.notdefined", name=text)
    return _result(ctx, 0 if shown else 1)


def _arithmetic(ctx: Context, text: str) -> int:
    match = re.fullmatch(r"(\w+)\s*([-+*/%]?)=\s*(-?\w+)(?:\s*([-+*/%])\s*(-?\w+))?", text)
    if not match:
        ctx.complain("cmd.missing")
        return 1

    def number(word: str) -> int:
        return int(word, 0) if re.fullmatch(r"-?(0x[0-9a-fA-F]+|\d+)", word) else int(ctx.shell.get(word) or 0)

    def apply(a: int, sign: str, b: int) -> int:
        if sign in "/%":
            return int(a / b) if sign == "/" else a - int(a / b) * b
        return {"+": a + b, "-": a - b, "*": a * b}[sign]

    value = number(match[3])
    if match[4]:
        value = apply(value, match[4], number(match[5]))
    if match[2]:
        value = apply(number(match[1]), match[2], value)
    ctx.shell.put(match[1], str(value))
    return 0


def _result(ctx: Context, code: int) -> int:
    ctx.shell.errorlevel = code
    return code


def _type(ctx: Context, rest: str) -> Steps:
    yield from ()
    code = 0
    for name in words_of(rest):
        text = "" if name.lower() == "nul" else ctx.read_file(name)
        if text is None:
            ctx.complain("cmd.nofile")
            code = 1
        else:
            ctx.out.write(text)
    return _result(ctx, code)


def _ver(ctx: Context, rest: str) -> Steps:
    yield from ()
    ctx.say("cmd.ver", version=ctx.host.version)
    return _result(ctx, 0)


def _cd(ctx: Context, rest: str) -> Steps:
    yield from ()
    where = re.sub(r"(?i)^\s*/d\s", "", rest).strip().strip('"')
    if not where:
        ctx.out.write(ctx.shell.cwd + "\r\n")
    elif where == "..":
        ctx.shell.cwd = ctx.shell.cwd.rsplit("\\", 1)[0] if ctx.shell.cwd.count("\\") > 1 else ctx.shell.cwd[:3]
    elif not ctx.is_folder(ctx.path(where)):
        ctx.complain("cmd.nopath")
        return _result(ctx, 1)
    else:
        ctx.shell.cwd = ctx.path(where)
    return _result(ctx, 0)


def _silent(ctx: Context, rest: str) -> Steps:
    yield from ()
    return _result(ctx, 0)


def _setlocal(ctx: Context, rest: str) -> Steps:
    yield from ()
    low = rest.lower()
    if ctx.batch is not None:
        ctx.shell.save(True if "enabledelayedexpansion" in low else False if "disabledelayed" in low else None)
    return 0


def _endlocal(ctx: Context, rest: str) -> Steps:
    yield from ()
    ctx.shell.restore()
    return 0


def _goto(ctx: Context, rest: str) -> Steps:
    yield from ()
    if ctx.batch is not None:
        raise Goto(re.sub(r"^\s*:?\s*", "", rest).split(" ")[0].strip() or "eof")
    return 0


def _vol(ctx: Context, rest: str) -> Steps:
    yield from ()
    ctx.out.write(ctx.host.clock.local().strftime("%a %m/%d/%Y\r\n"))
    return _result(ctx, 0)


def chcp(ctx: Context, argv: list[str]) -> Steps:
    """Show or change the console's code page."""
    yield from ()
    if not argv:
        ctx.say("chcp.active", codepage=ctx.console.codepage)
        return 0
    try:
        codec_of(int(argv[0]))
    except (LookupError, ValueError):
        ctx.complain("chcp.invalid")
        return 1
    ctx.console.codepage = int(argv[0])
    ctx.say("chcp.active", codepage=ctx.console.codepage)
    return 0


BUILTINS: dict[str, Builtin] = {
    "echo": _echo,
    "set": _set,
    "type": _type,
    "ver": _ver,
    "cd": _cd,
    "chdir": _cd,
    "title": _silent,
    "cls": _silent,
    "setlocal": _setlocal,
    "endlocal": _endlocal,
    "goto": _goto,
    "pause": _silent,
    "pushd": _silent,
    "popd": _silent,
    "verify": _silent,
    "date": _vol,
    **FILE_BUILTINS,
}
