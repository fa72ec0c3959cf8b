# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and the named lists that hold them."""

from __future__ import annotations

import dataclasses

from ..errors import SpecError
from .address import Address, address_to_text
from .names import check_name, check_text

ANY_PROTOCOL = 0
PROTOCOL_NUMBERS = {"any": 0, "icmp": 1, "tcp": 6, "udp": 17, "raw": 255}
"""Protocols that netsh knows by name; every other one is written as its IP protocol number."""

_PROTOCOL_NAMES = {number: name for name, number in PROTOCOL_NUMBERS.items()}
_PORT_PROTOCOLS = (6, 17)


@dataclasses.dataclass(frozen=True)
class Filter:
    """One kind of traffic, seen from the host that holds the policy.

    Ports are numbers from 0 to 65535 where 0 means any; a mirrored filter also matches the answers.
    """

    source: Address
    destination: Address
    protocol: int = ANY_PROTOCOL
    source_port: int = 0
    destination_port: int = 0
    mirrored: bool = True
    description: str = ""

    def __post_init__(self) -> None:
        """Refuse what no IP packet can be."""
        if not 0 <= self.protocol <= 255:
            raise SpecError("protocol", f"{self.protocol} is no IP protocol number (0 to 255)")
        for name in ("source_port", "destination_port"):
            port = getattr(self, name)
            if not 0 <= port <= 65535:
                raise SpecError(name, f"{port} is no port (0 to 65535, 0 means any)")
            if port and self.protocol not in _PORT_PROTOCOLS:
                raise SpecError(name, f"only tcp and udp have ports, not {protocol_to_text(self.protocol)}")
        check_text(self.description, "description")

    @property
    def matches(self) -> tuple[object, ...]:
        """What decides which packets it matches: everything but the description."""
        return (
            self.source, self.destination, self.protocol, self.source_port, self.destination_port, self.mirrored,
        )  # fmt: skip

    def __str__(self) -> str:
        """Say the filter as one would on the phone."""
        arrow = "<->" if self.mirrored else "->"
        source = address_to_text(self.source) + (f":{self.source_port}" if self.source_port else "")
        target = address_to_text(self.destination) + (f":{self.destination_port}" if self.destination_port else "")
        return f"{protocol_to_text(self.protocol)} {source} {arrow} {target}"


@dataclasses.dataclass(frozen=True)
class FilterList:
    """A named set of filters; the order in it means nothing."""

    name: str
    filters: tuple[Filter, ...] = ()
    description: str = ""

    def __post_init__(self) -> None:
        """Refuse a nameless list and the same filter twice."""
        check_name(self.name, "the name of a filter list")
        check_text(self.description, "description")
        seen = set()
        for one in self.filters:
            if one.matches in seen:
                raise SpecError("filters", f"filter list {self.name!r} holds {one} twice")
            seen.add(one.matches)


def protocol_to_text(number: int) -> str:
    """Name a protocol as netsh does, or give its number."""
    return _PROTOCOL_NAMES.get(number, str(number))


def protocol_from_text(text: str, place: str) -> int:
    """Read a protocol name or number."""
    word = text.strip().lower()
    if word in PROTOCOL_NUMBERS:
        return PROTOCOL_NUMBERS[word]
    if word.isascii() and word.isdigit() and int(word) <= 255:
        return int(word)
    raise SpecError(place, f"{text!r} is no protocol; allowed are {', '.join(PROTOCOL_NUMBERS)} or a number up to 255")
