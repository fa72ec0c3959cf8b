# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of one host as its driver holds them: expanded, in both directions, found by the peer's address."""

from __future__ import annotations

import bisect
import dataclasses
import functools
from collections.abc import Hashable, Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any, NamedTuple, TypeVar

from ..model.actions import ActionKind, FilterAction
from ..model.address import Address, AnyAddress, DnsName, Me, Server, Subnet
from ..model.authentication import Authentication
from ..model.filters import ANY_PROTOCOL, Filter
from ..model.policy import ConnectionType, Policy, Rule
from .station import Station


@dataclasses.dataclass(frozen=True)
class Treatment:
    """What a rule asks for its packets; two rules that ask for the same are one treatment apart from the name."""

    rule: str
    action: FilterAction
    authentication: tuple[Authentication, ...]
    tunnel: IPv4Address | None

    def __post_init__(self) -> None:
        """Count the hash once: tables ask for it a million times."""
        object.__setattr__(self, "_hash", hash((self.rule, self.action, self.authentication, self.tunnel)))

    def __hash__(self) -> int:
        """Give the hash counted at the start."""
        return int(self.__dict__["_hash"])

    @functools.cached_property
    def asks(self) -> tuple[object, ...]:
        """Everything that decides about a packet, so that equal values mean equal fate."""
        action = self.action
        if action.kind is not ActionKind.NEGOTIATE:
            return (action.kind,)
        options = (action.offers, action.pfs, action.soft, action.inbound_passthrough)
        return (action.kind, *options, self.authentication, self.tunnel)


Width = tuple[int, int, bool, bool, bool]
"""What a filter fixes: bits of both addresses, protocol, both ports. More is narrower."""


class Entry(NamedTuple):
    """One filter in one direction, as far as it concerns one peer.

    ``source_bits`` and ``destination_bits`` say how many bits of the addresses it fixes; ``maybe`` is True where it
    depends on what the host resolves whether it matches at all.
    """

    source_bits: int
    destination_bits: int
    protocol: int
    source_port: int
    destination_port: int
    maybe: bool
    treatment: Treatment

    @property
    def width(self) -> Width:
        """What it fixes."""
        named = self.protocol != ANY_PROTOCOL
        return (self.source_bits, self.destination_bits, named, bool(self.source_port), bool(self.destination_port))


class _Side(NamedTuple):
    """One side of an expanded filter: an IPv4 network as numbers, the host itself, or a name nobody resolved."""

    network: int
    mask: int
    bits: int
    me: bool = False
    maybe: bool = False

    @property
    def borders(self) -> tuple[int, int]:
        """Where its addresses begin, and where they have ended."""
        return (self.network, self.network + (self.mask ^ _ALL_ONES) + 1)


_ALL_ONES = 0xFFFFFFFF
_MANY_RECEIVERS = {int(IPv4Address(one)) for one in ("224.0.0.0", "240.0.0.0", "255.255.255.255")}
"""Where multicast begins and has ended, and the broadcast address."""

_ANY = _Side(0, 0, 0)
_ME = _Side(0, 0, 32, me=True)
_UNRESOLVED = _Side(0, 0, 32, maybe=True)


class _Way(NamedTuple):
    """An expanded filter seen from the host: its own side, the peer's side, and the rest."""

    own: _Side
    peer: _Side
    entry: Entry


_Index = tuple[dict[int, list[Entry]], list[tuple[int, int, Entry]]]
"""By the number of the peer's address; then network, mask and entry of what matches more than one address."""

T = TypeVar("T", bound=Hashable)


class Shared:
    """Values that many hosts have in common, each kept once, so that comparing them is cheap."""

    def __init__(self) -> None:
        """Start empty."""
        self._known: dict[Hashable, Any] = {}

    def same(self, value: T) -> T:
        """Give the value that was kept first among equal ones."""
        kept: T = self._known.setdefault(value, value)
        return kept


class FilterTable:
    """The filters of a station. ``between`` answers which of them can match packets between two addresses."""

    def __init__(self, station: Station, shared: Shared | None = None) -> None:
        """Expand every filter of the rules in force; ``shared`` is given where many tables are made."""
        keep = shared or Shared()
        self._addresses = {int(one) for one in station.addresses}
        self._ways: dict[bool, list[_Way]] = {True: [], False: []}
        self._indexes: dict[tuple[int, bool], _Index] = {}
        self.named: set[tuple[int, int, int]] = set()
        """Protocol and ports of the filters, 0 where they name none."""
        borders = set(_MANY_RECEIVERS)
        for rule in rules_in_force(station.policy):
            treatment = keep.same(Treatment(rule.name, rule.filter_action, rule.authentication, rule.tunnel))
            for one in rule.filter_list.filters:
                for source, destination, traffic in _directions(one, station):
                    maybe = source.maybe or destination.maybe
                    entry = keep.same(Entry(source.bits, destination.bits, *traffic, maybe, treatment))
                    self.named.add(traffic)
                    borders.update(source.borders, destination.borders)
                    self._ways[True].append(_Way(source, destination, entry))
                    self._ways[False].append(_Way(destination, source, entry))
        self._borders = sorted(borders)

    def part(self, peer: IPv4Address) -> int:
        """Give the number of the part of all addresses in which a peer is.

        No filter tells two addresses of a part apart, and one is that of many receivers only where the other is.
        """
        return bisect.bisect_right(self._borders, int(peer))

    def between(self, own: IPv4Address, peer: IPv4Address, *, outbound: bool) -> tuple[Entry, ...]:
        """Give the filters that the addresses let match, in an order that means nothing."""
        number = int(peer)
        exact, wide = self._index(int(own), outbound)
        found = list(exact.get(number, ()))
        found += [entry for network, mask, entry in wide if number & mask == network]
        return tuple(found)

    def _index(self, own: int, outbound: bool) -> _Index:
        """Sort the filters whose own side matches by the peer's address: single addresses apart from the rest."""
        known = self._indexes.get((own, outbound))
        if known is not None:
            return known
        exact: dict[int, list[Entry]] = {}
        wide: list[tuple[int, int, Entry]] = []
        for way in self._ways[outbound]:
            if way.peer.me or not self._holds(way.own, own):
                continue
            if way.peer.bits == 32 and not way.peer.maybe:
                exact.setdefault(way.peer.network, []).append(way.entry)
            else:
                wide.append((way.peer.network, way.peer.mask, way.entry))
        self._indexes[own, outbound] = exact, wide
        return exact, wide

    def _holds(self, side: _Side, own: int) -> bool:
        return own in self._addresses if side.me else own & side.mask == side.network


def rules_in_force(policy: Policy | None) -> Iterator[Rule]:
    """Give the rules that concern a server's network connections."""
    for rule in policy.rules if policy else ():
        if rule.active and rule.connection is not ConnectionType.DIALUP:
            yield rule


def _directions(one: Filter, station: Station) -> Iterator[tuple[_Side, _Side, tuple[int, int, int]]]:
    """Expand a filter to source, destination and (protocol, source port, destination port), mirrored where it is."""
    for source in _sides(one.source, station):
        for destination in _sides(one.destination, station):
            yield source, destination, (one.protocol, one.source_port, one.destination_port)
            if one.mirrored:
                yield destination, source, (one.protocol, one.destination_port, one.source_port)


def _sides(address: Address, station: Station) -> tuple[_Side, ...]:
    """Expand one side; a name or server kind that the station does not tell becomes a side that may match anybody."""
    if isinstance(address, Me):
        return (_ME,)
    if isinstance(address, AnyAddress):
        return (_ANY,)
    if isinstance(address, Subnet):
        return (_network(address.network),)
    known = _resolved(address, station)
    return (_UNRESOLVED,) if known is None else tuple(_network(IPv4Network(one)) for one in known)


def _resolved(address: DnsName | Server, station: Station) -> tuple[IPv4Address, ...] | None:
    if isinstance(address, Server):
        return station.servers.get(address.kind)
    return station.resolved.get(address.name.rstrip(".").casefold())


def _network(network: IPv4Network) -> _Side:
    return _Side(int(network.network_address), int(network.netmask), network.prefixlen)
