# SPDX-License-Identifier: GPL-3.0-or-later
"""Small programs of system32: findstr, find, more, sort, ping, timeout, hostname, whoami, ipconfig."""

from __future__ import annotations

import re
from collections.abc import Generator

from .console import Sleep, Source, Steps, TextSource, Wait
from .context import Context


def _all_lines(source: Source) -> Generator[Wait, None, list[str]]:
    lines = []
    while line := (yield from source.read_line()):
        lines.append(line.rstrip("\r\n"))
    return lines


def _inputs(ctx: Context, names: list[str], program: str) -> Generator[Wait, None, list[str] | None]:
    if not names:
        return (yield from _all_lines(ctx.stdin))
    lines: list[str] = []
    for name in names:
        text = ctx.read_file(name)
        if text is None:
            ctx.complain("tool.nofile", program=program, name=name)
            return None
        lines += yield from _all_lines(TextSource(text))
    return lines


def _findstr_regex(pattern: str) -> str:
    pattern = re.sub(r"\\<|\\>", r"\\b", pattern)
    return re.sub(r"(?<!\\)([+?(){}|])", r"\\\1", pattern)


def findstr(ctx: Context, argv: list[str]) -> Steps:
    """Find lines by regular expressions or texts; 0 when one was found, else 1."""
    flags, patterns, names = set(), [], []
    for word in argv:
        low = word.lower()
        if low.startswith("/c:"):
            patterns.append(re.escape(word[3:]))
        elif low.startswith("/g:") or low.startswith("/f:"):
            ctx.complain("tool.badswitch", program="FINDSTR", word=word)
            return 2
        elif word.startswith("/"):
            flags |= set(low[1:])
        elif not patterns:
            patterns += [re.escape(part) if "l" in flags else _findstr_regex(part) for part in word.split(" ")]
        else:
            names.append(word)
    if not patterns:
        ctx.complain("tool.badcommand", program="FINDSTR")
        return 2
    lines = yield from _inputs(ctx, names, "FINDSTR")
    form = {"b": "^(?:{})", "e": "(?:{})$", "x": "^(?:{})$"}.get(next(iter(flags & set("bex")), ""), "(?:{})")
    wanted = re.compile(form.format("|".join(patterns)), re.IGNORECASE if "i" in flags else 0)
    hits = [(n, line) for n, line in enumerate(lines or [], 1) if bool(wanted.search(line)) != ("v" in flags)]
    for number, line in hits:
        ctx.out.write((f"{number}:" if "n" in flags else "") + line + "\r\n")
    return 0 if hits else 1


def find(ctx: Context, argv: list[str]) -> Steps:
    """Find lines by a text in quotes; 0 when one was found, else 1."""
    flags = {word.lower() for word in argv if word.startswith("/")}
    words = [word for word in argv if not word.startswith("/")]
    if not words:
        ctx.complain("tool.badcommand", program="FIND")
        return 2
    lines = yield from _inputs(ctx, words[1:], "FIND")
    if lines is None:
        return 1
    fold = str.casefold if "/i" in flags else str
    hits = [line for line in lines if (fold(words[0]) in fold(line)) != ("/v" in flags)]
    ctx.out.write(f"{len(hits)}\r\n" if "/c" in flags else "".join(f"{line}\r\n" for line in hits))
    return 0 if hits else 1


def more(ctx: Context, argv: list[str]) -> Steps:
    """Copy input to output; with no console there is nothing to page."""
    lines = yield from _inputs(ctx, [word for word in argv if not word.startswith("/")], "MORE")
    ctx.out.write("".join(f"{line}\r\n" for line in lines or []))
    return 0 if lines is not None else 1


def sort(ctx: Context, argv: list[str]) -> Steps:
    """Sort lines without regard to case."""
    lines = yield from _inputs(ctx, [word for word in argv if not word.startswith("/")], "SORT")
    reverse = any(word.lower() == "/r" for word in argv)
    ctx.out.write("".join(f"{line}\r\n" for line in sorted(lines or [], key=str.casefold, reverse=reverse)))
    return 0 if lines is not None else 1


def _option(argv: list[str], names: tuple[str, ...], default: str) -> str:
    low = [word.lower() for word in argv]
    return next((argv[low.index(name) + 1] for name in names if name in low[:-1]), default)


def ping(ctx: Context, argv: list[str]) -> Steps:
    """Send echo requests, one a second on the host's clock; every address answers here."""
    count = _option(argv, ("-n", "/n"), "4")
    rest = [word for word in argv if not word.startswith(("-", "/")) and word != count]
    if not rest or not count.isdigit():
        ctx.complain("tool.badcommand", program="PING")
        return 1
    ctx.say("ping.begin", target=rest[-1])
    began = ctx.host.clock.now()
    for turn in range(int(count)):
        if turn:
            yield Sleep(began + turn)
        ctx.say("ping.reply", target=rest[-1])
    return 0


def timeout(ctx: Context, argv: list[str]) -> Steps:
    """Wait on the host's clock."""
    words = [word for word in argv if word.isdigit()]
    if not words:
        ctx.complain("tool.badcommand", program="TIMEOUT")
        return 1
    yield Sleep(ctx.host.clock.now() + int(words[0]))
    return 0


def hostname(ctx: Context, argv: list[str]) -> Steps:
    """Print the host's name."""
    yield from ()
    ctx.out.write(ctx.host.name + "\r\n")
    return 0


def whoami(ctx: Context, argv: list[str]) -> Steps:
    """Print the user's name."""
    yield from ()
    user = ctx.shell.get("USERNAME") or "administrator"
    owner = "nt authority" if user == "SYSTEM" else ctx.host.name
    ctx.out.write(f"{owner}\\{user}".lower() + "\r\n")
    return 0


def ipconfig(ctx: Context, argv: list[str]) -> Steps:
    """Print the addresses: the host's own and, on the owning node, the cluster's."""
    yield from ()
    ctx.say("ip.head")
    for address in ctx.host.all_addresses():
        ctx.say("ip.address", address=address)
        ctx.say("ip.mask", address="255.255.255.0")
    ctx.say("ip.gateway", address="")
    return 0
