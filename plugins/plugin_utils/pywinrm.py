# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is used of pywinrm and of what pywinrm stands on; importable where they are not installed."""

from __future__ import annotations

import struct
from typing import Any
from xml.etree import ElementTree

from ansible.errors import AnsibleError


class _Never(Exception):
    """Nothing raises it: without pywinrm nothing gets that far."""


MISSING: str | None = None
"""The import error of the first library that is not there."""

Protocol: Any = None
ConnectTimeout: type[Exception] = _Never
CredentialsRefused: type[Exception] = _Never
HttpError: type[Exception] = _Never
OperationTimeout: type[Exception] = _Never
RequestException: type[Exception] = _Never
SealError: type[Exception] = _Never
SSLError: type[Exception] = _Never
Timeout: type[Exception] = _Never
WinRMError: type[Exception] = _Never
WsmanFault: type[Exception] = _Never

try:
    import requests.exceptions
    import spnego
    import spnego.exceptions
    import winrm.exceptions
    import winrm.protocol
except ImportError as exc:
    MISSING = str(exc)
else:
    Protocol = winrm.protocol.Protocol
    ConnectTimeout = requests.exceptions.ConnectTimeout
    CredentialsRefused = winrm.exceptions.InvalidCredentialsError
    HttpError = winrm.exceptions.WinRMTransportError
    OperationTimeout = winrm.exceptions.WinRMOperationTimeoutError
    RequestException = requests.exceptions.RequestException
    SealError = spnego.exceptions.SpnegoError
    SSLError = requests.exceptions.SSLError
    Timeout = requests.exceptions.Timeout
    WinRMError = winrm.exceptions.WinRMError
    WsmanFault = getattr(winrm.exceptions, "WSManFaultError", _Never)
    if WsmanFault is _Never:
        MISSING = "pywinrm is older than 0.5.0"

UNREADABLE: tuple[type[Exception], ...] = (
    ElementTree.ParseError,
    struct.error,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    StopIteration,
    TypeError,
    ValueError,
)
"""What pywinrm lets through when an answer is not the WS-Management message it expected."""

TROUBLE: tuple[type[Exception], ...] = (
    RequestException,
    HttpError,
    OperationTimeout,
    WinRMError,
    SealError,
    OSError,
    *UNREADABLE,
)
"""Everything that a call of pywinrm can raise."""


def require_pywinrm() -> None:
    """Raise an AnsibleError that says what to install when pywinrm 0.5 is not there."""
    if MISSING is not None:
        raise AnsibleError(
            f"pywinrm is not usable on the controller ({MISSING}): install it with pip install 'pywinrm>=0.5.0'."
        )


def forget_session(protocol: Any) -> None:
    """Drop the HTTP session, so that the next message logs in afresh instead of using a sealed context that is gone."""
    protocol.transport.close_session()
    protocol.transport.encryption = None


def ntlm_client(user: str, password: str, host: str) -> Any:
    """Make the client's side of an NTLM login to a host, with nothing but the password."""
    return spnego.client(
        user, password, hostname=host, service="http", protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm
    )


def unparse(envelope: dict[str, Any]) -> str:
    """Write an envelope made from Protocol.build_wsman_header as XML."""
    return str(winrm.protocol.xmltodict.unparse(envelope))
