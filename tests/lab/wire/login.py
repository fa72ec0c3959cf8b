# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a client is: basic authentication, and NTLM or Negotiate through pyspnego's acceptor."""

from __future__ import annotations

import base64
import binascii
import contextlib
import dataclasses
import os
import struct
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import spnego
from spnego._ntlm_raw.crypto import ntowfv1
from spnego.exceptions import SpnegoError

_ENVIRONMENT = threading.Lock()
_OPTIONS = spnego.NegotiateOptions.use_negotiate | spnego.NegotiateOptions.use_ntlm
# What pyspnego's parsers raise for tokens that are none (found by feeding them damaged ones).
_REFUSED = (SpnegoError, ValueError, LookupError, OverflowError, StopIteration, struct.error, TypeError, AttributeError)


class Accounts:
    """The local users of one host."""

    def __init__(self, folder: Path, host: str, passwords: Mapping[str, str]) -> None:
        """Keep the passwords for basic authentication and their hashes in a file that only we can read."""
        self._passwords = {user.rpartition("\\")[2].lower(): password for user, password in passwords.items()}
        self._file = folder / f"{host}.users"
        lines = [line for user, password in passwords.items() for line in _hash_lines(host, user, password)]
        self._file.touch(mode=0o600)
        self._file.write_text("".join(lines), encoding="utf-8")

    def knows(self, user: str, password: str) -> bool:
        """Tell whether this is the user's password; a domain before the name is not looked at."""
        return self._passwords.get(user.rpartition("\\")[2].lower()) == password

    @contextlib.contextmanager
    def hashes(self) -> Iterator[None]:
        """Let pyspnego, which is told by an environment variable, see this host's users and no other's."""
        with _ENVIRONMENT:
            before = os.environ.get("NTLM_USER_FILE")
            os.environ["NTLM_USER_FILE"] = str(self._file)
            try:
                yield
            finally:
                if before is None:
                    del os.environ["NTLM_USER_FILE"]
                else:
                    os.environ["NTLM_USER_FILE"] = before


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What a request's Authorization header led to; `reply` goes into WWW-Authenticate."""

    user: str | None = None
    reply: str | None = None
    refused: bool = False


class Login:
    """What one TCP connection has proved so far."""

    def __init__(self, accounts: Accounts, *, basic: bool) -> None:
        """Begin with a client that nobody knows."""
        self._accounts = accounts
        self._basic = basic
        self._user: str | None = None
        self.seal: Any = None

    @property
    def schemes(self) -> list[str]:
        """The challenges of a 401, as WinRM lists them."""
        return ["Negotiate", 'Basic realm="WSMAN"'] if self._basic else ["Negotiate"]

    def check(self, authorization: str | None) -> Verdict:
        """Judge a request by its header, or by what its connection has proved before."""
        if authorization is None:
            return Verdict(user=self._user)
        scheme, _unused, value = authorization.partition(" ")
        if scheme.lower() == "basic" and self._basic:
            return self._check_basic(value)
        if scheme.lower() in {"negotiate", "ntlm"}:
            return self._check_token(scheme, value)
        return Verdict(refused=True)

    def _check_basic(self, value: str) -> Verdict:
        try:
            user, _unused, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return Verdict(refused=True)
        if not self._accounts.knows(user, password):
            return Verdict(refused=True)
        return Verdict(user=user.rpartition("\\")[2].lower())

    def _check_token(self, scheme: str, value: str) -> Verdict:
        self._user = None
        if self.seal is None or self.seal.complete:
            with self._accounts.hashes():
                self.seal = spnego.server(protocol="negotiate", options=_OPTIONS)
        try:
            with self._accounts.hashes():
                token = self.seal.step(base64.b64decode(value, validate=True))
        except _REFUSED:
            self.seal = None
            return Verdict(refused=True)
        reply = f"{scheme} {base64.b64encode(token).decode()}" if token else None
        if self.seal.complete:
            self._user = self.seal.client_principal.rpartition("\\")[2].lower()
        return Verdict(user=self._user, reply=reply)


def _hash_lines(host: str, user: str, password: str) -> Iterator[str]:
    """Yield a line for each way a client may write the user's name (smbpasswd format)."""
    nt_hash = ntowfv1(password).hex().upper()
    domain, _unused, name = user.rpartition("\\")
    for prefix in dict.fromkeys([domain, "", host, "."]):
        account = f"{prefix}\\{name}" if prefix else name
        yield f"{account}:0:{'0' * 32}:{nt_hash}:[U]:LCT-00000000\n"
