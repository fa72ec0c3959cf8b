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
