# SPDX-License-Identifier: GPL-3.0-or-later
"""schtasks.exe of Server 2003 and later: create, run, end, delete, query; exit code 0 or 1.

Switches: Microsoft's pages "schtasks create" and its neighbours, and flylib.com/books/en/3.373.1.373 for Server 2003.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Generator

from .console import Steps, Wait
from .context import Context
from .jobs import Job

LONGEST_COMMAND = 261
LONGEST_NAME = 238
_PERIODS = ("MINUTE", "HOURLY", "DAILY", "WEEKLY")
_KINDS = (*_PERIODS, "ONCE", "ONSTART")
_BARE = {"/f", "/z", "/it", "/np", "/v1", "/nh", "/v", "/k"}
_VALUED = {
    "/create": {"/tn", "/tr", "/sc", "/st", "/sd", "/ru", "/rp", "/mo", "/ed", "/et", "/du", "/ri", "/d", "/rl"},
    "/run": {"/tn"},
    "/end": {"/tn"},
    "/delete": {"/tn"},
    "/query": {"/tn", "/fo"},
}
_NEW = {"/rl", "/np", "/v1"}
"""Switches that Server 2003 does not know; nor does it know /query /tn."""


class Refused(Exception):
    """A command that schtasks refuses; holds the key of its message and the message's fields."""

    def __init__(self, key: str, **fields: object) -> None:
        """Refuse with that message."""
        super().__init__(key)
        self.key, self.fields = key, fields


def schtasks_program(ctx: Context, argv: list[str]) -> Steps:
    """Run schtasks.exe."""
    verb = argv[0].lower() if argv and argv[0].lower() in _VALUED else "/query"
    try:
        options = _options(ctx, verb, argv[1:] if argv and argv[0].lower() in _VALUED else argv)
        if not ctx.host.scheduler.active:
            raise Refused("tasks.noservice")
        if verb == "/create":
            yield from _create(ctx, options)
        elif verb == "/query":
            _query(ctx, options)
        elif verb == "/delete":
            yield from _delete(ctx, options)
        else:
            _run_or_end(ctx, verb, options)
    except Refused as exc:
        ctx.complain(exc.key, **exc.fields)
        return 1
    return 0


def _options(ctx: Context, verb: str, words: list[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    index = 0
    modern = ctx.host.profile.modern
    while index < len(words):
        word = words[index].lower()
        known = word in _BARE or word in _VALUED[verb]
        if not known or word in options or (not modern and (word in _NEW or (verb, word) == ("/query", "/tn"))):
            raise Refused("tasks.badoption", word=words[index])
        if word in _VALUED[verb]:
            index += 1
            if index >= len(words) and word != "/rp":
                raise Refused("tasks.novalue", word=word.upper())
        options[word] = words[index] if word in _VALUED[verb] and index < len(words) else ""
        index += 1
    for name in {"/create": ("/tn", "/tr", "/sc"), "/query": ()}.get(verb, ("/tn",)):
        if not options.get(name):
            raise Refused("tasks.missing", word=name[1:])
    return options


def _create(ctx: Context, options: dict[str, str]) -> Generator[Wait, None, None]:
    name, command, kind = options["/tn"].lstrip("\\"), options["/tr"], options["/sc"].upper()
    if kind not in _KINDS:
        raise Refused("tasks.badvalue", word="/SC")
    if len(command) > LONGEST_COMMAND:
        raise Refused("tasks.toolong", word="/TR", limit=LONGEST_COMMAND)
    if len(name) > LONGEST_NAME or re.search(r'[/:*?"<>|]', name):
        raise Refused("tasks.badvalue", word="/TN")
    due = None if kind == "ONSTART" else _due(ctx, options, kind)
    user = options.get("/ru", ctx.shell.get("USERNAME") or "")
    if _is_system(user):
        user = "SYSTEM"
    elif not ctx.host.profile.modern and not options.get("/rp"):
        ctx.say("tasks.password", user=user)
        yield from ctx.stdin.read_line()
    taken = ctx.host.scheduler.find(name) is not None and "/f" not in options
    if taken and not (yield from ctx.agrees(ctx.host.text("tasks.exists", name=name))):
        return
    if due is not None and due <= ctx.host.clock.now():
        if kind == "ONCE":
            ctx.say("tasks.past")
            due = None
        else:
            due = Job(name, command, kind.lower(), due).after(ctx.host.clock.now())
    every = int(options.get("/mo", "1") or 1)
    ctx.host.scheduler.add(Job(name, command, kind.lower(), due, user, every))
    ctx.say("tasks.created", name=name)


def _is_system(user: str) -> bool:
    return user.casefold() in ("", "system", "nt authority\\system")


def _due(ctx: Context, options: dict[str, str], kind: str) -> float:
    """Return the first time of a job; a single one needs a time, the others begin now when they have none."""
    now = ctx.host.clock.local()
    time = options.get("/st")
    if time is None and kind == "ONCE":
        raise Refused("tasks.missing", word="st")
    pattern = r"(\d{1,2}):(\d{2})" + ("" if ctx.host.profile.modern else r"(?::(\d{2}))?")
    match = re.fullmatch(pattern, time) if time is not None else None
    if time is not None and match is None:
        raise Refused("tasks.badvalue", word="/ST")
    if not re.fullmatch(r"[1-9]\d{0,3}", options.get("/mo", "1")) or ("/mo" in options and kind == "ONCE"):
        raise Refused("tasks.badvalue", word="/MO")
    try:
        day = _day(ctx, options["/sd"]) if "/sd" in options else now
        if match is not None:
            hour, minute, second = (int(part or 0) for part in (*match.groups(), None)[:3])
            day = day.replace(hour=hour, minute=minute, second=second, microsecond=0)
    except ValueError:
        raise Refused("tasks.badvalue", word="/ST or /SD") from None
    return day.timestamp()


def _day(ctx: Context, text: str) -> datetime.datetime:
    """Read a date the way the host's language writes it."""
    form = "%Y/%m/%d" if ctx.host.profile.language == "ko" else "%m/%d/%Y"
    if len(text) != 10:
        raise ValueError(text)
    return datetime.datetime.strptime(text, form).replace(tzinfo=datetime.timezone.utc)


def _needed(ctx: Context, name: str) -> Job:
    job = ctx.host.scheduler.find(name)
    if job is None:
        raise Refused("tasks.nosuch", name=name)
    return job


def _run_or_end(ctx: Context, verb: str, options: dict[str, str]) -> None:
    job = _needed(ctx, options["/tn"])
    if verb == "/run":
        ctx.host.scheduler.run(job)
        ctx.say("tasks.run", name=job.name)
    elif ctx.host.scheduler.end(job) or ctx.host.profile.modern:
        ctx.say("tasks.ended", name=job.name)
    else:
        raise Refused("tasks.notrunning", name=job.name)


def _delete(ctx: Context, options: dict[str, str]) -> Generator[Wait, None, None]:
    scheduler = ctx.host.scheduler
    jobs = list(scheduler.jobs) if options["/tn"] == "*" else [_needed(ctx, options["/tn"])]
    for job in jobs:
        if "/f" in options or (yield from ctx.agrees(ctx.host.text("tasks.sure", name=job.name))):
            scheduler.remove(job)
            ctx.say("tasks.deleted", name=job.name)


def _query(ctx: Context, options: dict[str, str]) -> None:
    host = ctx.host
    jobs = [_needed(ctx, options["/tn"])] if "/tn" in options else list(host.scheduler.jobs)
    form = options.get("/fo", "table").lower()
    if form not in ("table", "list", "csv"):
        raise Refused("tasks.badvalue", word="/FO")
    if not jobs:
        ctx.say("tasks.none")
        return
    heads = [host.text(f"tasks.head.{name}") for name in ("name", "next", "status", "command", "user", "result")]
    count = 6 if "/v" in options else 3
    rows = [_row(ctx, job)[:count] for job in jobs]
    if form == "csv":
        lines = [] if "/nh" in options else [",".join(f'"{head}"' for head in heads[:count])]
        lines += [",".join(f'"{cell}"' for cell in row) for row in rows]
    elif form == "list":
        lines = []
        for row in rows:
            lines += ["", *(f"{head + ':':<16}{cell}" for head, cell in zip(heads, row, strict=False))]
    else:
        widths = (36, 24, 15, 40, 20, 10)
        head = ["", " ".join(f"{h:<{w}}" for h, w in zip(heads[:count], widths, strict=False))]
        head += [" ".join("=" * w for w in widths[:count])]
        lines = [] if "/nh" in options else head
        lines += [" ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=False)) for row in rows]
    ctx.out.write("".join(line.rstrip() + "\r\n" for line in lines))


def _row(ctx: Context, job: Job) -> list[str]:
    host = ctx.host
    due = host.text("tasks.never")
    if job.kind == "onstart":
        due = host.text("tasks.atstart")
    elif job.due is not None:
        form = "%Y-%m-%d %H:%M:%S" if host.profile.language == "ko" else "%H:%M:%S, %m/%d/%Y"
        due = datetime.datetime.fromtimestamp(job.due, datetime.timezone.utc).strftime(form)
    status = host.text("tasks.running") if host.scheduler.running(job) else ""
    if not status and host.profile.modern:
        status = host.text("tasks.ready")
    name = f"\\{job.name}" if host.profile.modern else job.name
    return [name, due, status, job.command, job.user, str(job.result)]
