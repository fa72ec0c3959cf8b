# SPDX-License-Identifier: GPL-3.0-or-later
"""The remote shell and its commands (MS-WSMV section 3.1.4.5 and 3.1.4.11 to 3.1.4.14)."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import time
import uuid
from collections.abc import Callable

from tests.lab.wire.computer import RunningCommand
from tests.lab.wire.fault import Fault, WsmanError

_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.05


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """What one Receive brings back; `exit_code` is None while the command runs."""

    streams: list[tuple[str, bytes]]
    exit_code: int | None


class Command:
    """One command of a shell and the output nobody has fetched yet."""

    def __init__(self, running: RunningCommand) -> None:
        """Take over a command that has just been started."""
        self.id = str(uuid.uuid4()).upper()
        self.running = running
        self._pending: list[tuple[str, bytes]] = []
        self._moved = asyncio.Event()

    @property
    def active(self) -> bool:
        """Whether it still runs."""
        return self.running.exit_code is None

    def feed(self, data: bytes, end: bool) -> None:
        """Hand over standard input and wake whoever waits for output."""
        self.running.feed(data, end)
        self._moved.set()

    def terminate(self) -> None:
        """End the command and wake whoever waits for output."""
        if self.active:
            self.running.terminate()
        self._moved.set()

    async def receive(self, timeout: float, room: int) -> Piece:
        """Wait for output or the end; a WsmanError after `timeout` seconds of silence. `room` in bytes."""
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE
        while True:
            self._moved.clear()
            exit_code = self.running.exit_code
            self._pending += self.running.output()
            if self._pending or exit_code is not None:
                streams = self._take(room)
                return Piece(streams, None if self._pending else exit_code)
            left = deadline - time.monotonic()
            if left <= 0:
                raise WsmanError(Fault.TIMED_OUT)
            try:
                await asyncio.wait_for(self._moved.wait(), min(pause, left))
            except asyncio.TimeoutError:
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _take(self, room: int) -> list[tuple[str, bytes]]:
        """Cut up to `room` bytes off the pending output, neighbours of one stream joined."""
        joined = [
            (name, b"".join(data for _unused, data in group))
            for name, group in itertools.groupby(self._pending, key=lambda piece: piece[0])
        ]
        taken: list[tuple[str, bytes]] = []
        while joined and room > 0:
            name, data = joined.pop(0)
            taken.append((name, data[:room]))
            if len(data) > room:
                joined.insert(0, (name, data[room:]))
            room -= len(data)
        self._pending = joined
        return taken


@dataclasses.dataclass(slots=True)
class Shell:
    """An open shell; `idle_timeout` in seconds, None = it never expires."""

    owner: str
    client: str
    codepage: int
    idle_timeout: float | None
    environment: dict[str, str]
    directory: str | None
    clock: Callable[[], float] = time.monotonic
    id: str = dataclasses.field(default_factory=lambda: str(uuid.uuid4()).upper())
    commands: dict[str, Command] = dataclasses.field(default_factory=dict)
    operations: int = 1
    opened: float = 0.0
    used: float = 0.0

    def __post_init__(self) -> None:
        """Start the shell's clocks."""
        self.opened = self.used = self.clock()

    def touch(self) -> None:
        """Note that somebody used the shell."""
        self.used = self.clock()

    @property
    def expired(self) -> bool:
        """Whether it was left alone for longer than its idle time-out."""
        return self.idle_timeout is not None and self.clock() - self.used > self.idle_timeout

    def running(self) -> int:
        """Return how many commands still run."""
        return sum(command.active for command in self.commands.values())

    def command(self, command_id: str | None) -> Command:
        """Return a command by its id; a WsmanError when there is none."""
        try:
            return self.commands[(command_id or "").upper()]
        except KeyError as exc:
            raise WsmanError(Fault.BAD_PARAMETER) from exc

    def close(self) -> None:
        """End every command."""
        for command in self.commands.values():
            command.terminate()
        self.commands.clear()
