# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host does with a packet: exemptions first, then the most specific filter of its policy.

Windows orders filters from the most specific to the least specific and lets the first match decide; rules have no
order (HP-UX IPSec manual, chapter on Windows, "Filter Order"; learn.microsoft.com cc753008, whose exemption for
ICMP relies on it). How it weighs an address against a protocol or a port was found in no document that could be
read. So a match surely decides where it is at least as narrow as every other match in every respect; elsewhere
the addresses are taken to count first, and the choice carries a doubt.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import itertools
from collections.abc import Sequence

from ..model.actions import ActionKind
from ..model.filters import ANY_PROTOCOL
from ..model.windows import WindowsVersion
from .exemptions import exempt_destination, exempt_traffic, exemption_mode, perhaps_ike
from .packet import UDP, Packet, Traffic
from .station import Station
from .table import Entry, FilterTable, Treatment


class Word(enum.Enum):
    """What happens to a packet at one host."""

    CLEAR = "clear"
    BLOCK = "block"
    NEGOTIATE = "negotiate"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Choice:
    """What a host does with a packet and why.

    ``entry`` is the filter that decides, None where none matches or an exemption decides; ``exempt`` says which,
    and ``overruled`` is then the filter that would have protected or blocked the packet.
    ``doubts`` are sentences about what could make it otherwise; without one the choice is certain.
    ``covers`` are protocol and ports of filters that ask for the same and might decide in its place.
    """

    word: Word
    entry: Entry | None = None
    exempt: str = ""
    overruled: Entry | None = None
    doubts: tuple[str, ...] = ()
    covers: tuple[tuple[int, int, int], ...] = ()

    @property
    def traffic(self) -> tuple[tuple[int, int, int], ...]:
        """Protocol and ports of the filter that decides, then of those that might; IKE proposes them."""
        own = (self.entry.protocol, self.entry.source_port, self.entry.destination_port) if self.entry else (0, 0, 0)
        return (own, *self.covers)

    @property
    def treatment(self) -> Treatment | None:
        """What the deciding rule asks."""
        return self.entry.treatment if self.entry else None

    @property
    def because(self) -> str:
        """Say why, in the words ``rule 'Mail' negotiates``."""
        if self.overruled:
            return f"{self.exempt}, although rule {self.overruled.treatment.rule!r} says otherwise"
        if self.exempt:
            return self.exempt
        if self.entry is None:
            return "no rule covers it"
        return f"rule {self.entry.treatment.rule!r} {_VERBS[self.word]}"


UNREAD = "part of what is in force could not be read"
_VERBS = {Word.CLEAR: "permits it", Word.BLOCK: "blocks it", Word.NEGOTIATE: "negotiates", Word.UNKNOWN: "is unknown"}
_WORDS = {
    ActionKind.PERMIT: Word.CLEAR,
    ActionKind.BLOCK: Word.BLOCK,
    ActionKind.NEGOTIATE: Word.NEGOTIATE,
}
_GRAVITY = {ActionKind.PERMIT: 0, ActionKind.NEGOTIATE: 1, ActionKind.BLOCK: 2}


def classify(station: Station, packet: Packet, table: FilterTable | None = None) -> Choice:
    """Decide what a station does with a packet that it sends or receives; ``table`` saves making it again.

    One of the packet's addresses must be the station's own; where both are, the packet counts as outgoing.
    """
    outbound = packet.source in station.addresses
    own, peer = (packet.source, packet.destination) if outbound else (packet.destination, packet.source)
    mode = exemption_mode(station.version, station.no_default_exempt)
    many = exempt_destination(station.version, mode, packet.destination, inbound=not outbound)
    if many:
        return Choice(Word.CLEAR, exempt=many)
    entries = (table or FilterTable(station)).between(own, peer, outbound=outbound)
    return Chooser().choose(station, entries, packet.traffic)


class Chooser:
    """Decides about unicast traffic, and decides once where the same filters match; its entries must outlive it."""

    def __init__(self) -> None:
        """Start with no decision made."""
        self._known: dict[tuple[int, ...], Choice] = {(): _NOTHING}
        self._sorted: dict[int, tuple[dict[Traffic, list[Entry]], Sequence[Entry]]] = {}  # kept, as ids name them
        self._doubted: dict[tuple[int, tuple[str, ...]], Choice] = {}

    def choose(self, station: Station, entries: Sequence[Entry], traffic: Traffic) -> Choice:
        """Decide about traffic between two addresses, given the filters that those let match."""
        exempt = _exempt(station.version, station.no_default_exempt, traffic)
        if exempt:
            decided = self._by_filters(entries, traffic)
            return Choice(Word.CLEAR, exempt=exempt, overruled=None if decided.word is Word.CLEAR else decided.entry)
        if station.unknown:
            return _UNKNOWN
        decided = self._by_filters(entries, traffic)
        ike = perhaps_ike(traffic) if traffic[0] == UDP and decided.word is not Word.CLEAR else ""
        unread = station.unread and station.in_doubt
        if not ike and not unread:
            return decided
        more = tuple(filter(None, (ike, unread and f"{UNREAD}: {unread}")))
        key = (id(decided), more)
        known = self._doubted.get(key)
        if known is None:
            known = self._doubted[key] = dataclasses.replace(decided, doubts=(*decided.doubts, *more))
        return known

    def _by_filters(self, entries: Sequence[Entry], traffic: Traffic) -> Choice:
        known = self._sorted.get(id(entries))
        if known is None:
            known = self._sorted[id(entries)] = (_by_traffic(entries), entries)
        found = [one for named in _matching(traffic) for one in known[0].get(named, ())]
        key = tuple(map(id, found))
        choice = self._known.get(key)
        if choice is None:
            choice = self._known[key] = _most_specific(found)
        return choice


_NOTHING = Choice(Word.CLEAR)
_UNKNOWN = Choice(Word.UNKNOWN)


@functools.cache
def _exempt(version: WindowsVersion, no_default_exempt: int | None, traffic: Traffic) -> str:
    return exempt_traffic(version, exemption_mode(version, no_default_exempt), traffic)


def _by_traffic(entries: Sequence[Entry]) -> dict[Traffic, list[Entry]]:
    """Sort filters by protocol and ports, 0 where they name none."""
    found: dict[Traffic, list[Entry]] = {}
    for one in entries:
        found.setdefault(Traffic(*one[2:5]), []).append(one)
    return found


@functools.cache
def _matching(traffic: Traffic) -> tuple[Traffic, ...]:
    """Give what the filters name that match traffic: its protocol and ports, or none, in every combination."""
    every = itertools.product(*(dict.fromkeys((0, own)) for own in traffic))
    return tuple(Traffic(*one) for one in every)


def _most_specific(matches: Sequence[Entry]) -> Choice:
    """Let the most specific match decide, and name what leaves a doubt."""
    sure = [one for one in matches if not one.maybe]
    best = max(sure, key=_weight) if sure else None
    doubts = tuple(dict.fromkeys(doubt for one in matches if (doubt := _doubt(one, best, matches))))
    if best is None:
        return Choice(Word.CLEAR, doubts=doubts)
    return Choice(_WORDS[best.treatment.action.kind], best, doubts=doubts, covers=_covers(best, matches))


def _covers(best: Entry, matches: Sequence[Entry]) -> tuple[tuple[int, int, int], ...]:
    """Give the traffic of matches that negotiate the same and, as no document says which wins, might decide."""
    if best.treatment.action.kind is not ActionKind.NEGOTIATE or len(matches) == 1:
        return ()
    alike = [one for one in matches if one[2:5] != best[2:5] and one.treatment.asks == best.treatment.asks]
    sure = [one for one in matches if not one.maybe]
    return tuple(sorted({one[2:5] for one in alike if not any(_narrower(other, one) for other in sure)}))


def _weight(entry: Entry) -> tuple[int, int, int, int]:
    """Order matches from the least to the most specific: addresses, protocol, ports; the graver of two equals."""
    ports = bool(entry.source_port) + bool(entry.destination_port)
    named = int(entry.protocol != ANY_PROTOCOL)
    return (entry.source_bits + entry.destination_bits, named, ports, _GRAVITY[entry.treatment.action.kind])


def _doubt(entry: Entry, best: Entry | None, matches: Sequence[Entry]) -> str:
    """Say why a match other than the best might decide; empty where it cannot, or where it asks for the same."""
    if best is not None and entry.treatment.asks == best.treatment.asks:
        return ""
    if any(_narrower(other, entry) for other in matches if not other.maybe):
        return ""
    if entry.maybe:
        return f"whether a filter of rule {entry.treatment.rule!r} matches depends on what the host resolves"
    if best is None:
        return ""
    names = " and ".join(sorted({repr(entry.treatment.rule), repr(best.treatment.rule)}))
    return f"rules {names} match alike and ask for different things; no document says which wins"


def _narrower(narrow: Entry, wide: Entry) -> bool:
    """Say whether a filter is at least as narrow as another in every respect and narrower in one."""
    bits, other_bits = narrow.width, wide.width
    if bits == other_bits or bits[0] < other_bits[0] or bits[1] < other_bits[1]:
        return False
    return all(a >= b for a, b in zip(bits[2:], other_bits[2:], strict=True))
