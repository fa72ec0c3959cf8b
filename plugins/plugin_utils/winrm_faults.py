# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What went wrong between controller and host, as one sentence with its remedy.

Numbers: constants ERROR_WSMAN_* of wsmerror.h (learn.microsoft.com; https://docs.rs/windows-sys, RemoteManagement);
localized texts of a fault are never read.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure, AnsibleError

from .pywinrm import (
    ConnectTimeout,
    CredentialsRefused,
    HttpError,
    OperationTimeout,
    RequestException,
    SealError,
    SSLError,
    Timeout,
    WsmanFault,
)

ACCESS_DENIED = 5
LOGON_FAILURE = 1326
SHELL_NOT_FOUND = 2150858843
QUOTA_OPERATIONS = frozenset({2150859174, 2150859240, 2150859241})
QUOTA_SHELLS = frozenset({2150858815, 2150859173, 2150859179, 2150859236, 2150859237, 2150859238})
"""Shells per user (WinRM 1.1, then 2.0 and later), users with shells, and the same of a plug-in."""

MEANINGS: dict[int, str] = {
    14: "the host is out of memory: close programs or shells there",
    87: "it does not know the command any more: run the task again",
    170: "the shell is busy: run the task again",
    995: "the operation was aborted, as when the WinRM service stops: run the task again",
    1130: "the host has not enough memory for one more command: raise MaxMemoryPerShellMB in winrm/config/winrs",
    2150858752: "it has no remote shell at that address: see that remote shell access is allowed (winrm get"
    " winrm/config/winrs) and that ansible_winrm_path is right",
    2150858753: "it does not know the operation: the address is answered by something else than WinRM",
    2150858790: "the answer is larger than its envelope may be: raise MaxEnvelopeSizekb in winrm/config",
    2150858793: "the operation took longer than the operation time-out: raise ansible_winrm_operation_timeout_sec",
    2150858802: "another command is still running in the shell: run the task again when it has ended",
    2150858843: "the shell is gone, as when the WinRM service was restarted or the shell expired: run the task again",
    2150858817: "it does not understand the message: the versions of pywinrm and WinRM do not fit",
    2150858824: "the message is larger than its envelope may be: raise MaxEnvelopeSizekb in winrm/config",
    2150859174: "the user has too many operations at once: raise MaxConcurrentOperationsPerUser in"
    " winrm/config/service",
    2150859180: "remote shells are turned off: set AllowRemoteShellAccess in winrm/config/winrs",
}
"""WSManFault code -> what it means and what to do."""


def codes(fault: Any) -> set[int]:
    """Return the numbers that a fault carries: the WSManFault code and the WMI error code."""
    found = (getattr(fault, "wsman_fault_code", None), getattr(fault, "wmierror_code", None))
    return {int(code) for code in found if code is not None}


def is_shell_quota(exc: BaseException) -> bool:
    """Tell whether a shell was refused because there are too many (MS-WSMV section 3.1.4.5.2.1)."""
    if not isinstance(exc, WsmanFault):
        return False
    subcode = str(getattr(exc, "fault_subcode", None) or "")
    return bool(codes(exc) & QUOTA_SHELLS) or subcode.endswith(":QuotaLimit")


def explain(exc: BaseException, host: str, doing: str) -> AnsibleError:
    """Return the error to raise for what pywinrm raised while ``doing`` (such as "running the command")."""
    for kind, explanation in _EXPLANATIONS:
        if isinstance(exc, kind):
            return explanation(exc, host, doing)
    return AnsibleConnectionFailure(
        f"{host}: the answer while {doing} stopped in the middle or is none of WinRM's ({type(exc).__name__}): see that"
        " ansible_port and ansible_winrm_path name the WinRM listener, then run the task again."
    )


def _credentials(_exc: Any, host: str, _doing: str) -> AnsibleError:
    return AnsibleAuthenticationFailure(
        f"{host} refused the user name or the password (HTTP 401): check ansible_user, ansible_password and that"
        " the host allows the authentication named by ansible_winrm_transport."
    )


def _slow(_exc: Any, host: str, doing: str) -> AnsibleError:
    return AnsibleError(
        f"{host}: {doing} took longer than the operation time-out: run the task again, or raise"
        " ansible_winrm_operation_timeout_sec."
    )


def _seal(_exc: Any, host: str, doing: str) -> AnsibleError:
    return AnsibleConnectionFailure(
        f"{host}: the answer while {doing} was cut off or changed on its way (its seal is wrong): run the task"
        " again, and look for a proxy between here and there."
    )


def _fault(exc: Any, host: str, doing: str) -> AnsibleError:
    numbers = codes(exc)
    if ACCESS_DENIED in numbers or str(exc.fault_subcode or "").endswith(":AccessDenied"):
        return AnsibleConnectionFailure(
            f"{host} knows the user and the password but denies access (WS-Management fault 5): make the user a member"
            " of Administrators there, or allow it in winrm configSDDL default."
        )
    if LOGON_FAILURE in numbers:
        return AnsibleAuthenticationFailure(
            f"{host} refused the user name or the password (WS-Management fault 1326): check ansible_user and"
            " ansible_password."
        )
    number = min(numbers, default=0)
    quota = "a quota of remote shells is used up: run the task again, or raise it in winrm/config/winrs there"
    meaning = quota if is_shell_quota(exc) else MEANINGS.get(number, "look the number up in wsmerror.h")
    subcode = exc.fault_subcode or "no sub-code"
    return AnsibleError(f"{host} answered with WS-Management fault {number} ({subcode}) while {doing}: {meaning}.")


def _http(exc: Any, host: str, doing: str) -> AnsibleError:
    status = exc.code
    remedies = {
        400: "the sealed session was lost; run the task again",
        403: "a policy or a proxy forbids it; look at the http.sys and proxy settings",
        404: "nothing listens at that path; check ansible_winrm_path and ansible_port",
        407: "a proxy wants to know who you are; set ansible_winrm_proxy",
        411: "the listener wants another authentication; check ansible_winrm_transport",
        500: "the WinRM service failed; see its event log",
        502: "a proxy cannot reach the host; set ansible_winrm_proxy",
        503: "the WinRM service is stopped or full; start it, or raise MaxConnections in winrm/config/service",
    }
    remedy = remedies.get(status, "see that ansible_port and ansible_winrm_path name the WinRM listener")
    return AnsibleConnectionFailure(f"{host} answered with HTTP status {status} while {doing}: {remedy}.")


def _unreachable(exc: Any, host: str, doing: str) -> AnsibleError:
    if isinstance(exc, SSLError):
        return _tls(exc, host)
    if isinstance(exc, ConnectTimeout):
        sentence = "does not answer: see that it is up and that a firewall lets ansible_port through"
    elif isinstance(exc, Timeout):
        sentence = (
            f"did not answer in time while {doing}: see that it is not overloaded, or raise"
            " ansible_winrm_read_timeout_sec"
        )
    elif _has(exc, ("NameResolutionError", "gaierror")):
        sentence = "has no address in DNS: check ansible_host"
    elif _has(exc, ("ConnectionRefusedError", "NewConnectionError")):
        sentence = "refused the connection: see that WinRM is started there and listens on ansible_port"
    else:
        sentence = f"cut the connection while {doing}: see that it is still up, then run the task again"
    return AnsibleConnectionFailure(f"{host} {sentence}.")


def _tls(exc: BaseException, host: str) -> AnsibleError:
    if _has(exc, (ssl.SSLCertVerificationError.__name__,)):
        return AnsibleConnectionFailure(
            f"{host} showed a certificate that is not trusted here: name its authority in ansible_winrm_ca_trust_path,"
            " or set ansible_winrm_server_cert_validation to ignore."
        )
    return AnsibleConnectionFailure(
        f"{host} refused TLS: see that ansible_port is its HTTPS listener and that both know a common TLS version"
        " (Windows Server 2003 knows TLS 1.0 at most: use HTTP with ntlm or kerberos there, which encrypts as well)."
    )


def _has(exc: BaseException, names: tuple[str, ...]) -> bool:
    """Tell whether an exception, its reason or its cause is of one of these classes."""
    seen: set[int] = set()
    waiting: list[Any] = [exc]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        if type(current).__name__ in names:
            return True
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
    return False


_EXPLANATIONS: tuple[tuple[type[Exception], Callable[[Any, str, str], AnsibleError]], ...] = (
    (WsmanFault, _fault),
    (CredentialsRefused, _credentials),
    (HttpError, _http),
    (OperationTimeout, _slow),
    (RequestException, _unreachable),
    (OSError, _unreachable),
    (SealError, _seal),
)
"""The first that fits explains an exception."""
