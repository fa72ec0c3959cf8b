# SPDX-License-Identifier: GPL-3.0-or-later
"""The idle timer of Windows on a front end: a quick mode that heard nothing for so long is deleted on this end.

strongSwan's own `inactivity` also counts what the host sends, so a client that keeps asking would keep a dead
association alive for ever; the article says that it ends after the idle time (KB 821839; [MS-IKEE] 3.5.2, 3.5.6.1).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from tests.wire.guest.charon import Charon


class WindowsTimer(threading.Thread):
    """Watches the associations of several hosts towards one address."""

    def __init__(self, daemons: Iterable[Charon], far: str, idle: float) -> None:
        """Delete what heard nothing for `idle` seconds."""
        super().__init__(daemon=True)
        self._daemons, self._far, self._idle = list(daemons), far, idle
        self._ended = threading.Event()

    def run(self) -> None:
        """Look once a second."""
        while not self._ended.wait(1.0):
            for daemon in self._daemons:
                self._look(daemon)

    def stop(self) -> None:
        """End, if it ever began; returns when the last look is over."""
        self._ended.set()
        if self.ident is not None:
            self.join()

    def _look(self, daemon: Charon) -> None:
        for association in daemon.associations():
            for child in association["children"] if association["far"] == self._far else ():
                if float(child["quiet"] or child["age"] or 0) >= self._idle:
                    daemon.ask("--terminate", "--child-id", child["id"], "--timeout", "-1", check=False)
