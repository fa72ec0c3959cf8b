# SPDX-License-Identifier: GPL-3.0-or-later
"""A client's connection to a host, what may pass on it, and what goes back."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Protocol

from tests.lab.wire.login import Accounts, Login

_SOAP = "application/soap+xml;charset=UTF-8"


class Gate(Protocol):
    """Whoever decides which packets pass, and how long a client waits for an answer that does not come."""

    @property
    def patience(self) -> float:
        """Seconds after which a connection without an answer ends; 0: at once."""

    def admits(self, peer: str, port: int) -> bool:
        """Tell whether a client's address may reach a port of the host now."""


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """How a host lets clients in."""

    accounts: Accounts
    basic: bool
    allow_unencrypted: bool
    gate: Gate


@dataclasses.dataclass(slots=True)
class Connection:
    """One TCP connection of a client."""

    transport: asyncio.Transport
    peer: str
    port: int
    encrypted: bool
    login: Login
    known: bool = False
    surplus: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """What goes back; `output` says that it carries a command's output."""

    status: int
    body: bytes = b""
    content_type: str = _SOAP
    challenges: tuple[str, ...] = ()
    output: bool = False
