# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet on the wire, and what opens a conversation: protocol and ports."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from ipaddress import IPv4Address
from typing import NamedTuple

from ..model.filters import PROTOCOL_NUMBERS, Filter, protocol_to_text
from ..model.policy import Policy

TCP = PROTOCOL_NUMBERS["tcp"]
UDP = PROTOCOL_NUMBERS["udp"]


class Traffic(NamedTuple):
    """What a packet carries, whoever sends it; ports are 0 where the protocol has none."""

    protocol: int
    source_port: int = 0
    destination_port: int = 0

    @property
    def reply(self) -> Traffic:
        """The answer to it."""
        return Traffic(self.protocol, self.destination_port, self.source_port)


@dataclasses.dataclass(frozen=True)
class Packet:
    """A packet on the wire; ports are 0 where the protocol has none."""

    source: IPv4Address
    destination: IPv4Address
    protocol: int
    source_port: int = 0
    destination_port: int = 0

    @property
    def traffic(self) -> Traffic:
        """The packet without its addresses."""
        return Traffic(self.protocol, self.source_port, self.destination_port)

    @property
    def reply(self) -> Packet:
        """The answer to it."""
        return Packet(self.destination, self.source, self.protocol, self.destination_port, self.source_port)

    def __str__(self) -> str:
        """Say the packet as ``tcp 192.0.2.1:1025 -> 192.0.2.2:110``."""
        source = f"{self.source}:{self.source_port}" if self.source_port else str(self.source)
        target = f"{self.destination}:{self.destination_port}" if self.destination_port else str(self.destination)
        return f"{protocol_to_text(self.protocol)} {source} -> {target}"


def filters_in_force(policy: Policy | None) -> list[Filter]:
    """Give the filters of the active rules."""
    return [one for rule in policy.rules if rule.active for one in rule.filter_list.filters] if policy else []


def named_ports(filters: Iterable[Filter]) -> set[int]:
    """Give every port that a filter names."""
    return {port for one in filters for port in (one.source_port, one.destination_port)} - {0}


def unnamed_port(named: set[int], first: int = 1025, last: int = 65535) -> int:
    """Give the lowest port of a range that no filter names; it stands for all of them."""
    return next((port for port in range(first, last + 1) if port not in named), last)
