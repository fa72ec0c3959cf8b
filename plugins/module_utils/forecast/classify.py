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
import itertools
import operator
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence

from ..model.actions import ActionKind
from ..model.filters import ANY_PROTOCOL
from .exemptions import exempt_destination, exemption_mode, exemptions, perhaps_ike
from .packet import UDP, Packet, Traffic
from .station import Station
from .table import Entry, FilterTable, Treatment, Width


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

    def doubting(self, doubts: tuple[str, ...]) -> Choice:
        """Give the choice with more doubts after its own."""
        return dataclasses.replace(self, doubts=(*self.doubts, *doubts))

    @property
    def fate(self) -> Hashable:
        """Everything that decides about a flow, apart from doubts, whatever addresses led to it."""
        covered = self.entry[2:5] if self.entry and self.word is Word.NEGOTIATE else None
        overruled = self.overruled.treatment if self.overruled else None
        return (self.word, self.treatment, covered, self.exempt, overruled, self.covers)

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
    filters = table or FilterTable(station)
    entries = filters.between(own, peer, outbound=outbound)
    return Chooser(filters.named).choose(station, entries, (packet.traffic,))[0]


class Chooser:
    """Decides about unicast traffic, and decides once where the same filters can; its entries must outlive it.

    Choices of one fate and the same doubts are one object.
    """

    def __init__(self, named: Container[tuple[int, int, int]]) -> None:
        """Start with no decision made; ``named`` are protocol and ports of all filters that will be asked about."""
        self._named = named
        self._matching: dict[Traffic, list[Traffic]] = {}
        self._groups: dict[tuple[int, ...], tuple[Entry, ...]] = {}
        self._known: dict[tuple[int, ...], Choice] = {(): _NOTHING}
        self._changed: dict[tuple[int, str, tuple[str, ...]], Choice] = {}
        self._fates: dict[Hashable, Choice] = {}

    def choose(self, station: Station, entries: Iterable[Entry], flows: Iterable[Traffic]) -> list[Choice]:
        """Decide about flows between two addresses, given the filters that those let match."""
        filters = self._by_traffic(entries)
        exempt = exemptions(station.version, station.no_default_exempt)
        unread = f"{UNREAD}: {station.unread}" if station.unread and station.in_doubt else ""
        found = []
        for traffic in flows:
            passes = exempt(traffic)
            if station.unknown and not passes:
                found.append(_UNKNOWN)
                continue
            decided = self._by_filters(filters, traffic)
            ike = perhaps_ike(traffic) if traffic.protocol == UDP and decided.word is not Word.CLEAR else ""
            plain = not (passes or ike or unread)
            found.append(decided if plain else self._change(decided, passes, tuple(filter(None, (ike, unread)))))
        return found

    def kept(self, choice: Choice) -> Choice:
        """Give the choice that was met first among those of one fate with the same doubts."""
        return self._fates.setdefault((choice.fate, choice.doubts), choice)

    def _change(self, decided: Choice, exempt: str, doubts: tuple[str, ...]) -> Choice:
        """Give the choice about traffic that is exempt from what filters decided, or in doubt for other reasons."""
        key = (id(decided), exempt, doubts)
        known = self._changed.get(key)
        if known is None:
            changed = _exempted(decided, exempt) if exempt else decided.doubting(doubts)
            known = self._changed[key] = self.kept(changed)
        return known

    def _by_filters(self, filters: Mapping[Traffic, tuple[Entry, ...]], traffic: Traffic) -> Choice:
        found = [group for one in self._names(traffic) if (group := filters.get(one))]
        key = tuple(map(id, found))
        choice = self._known.get(key)
        if choice is None:
            choice = self._known[key] = self.kept(_most_specific([one for group in found for one in group]))
        return choice

    def _names(self, traffic: Traffic) -> list[Traffic]:
        """Give what filters that match traffic name: its protocol and ports, or none, in every combination in use."""
        known = self._matching.get(traffic)
        if known is None:
            every = itertools.product(*(dict.fromkeys((0, own)) for own in traffic))
            known = self._matching[traffic] = [Traffic(*one) for one in every if one in self._named]
        return known

    def _by_traffic(self, entries: Iterable[Entry]) -> dict[Traffic, tuple[Entry, ...]]:
        """Sort filters by protocol and ports, 0 where they name none, without those that can never decide."""
        found: dict[Traffic, list[Entry]] = {}
        for one in entries:
            found.setdefault(Traffic(*one[2:5]), []).append(one)
        return {traffic: self._group(group) for traffic, group in found.items()}

    def _group(self, alike: list[Entry]) -> tuple[Entry, ...]:
        """Leave out of filters with one traffic those that never decide, since a narrower one matches as well."""
        key = tuple(map(id, alike))
        known = self._groups.get(key)
        if known is None:
            group = tuple(_undecided(alike, [one for one in alike if not one.maybe]))
            known = self._groups[key] = self._groups.setdefault(tuple(map(id, group)), group)
        return known


_NOTHING = Choice(Word.CLEAR)
_UNKNOWN = Choice(Word.UNKNOWN)


def _exempted(decided: Choice, exempt: str) -> Choice:
    """Give the choice about traffic that is exempt from what filters decided."""
    return Choice(Word.CLEAR, exempt=exempt, overruled=None if decided.word is Word.CLEAR else decided.entry)


def _most_specific(matches: Sequence[Entry]) -> Choice:
    """Let the most specific match decide, and name what leaves a doubt."""
    sure = sorted((one for one in matches if not one.maybe), key=_weight, reverse=True)
    best = sure[0] if sure else None
    rivals = [one for one in _undecided(matches, sure) if one is not best]
    doubts = tuple(dict.fromkeys(doubt for one in rivals if (doubt := _doubt(one, best))))
    if best is None:
        return Choice(Word.CLEAR, doubts=doubts)
    return Choice(_WORDS[best.treatment.action.kind], best, doubts=doubts, covers=_covers(best, rivals))


def _undecided(matches: Sequence[Entry], sure: Sequence[Entry]) -> list[Entry]:
    """Give the matches that may decide, since none of those that match for sure is narrower."""
    widths = [one.width for one in sure]
    return [one for one in matches if not _is_beaten(one.width, widths)]


def _is_beaten(wide: Width, widths: Iterable[Width]) -> bool:
    """Say whether one of some filters is at least as narrow as another one in every respect and narrower in one."""
    return any(narrow != wide and all(map(operator.ge, narrow, wide)) for narrow in widths)


def _covers(best: Entry, rivals: Sequence[Entry]) -> tuple[tuple[int, int, int], ...]:
    """Give the traffic of matches that negotiate the same and, as no document says which wins, might decide."""
    if best.treatment.action.kind is not ActionKind.NEGOTIATE:
        return ()
    return tuple(sorted({
        one[2:5] for one in rivals if one[2:5] != best[2:5] and one.treatment.asks == best.treatment.asks
    }))  # fmt: skip


def _weight(entry: Entry) -> tuple[int, int, int, int]:
    """Order matches from the least to the most specific: addresses, protocol, ports; the graver of two equals."""
    ports = bool(entry.source_port) + bool(entry.destination_port)
    named = int(entry.protocol != ANY_PROTOCOL)
    return (entry.source_bits + entry.destination_bits, named, ports, _GRAVITY[entry.treatment.action.kind])


def _doubt(rival: Entry, best: Entry | None) -> str:
    """Say why a match other than the best might decide; empty where it asks for the same."""
    if best is not None and rival.treatment.asks == best.treatment.asks:
        return ""
    if rival.maybe:
        return f"whether a filter of rule {rival.treatment.rule!r} matches depends on what the host resolves"
    if best is None:
        return ""
    names = " and ".join(sorted({repr(rival.treatment.rule), repr(best.treatment.rule)}))
    return f"rules {names} match alike and ask for different things; no document says which wins"
