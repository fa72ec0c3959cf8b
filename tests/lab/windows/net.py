# SPDX-License-Identifier: GPL-3.0-or-later
"""net.exe: start, stop and helpmsg; exit code 2 on failure."""

from __future__ import annotations

from . import services as svc
from .console import Steps
from .context import Context

FAILED = 2


def net_program(ctx: Context, argv: list[str]) -> Steps:
    """Run net.exe."""
    yield from ()
    words = [word for word in argv if word.lower() not in ("/y", "/yes")]
    verb = words[0].lower() if words else ""
    if verb == "helpmsg" and len(words) > 1 and words[1].isdigit():
        ctx.out.write("\r\n" + ctx.host.text(f"win32.{words[1]}") + "\r\n\r\n")
        return 0
    if verb == "start" and len(words) == 1:
        names = sorted(s.display for s in ctx.host.services.items.values() if s.state == svc.RUNNING)
        ctx.say("net.list", names="".join(f"   {name}\r\n" for name in names))
        return 0
    if verb not in ("start", "stop") or len(words) != 2:
        ctx.complain("net.usage")
        return 1
    service = ctx.host.services.find(words[1])
    if service is None:
        return _help_message(ctx, 2185)
    return _start(ctx, service) if verb == "start" else _stop(ctx, service)


def _help_message(ctx: Context, number: int, **fields: object) -> int:
    ctx.complain("net.more", text=ctx.host.text(f"win32.{number}", **fields), number=number)
    return FAILED


def _start(ctx: Context, service: svc.Service) -> int:
    code = ctx.host.services.start(service)
    if code == svc.ALREADY_RUNNING:
        return _help_message(ctx, 2182)
    if code:
        ctx.complain("net.syserror", code=code, text=ctx.host.text(f"win32.{code}"))
        return FAILED
    ctx.say("net.started", name=service.display)
    return 0


def _stop(ctx: Context, service: svc.Service) -> int:
    if ctx.host.services.stop(service):
        return _help_message(ctx, 3521, name=service.display)
    ctx.say("net.stopped", name=service.display)
    return 0
