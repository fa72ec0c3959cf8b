# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the guest, run to their end or kept running."""

from __future__ import annotations

import subprocess
from pathlib import Path


class GuestError(Exception):
    """A program of the guest failed; the text is what it said."""


def run(*command: str, check: bool = True, text: str = "") -> str:
    """Run a program on a text to its end and give its output; GuestError on a bad exit code unless `check` is off."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise GuestError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def start(log: Path, *command: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a program whose output goes to a file."""
    with log.open("ab") as output:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
