# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the user wants to see working before a change and after it: TCP connections, commands on the host."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Sequence

from ..host import commands
from ..host.port import HostPort


@dataclasses.dataclass(frozen=True)
class Probe:
    """One question with a yes or a no: a TCP connection from here, or a command of the host that ends with 0."""

    name: str
    address: str = ""
    port: int = 0
    timeout: float = 0.0
    command: str = ""

    def __str__(self) -> str:
        """Say what it asks."""
        asked = f"command {self.command!r}" if self.command else f"TCP {self.address} port {self.port}"
        return f"{self.name} ({asked})" if self.name else asked


def failures(probes: Sequence[Probe], host: HostPort) -> str:
    """Ask everything and say what failed and how; empty text when nothing did.

    The commands share one command line; what they print is thrown away.
    """
    found = [f"{probe}: {reason}" for probe in probes if probe.port and (reason := _knock(probe))]
    asked = [probe for probe in probes if probe.command]
    if asked:
        marker = commands.new_marker()
        completed = host.run(commands.ask([f"({probe.command})<nul >nul 2>nul" for probe in asked], marker))
        answers = commands.answers(completed.stdout, len(asked), marker, host.name)
        ended = zip(asked, answers, strict=True)
        found += [f"{probe}: it did not end with 0" for probe, answer in ended if not answer.ok]
    return "; ".join(found)


def _knock(probe: Probe) -> str:
    """Make a TCP connection and end it; say why there is none."""
    try:
        socket.create_connection((probe.address, probe.port), probe.timeout).close()
    except TimeoutError:
        return f"no answer within {probe.timeout:g} s"
    except OSError as exc:
        return exc.strerror or str(exc)
    return ""
