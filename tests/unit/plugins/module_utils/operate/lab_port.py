# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of the lab behind the library's port, without a network in between."""

from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.host.countdown import Owner
from ansible_collections.exchange.ipsec.plugins.module_utils.host.port import Completed
from tests.lab.windows.host import WindowsHost

MINE = Owner(1767323045, 20, 4242, "controller.example.org", "0badcafe")
OTHER = Owner(1767323040, 20, 77, "other.example.org", "00c0ffee")
"""Two runs that want the same host."""


class LabPort:
    """Runs command lines on a simulated host and remembers them."""

    def __init__(self, profile: str = "server2003", codepage: int = 65001) -> None:
        """Make a fresh host of a profile."""
        self.windows = WindowsHost("fe1", profile, ("192.0.2.11",), seed=1)
        self.codepage = codepage
        self.commands: list[tuple[str, str]] = []

    @property
    def name(self) -> str:
        """The host as messages call it."""
        return self.windows.name

    def run(self, command: str, stdin: str = "") -> Completed:
        """Run one command line to its end."""
        self.commands.append((command, stdin))
        encoding = {65001: "utf-8", 949: "cp949"}[self.codepage]
        return Completed(*self.windows.run(command, stdin.encode(encoding), self.codepage))

    def close(self) -> None:
        """Hang up, which means nothing here."""

    def type(self, command: str) -> None:
        """Run a command as somebody at the console would; it must succeed."""
        code, out, err = self.windows.run(command)
        assert code == 0, out + err
