# SPDX-License-Identifier: GPL-3.0-or-later
"""What cmd.exe does with files and folders of a host: md, rd, del, copy, move, ren."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

from .console import Steps
from .context import Context

NO_FILE, NOT_EMPTY = 2, 145


def words_of(rest: str) -> list[str]:
    """Return the names in a command's text, without quotes and switches."""
    words: list[str] = re.findall(r'"[^"]*"|[^\s,;=]+', rest)
    return [word.strip('"') for word in words if not re.fullmatch(r"/-?[A-Za-z]+", word)]


def _flags(rest: str) -> set[str]:
    return {word.lower() for word in re.findall(r"(?:(?<=\s)|^)/-?[A-Za-z]+", rest)}


def _result(ctx: Context, code: int) -> int:
    ctx.shell.errorlevel = code
    return code


def _matching(ctx: Context, name: str) -> list[str]:
    """Return the full paths of the files that a name, perhaps with * and ?, stands for."""
    path = ctx.path(name)
    folder, _unused, pattern = path.rpartition("\\")
    if ctx.is_folder(path):
        folder, pattern = path, "*"
    pattern = "*" if pattern == "*.*" else pattern
    inside = folder.casefold() + "\\"
    return [
        full
        for key, (full, _data) in ctx.host.files.items()
        if key.startswith(inside)
        and "\\" not in key[len(inside) :]
        and fnmatch.fnmatchcase(key[len(inside) :], pattern.casefold().replace("[", "[[]"))
    ]


def _md(ctx: Context, rest: str) -> Steps:
    yield from ()
    code = 0
    for name in words_of(rest):
        path = ctx.path(name)
        if ctx.is_folder(path) or path.casefold() in ctx.host.files:
            ctx.complain("cmd.exists", name=name)
            code = 1
        parts = path.split("\\")
        for count in range(2, len(parts) + 1):
            folder = "\\".join(parts[:count])
            ctx.host.folders.setdefault(folder.casefold(), folder)
    return _result(ctx, code)


def _rd(ctx: Context, rest: str) -> Steps:
    flags = _flags(rest)
    code = 0
    for name in words_of(rest):
        path = ctx.path(name)
        inside = path.casefold() + "\\"
        held = [key for key in [*ctx.host.files, *ctx.host.folders] if key.startswith(inside)]
        if path.casefold() not in ctx.host.folders:
            ctx.complain("cmd.nofile")
            code = NO_FILE
        elif held and "/s" not in flags:
            ctx.complain("cmd.notempty")
            code = NOT_EMPTY
        elif "/s" not in flags or "/q" in flags or (yield from ctx.agrees(ctx.host.text("cmd.sure", name=name))):
            for key in [*held, path.casefold()]:
                ctx.host.files.pop(key, None)
                ctx.host.folders.pop(key, None)
    return _result(ctx, code)


def _del(ctx: Context, rest: str) -> Steps:
    """Delete files; what is not there is told, and is no failure."""
    yield from ()
    for name in words_of(rest):
        found = _matching(ctx, name)
        for path in found:
            del ctx.host.files[path.casefold()]
        if not found:
            ctx.complain("cmd.notfound", name=ctx.path(name))
    return 0


def _into(ctx: Context, source: str, target: str) -> str:
    """Return the full path that a file gets when it goes to a target, which may be a folder."""
    name = source.rpartition("\\")[2]
    return target.rstrip("\\") + "\\" + name if ctx.is_folder(target) else target


def _copy(ctx: Context, rest: str) -> Steps:
    names = words_of(rest)
    if not names:
        ctx.complain("cmd.badsyntax")
        return _result(ctx, 1)
    sources = [path for part in names[0].split("+") for path in _matching(ctx, part)]
    target = ctx.path(names[1] if len(names) > 1 else ".")
    if not sources:
        ctx.complain("cmd.nofile")
        return _result(ctx, 1)
    if not ctx.is_folder(target) and not ctx.is_folder(target.rpartition("\\")[0]):
        ctx.complain("cmd.nopath")
        return _result(ctx, 1)
    copied = 0
    asks = "/y" not in _flags(rest) and ctx.batch is None
    wanted: dict[str, bytes] = {}
    for source in sources:
        into = _into(ctx, source, target)
        wanted[into] = wanted.get(into, b"") + ctx.host.files[source.casefold()][1]
    for into, data in wanted.items():
        asked = asks and into.casefold() in ctx.host.files
        if asked and not (yield from ctx.agrees(ctx.host.text("cmd.overwrite", name=into))):
            continue
        ctx.write_file(into, data)
        copied += 1
    ctx.say("cmd.copied", count=copied)
    return _result(ctx, 0 if copied else 1)


def _move(ctx: Context, rest: str) -> Steps:
    """Move files into a folder, or give one another name; without /y and outside batch files it asks."""
    names = words_of(rest)
    sources = _matching(ctx, names[0]) if names else []
    target = ctx.path(names[1] if len(names) > 1 else ".")
    if not sources:
        ctx.complain("cmd.nofile")
        return _result(ctx, 1)
    if not ctx.is_folder(target) and not ctx.is_folder(target.rpartition("\\")[0]):
        ctx.complain("cmd.nopath")
        return _result(ctx, 1)
    asks = "/y" not in _flags(rest) and ctx.batch is None
    for source in sources:
        into = _into(ctx, source, target)
        asked = asks and into.casefold() in ctx.host.files
        if asked and not (yield from ctx.agrees(ctx.host.text("cmd.overwrite", name=into))):
            continue
        ctx.write_file(into, ctx.host.files.pop(source.casefold())[1])
        ctx.out.write(f"{source}\r\n")
    ctx.say("cmd.moved", count=len(sources))
    return _result(ctx, 0)


def _ren(ctx: Context, rest: str) -> Steps:
    yield from ()
    names = words_of(rest)
    if len(names) != 2 or "\\" in names[1]:
        ctx.complain("cmd.badsyntax")
        return _result(ctx, 1)
    old = ctx.path(names[0])
    new = old.rpartition("\\")[0] + "\\" + names[1]
    if old.casefold() not in ctx.host.files or new.casefold() in ctx.host.files:
        ctx.complain("cmd.duplicate" if new.casefold() in ctx.host.files else "cmd.nofile")
        return _result(ctx, 1)
    ctx.write_file(new, ctx.host.files.pop(old.casefold())[1])
    return _result(ctx, 0)


FILE_BUILTINS: dict[str, Callable[[Context, str], Steps]] = {
    "md": _md,
    "mkdir": _md,
    "rd": _rd,
    "rmdir": _rd,
    "del": _del,
    "erase": _del,
    "copy": _copy,
    "move": _move,
    "ren": _ren,
    "rename": _ren,
}
