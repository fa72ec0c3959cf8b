# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that WinRM 1.1 does not start: it only says why on standard error (MS-WSMV note <32>)."""

from __future__ import annotations


class TooManyProcesses:
    """A command that ended before it began."""

    exit_code: int | None = 1

    def __init__(self, limit: int) -> None:
        """Name the quota that was in the way."""
        text = f"The maximum number of processes per shell ({limit}) has been reached.\r\n"
        self._output = [("stderr", text.encode("ascii"))]

    def feed(self, data: bytes, end: bool) -> None:
        """Ignore input: nobody reads it."""

    def output(self) -> list[tuple[str, bytes]]:
        """Return the message once."""
        said, self._output = self._output, []
        return said

    def terminate(self) -> None:
        """Nothing runs."""
