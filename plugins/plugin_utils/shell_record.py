# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A note on the controller for each open remote shell, so that one left by a killed run is found by the next.

The note is locked while the shell is open. The kernel drops the lock with the process, however that ends:
a note that can be locked belongs to nobody any more.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import time
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class LeftShell:
    """A shell that nobody closed: its id, when it was opened (seconds since 1970), and the note that tells of it."""

    shell_id: str
    opened: float
    note: Path

    @property
    def since(self) -> str:
        """The time of opening, for a person."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.opened))

    def forget(self) -> None:
        """Remove the note."""
        self.note.unlink(missing_ok=True)


class ShellRecord:
    """The notes of one user on one listener; they hold nothing but ids, names and times."""

    def __init__(self, folder: str, endpoint: str, user: str) -> None:
        """Keep notes below folder; where that is no folder, keep none."""
        key = _digest(f"{user}\n{endpoint}")
        self._folder = Path(folder).expanduser() / key if folder else None
        self._about = {"endpoint": endpoint, "user": user}
        self._descriptor: int | None = None
        self._note: Path | None = None

    def write(self, shell_id: str) -> None:
        """Note an open shell; a folder that cannot be written is no reason to fail."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._note = self._folder / f"{_digest(shell_id)}.json"
            self._descriptor = os.open(self._note, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            note = {**self._about, "shell_id": shell_id, "opened": time.time()}
            os.write(self._descriptor, json.dumps(note).encode())

    def settle(self, *, closed: bool) -> None:
        """End the note of this process: remove it when the shell is closed, leave it to the next run when not."""
        if closed and self._note is not None:
            self._note.unlink(missing_ok=True)
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = self._note = None

    def left_behind(self) -> tuple[LeftShell, ...]:
        """Return the shells noted by processes that are gone."""
        if self._folder is None or not self._folder.is_dir():
            return ()
        found = (_abandoned(note) for note in sorted(self._folder.glob("*.json")))
        return tuple(shell for shell in found if shell is not None)


def _abandoned(note: Path) -> LeftShell | None:
    try:
        with note.open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            told = json.load(file)
            return LeftShell(str(told["shell_id"]), float(told["opened"]), note)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
