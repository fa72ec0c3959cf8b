# SPDX-License-Identifier: GPL-3.0-or-later
"""What the transport needs to know of the computer behind it: three members, whatever else it is."""

from __future__ import annotations

from typing import Protocol


class RunningCommand(Protocol):
    """One command line at work; bytes are in the code page it was started with."""

    @property
    def exit_code(self) -> int | None:
        """The exit code; None while the command runs."""

    def feed(self, data: bytes, end: bool) -> None:
        """Hand over standard input; `end` closes it."""

    def output(self) -> list[tuple[str, bytes]]:
        """Return what appeared since the last call: ("stdout" | "stderr", bytes)."""

    def terminate(self) -> None:
        """End the command at once."""


class Computer(Protocol):
    """A machine that runs command lines as cmd.exe /c would."""

    name: str

    def start(
        self,
        command_line: str,
        codepage: int | None = None,
        environment: dict[str, str] | None = None,
        directory: str | None = None,
    ) -> RunningCommand:
        """Start a command line; a code page that Windows does not know is a LookupError."""
