# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the library needs of a connection: a Windows host that runs a command line."""

from __future__ import annotations

import dataclasses
from typing import Protocol


@dataclasses.dataclass(frozen=True)
class Completed:
    """What a command line left behind: its exit code and what it printed, decoded from the shell's code page."""

    exit_code: int
    stdout: str
    stderr: str


class HostPort(Protocol):
    """A Windows host that runs command lines in cmd.exe, without PowerShell."""

    @property
    def name(self) -> str:
        """The host as messages call it."""

    def run(self, command: str, stdin: str = "") -> Completed:
        """Run one command line, feed it ``stdin``, wait for its end; HostError when the answer is cut off."""

    def close(self) -> None:
        """Hang up; the next command is sent over a new connection."""
