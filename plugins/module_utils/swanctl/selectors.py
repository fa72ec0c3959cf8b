# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters as the two traffic selectors that a Linux host has for them, and the order in which they apply.

Windows takes the most specific filter that matches; the Linux kernel takes the policy of the lowest priority
number. The number is worked out here, so that permit, block and negotiate keep the order of Windows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from ..errors import SpecError
from ..model.address import Address, AnyAddress, Me, Subnet
from ..model.filters import Filter
from ..model.policy import Rule

EVERYWHERE = IPv4Network("0.0.0.0/0")
FIRST_PRIORITY = 1000


@dataclasses.dataclass(frozen=True)
class Selector:
    """What one filter means on one address of the host: ``here`` and ``there``, ports 0 and protocol 0 for any."""

    rule: Rule
    here: IPv4Address
    there: IPv4Network
    protocol: int
    here_port: int
    there_port: int

    @property
    def widths(self) -> tuple[int, int, int, int]:
        """How narrow it is in each respect: bits of the far address, protocol, the two ports."""
        return self.there.prefixlen, int(bool(self.protocol)), int(bool(self.here_port)), int(bool(self.there_port))

    @property
    def does(self) -> tuple[object, ...]:
        """What becomes of the traffic, whatever its filter action is called."""
        action = self.rule.filter_action
        return action.kind, action.offers, action.pfs, action.soft, action.inbound_passthrough

    @property
    def priority(self) -> int:
        """The number for the kernel: whatever is narrower in one respect and wider in none comes first."""
        bits, protocol, here_port, there_port = self.widths
        return FIRST_PRIORITY + 4 * 32 + 3 - (4 * bits + protocol + here_port + there_port)

    @property
    def local_ts(self) -> str:
        """The near end as strongSwan writes it: ``192.0.2.11/32[tcp/110]``."""
        return _text(IPv4Network(self.here), self.protocol, self.here_port)

    @property
    def remote_ts(self) -> str:
        """The far end."""
        return _text(self.there, self.protocol, self.there_port)

    def overlaps(self, other: Selector) -> bool:
        """Whether some packet matches both."""
        mine = (self.protocol, self.here_port, self.there_port)
        its = (other.protocol, other.here_port, other.there_port)
        alike = all(not one or not two or one == two for one, two in zip(mine, its, strict=True))
        return alike and self.here == other.here and self.there.overlaps(other.there)


def selectors(rules: Sequence[Rule], addresses: Sequence[IPv4Address]) -> list[Selector]:
    """List what the active rules mean on a host with these addresses, most specific first.

    Raises SpecError for a filter that is not about the host, that needs a name or a server looked up, that is not
    mirrored, and for two filters that ask for different things where neither is the more specific one.
    """
    found: dict[tuple[object, ...], Selector] = {}
    for rule in rules:
        for one in rule.filter_list.filters if rule.active else ():
            for selector in _of_filter(rule, one, addresses):
                key = (selector.local_ts, selector.remote_ts, rule.filter_action, rule.authentication)
                found.setdefault(key, selector)
    ordered = sorted(found.values(), key=lambda one: one.priority)
    _refuse_unclear(ordered)
    return ordered


def _of_filter(rule: Rule, one: Filter, addresses: Sequence[IPv4Address]) -> Iterator[Selector]:
    place = f"rule {rule.name!r}, filter {one}"
    if not one.mirrored:
        raise SpecError(place, "strongSwan protects both directions or none; a filter must be mirrored")
    source, destination = (_places(side, addresses, place) for side in (one.source, one.destination))
    ends = (source, one.source_port, destination, one.destination_port)
    if not any(_own(net, addresses) for net in source):
        ends = (destination, one.destination_port, source, one.source_port)
    near, near_port, far, far_port = ends
    here = [net.network_address for net in near if _own(net, addresses)]
    if not here:
        raise SpecError(place, "neither side is an address of this host")
    for address in here:
        for there in far:
            if not _own(there, addresses):  # what a host says to itself is not protected
                yield Selector(rule, address, there, one.protocol, near_port, far_port)


def _places(side: Address, addresses: Sequence[IPv4Address], place: str) -> list[IPv4Network]:
    if isinstance(side, Me):
        return [IPv4Network(address) for address in addresses]
    if isinstance(side, AnyAddress):
        return [EVERYWHERE]
    if isinstance(side, Subnet):
        return [side.network]
    raise SpecError(place, "strongSwan has no selector for a name or a kind of server; write its address")


def _own(network: IPv4Network, addresses: Sequence[IPv4Address]) -> bool:
    return network.prefixlen == 32 and network.network_address in addresses


def _refuse_unclear(ordered: Sequence[Selector]) -> None:
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if one.does == other.does or not one.overlaps(other):
                continue
            wider = any(mine < its for mine, its in zip(one.widths, other.widths, strict=True))
            if wider or one.widths == other.widths:
                raise SpecError(
                    f"rules {one.rule.name!r} and {other.rule.name!r}",
                    f"both match {one.local_ts} with {one.remote_ts} and neither is the more specific one",
                )


def _text(network: IPv4Network, protocol: int, port: int) -> str:
    if not protocol:
        return str(network)
    name = {1: "icmp", 6: "tcp", 17: "udp"}.get(protocol, str(protocol))
    return f"{network}[{name}/{port}]" if port else f"{network}[{name}]"
