# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to UDP 500 of one address: a connected socket, so that nobody else's datagram gets in."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

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
    """Open the way to an address; IkeError where this machine has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        try:
            if source_port:
                connection.bind(("", source_port))
            connection.connect((address, port))
        except OSError as exc:
            raise IkeError(f"there is no way to {address}: {exc.strerror or exc}") from exc
        yield UdpLine(connection)
