# SPDX-License-Identifier: GPL-3.0-or-later
"""The WinRM service of one host: what each WS-Management action does (MS-WSMV section 3.1.4)."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import itertools
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.lab.windows.profile import Profile
from tests.lab.wire import listing
from tests.lab.wire.computer import Computer, RunningCommand
from tests.lab.wire.counters import Counters
from tests.lab.wire.envelope import (
    ENUMERATION,
    IDENTITY,
    SHELL,
    TRANSFER,
    Request,
    answer,
    fault_answer,
    parse_request,
    seconds,
)
from tests.lab.wire.fault import Fault, WsmanError
from tests.lab.wire.injection import Injection
from tests.lab.wire.powershell import plain_command
from tests.lab.wire.refusal import TooManyProcesses
from tests.lab.wire.shell import Command, Shell
from tests.lab.wire.shells import Shells

_OVERHEAD = 4096
N = TypeVar("N", int, float)
_SIGNALS = {f"{SHELL}/signal/{name}" for name in ("terminate", "ctrl_c", "ctrl_break")}
_SERVICE_PACKS = {"5.2.3790": "2.0"}


@dataclasses.dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, and from where."""

    user: str
    address: str


class Service:
    """One host's WS-Management service, whatever carries its envelopes."""

    def __init__(
        self, computer: Computer, profile: Profile, shells: Shells, counters: Counters, injection: Injection
    ) -> None:
        """Serve this computer."""
        self.computer = computer
        self.profile = profile
        self.shells = shells
        self.counters = counters
        self.injection = injection
        self._pulls: dict[str, str] = {}
        self._contexts = itertools.count(1)
        self._actions: dict[str, Callable[[Request, Caller], Awaitable[str]]] = {
            f"{TRANSFER}/Create": self._create,
            f"{TRANSFER}/Delete": self._delete,
            f"{TRANSFER}/Get": self._get,
            f"{ENUMERATION}/Enumerate": self._enumerate,
            f"{ENUMERATION}/Pull": self._pull,
            f"{SHELL}/Command": self._command,
            f"{SHELL}/Send": self._send,
            f"{SHELL}/Receive": self._receive,
            f"{SHELL}/Signal": self._signal,
        }

    @property
    def language(self) -> str:
        """The language of the host's messages."""
        return "ko-KR" if self.profile.language == "ko" else "en-US"

    def identify(self, *, anonymous: bool) -> bytes:
        """Return who the host says it is; to strangers it hides its Windows version."""
        version = ".".join(map(str, self.profile.version))
        pack = _SERVICE_PACKS.get(version, "0.0")
        return listing.identify("0.0.0" if anonymous else version, "0.0" if anonymous else pack, self.shells.stack)

    async def perform(self, envelope: bytes, caller: Caller) -> tuple[int, bytes]:
        """Return the HTTP status and the envelope that answer one request."""
        message_id = ""
        try:
            request = parse_request(envelope)
            message_id = request.message_id
            if request.find("Identify", IDENTITY) is not None:
                self.counters.by_action["Identify"] += 1
                return 200, self.identify(anonymous=False)
            self.counters.by_action[request.action.rpartition("/")[2]] += 1
            if self.injection.deny == "access":
                raise WsmanError(Fault.ACCESS_DENIED)
            action = self._actions.get(request.action)
            if action is None:
                raise WsmanError(Fault.BAD_ACTION)
            body = await action(request, caller)
        except WsmanError as error:
            self.counters.faults += 1
            return 500, fault_answer(error, message_id, self.computer.name, self.language)
        return 200, answer(f"{request.action}Response", message_id, body, self.language)

    async def _create(self, request: Request, caller: Caller) -> str:
        _need_cmd(request)
        if self.injection.quota:
            raise self.shells.full()
        self.shells.admit(caller.user)
        shell = Shell(
            owner=caller.user,
            client=caller.address,
            codepage=_number(request.options.get("WINRS_CODEPAGE"), int, self.profile.codepage),
            idle_timeout=self._idle_timeout(request),
            environment={e.get("Name", ""): e.text or "" for e in request.body.iterfind(f".//{{{SHELL}}}Variable")},
            directory=request.body.findtext(f".//{{{SHELL}}}WorkingDirectory"),
            clock=self.shells.clock,
        )
        self.shells.add(shell)
        self.counters.shells_created += 1
        return listing.shell_reference(shell)

    def _idle_timeout(self, request: Request) -> float | None:
        default = self.shells.quotas.idle_timeout_ms
        if default is None:
            return None
        names = ("IdleTimeOut", "IdleTimeout")
        asked = next(filter(None, (request.body.findtext(f".//{{{SHELL}}}{name}") for name in names)), None)
        return _number(asked, seconds, default / 1000)

    async def _delete(self, request: Request, caller: Caller) -> str:
        self.shells.close(self.shells.find(request.shell_id, caller.user))
        return ""

    async def _get(self, request: Request, caller: Caller) -> str:
        if request.resource.rpartition("/")[2] == "config":
            return listing.config(self.shells.quotas)
        _need_cmd(request)
        return listing.describe(self.shells.find(request.shell_id, caller.user))

    async def _enumerate(self, request: Request, caller: Caller) -> str:
        if request.resource != (f"{SHELL}/cmd" if self.shells.stack == "1.1" else SHELL):
            raise WsmanError(Fault.NO_SUCH_RESOURCE)
        items = "".join(listing.describe(shell) for shell in self.shells.all() if shell.owner == caller.user)
        if request.body.find(".//{*}OptimizeEnumeration") is not None:
            body = f"<n:EnumerationContext/><w:Items>{items}</w:Items><w:EndOfSequence/>"
            return f"<n:EnumerateResponse>{body}</n:EnumerateResponse>"
        context = f"uuid:00000000-0000-0000-0000-{next(self._contexts):012X}"
        self._pulls[context] = items
        return f"<n:EnumerateResponse><n:EnumerationContext>{context}</n:EnumerationContext></n:EnumerateResponse>"

    async def _pull(self, request: Request, caller: Caller) -> str:
        context = request.body.findtext(f".//{{{ENUMERATION}}}EnumerationContext") or ""
        items = self._pulls.pop(context, None)
        if items is None:
            raise WsmanError(Fault.BAD_XML)
        return f"<n:PullResponse><n:Items>{items}</n:Items><n:EndOfSequence/></n:PullResponse>"

    async def _command(self, request: Request, caller: Caller) -> str:
        shell = self.shells.find(request.shell_id, caller.user)
        line = _command_line(request)
        limits = self.shells.quotas
        running = shell.running()
        if limits.commands_per_shell is not None and running >= limits.commands_per_shell:
            raise WsmanError(Fault.CONCURRENCY)
        self.shells.count_operation(shell)
        if running < limits.max_processes_per_shell:
            if self.profile.modern:
                line = plain_command(line) or line
            command = Command(self._start(line, shell))
        elif self.shells.stack == "1.1":
            command = Command(TooManyProcesses(limits.max_processes_per_shell))
        else:
            raise WsmanError(Fault.PROCESSES, limit=limits.max_processes_per_shell)
        shell.commands[command.id] = command
        self.counters.commands += 1
        self.injection.count_command()
        return f"<rsp:CommandResponse><rsp:CommandId>{command.id}</rsp:CommandId></rsp:CommandResponse>"

    def _start(self, line: str, shell: Shell) -> RunningCommand:
        try:
            return self.computer.start(line, shell.codepage, shell.environment, shell.directory)
        except LookupError as exc:
            raise WsmanError(Fault.BAD_PARAMETER) from exc

    async def _send(self, request: Request, caller: Caller) -> str:
        shell = self.shells.find(request.shell_id, caller.user)
        for stream in request.body.iterfind(f".//{{{SHELL}}}Stream"):
            try:
                data = base64.b64decode(stream.text or "", validate=True)
            except binascii.Error as exc:
                raise WsmanError(Fault.BAD_XML) from exc
            end = stream.get("End", "false").lower() in {"true", "1"}
            shell.command(stream.get("CommandId")).feed(data, end)
        return "<rsp:SendResponse/>"

    async def _receive(self, request: Request, caller: Caller) -> str:
        shell = self.shells.find(request.shell_id, caller.user)
        wanted = request.find("DesiredStream")
        command = shell.command(None if wanted is None else wanted.get("CommandId"))
        envelope = min(request.envelope_size, self.shells.quotas.max_envelope_kb * 1024)
        piece = await command.receive(request.timeout, max(envelope - _OVERHEAD, 1024) // 4 * 3)
        shell.touch()
        return f"<rsp:ReceiveResponse>{listing.output(command, piece)}</rsp:ReceiveResponse>"

    async def _signal(self, request: Request, caller: Caller) -> str:
        shell = self.shells.find(request.shell_id, caller.user)
        signal = request.find("Signal")
        code = request.body.findtext(f".//{{{SHELL}}}Code") or ""
        if signal is None or code.lower() not in _SIGNALS:
            raise WsmanError(Fault.BAD_XML)
        command = shell.command(signal.get("CommandId"))
        command.terminate()
        if code.lower().endswith("/terminate"):
            del shell.commands[command.id]
        return "<rsp:SignalResponse/>"


def _need_cmd(request: Request) -> None:
    if request.resource != f"{SHELL}/cmd":
        raise WsmanError(Fault.NO_SUCH_RESOURCE)


def _number(text: str | None, read: Callable[[str], N], default: N) -> N:
    """Return what a client wrote as a number; a WsmanError when it is none."""
    try:
        return read(text) if text else default
    except ValueError as exc:
        raise WsmanError(Fault.BAD_PARAMETER) from exc


def _command_line(request: Request) -> str:
    """Return the command and its arguments, joined by blanks as WinRM joins them."""
    words = [request.body.findtext(f".//{{{SHELL}}}Command") or ""]
    words += [element.text or "" for element in request.body.iterfind(f".//{{{SHELL}}}Arguments")]
    return " ".join(words)
