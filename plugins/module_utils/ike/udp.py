# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to UDP 500 of one address: a connected socket, so that nobody else's datagram gets in."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator

from ..errors import SpecError
from .wire import IkeError

IKE_PORT = 500
LARGEST = 65_535


class UdpLine:
    """Sends and receives on one connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        """Use a connected socket."""
        self._connection = connection

    def send(self, data: bytes) -> None:
        """Send a datagram; a refusal of the one before is no reason not to."""
        with contextlib.suppress(ConnectionRefusedError):
            self._connection.send(data)

    def receive(self, seconds: float) -> bytes | None:
        """Wait for a datagram; None when none came, or when the address answered that nobody listens there."""
        self._connection.settimeout(max(seconds, 0.001))
        try:
            return self._connection.recv(LARGEST)
        except (TimeoutError, OSError):
            return None


@contextlib.contextmanager
def udp_line(address: str, port: int = IKE_PORT, source_port: int = 0) -> Iterator[UdpLine]:
    """Open the way to the address of one host; SpecError for what is none, IkeError where this machine has no way."""
    check_target(address, port, source_port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        try:
            if source_port:
                connection.bind(("", source_port))
            connection.connect((address, port))
        except OSError as exc:
            raise IkeError(f"there is no way to {address}: {exc.strerror or exc}") from exc
        yield UdpLine(connection)


def check_target(address: str, port: int, source_port: int) -> None:
    """Refuse everything but an IPv4 address written in full: no name, no group, nobody. A broadcast has no way."""
    try:
        target = ipaddress.IPv4Address(address)
    except ValueError:
        raise SpecError("address", f"{address!r} is no IPv4 address") from None
    if target.is_unspecified or target.is_multicast:
        raise SpecError("address", f"{address} is not the address of one host")
    if not 1 <= port <= 65_535:
        raise SpecError("port", f"{port} is out of range (1 to 65535)")
    if not 0 <= source_port <= 65_535:
        raise SpecError("source_port", f"{source_port} is out of range (0 to 65535, 0 lets the system choose)")
