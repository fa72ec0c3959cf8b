# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: under which address the controller reaches a host; nothing is sent to find out."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from ..module_utils.errors import SpecError

CONTROLLER = "controller"
"""The word that stands for this controller in a list of management networks."""


def management_networks(given: Sequence[Any], host: str, variables: Mapping[str, Any]) -> list[str]:
    """Give management networks as text, with the controller's own address in the place of its word.

    SpecError where there is no way to the host, or no such name.
    """
    found = []
    for index, one in enumerate(given):
        address = controller_address(host, variables) if one == CONTROLLER else str(one)
        if address is None:
            raise SpecError(
                f"management[{index}]",
                f"this controller knows no IPv4 way to {host}, so it does not know its own address there; set "
                "ipsec_controller_address, or name the controllers' networks",
            )
        found.append(address)
    return found


def controller_address(host: str, variables: Mapping[str, Any]) -> str | None:
    """Give the IPv4 address under which a host sees the controller, None where there is no way or no such name.

    It is ipsec_controller_address where the inventory names it. A datagram socket that is connected asks the routing
    table and sends no packet.
    """
    named = variables.get("ipsec_controller_address")
    if named:
        return str(named)
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((str(variables.get("ansible_host") or host), 9))
        return str(probe.getsockname()[0])
    return None
