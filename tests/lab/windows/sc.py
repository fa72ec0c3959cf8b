# SPDX-License-Identifier: GPL-3.0-or-later
"""sc.exe: query, queryex, qc, start, stop, config, interrogate and control; its exit codes are Windows errors."""

from __future__ import annotations

import re

from . import services as svc
from .console import Steps
from .context import Context
from .enforce import RELOAD

_START = {"auto": svc.AUTO, "demand": svc.DEMAND, "disabled": svc.DISABLED}
_START_NAMES = {svc.AUTO: "AUTO_START", svc.DEMAND: "DEMAND_START", svc.DISABLED: "DISABLED"}
_CALLS = {
    "query": "EnumQueryServicesStatus:OpenService",
    "queryex": "EnumQueryServicesStatus:OpenService",
    "qc": "OpenService",
    "start": "StartService: OpenService",
    "stop": "OpenService",
    "config": "OpenService",
    "interrogate": "OpenService",
    "control": "OpenService",
}


def _fail(ctx: Context, call: str, code: int) -> int:
    ctx.say("sc.failed", call=call, code=code, text=ctx.host.text(f"win32.{code}"))
    return code


def _status(ctx: Context, service: svc.Service, extended: bool, pid: int = 0) -> None:
    running = service.state == svc.RUNNING
    modern = ctx.host.profile.modern
    lines = [
        "",
        f"SERVICE_NAME: {service.name} ",
        f"        TYPE               : {service.kind:x}  WIN32_SHARE_PROCESS  ",
        f"        STATE              : {service.state}  {'RUNNING' if running else 'STOPPED'} ",
    ]
    if running:
        lines.append("                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)")
    elif not modern:
        lines.append("                                (NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)")
    lines += [
        f"        WIN32_EXIT_CODE    : {service.exit_code}  (0x{service.exit_code:x})",
        "        SERVICE_EXIT_CODE  : 0  (0x0)",
        "        CHECKPOINT         : 0x0",
        "        WAIT_HINT          : 0x0",
    ]
    if extended:
        lines += [f"        PID                : {pid}", "        FLAGS              : "]
    ctx.out.write("".join(line + "\r\n" for line in lines))


def _config(ctx: Context, service: svc.Service) -> None:
    start = ctx.host.services.start_type(service)
    needs = "\r\n                           : ".join(service.needs)
    ctx.out.write(
        "[SC] QueryServiceConfig SUCCESS\r\n\r\n"
        f"SERVICE_NAME: {service.name}\r\n"
        f"        TYPE               : {service.kind:x}  WIN32_SHARE_PROCESS \r\n"
        f"        START_TYPE         : {start}   {_START_NAMES.get(start, '')}\r\n"
        "        ERROR_CONTROL      : 1   NORMAL\r\n"
        f"        BINARY_PATH_NAME   : {service.image}\r\n"
        "        LOAD_ORDER_GROUP   : \r\n        TAG                : 0\r\n"
        f"        DISPLAY_NAME       : {service.display}\r\n"
        f"        DEPENDENCIES       : {needs}\r\n"
        f"        SERVICE_START_NAME : {service.account}\r\n"
    )


def _set_config(ctx: Context, service: svc.Service, words: list[str]) -> int:
    match = re.search(r"(?i)\bstart=\s*(\w+)", " ".join(words))
    if not match or match[1].lower() not in _START:
        ctx.say("sc.usage")
        return 1639
    ctx.host.services.set_start_type(service, _START[match[1].lower()])
    ctx.out.write("[SC] ChangeServiceConfig SUCCESS\r\n")
    return 0


def sc_program(ctx: Context, argv: list[str]) -> Steps:
    """Run sc.exe."""
    yield from ()
    if argv and argv[0].startswith("\\\\"):
        argv = argv[1:]
    verb = argv[0].lower() if argv else ""
    if verb in ("query", "queryex") and len(argv) == 1:
        for item in ctx.host.services.items.values():
            if item.state == svc.RUNNING:
                _status(ctx, item, verb == "queryex", item.pid)
        return 0
    if verb not in _CALLS or len(argv) < 2:
        ctx.say("sc.usage")
        return 1639
    service = ctx.host.services.items.get(argv[1].casefold())
    if service is None:
        return _fail(ctx, _CALLS[verb], svc.NOT_INSTALLED)
    return _run(ctx, verb, service, argv[2:])


def _run(ctx: Context, verb: str, service: svc.Service, words: list[str]) -> int:
    running = service.state == svc.RUNNING
    if verb in ("query", "queryex"):
        _status(ctx, service, verb == "queryex", service.pid if running else 0)
    elif verb == "qc":
        _config(ctx, service)
    elif verb == "config":
        return _set_config(ctx, service, words)
    elif verb == "start":
        if code := ctx.host.services.start(service):
            return _fail(ctx, "StartService", code)
        _status(ctx, service, True, service.pid)
    elif not running:
        return _fail(ctx, "ControlService", svc.NOT_STARTED)
    else:
        return _control(ctx, verb, service, words)
    return 0


def _control(ctx: Context, verb: str, service: svc.Service, words: list[str]) -> int:
    if verb == "control" and not (words and (words[0].lower() == "paramchange" or _user_code(words[0]))):
        return _fail(ctx, "ControlService", svc.BAD_CONTROL)
    if verb == "stop":
        ctx.host.services.stop(service)
    elif verb == "control" and service.name == "PolicyAgent" and words[0] == str(RELOAD):
        ctx.host.driver.reload()
    _status(ctx, service, False)
    return 0


def _user_code(word: str) -> bool:
    return word.isdigit() and 128 <= int(word) <= 255
