# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Windows host as the library sees it, reached over an Ansible connection: cmd.exe, no PowerShell."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.connection.winrm import Connection as WinrmConnection

from ..module_utils.host.port import Completed
from .code_pages import DEFAULT, codec, decode, encode
from .interruption import Interruption
from .winrm_exchange import RemoteShell
from .winrm_session import close_shell, open_shell

TIME_LIMIT = 600.0
"""Seconds that a command of ours may take where the connection has no option for it."""


class WinrmHost:
    """Runs command lines over ``exchange.ipsec.winrs`` or ``ansible.builtin.winrm``; implements HostPort."""

    def __init__(self, connection: Any, name: str | None = None, codepage: int | None = None) -> None:
        """Take the connection of the action; nothing is sent before the first command.

        ``name`` is how messages call the host, by default its address. ``codepage`` is the shell's; by default the
        option of the connection, or 65001 where it has none.
        Raises AnsibleError when the connection is of another kind, naming what to set.
        """
        if not isinstance(connection, WinrmConnection):
            raise AnsibleError(
                f"{name or 'This host'}: connection {connection.transport!r} runs no command lines of"
                " Windows: set ansible_connection to exchange.ipsec.winrs or ansible.builtin.winrm."
            )
        self._connection = connection
        self._name = name or str(connection.get_option("remote_addr"))
        options = getattr(connection, "winrs_options", None)
        self._options: dict[str, Any] = options() if options is not None else {}
        self._codepage = codepage or self._options.get("codepage") or DEFAULT
        self._interruption = Interruption()
        self._remote = RemoteShell(connection, self._connect, self.close)
        codec(self._codepage)

    @property
    def name(self) -> str:
        """The host as messages call it."""
        return self._name

    @property
    def codepage(self) -> int:
        """The code page of the remote shell."""
        return self._codepage

    def run(self, command: str, stdin: str = "") -> Completed:
        """Run one command line, feed it ``stdin``, wait for its end.

        Raises AnsibleConnectionFailure when the host is out of reach, AnsibleError when it answers with a fault, takes
        too long, or prints what is no text of the code page.
        """
        data = encode(stdin, self._codepage, self._name)
        limit = float(self._options.get("command_timeout", TIME_LIMIT))
        output = self._remote.run(command, data, limit)
        return Completed(
            output.exit_code,
            decode(output.stdout, self._codepage, self._name),
            decode(output.stderr, self._codepage, self._name),
        )

    def close(self) -> None:
        """Close the shell; the next command opens another one."""
        if self._options:
            self._connection.close()
        else:
            close_shell(self._connection)
            self._interruption.release()

    def _connect(self) -> None:
        connection = self._connection
        if connection.protocol is not None and connection.shell_id is not None:
            return
        if self._options:
            connection._connect()
            return
        self._interruption.catch()
        open_shell(connection, self._codepage)
