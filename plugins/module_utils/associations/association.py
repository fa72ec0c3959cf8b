# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security associations as the collection knows them: which peer, which of the two IKE modes."""

from __future__ import annotations

import dataclasses
import enum
import ipaddress
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address
from typing import Any

from ..errors import SpecError


class Mode(enum.Enum):
    """A main mode is what IKE speaks through, a quick mode carries the traffic."""

    MAIN = "main"
    QUICK = "quick"


@dataclasses.dataclass(frozen=True)
class Association:
    """That there is at least one association of a mode with a peer."""

    peer: IPv4Address
    mode: Mode


def towards(found: Iterable[Association], peers: Sequence[IPv4Address]) -> tuple[Association, ...]:
    """Pick the associations with these peers; without any peer, all of them."""
    return tuple(one for one in found if not peers or one.peer in peers)


def peers_of(found: Iterable[Association]) -> tuple[IPv4Address, ...]:
    """Give the peers of associations, each once, in order of their addresses."""
    return tuple(sorted({one.peer for one in found}))


def plain(found: Iterable[Association]) -> list[dict[str, Any]]:
    """Write associations as plain values, one entry for each peer."""
    modes: dict[IPv4Address, set[str]] = {}
    for one in found:
        modes.setdefault(one.peer, set()).add(one.mode.value)
    return [{"peer": str(peer), "modes": sorted(modes[peer])} for peer in sorted(modes)]


def peers_from_text(texts: Iterable[str]) -> tuple[IPv4Address, ...]:
    """Read the addresses of peers; SpecError for what is not the IPv4 address of one host."""
    found: dict[IPv4Address, None] = {}
    for index, text in enumerate(texts):
        try:
            address = ipaddress.IPv4Address(str(text).strip())
        except ValueError:
            raise SpecError(f"peers[{index}]", f"{text!r} is no IPv4 address") from None
        if not is_host(address):
            raise SpecError(f"peers[{index}]", f"{address} is not the address of one host")
        found[address] = None
    return tuple(found)


def is_host(address: IPv4Address) -> bool:
    """Say whether one host can have this address: no mask, no group, not everybody, not the host itself."""
    return not (address.is_unspecified or address.is_multicast or address.is_reserved or address.is_loopback)
