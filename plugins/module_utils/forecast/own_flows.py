# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flows that the user adds: between hosts, groups, addresses and subnets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from ..errors import SpecError
from ..model.filters import Filter, protocol_from_text
from .flows import Conversations, Flow, Kind, Pair, samples
from .packet import TCP, UDP

Ends = Sequence[tuple[str, IPv4Address]]
OWN_SOURCE = "the option flows"


def own_conversations(
    items: Iterable[Mapping[str, Any]],
    hosts: Mapping[str, Sequence[IPv4Address]],
    groups: Mapping[str, Sequence[str]],
    filters: Sequence[Filter],
) -> tuple[Conversations, ...]:
    """Build the user's flows; SpecError names the place, for example ``flows[1].source``.

    ``hosts`` maps the names of stations to their addresses, ``groups`` the names of groups to names of hosts. Hosts
    of a group that are no station of this site are left out; a flow with no end left gives no pair.
    """
    found = []
    for index, item in enumerate(items):
        place = f"flows[{index}]"
        protocol = protocol_from_text(str(item.get("protocol") or "tcp"), f"{place}.protocol")
        port = int(item.get("port") or 0)
        if not 0 <= port <= 65535 or (port == 0) == (protocol in (TCP, UDP)):
            raise SpecError(f"{place}.port", "tcp and udp need a port (1 to 65535), other protocols have none")
        flow = Flow(str(item["name"]), Kind(item.get("kind") or "own"), protocol, port, OWN_SOURCE)
        senders = _ends(str(item["source"]), hosts, groups, filters, f"{place}.source")
        receivers = _ends(str(item["destination"]), hosts, groups, filters, f"{place}.destination")
        pairs = tuple(Pair(*one, *other) for one in senders for other in receivers if one[0] != other[0])
        found.append(Conversations((flow,), pairs))
    return tuple(found)


def _ends(
    text: str,
    hosts: Mapping[str, Sequence[IPv4Address]],
    groups: Mapping[str, Sequence[str]],
    filters: Sequence[Filter],
    place: str,
) -> Ends:
    """Read a host, a group, an address or a subnet; an address of a station is that station."""
    names = [text] if text in hosts else groups.get(text)
    if names is not None:
        return [(name, address) for name in names for address in hosts.get(name, ())]
    try:
        network = IPv4Network(text)
    except ValueError:
        problem = f"{text!r} is no host or group of the inventory, and no IPv4 address or subnet"
        raise SpecError(place, problem) from None
    owners = {address: name for name, addresses in hosts.items() for address in addresses}
    return [(owners.get(one, str(one)), one) for one in samples(network, filters)]
