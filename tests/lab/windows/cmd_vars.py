# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd.exe's variables: %NAME%, %NAME:~1,2%, %NAME:a=b%, the dynamic ones, and !NAME!."""

from __future__ import annotations

import random
import re

from .context import Context


def lookup(ctx: Context, name: str) -> str | None:
    """Return a variable's value, None when it is not defined."""
    found = ctx.shell.get(name)
    if found is not None:
        return found
    now = ctx.host.clock.local()
    dynamic = {
        "ERRORLEVEL": str(ctx.shell.errorlevel),
        "CD": ctx.shell.cwd,
        "DATE": now.strftime("%a %m/%d/%Y") if ctx.host.profile.language == "en" else now.strftime("%Y-%m-%d"),
        "TIME": now.strftime("%H:%M:%S.%f")[:11],
        "RANDOM": str(random.randrange(32768)),  # noqa: S311 - cmd.exe's own is no better
        "CMDEXTVERSION": "2",
        "CMDCMDLINE": "cmd.exe",
    }
    return dynamic.get(name.upper())


def _modified(value: str, modifier: str) -> str:
    if match := re.fullmatch(r"~(-?\d+)(?:,(-?\d+))?", modifier):
        start = int(match[1])
        start = max(len(value) + start, 0) if start < 0 else start
        if match[2] is None:
            return value[start:]
        length = int(match[2])
        return value[start:length] if length < 0 else value[start : start + length]
    old, equals, new = modifier.partition("=")
    if not equals or not old:
        return value
    if old.startswith("*"):
        at = value.casefold().find(old[1:].casefold())
        return value if at < 0 else new + value[at + len(old) - 1 :]
    return re.sub(re.escape(old), lambda _unused: new, value, flags=re.IGNORECASE)


def expand(ctx: Context, line: str, sign: str = "%") -> str:
    """Replace variables; an undefined one stays as typed, as at the prompt and under `cmd /c`."""

    def replace(match: re.Match[str]) -> str:
        value = lookup(ctx, match[1])
        if value is None:
            return "" if sign == "!" else match[0]
        return value if match[2] is None else _modified(value, match[2][1:])

    mark = re.escape(sign)
    return re.sub(rf"{mark}([^{mark}:=\s][^{mark}:]*)(:[^{mark}]+)?{mark}", replace, line)


_BATCH = re.compile(r"%%|%\*|%~([fdpnxs]*)([0-9])|%([0-9])|%([^%:=\s][^%:]*)(:[^%]+)?%|%")


def expand_in_batch(ctx: Context, line: str, path: str, arguments: list[str]) -> str:
    """Replace variables and arguments as in a batch file: %% is a percent sign, what is not defined is nothing."""

    def replace(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        if match[0] == "%*":
            return " ".join(arguments[1:])
        if digit := match[3] or match[2]:
            value = arguments[int(digit)] if int(digit) < len(arguments) else ""
            return value if match[3] else _parts(ctx, value.strip('"'), match[1], path if digit == "0" else "")
        found = (lookup(ctx, match[4]) if match[4] else None) or ""
        return found if match[5] is None or not found else _modified(found, match[5][1:])

    return _BATCH.sub(replace, line)


def _parts(ctx: Context, value: str, letters: str, path: str) -> str:
    """Return what %~dp0 and its like ask for: full path, drive, path, name, extension."""
    if not letters:
        return value
    full = path or ctx.path(value)
    folder, _unused, name = full.rpartition("\\")
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    if "f" in letters:
        return full
    found = {"d": full[:2], "p": folder[2:] + "\\", "n": stem, "x": dot + suffix}
    return "".join(found[letter] for letter in "dpnx" if letter in letters)
