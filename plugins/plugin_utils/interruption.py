# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets a worker that is told to stop close its remote shell first.

Ansible's worker of 2.19 ends at once on SIGINT and SIGTERM, without any ``finally``
(ansible/executor/process/worker.py, ``WorkerProcess._term``); that would leave the shell open on the host.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class Interrupted(KeyboardInterrupt):
    """The operator or Ansible ends this worker."""


class Interruption:
    """While active, turns the first SIGINT or SIGTERM into Interrupted, and ignores the ones after it."""

    signals = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        """Start inactive."""
        self._before: dict[int, Any] = {}

    def catch(self) -> None:
        """Become active; only the main thread of a process can."""
        if self._before or threading.current_thread() is not threading.main_thread():
            return
        for number in self.signals:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN and before is not None:
                self._before[number] = before
                signal.signal(number, self._interrupt)

    def release(self) -> None:
        """Give the signals back to whoever had them."""
        if threading.current_thread() is threading.main_thread():
            for number, before in self._before.items():
                signal.signal(number, before)
        self._before.clear()

    def _interrupt(self, number: int, _frame: FrameType | None) -> None:
        for caught in self._before:
            signal.signal(caught, signal.SIG_IGN)
        raise Interrupted(signal.strsignal(number))
