# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stations do with traffic to and from single peers, worked out once for all peers that are alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from ipaddress import IPv4Address

from ..model.actions import ActionKind
from .classify import Choice, Chooser, Word
from .conversation import SENDER, End
from .exemptions import exempt_destination, exemption_mode
from .packet import Traffic
from .station import Station
from .table import Entry, FilterTable, Shared

_EVERYBODY = IPv4Address("255.255.255.255")
_NO_ANSWER = Choice(Word.CLEAR, exempt="a packet to many has no answer from all of them")


@dataclasses.dataclass(frozen=True, eq=False)
class Side:
    """All that decides about traffic between a station and one address of a peer, seen from the station.

    ``number`` is the same for sides that nothing tells apart. ``many`` is the address of many receivers among the
    two, None where both are of single hosts.
    """

    number: int
    kind: int
    station: Station
    outgoing: tuple[Entry, ...]
    incoming: tuple[Entry, ...]
    many: IPv4Address | None

    @property
    def engaged(self) -> bool:
        """Whether any filter negotiates with the peer."""
        return any(one.treatment.action.kind is ActionKind.NEGOTIATE for one in (*self.outgoing, *self.incoming))


class Sides:
    """Makes and remembers sides, and the ends of flows at them; ends of the same fate have the same number."""

    def __init__(self, stations: Mapping[str, Station]) -> None:
        """Expand the filters of all stations."""
        shared = Shared()
        self._numbers: dict[Hashable, int] = {}
        self._stations = stations
        self._tables = {name: FilterTable(one, shared) for name, one in stations.items()}
        self._kinds = {name: self.number(_kind(one)) for name, one in stations.items()}
        self._sides: dict[tuple[str, IPv4Address, IPv4Address], Side] = {}
        self._chooser = Chooser()
        self._fates: dict[Hashable, Choice] = {}
        self._same: dict[int, Choice] = {}
        self._ends: list[End] = []
        self._end_numbers: dict[tuple[int, str, int, int, bool], int] = {}
        self._flows: dict[tuple[int, str, int], tuple[int, ...]] = {}

    def number(self, value: Hashable) -> int:
        """Give equal values the same number."""
        return self._numbers.setdefault(value, len(self._numbers))

    def side(self, name: str, own: IPv4Address, peer: IPv4Address) -> Side:
        """Give the side of a station, under one of its addresses, towards an address of a peer."""
        key = (name, own, peer)
        known = self._sides.get(key)
        if known is None:
            table, kind = self._tables[name], self._kinds[name]
            out, into = table.between(own, peer, outbound=True), table.between(own, peer, outbound=False)
            many = next((one for one in (own, peer) if one.is_multicast or one == _EVERYBODY), None)
            number = self.number((kind, tuple(map(id, out)), tuple(map(id, into)), many))  # tables share their entries
            known = self._sides[key] = Side(number, kind, self._stations[name], out, into, many)
        return known

    def ends(self, side: Side, who: str, flows: tuple[Traffic, ...], flows_number: int) -> tuple[int, ...]:
        """Give the numbers of the ends of flows at a side; ``who`` is ``SENDER`` or ``RECEIVER`` (of first packets)."""
        key = (side.number, who, flows_number)
        known = self._flows.get(key)
        if known is None:
            engaged = side.engaged
            known = self._flows[key] = tuple(self._end(side, who, flow, engaged=engaged) for flow in flows)
        return known

    def end(self, number: int) -> End:
        """Give an end by its number."""
        return self._ends[number]

    def _end(self, side: Side, who: str, traffic: Traffic, *, engaged: bool) -> int:
        sends = who is SENDER
        leaving, coming = (traffic, traffic.reply) if sends else (traffic.reply, traffic)
        outgoing = self._choice(side, leaving, outbound=True, first=sends)
        incoming = self._choice(side, coming, outbound=False, first=not sends)
        key = (side.kind, who, id(outgoing), id(incoming), engaged)
        known = self._end_numbers.get(key)
        if known is None:
            known = self._end_numbers[key] = len(self._ends)
            self._ends.append(End(who, side.station, outgoing, incoming, engaged))
        return known

    def _choice(self, side: Side, traffic: Traffic, *, outbound: bool, first: bool) -> Choice:
        """Decide about traffic in one direction; choices of one fate are one object. ``first``: the opening packet."""
        station = side.station
        if side.many is not None and not first:
            return _NO_ANSWER
        if side.many is not None:
            mode = exemption_mode(station.version, station.no_default_exempt)
            exempt = exempt_destination(station.version, mode, side.many, inbound=not outbound)
            if exempt:
                return self._fated(Choice(Word.CLEAR, exempt=exempt))
        choice = self._chooser.choose(station, side.outgoing if outbound else side.incoming, traffic)
        if choice.exempt:
            return self._fated(choice)
        known = self._same.get(id(choice))  # the chooser keeps it
        if known is None:
            known = self._same[id(choice)] = self._fated(choice)
        return known

    def _fated(self, choice: Choice) -> Choice:
        """Give the choice that was met first among those that decide alike, whatever addresses led to them."""
        covered = choice.entry[2:5] if choice.entry and choice.word is Word.NEGOTIATE else None
        overruled = choice.overruled.treatment if choice.overruled else None
        fate = (choice.word, choice.treatment, covered, choice.exempt, overruled, choice.doubts, choice.covers)
        return self._fates.setdefault(fate, choice)


def _kind(one: Station) -> Hashable:
    """Give everything of a station, apart from its filters, that decides about its flows."""
    mode = exemption_mode(one.version, one.no_default_exempt)
    main_mode = one.policy.main_mode if one.policy else None
    return (one.version, mode, main_mode, one.default_response, one.ike_flags, one.unknown, one.in_doubt)
