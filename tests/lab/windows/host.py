# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated Windows host: what it is, and the door through which command lines come in."""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Callable
from typing import Any

from .associations import Associations
from .clock import Clock
from .cluster import Cluster
from .cmd import run_job, run_line
from .console import Console, Null, RunningCommand, codec_of
from .context import Context, Shell
from .enforce import Driver
from .environment import environment_of, home_folder
from .jobs import Scheduler
from .messages import load_catalogue
from .profile import PROFILES, Profile
from .programs import NOT_ON_NEW, NOT_ON_OLD
from .registry import Registry
from .services import RUNNING, Service, Services

_FOLDERS = (
    r"C:\WINDOWS",
    r"C:\WINDOWS\system32",
    r"C:\WINDOWS\Temp",
    r"C:\WINDOWS\Tasks",
    r"C:\WINDOWS\system32\config",
    r"C:\WINDOWS\system32\config\systemprofile",
)


class WindowsHost:
    """One host; everything that its commands read and write."""

    def __init__(
        self,
        name: str,
        profile: Profile | str = "server2003",
        addresses: tuple[str, ...] = (),
        clock: Clock | None = None,
        seed: int | None = None,
    ) -> None:
        """Make a fresh host; seed makes the GUIDs it will hand out repeatable."""
        self.name = name
        self.profile = PROFILES[profile] if isinstance(profile, str) else profile
        self.addresses = tuple(addresses)
        self.clock = clock or Clock()
        self.registry = Registry()
        self.files: dict[str, tuple[str, bytes]] = {}
        self.cluster: Cluster | None = None
        self.folders: dict[str, str] = {}
        self.servers: dict[str, tuple[str, ...]] = {}
        self.resolve: Callable[[str], tuple[str, ...]] = lambda name: ()
        self.up = True
        self._boots_at: float | None = None
        self._commands: list[RunningCommand] = []
        self.user = "Administrator"
        self._random = random.Random(seed) if seed is not None else random.SystemRandom()  # noqa: S311
        self._messages = load_catalogue(self.profile.language)
        self.services = Services(self.registry, self.profile.modern)
        version = self.registry.create(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")
        version.put_text("CurrentVersion", ".".join(str(part) for part in self.profile.version[:2]))
        version.put_text("CurrentBuildNumber", str(self.profile.version[2]))
        self.registry.create(r"HKLM\SOFTWARE\Policies\Microsoft")
        home = home_folder(self.user, self.profile.modern)
        for folder in ("C:", *_FOLDERS, home.rpartition("\\")[0], home, rf"{home}\Temp"):
            self.folders[folder.casefold()] = folder
        self.scheduler = Scheduler(self)
        self.associations = Associations(self)
        self._connect()

    def _connect(self) -> None:
        """Let the driver know of the services."""
        self.driver = Driver(self)
        self.services.on_change = self._service_changed

    def _service_changed(self, service: Service) -> None:
        """Let the PolicyAgent load its policy, and IKE, which lives in it or beside it, end its associations."""
        if service.state != RUNNING and service.name in ("PolicyAgent", "IKEEXT"):
            self.associations.drop()
        if service.name == "PolicyAgent":
            self.driver.reload()

    @property
    def version(self) -> str:
        """The version as `ver` shows it."""
        return ".".join(str(part) for part in self.profile.version) + (".2700" if self.profile.modern else "")

    def text(self, key: str, **fields: object) -> str:
        """Return a message in the host's language, lines ended by CR LF; raise KeyError for one unknown."""
        message = self._messages.get(f"{key}@{self.profile.generation}") or self._messages[key]
        return message.format(**fields) if fields else message

    def new_guid(self) -> str:
        """Return a new braced GUID, lower case."""
        return "{" + str(uuid.UUID(int=self._random.getrandbits(128), version=4)) + "}"

    def has_program(self, name: str) -> bool:
        """Say whether this kind of Windows has that program."""
        return name not in (NOT_ON_NEW if self.profile.modern else NOT_ON_OLD)

    def all_addresses(self) -> tuple[str, ...]:
        """Return the host's own addresses and those of the cluster group it owns."""
        cluster = self.cluster
        owned = cluster is not None and cluster.holds(self.name, self.clock.now())
        return self.addresses + (tuple(cluster.virtual_ips) if cluster and owned else ())

    def start(
        self,
        command_line: str,
        codepage: int | None = None,
        environment: dict[str, str] | None = None,
        directory: str | None = None,
    ) -> RunningCommand:
        """Start a command line as `cmd /c` does; an unknown code page raises LookupError."""
        page = codepage or self.profile.codepage
        codec_of(page)
        console = Console(page)
        shell = Shell(environment_of(self.user, self.name, self.profile.modern))
        shell.cwd = directory or shell.env["USERPROFILE"][1]
        for name, value in (environment or {}).items():
            shell.put(name, value)
        ctx = Context(self, console, shell, console.stdin, console.sink("stdout"), console.sink("stderr"))
        command = RunningCommand(run_line(ctx, command_line), console, self.clock.now)
        if command.exit_code is None:
            self._commands.append(command)
        return command

    def start_job(self, command_line: str, user: str) -> RunningCommand:
        """Start a scheduled job's program as that user; it has no input and nobody sees its output."""
        console = Console(self.profile.codepage)
        shell = Shell(environment_of(user, self.name, self.profile.modern))
        shell.cwd = r"C:\WINDOWS\system32"
        ctx = Context(self, console, shell, Null(), Null(), Null())
        return RunningCommand(run_job(ctx, command_line), console, self.clock.now)

    def run(self, command_line: str, stdin: bytes = b"", codepage: int | None = None) -> tuple[int, str, str]:
        """Run a command line to its end and return (exit code, stdout, stderr) as text.

        A command that sleeps makes the clock jump; this is for tests and the console, not for the wire.
        """
        command = self.start(command_line, codepage)
        command.feed(stdin, end=True)
        while command.exit_code is None:
            self.advance(1)
        chunks = command.output()
        codec = codec_of(codepage or self.profile.codepage)
        joined = {name: b"".join(data for stream, data in chunks if stream == name) for name in ("stdout", "stderr")}
        return command.exit_code, joined["stdout"].decode(codec), joined["stderr"].decode(codec)

    def tick(self) -> None:
        """Let happen what is due by the host's clock: a boot, jobs, a poll, programs that sleep."""
        if not self.up:
            if self._boots_at is not None and self.clock.now() >= self._boots_at:
                self._boot()
            return
        self.scheduler.step()
        self.driver.poll()
        self._commands = [command for command in self._commands if command.exit_code is None]

    def _next_event(self) -> float | None:
        if not self.up:
            return self._boots_at
        times = [self.scheduler.next_event(), self.driver.next_poll]
        times += [command.sleeps_until for command in self._commands]
        return min((time for time in times if time is not None), default=None)

    def advance(self, seconds: float) -> None:
        """Push the host's clock forward; everything that falls due happens in its turn, at its own time."""
        end = self.clock.now() + seconds
        while (due := self._next_event()) is not None and due <= end:
            self.clock.advance(max(due - self.clock.now(), 0.0))
            self.tick()
        self.clock.advance(end - self.clock.now())
        self.tick()

    def shut_down(self, seconds: float | None = None) -> None:
        """Go down; registry, files and jobs stay. Come up after that many seconds, or when told (None)."""
        self.associations.drop()
        self.scheduler.power_off()
        for command in self._commands:
            command.terminate()
        self._commands.clear()
        self.up = False
        self._boots_at = None if seconds is None else self.clock.now() + seconds

    def reboot(self, seconds: float = 0.0) -> None:
        """Restart, which takes that many seconds of the host's clock."""
        self.shut_down(seconds)
        if not seconds:
            self._boot()

    def _boot(self) -> None:
        """Come up: services by their start type, the policy with the PolicyAgent, the jobs of a start."""
        self.up, self._boots_at = True, None
        self.services.boot()
        self.driver.boot(starting=True)
        self.scheduler.boot()

    def to_json(self) -> dict[str, Any]:
        """Return the full state as plain values; a cluster is shared and saved by the fleet."""
        return {
            "name": self.name,
            "profile": self.profile.name,
            "addresses": list(self.addresses),
            "user": self.user,
            "clock": self.clock.to_json(),
            "registry": self.registry.to_json(),
            "services": self.services.to_json(),
            "cluster": self.cluster.to_json() if self.cluster else None,
            "jobs": self.scheduler.to_json(),
            "folders": list(self.folders.values()),
            "files": {path: base64.b64encode(data).decode() for path, data in self.files.values()},
        }

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> WindowsHost:
        """Rebuild what to_json gave; hosts of one cluster must be given one Cluster again by the caller."""
        host = cls(state["name"], state["profile"], tuple(state["addresses"]), Clock(**state["clock"]))
        host.registry = Registry.from_json(state["registry"])
        host.services = Services(host.registry.__class__(), host.profile.modern)
        host.services.adopt(host.registry, state["services"])
        host.cluster = Cluster(**state["cluster"]) if state["cluster"] else None
        host.user = state["user"]
        host.scheduler.adopt(state["jobs"])
        host.folders = {path.casefold(): path for path in state.get("folders", host.folders.values())}
        host.files = {path.casefold(): (path, base64.b64decode(data)) for path, data in state["files"].items()}
        host._connect()
        return host
