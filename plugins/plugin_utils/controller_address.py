# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: under which address the controller reaches a host; nothing is sent to find out."""

from __future__ import annotations

import contextlib
import socket
from ipaddress import IPv4Address


def controller_address(host: str) -> IPv4Address | None:
    """Give the controller's own IPv4 address towards a host, None where there is no way or no such name.

    A datagram socket that is connected asks the routing table and sends no packet.
    """
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, 9))
        return IPv4Address(probe.getsockname()[0])
    return None
