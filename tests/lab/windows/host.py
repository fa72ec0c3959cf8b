# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated Windows host: what it is, and the door through which command lines come in."""

from __future__ import annotations

import base64
import random
import uuid
from typing import Any

from .clock import Clock
from .cluster import Cluster
from .cmd import run_line
from .console import Console, RunningCommand, codec_of
from .context import Context, Shell
from .messages import load_catalogue
from .profile import PROFILES, Profile
from .programs import NOT_ON_NEW, NOT_ON_OLD
from .registry import Registry
from .services import Services


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
        self.jobs: list[dict[str, Any]] = []
        self.user = "Administrator"
        self._random = random.Random(seed) if seed is not None else random.SystemRandom()  # noqa: S311
        self._messages = load_catalogue(self.profile.language)
        self.services = Services(self.registry, self.profile.modern)
        version = self.registry.create(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")
        version.put_text("CurrentVersion", ".".join(str(part) for part in self.profile.version[:2]))
        version.put_text("CurrentBuildNumber", str(self.profile.version[2]))
        self.registry.create(r"HKLM\SOFTWARE\Policies\Microsoft")

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
        owned = cluster is not None and cluster.online and cluster.owner.casefold() == self.name.casefold()
        return self.addresses + (tuple(cluster.virtual_ips) if cluster and owned else ())

    def _environment(self) -> dict[str, tuple[str, str]]:
        home = rf"C:\Users\{self.user}" if self.profile.modern else rf"C:\Documents and Settings\{self.user}"
        plain = {
            "COMPUTERNAME": self.name.upper(),
            "USERNAME": self.user,
            "USERDOMAIN": self.name.upper(),
            "USERPROFILE": home,
            "OS": "Windows_NT",
            "SystemDrive": "C:",
            "ComSpec": r"C:\WINDOWS\system32\cmd.exe",
            "SystemRoot": r"C:\WINDOWS",
            "windir": r"C:\WINDOWS",
            "TEMP": rf"{home}\Temp",
            "TMP": rf"{home}\Temp",
            "Path": r"C:\WINDOWS\system32;C:\WINDOWS;C:\WINDOWS\System32\Wbem",
            "PROMPT": "$P$G",
            "PATHEXT": ".COM;.EXE;.BAT;.CMD",
            "NUMBER_OF_PROCESSORS": "2",
        }
        return {name.upper(): (name, value) for name, value in plain.items()}

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
        shell = Shell(self._environment())
        shell.cwd = directory or shell.env["USERPROFILE"][1]
        for name, value in (environment or {}).items():
            shell.put(name, value)
        ctx = Context(self, console, shell, console.stdin, console.sink("stdout"), console.sink("stderr"))
        return RunningCommand(run_line(ctx, command_line), console, self.clock.now)

    def run(self, command_line: str, stdin: bytes = b"", codepage: int | None = None) -> tuple[int, str, str]:
        """Run a command line to its end and return (exit code, stdout, stderr) as text.

        A command that sleeps makes the clock jump; this is for tests and the console, not for the wire.
        """
        command = self.start(command_line, codepage)
        command.feed(stdin, end=True)
        while command.exit_code is None:
            self.clock.advance(1)
        chunks = command.output()
        codec = codec_of(codepage or self.profile.codepage)
        joined = {name: b"".join(data for stream, data in chunks if stream == name) for name in ("stdout", "stderr")}
        return command.exit_code, joined["stdout"].decode(codec), joined["stderr"].decode(codec)

    def reboot(self) -> None:
        """Restart: services come up by their start type."""
        self.services.boot()

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
            "jobs": self.jobs,
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
        host.jobs, host.user = list(state["jobs"]), state["user"]
        host.files = {path.casefold(): (path, base64.b64decode(data)) for path, data in state["files"].items()}
        return host
