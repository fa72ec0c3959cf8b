# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs in by NTLM with the first request instead of asking by an empty one whether NTLM is wanted.

A client may send credentials that it was not asked for (RFC 9110, 11.6.2); pywinrm itself does so with Kerberos. Where
the answer is anything else than NTLM's challenge, the login goes on in pywinrm's own way, as if nothing had been sent.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from urllib.parse import urlsplit

from .pywinrm import ntlm_client

_CHALLENGE = re.compile(r"(?:Negotiate|NTLM) +([A-Za-z0-9+/=]+)", re.IGNORECASE)
_UNAUTHORIZED = 401


def log_in(protocol: Any) -> None:
    """Log in, where messages are sealed by NTLM over HTTP; every other login is left to the first message.

    Raises what pywinrm raises for its first message.
    """
    transport = protocol.transport
    if transport.auth_method != "ntlm" or transport.message_encryption == "never":
        return
    if urlsplit(transport.endpoint).scheme.lower() != "http":
        return
    wanted, transport.message_encryption = transport.message_encryption, "never"
    try:
        session = transport.build_session()
    finally:
        transport.message_encryption = wanted
    if transport.password and set(session.proxies) <= {"no_proxy"}:
        session.auth = FirstLogin(session.auth)
    transport.setup_encryption(session)


class SealedSession:
    """What pywinrm asks of a session to seal its messages."""

    def __init__(self, client: Any) -> None:
        """Take the NTLM client whose login is complete."""
        self._client = client

    def wrap(self, message: bytes) -> tuple[bytes, bytes]:
        """Give the sealed message and its signature."""
        sealed = self._client.wrap_winrm(message)
        return sealed.data, sealed.header

    def unwrap(self, message: bytes, signature: bytes) -> bytes:
        """Give the message as it was before it was sealed."""
        return bytes(self._client.unwrap_winrm(signature, message))


class FirstLogin:
    """Authentication of a session of requests: NTLM that begins with the first request, then the usual one."""

    def __init__(self, usual: Any) -> None:
        """Take the NTLM authentication that pywinrm has made; nothing is sent before the first request."""
        self._usual = usual
        self._client: Any = None
        self._sealed: SealedSession | None = None

    @property
    def session_security(self) -> Any:
        """What seals the messages, once the login is complete."""
        return self._sealed or self._usual.session_security

    def __call__(self, request: Any) -> Any:
        """Prepare a request; the first one carries NTLM's first message."""
        request.headers["Connection"] = "Keep-Alive"
        request.register_hook("response", self._answered)
        if self.session_security is None:
            self._client = ntlm_client(self._usual.username, self._usual.password, urlsplit(request.url).hostname)
            request.headers["Authorization"] = _token(self._client.step())
        return request

    def _answered(self, response: Any, **options: Any) -> Any:
        """Answer the challenge, or begin again in the usual way where there is none."""
        client, self._client = self._client, None
        if client is None or response.status_code != _UNAUTHORIZED:
            return self._later(response, **options)
        challenge = _challenge(response.headers.get("WWW-Authenticate", ""))
        request = _again(response)
        if challenge is None:
            return self._later(response.connection.send(request, **options), **options)
        request.headers["Authorization"] = _token(client.step(challenge))
        answer = response.connection.send(request, **options)
        answer.history.append(response)
        self._sealed = SealedSession(client)
        return answer

    def _later(self, response: Any, **options: Any) -> Any:
        """Leave a response to the usual authentication; a login that it makes counts from then on."""
        before = self._usual.session_security
        answer = self._usual.response_hook(response, **options)
        if self._usual.session_security is not before:
            self._sealed = None
        return answer


def _again(response: Any) -> Any:
    """Give the request of a response without its credentials, and its connection back to be used again."""
    _unused = response.content  # read to its end
    response.raw.release_conn()
    request = response.request.copy()
    del request.headers["Authorization"]
    return request


def _token(message: bytes | None) -> str:
    return f"Negotiate {base64.b64encode(message or b'').decode()}"


def _challenge(header: str) -> bytes | None:
    found = _CHALLENGE.search(header)
    try:
        return base64.b64decode(found[1], validate=True) if found else None
    except binascii.Error:
        return None
