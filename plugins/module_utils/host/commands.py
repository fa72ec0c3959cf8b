# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command lines that read a host: several questions in one line of cmd.exe, each answer with its own success."""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections.abc import Sequence

from ..errors import HostError

MAX_COMMAND_LINE = 8191
"""Longest line that cmd.exe takes (learn.microsoft.com, "Command prompt line string limitation")."""

VERSION = "ver"
POLICY_STORE = r"reg query HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec /s"
POLICY_AGENT = r"reg query HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent /s"
IPSEC_DRIVER = r"reg query HKLM\SYSTEM\CurrentControlSet\Services\IPSEC /s"
IKEEXT = r"reg query HKLM\SYSTEM\CurrentControlSet\Services\IKEEXT /s"
SERVICE_STATE = "sc query PolicyAgent"
COMPUTER = "echo %COMPUTERNAME%"
ADDRESSES = "ipconfig"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What one question printed, and whether its program ended with exit code 0."""

    ok: bool
    text: str


def new_marker() -> str:
    """Give a marker that nothing on the host can have printed by itself."""
    return "#" + secrets.token_hex(8)


def ask(questions: Sequence[str], marker: str) -> str:
    """Join questions into one command line that says after each whether it succeeded."""
    line = "&".join(
        f"{question}&&echo {marker} {number} 0||echo {marker} {number} 1" for number, question in enumerate(questions)
    )
    if len(line) > MAX_COMMAND_LINE:
        raise HostError(f"the command line is {len(line)} characters long; cmd.exe takes {MAX_COMMAND_LINE}")
    return line


def answers(output: str, count: int, marker: str, host_name: str) -> tuple[Answer, ...]:
    """Cut what the host printed into the answers, in order.

    Raises HostError when an answer is missing: the output stopped in the middle, or the line was never run.
    """
    parts = re.split(rf"^{re.escape(marker)} (\d+) ([01])[ \t]*\r?$\n?", output, flags=re.MULTILINE)
    found = [Answer(parts[index + 1] == "0", parts[index - 1]) for index in range(1, len(parts), 3)]
    numbers = [int(parts[index]) for index in range(1, len(parts), 3)]
    if numbers != list(range(count)):
        raise HostError(
            f"{host_name}: the answer stops after {len(found)} of {count} parts ({len(output)} characters); "
            f"nothing was concluded from it. Run again; if it stays so, raise ansible_winrm_read_timeout_sec"
        )
    return tuple(found)
