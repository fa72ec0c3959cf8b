# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What netsh prints of security associations, read by the addresses in it and by nothing else.

Server 2003: "netsh ipsec dynamic show mmsas|qmsas" (learn.microsoft.com cc739550); from Vista on "netsh advfirewall
monitor show mmsa|qmsa" (learn.microsoft.com, "netsh advfirewall"). The words around the addresses are in the host's
language. That an address is printed says that there is an association with it; how many there are, and which lines
belong together, cannot be read out of numbers alone.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address

from ..model.windows import WindowsVersion
from .association import Association, Mode, is_host

DYNAMIC = ("netsh ipsec dynamic show mmsas all", "netsh ipsec dynamic show qmsas all")
MONITOR = ("netsh advfirewall monitor show mmsa", "netsh advfirewall monitor show qmsa")
QUESTIONS = (*DYNAMIC, *MONITOR)
"""All four are asked at once: the version is known only with the answers, and a second command costs more."""

_DOTTED_QUAD = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


def questions_of(version: WindowsVersion) -> tuple[str, str]:
    """Give the two questions that a version answers, main mode first."""
    return MONITOR if version.is_vista_or_later else DYNAMIC


def addresses(text: str) -> tuple[IPv4Address, ...]:
    """Find the addresses of single hosts in a text, each once, in order; masks and the like are none."""
    found: dict[IPv4Address, None] = {}
    for quad in _DOTTED_QUAD.findall(text):
        try:
            address = ipaddress.IPv4Address(quad)
        except ValueError:
            continue
        if is_host(address):
            found[address] = None
    return tuple(found)


def associations_in(
    main_modes: str, quick_modes: str, peers: Sequence[IPv4Address], own: Iterable[IPv4Address]
) -> tuple[Association, ...]:
    """Read which peers there are associations with.

    Only ``peers`` where they are given; otherwise everybody who is not one of ``own``.
    """
    mine = frozenset(own)
    found = []
    for mode, text in ((Mode.MAIN, main_modes), (Mode.QUICK, quick_modes)):
        for address in addresses(text):
            if address in peers if peers else address not in mine:
                found.append(Association(address, mode))
    return tuple(sorted(found, key=lambda one: (one.peer, one.mode.value)))
