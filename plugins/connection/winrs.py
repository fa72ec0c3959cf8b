# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""cmd.exe over WinRM: a command line runs in the WinRM remote shell itself, without PowerShell."""

from __future__ import annotations

DOCUMENTATION = """
author: exchange.ipsec maintainers (!UNKNOWN)
name: winrs
short_description: Run command lines in cmd.exe over WinRM, without PowerShell
version_added: 1.0.0
description:
  - Runs a command line in the WinRM remote shell itself. No PowerShell is started, so it works on Windows Server 2003
    with WinRM 1.1 or 2.0 and saves every later Windows the start of a PowerShell process.
  - Takes the options and C(ansible_winrm_*) variables of P(ansible.builtin.winrm#connection), which it is built on, and
    so the same authentication by basic, certificate, NTLM, Kerberos and CredSSP, with message encryption.
  - Opens one remote shell per task and closes it, also when the task fails or is interrupted. A shell left by a run
    that was killed is named and closed by the next run on the same controller.
  - Runs M(ansible.builtin.raw), M(ansible.builtin.wait_for_connection), C(meta=reset_connection) and the modules of
    C(exchange.ipsec). For modules written in PowerShell use P(ansible.builtin.winrm#connection).
  - Copies single files to and from the host through C(certutil), which Windows has since Server 2003.
requirements:
  - pywinrm >= 0.5.0 (Python library)
extends_documentation_fragment:
  - connection_pipelining
  - exchange.ipsec.winrm_options
options:
  codepage:
    description:
      - The code page of the remote shell, in which the host reads standard input and writes its output.
      - When left out, it is UTF-8. A tool that cannot write UTF-8, as on some Windows Server 2003, needs the number
        that C(chcp) prints on the host, such as V(437), V(850) or V(949).
    type: int
    default: 65001
    vars:
      - name: ansible_winrs_codepage
  command_timeout:
    description:
      - Stops a command line that has not ended after this many seconds, so that nothing waits for ever.
      - When left out, half an hour. V(0) means no end.
    type: int
    default: 1800
    vars:
      - name: ansible_winrs_command_timeout
  operation_timeout:
    description:
      - How many seconds the host may hold one request before it says that there is no output yet.
      - When left out, the value of pywinrm (20). O(connection_timeout) goes before it.
    type: int
    vars:
      - name: ansible_winrm_operation_timeout_sec
      - name: ansible_winrs_operation_timeout
  read_timeout:
    description:
      - How many seconds to wait for the answer to one request, and for the connection to be made.
      - Must be more than O(operation_timeout). When left out, the value of pywinrm (30).
    type: int
    vars:
      - name: ansible_winrm_read_timeout_sec
      - name: ansible_winrs_read_timeout
  shell_record:
    description:
      - Folder on the controller that holds a note per open shell, with its id and the address of the host, so that a
        shell left by a killed run is found.
      - When left out, C(exchange.ipsec/shells) below C(ANSIBLE_HOME). V(/dev/null) keeps no notes.
    type: path
    vars:
      - name: ansible_winrs_shell_record
"""

from pathlib import Path
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.plugins.connection.winrm import Connection as WinrmConnection
from ansible.plugins.loader import get_shell_plugin
from ansible.utils.display import Display

from ..plugin_utils.code_pages import codec
from ..plugin_utils.interruption import Interruption
from ..plugin_utils.shell_record import ShellRecord
from ..plugin_utils.winrm_exchange import RemoteShell
from ..plugin_utils.winrm_files import fetch_file, put_file
from ..plugin_utils.winrm_session import close_shell, open_shell

display = Display()
_PING = b'{"ping": "pong", "changed": false}'


class Connection(WinrmConnection):
    """A connection to cmd.exe."""

    transport = "exchange.ipsec.winrs"
    _extras_prefix = "winrm"

    def __init__(self, play_context: Any, *args: Any, **kwargs: Any) -> None:
        """Make the connection; nothing is sent before the first command."""
        if not play_context.shell:
            kwargs["shell"] = kwargs.get("shell") or get_shell_plugin(shell_type="cmd")
        super().__init__(play_context, *args, **kwargs)
        self._shell_type = "cmd"
        self._record: ShellRecord | None = None
        self._interruption = Interruption()
        self._remote = RemoteShell(self, self._connect, self.close)
        self._waits = False

    def winrs_options(self) -> dict[str, Any]:
        """Return the options that Ansible's own winrm does not have."""
        found = {name: self.get_option(name) for name in ("codepage", "command_timeout", "shell_record")}
        if not found["shell_record"]:
            home = constants.config.get_config_value("ANSIBLE_HOME")
            found["shell_record"] = str(Path(home) / "exchange.ipsec" / "shells")
        return found

    def _build_winrm_kwargs(self) -> None:
        super()._build_winrm_kwargs()
        for option in ("operation_timeout", "read_timeout"):
            value = self.get_option(option)
            if value is not None:
                self._winrm_kwargs[f"{option}_sec"] = value

    def _connect(self) -> Connection:
        """Log in and open the shell, unless it is open."""
        if self.protocol is None or self.shell_id is None:
            options = self.winrs_options()
            codec(options["codepage"])
            self._interruption.catch()
            try:
                self._record = open_shell(self, options["codepage"], options["shell_record"])
            except BaseException:
                self._interruption.release()
                raise
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Run a command line; returns exit code, standard output and standard error, both as UTF-8."""
        if self.become is not None and sudoable and not in_data:
            raise AnsibleError(
                "cmd.exe cannot become another user: log in as that user, or run the task without become."
            )
        if self._waits and in_data:
            return self._answer_ping()
        result = self._run(cmd, in_data or b"")
        if in_data and result[0] and not result[1].strip() and cmd.lower().startswith("powershell"):
            raise AnsibleError(
                f"{self._winrm_host} did not run the module: it has no PowerShell, or one that is too old; use"
                " ansible.builtin.raw or the modules of exchange.ipsec."
            )
        return result

    def _run(self, cmd: str, stdin: bytes) -> tuple[int, bytes, bytes]:
        host = self.get_option("remote_addr")
        shown = "(not shown: no_log)" if self._play_context.no_log else cmd
        display.vvv(f"WINRS RUN {shown} WITH {len(stdin)} BYTES OF INPUT", host=host)
        output = self._remote.run(cmd, stdin, float(self.get_option("command_timeout")))
        display.vvv(
            f"WINRS EXIT CODE {output.exit_code}, {len(output.stdout)} BYTES OF OUTPUT, {len(output.stderr)} OF ERRORS",
            host=host,
        )
        return output.exit_code, self._utf8(output.stdout), self._utf8(output.stderr)

    def _utf8(self, data: bytes) -> bytes:
        """Read the shell's code page; what is no text of it is shown as U+FFFD, with a warning."""
        codepage = self.get_option("codepage")
        try:
            return data.decode(codec(codepage)).encode()
        except UnicodeDecodeError:
            display.warning(
                f"{self._winrm_host}: the output is no text of code page {codepage}; set ansible_winrs_codepage to the"
                " code page that the host writes in."
            )
            return data.decode(codec(codepage), "replace").encode()

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file to the host through certutil, which Windows has since Server 2003."""
        put_file(self._run, in_path, self._shell._unquote(out_path))

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file from the host through certutil, which Windows has since Server 2003."""
        fetch_file(self._run, self._shell._unquote(in_path), out_path)

    def transport_test(self, connect_timeout: float) -> None:
        """Open a shell and run a command in it, for ansible.builtin.wait_for_connection.

        That action then runs the module ping, which needs Python or PowerShell on the host. From here on this
        connection answers it itself, after a command has run: that is as far as a connection without modules goes.
        """
        self._waits = True
        self.module_implementation_preferences = ("",)
        self._remote_is_local = True
        self.set_option("connection_timeout", max(1, int(connect_timeout)))
        self._probe()

    def _answer_ping(self) -> tuple[int, bytes, bytes]:
        self._probe()
        return 0, _PING, b""

    def _probe(self) -> None:
        try:
            self._run("ver", b"")
        finally:
            self.close()

    def reset(self) -> None:
        """Close the shell; the next command opens another one."""
        self.close()

    def close(self) -> None:
        """Close the shell and the HTTP session."""
        closed = False
        try:
            closed = close_shell(self)
        finally:
            if self._record is not None:
                self._record.settle(closed=closed)
                self._record = None
            self._interruption.release()
