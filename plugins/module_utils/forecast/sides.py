# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stations do with traffic to and from single peers, worked out once for all peers that are alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping, Sequence
from ipaddress import IPv4Address

from ..model.actions import ActionKind
from .classify import Choice, Chooser, Word
from .conversation import RECEIVER, SENDER, End
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
        self._sides: dict[tuple[str, IPv4Address, int], Side] = {}
        self._chooser = Chooser({named for table in self._tables.values() for named in table.named})
        self._ends: list[End] = []
        self._end_numbers: dict[tuple[int, str, int, int, bool], int] = {}
        self._flows: dict[tuple[int, str, int], tuple[int, ...]] = {}

    def number(self, value: Hashable) -> int:
        """Give equal values the same number."""
        return self._numbers.setdefault(value, len(self._numbers))

    def side(self, name: str, own: IPv4Address, peer: IPv4Address) -> Side:
        """Give the side of a station, under one of its addresses, towards an address of a peer."""
        table = self._tables[name]
        key = (name, own, table.part(peer))
        known = self._sides.get(key)
        if known is None:
            kind = self._kinds[name]
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
            answers = tuple(one.reply for one in flows)
            leaving, coming = (flows, answers) if who is SENDER else (answers, flows)
            outgoing = self._choices(side, leaving, outbound=True, first=who is SENDER)
            incoming = self._choices(side, coming, outbound=False, first=who is RECEIVER)
            known = self._flows[key] = self._numbered(side, who, outgoing, incoming)
        return known

    def end(self, number: int) -> End:
        """Give an end by its number."""
        return self._ends[number]

    def _numbered(self, side: Side, who: str, outgoing: list[Choice], incoming: list[Choice]) -> tuple[int, ...]:
        """Give the numbers of ends with these choices."""
        engaged, found = side.engaged, []
        for leaving, coming in zip(outgoing, incoming, strict=True):
            key = (side.kind, who, id(leaving), id(coming), engaged)
            known = self._end_numbers.get(key)
            if known is None:
                known = self._end_numbers[key] = len(self._ends)
                fate = self.number((side.kind, who, leaving.fate, coming.fate, engaged))
                self._ends.append(End(who, side.station, leaving, coming, engaged, fate))
            found.append(known)
        return tuple(found)

    def _choices(self, side: Side, traffic: Sequence[Traffic], *, outbound: bool, first: bool) -> list[Choice]:
        """Decide about traffic in one direction. ``first``: opening packets."""
        if side.many is not None:
            if not first:
                return [_NO_ANSWER] * len(traffic)
            mode = exemption_mode(side.station.version, side.station.no_default_exempt)
            exempt = exempt_destination(side.station.version, mode, side.many, inbound=not outbound)
            if exempt:
                return [self._chooser.kept(Choice(Word.CLEAR, exempt=exempt))] * len(traffic)
        return self._chooser.choose(side.station, side.outgoing if outbound else side.incoming, traffic)


def _kind(one: Station) -> Hashable:
    """Give everything of a station, apart from its filters, that decides about its flows."""
    mode = exemption_mode(one.version, one.no_default_exempt)
    main_mode = one.policy.main_mode if one.policy else None
    return (one.version, mode, main_mode, one.default_response, one.ike_flags, one.unknown, one.in_doubt)
