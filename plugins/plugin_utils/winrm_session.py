# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Opens and closes the one remote shell of an Ansible connection, winrs or winrm alike.

Leans on these private names of ansible.plugins.connection.winrm.Connection: ``_build_winrm_kwargs``, ``_kerb_auth``,
``_kerb_managed``, ``_winrm_host``, ``_winrm_port``, ``_winrm_scheme``, ``_winrm_path``, ``_winrm_user``,
``_winrm_transport``, ``_winrm_kwargs``, ``_winrm_connection_timeout``, ``_winrm_pass``, ``_connected``,
``protocol``, ``shell_id``. A test holds them on every ansible-core that is supported:
tests/unit/plugins/plugin_utils/test_winrm_contract.py.
"""

from __future__ import annotations

import contextlib
import ipaddress
from typing import Any
from urllib.parse import urlunsplit

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import winrm as ansible_winrm
from ansible.utils.display import Display

from .first_login import log_in
from .open_shells import list_shells
from .pywinrm import TROUBLE, Protocol, WinRMError, WsmanFault, forget_session, require_pywinrm
from .shell_record import LeftShell, ShellRecord
from .winrm_faults import SHELL_NOT_FOUND, codes, explain, is_shell_quota

display = Display()
_LAST_WORDS = 5
"""Seconds that an answer to the closing of a shell may take."""


def open_shell(connection: Any, codepage: int, record_folder: str = "") -> ShellRecord:
    """Log in with the connection's own variables and open a shell; returns its record, to settle when it is closed.

    Raises AnsibleConnectionFailure when there is no way in, with the reason and the remedy in one sentence.
    """
    require_pywinrm()
    connection._build_winrm_kwargs()
    record = ShellRecord(record_folder, endpoint(connection), str(connection._winrm_user or ""))
    display.vvv(
        f"WINRS CONNECT {endpoint(connection)} AS {connection._winrm_user} CODE PAGE {codepage}",
        host=connection._winrm_host,
    )
    errors: list[AnsibleError] = []
    for transport in connection._winrm_transport:
        try:
            _open(connection, transport, codepage, record)
        except AnsibleError as exc:
            errors.append(exc)
        else:
            return record
    if len(errors) == 1:
        raise errors[0]
    tried = zip(connection._winrm_transport, errors, strict=True)
    raise AnsibleConnectionFailure(" ".join(f"{transport}: {error}" for transport, error in tried))


def endpoint(connection: Any) -> str:
    """Return the address of the listener."""
    host = str(connection._winrm_host)
    with contextlib.suppress(ipaddress.AddressValueError):
        host = f"[{ipaddress.IPv6Address(host)}]"
    place = f"{host}:{connection._winrm_port}"
    return str(urlunsplit((connection._winrm_scheme, place, connection._winrm_path, "", "")))


def _open(connection: Any, transport: str, codepage: int, record: ShellRecord) -> None:
    if transport == "kerberos":
        _kerberos(connection)
    protocol = connection.protocol = _protocol(connection, transport)
    try:
        log_in(protocol)
        _close_left(protocol, connection._winrm_host, record.left_behind())
        connection.shell_id = protocol.open_shell(codepage=codepage)
        record.write(connection.shell_id)
    except TROUBLE as exc:
        error = _refusal(exc, protocol, connection)
        connection.protocol = None
        forget_session(protocol)
        raise error from None
    except BaseException:
        forget_session(protocol)
        record.settle(closed=close_shell(connection))
        raise
    connection._connected = True
    display.vvv(f"WINRS SHELL {connection.shell_id} OPEN", host=connection._winrm_host)


def _protocol(connection: Any, transport: str) -> Any:
    arguments = dict(connection._winrm_kwargs)
    if connection._winrm_connection_timeout:
        arguments["operation_timeout_sec"] = connection._winrm_connection_timeout
        arguments["read_timeout_sec"] = connection._winrm_connection_timeout + 10
    try:
        return Protocol(endpoint(connection), transport=transport, **arguments)
    except (WinRMError, ValueError, TypeError) as exc:
        raise AnsibleError(f"{connection._winrm_host}: pywinrm refuses the ansible_winrm_* variables: {exc}.") from None


def _refusal(exc: Exception, protocol: Any, connection: Any) -> AnsibleError:
    """Return the error for a shell that could not be opened: for Ansible such a host is unreachable."""
    if is_shell_quota(exc):
        return _full(exc, protocol, connection)
    error = explain(exc, connection._winrm_host, "opening the remote shell")
    return error if isinstance(error, AnsibleConnectionFailure) else AnsibleConnectionFailure(str(error))


def _kerberos(connection: Any) -> None:
    if not ansible_winrm.HAVE_KERBEROS:
        raise AnsibleConnectionFailure(
            f"{connection._winrm_host}: the Python library kerberos is not installed on the controller: install it with"
            " pip install pykerberos, or set ansible_winrm_transport to ntlm."
        )
    if connection._kerb_managed:
        connection._kerb_auth(connection._winrm_user, connection._winrm_pass)


def _close_left(protocol: Any, host: str, shells: tuple[LeftShell, ...]) -> None:
    """Close what an earlier run of this controller left open, and say so."""
    for shell in shells:
        try:
            protocol.close_shell(shell.shell_id, close_session=False)
        except WsmanFault as exc:
            shell.forget()
            if SHELL_NOT_FOUND not in codes(exc):
                display.warning(_stays(host, shell.shell_id, f"opened at {shell.since} by an earlier run"))
            continue
        shell.forget()
        display.warning(
            f"{host}: remote shell {shell.shell_id} was left open at {shell.since} by an earlier run on this controller"
            " that was killed or cut off; it is closed now."
        )


def _full(exc: BaseException, protocol: Any, connection: Any) -> AnsibleError:
    shells = list_shells(protocol)
    number = min(codes(exc), default=0)
    told = f" Open are: {'; '.join(map(str, shells))}." if shells else ""
    return AnsibleConnectionFailure(
        f"{connection._winrm_host}: {connection._winrm_user} has as many remote shells open as the host allows"
        f" (WS-Management fault {number}; user name and password are right).{told} Close one on the host with:"
        f" {_closing(shells[0].shell_id if shells else 'ID')} or raise MaxShellsPerUser there with:"
        ' winrm set winrm/config/winrs @{MaxShellsPerUser="5"}.'
    )


def close_shell(connection: Any) -> bool:
    """Close the connection's shell and its HTTP session; never raises, but warns and returns False if it stays open."""
    protocol, shell_id = connection.protocol, connection.shell_id
    connection.protocol = connection.shell_id = None
    connection._connected = False
    if protocol is None:
        return True
    closed = _delete(protocol, shell_id, connection._winrm_host) if shell_id else True
    forget_session(protocol)
    return closed


def _delete(protocol: Any, shell_id: str, host: str) -> bool:
    protocol.transport.read_timeout_sec = min(protocol.read_timeout_sec, _LAST_WORDS)
    for last in (False, True):
        try:
            protocol.close_shell(shell_id)
        except WsmanFault as exc:
            if SHELL_NOT_FOUND in codes(exc):
                return True
            display.warning(_stays(host, shell_id, f"closing it failed with fault {min(codes(exc), default=0)}"))
            return False
        except TROUBLE as exc:
            if last:
                display.warning(_stays(host, shell_id, f"closing it failed with {type(exc).__name__}"))
            forget_session(protocol)
        else:
            display.vvv(f"WINRS SHELL {shell_id} CLOSED", host=host)
            return True
    return False


def _stays(host: str, shell_id: str, why: str) -> str:
    return f"{host}: remote shell {shell_id} stays open ({why}): close it on the host with: {_closing(shell_id)}"


def _closing(shell_id: str) -> str:
    return f"winrm delete http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd?ShellId={shell_id}"
