# SPDX-License-Identifier: GPL-3.0-or-later
"""What breaks off a running command of cmd.exe: `exit` and `goto`."""

from __future__ import annotations


class Exit(Exception):
    """`exit N` was met; `batch` says that only the batch file ends (`exit /b`)."""

    def __init__(self, code: int, batch: bool = False) -> None:
        """Leave with that code."""
        super().__init__(code)
        self.code, self.batch = code, batch


class Goto(Exception):
    """`goto LABEL` was met in a batch file."""

    def __init__(self, label: str) -> None:
        """Go on behind that label."""
        super().__init__(label)
        self.label = label
