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
    """A shell that nobody closed: its id, and when it was opened (seconds since 1970)."""

    shell_id: str
    opened: float

    @property
    def since(self) -> str:
        """The time of opening, for a person."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.opened))


class ShellRecord:
    """The notes of one user on one listener; holds nothing but ids, names and times."""

    def __init__(self, folder: str, endpoint: str, user: str) -> None:
        """Keep notes below folder; an empty folder keeps none."""
        key = hashlib.sha256(f"{user}\n{endpoint}".encode()).hexdigest()[:16]
        self._folder = Path(folder).expanduser() / key if folder else None
        self._about = {"endpoint": endpoint, "user": user}
        self._descriptor: int | None = None
        self._path: Path | None = None

    def write(self, shell_id: str) -> None:
        """Note an open shell; a folder that cannot be written is no reason to fail."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{hashlib.sha256(shell_id.encode()).hexdigest()[:32]}.json"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            note = {**self._about, "shell_id": shell_id, "opened": time.time()}
            os.write(descriptor, json.dumps(note).encode())
            self._descriptor, self._path = descriptor, path

    def erase(self) -> None:
        """Forget the shell noted last: it is closed."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = self._path = None

    def left_behind(self) -> tuple[LeftShell, ...]:
        """Return, and forget, the shells noted by processes that are gone."""
        if self._folder is None or not self._folder.is_dir():
            return ()
        found = (self._take(path) for path in sorted(self._folder.glob("*.json")))
        return tuple(shell for shell in found if shell is not None)

    def _take(self, path: Path) -> LeftShell | None:
        try:
            descriptor = os.open(path, os.O_RDWR)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            note = json.loads(path.read_text(encoding="utf-8"))
            path.unlink()
            return LeftShell(str(note["shell_id"]), float(note["opened"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        finally:
            os.close(descriptor)
