# SPDX-License-Identifier: GPL-3.0-or-later
"""The open shells of one host and the quotas they count against (MS-WSMV section 3.1.4.5.2.1)."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.lab.windows.profile import Quotas
from tests.lab.wire.fault import Fault, WsmanError
from tests.lab.wire.shell import Shell


class Shells:
    """A host's shells by id; those left alone for too long go when somebody looks."""

    def __init__(self, quotas: Quotas, stack: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without shells."""
        self.quotas = quotas
        self.stack = stack
        self.clock = clock
        self._open: dict[str, Shell] = {}

    def __len__(self) -> int:
        """Return how many shells are open."""
        self._expire()
        return len(self._open)

    def all(self) -> list[Shell]:
        """Return the open shells, oldest first."""
        self._expire()
        return list(self._open.values())

    def admit(self, user: str) -> None:
        """Raise the quota's WsmanError when this user may not open one more shell."""
        owners = [shell.owner for shell in self.all()]
        if user not in owners and len(set(owners)) >= self.quotas.max_concurrent_users:
            raise WsmanError(Fault.SHELL_USERS)
        if owners.count(user) >= self.quotas.max_shells_per_user:
            raise self.full()

    def full(self) -> WsmanError:
        """Return the error of a user who has all the shells that he may have."""
        if self.stack == "1.1":
            return WsmanError(Fault.SHELLS_2003)
        return WsmanError(Fault.SHELLS, limit=self.quotas.max_shells_per_user)

    def add(self, shell: Shell) -> None:
        """Keep a new shell."""
        self._open[shell.id] = shell

    def find(self, shell_id: str, user: str) -> Shell:
        """Return an open shell; a WsmanError when there is none or it is another user's."""
        self._expire()
        shell = self._open.get(shell_id.upper())
        if shell is None:
            raise WsmanError(Fault.NO_SUCH_SHELL, shell=shell_id)
        if shell.owner != user:
            raise WsmanError(Fault.ACCESS_DENIED)
        shell.touch()
        return shell

    def count_operation(self, shell: Shell) -> None:
        """Count one more command of a shell; ended commands count too (MS-WSMV note <118>)."""
        limit = self.quotas.max_operations_per_user
        if sum(other.operations for other in self._open.values() if other.owner == shell.owner) >= limit:
            raise WsmanError(Fault.OPERATIONS, limit=limit)
        shell.operations += 1

    def close(self, shell: Shell) -> None:
        """End a shell and its commands."""
        shell.close()
        self._open.pop(shell.id, None)

    def close_all(self) -> None:
        """End every shell: the service was restarted, or the shells expired."""
        for shell in list(self._open.values()):
            self.close(shell)

    def _expire(self) -> None:
        for shell in list(self._open.values()):
            if shell.expired and not shell.running():
                self.close(shell)
