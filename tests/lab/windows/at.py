# SPDX-License-Identifier: GPL-3.0-or-later
"""at.exe of Server 2003 (learn.microsoft.com cc755618): a command at a time, as SYSTEM; times in hours and minutes."""

from __future__ import annotations

import datetime
import re

from .console import Steps
from .context import Context
from .jobs import Job

_DAY = 86400


def at_program(ctx: Context, argv: list[str]) -> Steps:
    """Run at.exe; exit code 0 or 1."""
    words = [word for word in argv if not word.startswith("\\\\") and word.lower() != "/interactive"]
    if ctx.host.profile.modern:
        ctx.complain("at.gone")
        return 1
    if not ctx.host.scheduler.active:
        ctx.complain("at.noservice")
        return 1
    if not words:
        return _list(ctx)
    if re.fullmatch(r"\d{1,2}:\d{2}", words[0]):
        return _add(ctx, words[0], words[1:])
    return (yield from _delete(ctx, words))


def _jobs(ctx: Context) -> list[Job]:
    return [job for job in ctx.host.scheduler.jobs if job.number is not None]


def _list(ctx: Context) -> int:
    jobs = _jobs(ctx)
    if not jobs:
        ctx.say("at.none")
        return 0
    ctx.say("at.head")
    for job in jobs:
        due = datetime.datetime.fromtimestamp(job.due or 0, datetime.timezone.utc)
        ctx.out.write(f"{job.number:>9}   {due:%d}{'':<22}{due:%H:%M}{'':<9}{job.command}\r\n")
    return 0


def _add(ctx: Context, time: str, words: list[str]) -> int:
    every = bool(words) and words[0].lower() == "/every:m,t,w,th,f,s,su"
    command = " ".join(f'"{word}"' if " " in word else word for word in words[every:])
    hour, minute = (int(part) for part in time.split(":"))
    if not command or command.startswith("/") or hour > 23 or minute > 59:
        ctx.complain("at.usage")
        return 1
    now = ctx.host.clock.local()
    due = now.replace(hour=hour, minute=minute, second=0, microsecond=0).timestamp()
    due += 0 if due > now.timestamp() else _DAY
    number = max((job.number or 0 for job in _jobs(ctx)), default=0) + 1
    kind = "daily" if every else "once"
    ctx.host.scheduler.add(Job(f"At{number}", command, kind, due, number=number))
    ctx.say("at.added", number=number)
    return 0


def _delete(ctx: Context, words: list[str]) -> Steps:
    low = [word.lower() for word in words]
    number = int(low.pop(0)) if low and low[0].isdigit() else None
    jobs = [job for job in _jobs(ctx) if number is None or job.number == number]
    if not low and number is not None and jobs:
        ctx.out.write(f"{number}   {jobs[0].command}\r\n")
        return 0
    if not low or low[0] not in ("/delete", "/del", "/d") or (number is not None and not jobs):
        ctx.complain("at.nojob" if number is not None else "at.usage")
        return 1
    asks = number is None and not {"/yes", "/y"} & set(low)
    if asks and not (yield from ctx.agrees(ctx.host.text("at.sure"))):
        return 0
    for job in jobs:
        ctx.host.scheduler.remove(job)
    return 0
