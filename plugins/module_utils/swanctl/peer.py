# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Linux host that a policy is written for."""

from __future__ import annotations

import dataclasses
import re
from ipaddress import IPv4Address

from ..errors import SpecError
from ..model.shapes import number, words

IDLE_SECONDS = 300
"""How long Windows keeps a security association without traffic; 60 once the peer announced NLBS_PRESENT
([MS-IKEE] 3.5.2 and product note 21)."""


@dataclasses.dataclass(frozen=True)
class LinuxPeer:
    """The host's addresses (virtual ones that it may hold among them) and what Windows would not know.

    ``certificate`` is the file name of its own certificate below /etc/swanctl/x509; ``idle_seconds`` after which a
    security association without traffic is deleted.
    """

    addresses: tuple[IPv4Address, ...]
    certificate: str = ""
    idle_seconds: int = IDLE_SECONDS

    def __post_init__(self) -> None:
        """Refuse a host without an address, and timers that mean nothing."""
        if not self.addresses:
            raise SpecError("addresses", "the host needs at least one IPv4 address")
        if not 0 <= self.idle_seconds <= 86_400:
            raise SpecError("idle_seconds", f"{self.idle_seconds} is out of range (0 to 86400, 0 keeps them)")
        if re.search(r"[,\x00-\x1f]", self.certificate):
            raise SpecError("certificate", f"{self.certificate!r} is no name of one file")


def linux_peer(addresses: object, certificate: str = "", idle_seconds: int = IDLE_SECONDS) -> LinuxPeer:
    """Build a peer from plain data: one address or a list; SpecError names the place."""
    items = list(addresses) if isinstance(addresses, (list, tuple)) else [addresses]
    found = []
    for index, item in enumerate(items):
        try:
            found.append(IPv4Address(str(item)))
        except ValueError as exc:
            raise SpecError(f"addresses[{index}]", f"{item!r} is no IPv4 address") from exc
    given = {"certificate": certificate, "idle_seconds": idle_seconds}
    seconds = number(given, "idle_seconds", IDLE_SECONDS)
    return LinuxPeer(tuple(dict.fromkeys(found)), words(given, "certificate"), seconds)
