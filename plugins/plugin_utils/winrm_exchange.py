# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one command line in the open remote shell: Signal of the one before, Command, Send, Receive until it is done.

A finished command is signalled only when another one follows in its shell. To delete a shell ends its commands and
frees all that it holds (MS-WSMV 3.1.4.4.1), so the last Signal would be a request that nobody needs.
"""

from __future__ import annotations

import dataclasses
import math
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError

from .interruption import Interrupted
from .pywinrm import TROUBLE, OperationTimeout, forget_session
from .winrm_faults import QUOTA_OPERATIONS, codes, explain

CHUNK = 48 * 1024
"""Bytes of standard input per Send: 64 KiB as base64, below 150 kB (MS-WSMV note <8>) even when counted as UTF-16."""


@dataclasses.dataclass(frozen=True)
class Output:
    """What a command left behind, undecoded."""

    exit_code: int
    stdout: bytes
    stderr: bytes


class OperationsExhausted(AnsibleError):
    """The shell has had as many commands as WinRM counts per user; a new shell starts at 0 (MS-WSMV note <118>)."""


class RemoteShell:
    """The one shell of an Ansible connection: opened for the first command, closed after any trouble."""

    def __init__(self, connection: Any, connect: Callable[[], Any], close: Callable[[], Any]) -> None:
        """Use a connection whose ``protocol`` and ``shell_id`` connect sets, if they are not set, and close clears."""
        self._connection = connection
        self._connect = connect
        self._close = close

    def run(self, command: str, stdin: bytes, time_limit: float) -> Output:
        """Run a command line, feed it stdin, and wait for its end.

        ``time_limit`` is in seconds, 0 for none. Whatever goes wrong, and whoever interrupts, the shell is closed
        before the AnsibleError (what the host answered) or AnsibleConnectionFailure (it is out of reach) leaves.
        """
        try:
            return self._run_once(command, stdin, time_limit)
        except OperationsExhausted:
            return self._run_once(command, stdin, time_limit)

    def _run_once(self, command: str, stdin: bytes, time_limit: float) -> Output:
        self._connect()
        host, protocol = self._connection._winrm_host, self._connection.protocol
        try:
            self._signal_finished(protocol)
            shell_id = self._connection.shell_id
            output, command_id = _exchange(protocol, shell_id, command, stdin, _Deadline(time_limit, host))
            self._connection.ipsec_finished = (shell_id, command_id)
            return output
        except TROUBLE as exc:
            error = explain(exc, host, "running the command")
            if isinstance(error, AnsibleConnectionFailure):
                forget_session(protocol)
            self._close()
            raise (OperationsExhausted(str(error)) if QUOTA_OPERATIONS & codes(exc) else error) from None
        except AnsibleError:
            self._close()
            raise
        except BaseException:
            # A message may be half read: only a new session can be trusted to carry the last one.
            forget_session(protocol)
            self._close()
            raise

    def _signal_finished(self, protocol: Any) -> None:
        """Let the host forget the command before, if it ran in this shell.

        The connection knows of it: a loop over items has one connection and a RemoteShell for each item.
        """
        shell_id, command_id = getattr(self._connection, "ipsec_finished", (None, None))
        self._connection.ipsec_finished = (None, None)
        if command_id is not None and shell_id == self._connection.shell_id:
            protocol.cleanup_command(shell_id, command_id)


class _Deadline:
    """The end of a command's time."""

    def __init__(self, limit: float, host: str) -> None:
        self._limit = limit
        self._host = host
        self._end = time.monotonic() + limit if limit > 0 else math.inf
        self._parent = os.getppid()

    def left(self) -> float:
        """Return the seconds left; AnsibleError when there are none, Interrupted when Ansible itself is gone."""
        if os.getppid() != self._parent:
            raise Interrupted("Ansible ended before the command did")
        left = self._end - time.monotonic()
        if left <= 0:
            raise AnsibleError(
                f"{self._host}: the command did not end within {self._limit:g} s and was stopped: see what it waits"
                " for, or raise ansible_winrs_command_timeout (0 waits for ever)."
            )
        return left


def _exchange(protocol: Any, shell_id: str, command: str, stdin: bytes, deadline: _Deadline) -> tuple[Output, str]:
    command_id = str(protocol.run_command(shell_id, command, console_mode_stdin=not stdin))
    for chunk, end in _chunks(stdin):
        protocol.send_command_input(shell_id, command_id, chunk, end=end)
    return _receive(protocol, shell_id, command_id, deadline), command_id


def _chunks(data: bytes) -> Iterator[tuple[bytes, bool]]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK], start + CHUNK >= len(data)


def _receive(protocol: Any, shell_id: str, command_id: str, deadline: _Deadline) -> Output:
    stdout, stderr = [], []
    configured = protocol.operation_timeout_sec
    try:
        while True:
            protocol.operation_timeout_sec = max(1, math.ceil(min(configured, deadline.left())))
            try:
                out, err, exit_code, done = protocol.get_command_output_raw(shell_id, command_id)
            except OperationTimeout:
                continue
            stdout.append(out)
            stderr.append(err)
            if done:
                return Output(exit_code, b"".join(stdout), b"".join(stderr))
    finally:
        protocol.operation_timeout_sec = configured
