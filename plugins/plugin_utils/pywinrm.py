# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is used of pywinrm and of what pywinrm stands on; importable where they are not installed."""

from __future__ import annotations

import struct
from typing import Any
from xml.etree import ElementTree

from ansible.errors import AnsibleError

MISSING: str | None = None
"""The import error of the first library that is not there."""

Protocol: Any = None
RequestException: type[Exception]
SSLError: type[Exception]
Timeout: type[Exception]
ConnectTimeout: type[Exception]
CredentialsRefused: type[Exception]
HttpError: type[Exception]
OperationTimeout: type[Exception]
WinRMError: type[Exception]
WsmanFault: type[Exception]
SealError: type[Exception]

try:
    import xmltodict
    from requests.exceptions import ConnectTimeout, RequestException, SSLError, Timeout
    from spnego.exceptions import SpnegoError as SealError
    from winrm.exceptions import InvalidCredentialsError as CredentialsRefused
    from winrm.exceptions import WinRMError
    from winrm.exceptions import WinRMOperationTimeoutError as OperationTimeout
    from winrm.exceptions import WinRMTransportError as HttpError
    from winrm.exceptions import WSManFaultError as WsmanFault
    from winrm.protocol import Protocol
except ImportError as exc:
    MISSING = str(exc)

    class _Never(Exception):
        """Nothing raises it: without pywinrm nothing gets that far."""

    xmltodict = None
    ConnectTimeout = RequestException = SSLError = Timeout = SealError = _Never
    CredentialsRefused = HttpError = OperationTimeout = WinRMError = WsmanFault = _Never

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


def unparse(envelope: dict[str, Any]) -> str:
    """Write an envelope made from Protocol.build_wsman_header as XML."""
    return str(xmltodict.unparse(envelope))
