# SPDX-License-Identifier: GPL-3.0-or-later
"""One host of the fleet: a computer and its WinRM service."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

from tests.lab.boundary import Boundary
from tests.lab.fleet_spec import HostSpec
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.profile import PROFILES
from tests.lab.wire.certificate import refuse_clients, server_context
from tests.lab.wire.connection import Access
from tests.lab.wire.counters import Counters
from tests.lab.wire.injection import Injection
from tests.lab.wire.listener import Listener
from tests.lab.wire.login import Accounts
from tests.lab.wire.service import Service
from tests.lab.wire.shells import Shells

HTTP_PORT, HTTPS_PORT = 5985, 5986

_PAUSE = 0.01  # seconds between two looks at a command that somebody waits for

# Server 2003 and 2008 with KB968930 (WinRM 2.0): MS-WSMV notes <34>, <31>, <27>, <116>, section 2.2.4.10.
_WINRM_2 = {
    "max_shells_per_user": 5,
    "max_processes_per_shell": 15,
    "commands_per_shell": None,
    "idle_timeout_ms": 900_000,
    "max_operations_per_user": 15,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """How a command at a host's console ended."""

    exit_code: int
    stdout: str
    stderr: str


class Station:
    """A computer that can be reached."""

    def __init__(
        self, spec: HostSpec, host: WindowsHost, boundary: Boundary, folder: Path, certificate: tuple[Path, Path]
    ) -> None:
        """Prepare the ways to this computer; nothing listens yet. `folder` is private to the fleet."""
        profile = self._profile = PROFILES[spec.profile]
        self.spec = spec
        self.host = host
        self._boundary = boundary
        self.counters = Counters()
        self.injection = Injection()
        stack = spec.winrm_stack or profile.winrm_stack
        quotas = dataclasses.replace(profile.quotas, **{**(_WINRM_2 if stack == "2.0" else {}), **spec.quotas})
        self.shells = Shells(quotas, stack)
        self.address = ""
        self.http_port = self.https_port = 0
        accounts = Accounts(folder, spec.name, {spec.user: spec.password, **spec.users})
        self._service = Service(host, profile, self.shells, self.counters, self.injection)
        access = Access(accounts, spec.basic, spec.allow_unencrypted, self)
        self._listener = Listener(self._service, access)
        self._tls = server_context(*certificate)

    @property
    def computer(self) -> WindowsHost:
        """The computer that is reached here."""
        return self.host

    def replace(self, host: WindowsHost) -> None:
        """Put another computer in its place, as if it had been restored from a backup: no shell survives."""
        self.shells.close_all()
        self.host = self._service.computer = host

    async def run(self, command: str, text: str = "") -> Outcome:
        """Run a command as if somebody typed it at the console; `text` is its standard input."""
        codec = f"cp{self._profile.codepage}"
        running = self.computer.start(command, self._profile.codepage)
        running.feed(text.encode(codec), True)
        output = {"stdout": b"", "stderr": b""}
        while True:
            exit_code = running.exit_code
            for stream, data in running.output():
                output[stream] += data
            if exit_code is not None:
                return Outcome(exit_code, *(data.decode(codec, "replace") for data in output.values()))
            await asyncio.sleep(_PAUSE)

    def admits(self, peer: str, port: int) -> bool:
        """Tell whether a packet from this address to this port of the host passes now.

        Asked for each new connection, and for each request before and after it is carried out: the host's own IPsec
        policy may have changed in between.
        """
        ports = self.spec.winrm_ports
        if ports is not None and port in (self.http_port, self.https_port):
            port = ports[port != self.http_port]
        return self._boundary.admits(self.spec.name, peer, port)

    @property
    def patience(self) -> float:
        """How many seconds a client whose packets are dropped waits before its connection ends."""
        return self._boundary.patience(self.spec.name)

    def cut_refused(self) -> None:
        """Cut the open connections that `admits` does not let pass any more."""
        self._listener.cut(lambda peer, port: not self.admits(peer, port))

    def reboot(self, seconds: float = 0.0) -> None:
        """Restart the computer, which takes that long; shells and connections end, jobs and registry stay."""
        self.shells.close_all()
        self._listener.cut(lambda peer, port: True)
        self.host.reboot(seconds)

    async def start(self, address: str, port_base: int | None) -> None:
        """Listen on the host's own address."""
        http = self.spec.http_port if self.spec.http_port is not None else port_base
        https = self.spec.https_port if self.spec.https_port is not None else port_base and port_base + 1
        self.address = address
        self.http_port, self.https_port = await self._listener.start(
            address, HTTP_PORT if http is None else http, HTTPS_PORT if https is None else https, self._tls
        )

    async def stop(self) -> None:
        """Stop listening and end every shell."""
        await self._listener.stop()
        self.shells.close_all()

    def fault(self, kind: str, argument: str | None = None) -> None:
        """Order trouble (see `wire.injection`); `expire-shells` and the agent's happen at once and only once."""
        if kind == "expire-shells":
            self.shells.close_all()
            return
        if kind == "cut":
            self._boundary.cut(self.spec.name, None if argument is None else float(argument))
            return
        if kind in ("agent-stop", "agent-start"):
            agent = self.host.services.items["policyagent"]
            (self.host.services.stop if kind == "agent-stop" else self.host.services.start)(agent)
            return
        if kind == "clear":
            self._boundary.heal(self.spec.name)
        self.injection.order(kind, argument)
        refuse_clients(self._tls, self.injection.tls_refuse)
        if self.injection.dead:
            self.cut_refused()

    def figures(self) -> dict[str, object]:
        """Return what was asked of this host."""
        return self.counters.to_json(len(self.shells))

    def reach(self) -> dict[str, Any]:
        """Return where the host listens and who may log on."""
        return {
            "address": self.address,
            "http_port": self.http_port,
            "https_port": self.https_port,
            "http": f"http://{self.address}:{self.http_port}/wsman",
            "https": f"https://{self.address}:{self.https_port}/wsman",
            "user": self.spec.user,
            "password": self.spec.password,
            "profile": self.spec.profile,
            "addresses": list(self.spec.addresses),
        }
