# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts for many pairs of hosts, fast: pairs that the filters cannot tell apart are judged once."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address

from ..model.actions import ActionKind
from .classify import Choice, Word, choose
from .conversation import RECEIVER, SENDER, End, settle
from .exemptions import exempt_destination, exemption_mode
from .negotiate import KERBEROS
from .packet import Traffic
from .station import Station
from .table import Entry, FilterTable, Shared
from .verdict import Outcome, Verdict

_KERBEROS = (Traffic(17, 1025, 88), Traffic(6, 1025, 88))


@dataclasses.dataclass(frozen=True)
class Ticket:
    """Whether a host gets a Kerberos ticket: ``lost`` is the end of its way to every KDC, None where one is open."""

    lost: Outcome | None = None


OPEN = Ticket()
_Entries = tuple[Entry, ...]


class Engine:
    """Judges flows among stations; ``kdcs`` names those that hand out Kerberos tickets."""

    def __init__(self, stations: Iterable[Station], kdcs: Sequence[str] = ()) -> None:
        """Take the stations of a site; names are unique."""
        self.stations: Mapping[str, Station] = {one.name: one for one in stations}
        self._kdcs = [self.stations[name] for name in kdcs if name in self.stations]
        self._shared = Shared()
        self._tables = {name: FilterTable(one, self._shared) for name, one in self.stations.items()}
        self._kinds = {name: self._kind(one) for name, one in self.stations.items()}
        self._sides: dict[tuple[str, IPv4Address, IPv4Address], tuple[int, _Entries, _Entries]] = {}
        self._numbers: dict[Hashable, int] = {}
        self._verdicts: dict[tuple[int, int, Traffic], Verdict] = {}
        self._many: dict[tuple[int, int, int], tuple[Verdict, ...]] = {}
        self._same: dict[Verdict, Verdict] = {}
        self._kerberos: set[int] = set()
        self._corrected: dict[tuple[int, Ticket, Ticket], tuple[Verdict, ...]] = {}
        self._tickets: dict[str, Ticket] = {}

    def verdict(
        self, sender: str, source: IPv4Address, receiver: str, destination: IPv4Address, traffic: Traffic
    ) -> Verdict:
        """Say what becomes of traffic from one address of a station to an address of another."""
        return self.verdicts(sender, source, receiver, destination, (traffic,))[0]

    def verdicts(
        self, sender: str, source: IPv4Address, receiver: str, destination: IPv4Address, flows: tuple[Traffic, ...]
    ) -> tuple[Verdict, ...]:
        """Say what becomes of each flow from one address of a station to an address of another."""
        one, other = self._side(sender, source, destination), self._side(receiver, destination, source)
        flows_number = self._number(flows)
        known = self._many.get((one[0], other[0], flows_number))
        if known is None:
            known = tuple(self._judge(sender, one, receiver, other, destination, flow) for flow in flows)
            self._many[one[0], other[0], flows_number] = known
            if any(KERBEROS in verdict.methods[:1] for verdict in known):
                self._kerberos.add(id(known))
        if id(known) not in self._kerberos:
            return known
        key = (id(known), self.ticket(sender), self.ticket(receiver))
        if key not in self._corrected:
            self._corrected[key] = tuple(self._keep(with_tickets(verdict, key[1:])) for verdict in known)
        return self._corrected[key]

    def ticket(self, name: str) -> Ticket:
        """Say whether a station gets a Kerberos ticket without first having one; unknown KDCs count as reachable."""
        known = self._tickets.get(name)
        if known is None:
            self._tickets[name] = OPEN  # a KDC that itself waits for this answer
            known = self._tickets[name] = self._ask_kdcs(self.stations[name])
        return known

    def _ask_kdcs(self, station: Station) -> Ticket:
        if not self._kdcs or station in self._kdcs or not station.addresses:
            return OPEN
        ends = set()
        for kdc in self._kdcs:
            for traffic in _KERBEROS:
                place = (station.addresses[0], kdc.addresses[0])
                one, other = self._side(station.name, *place), self._side(kdc.name, *place[::-1])
                verdict = self._judge(station.name, one, kdc.name, other, place[1], traffic)
                waits = verdict.outcome is Outcome.PROTECTED and verdict.methods == (KERBEROS,)
                ends.add(Outcome.DEADLOCK if waits else verdict.outcome)
        if any(not end.lost for end in ends):
            return OPEN
        return Ticket(Outcome.DEADLOCK if Outcome.DEADLOCK in ends else Outcome.FAILS)

    def _side(self, name: str, own: IPv4Address, peer: IPv4Address) -> tuple[int, _Entries, _Entries]:
        """Give the filters of a station towards a peer, outgoing and incoming, and a number for all that decides."""
        key = (name, own, peer)
        known = self._sides.get(key)
        if known is None:
            table = self._tables[name]
            out, into = table.between(own, peer, outbound=True), table.between(own, peer, outbound=False)
            many = own.is_multicast or peer.is_multicast or 0xFFFFFFFF in (int(own), int(peer))
            known = (self._number((self._kinds[name], out, into, many)), out, into)
            self._sides[key] = known
        return known

    def _judge(
        self, sender: str, one: tuple[int, _Entries, _Entries], receiver: str, other: tuple[int, _Entries, _Entries],
        destination: IPv4Address, traffic: Traffic,
    ) -> Verdict:  # fmt: skip
        key = (one[0], other[0], traffic)
        known = self._verdicts.get(key)
        if known is None:
            here, there = self.stations[sender], self.stations[receiver]
            ends = (_end(SENDER, here, one, traffic, destination), _end(RECEIVER, there, other, traffic, destination))
            known = self._verdicts[key] = self._keep(settle(*ends))
        return known

    def _number(self, value: Hashable) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def _keep(self, verdict: Verdict) -> Verdict:
        return self._same.setdefault(verdict, verdict)

    @staticmethod
    def _kind(one: Station) -> Hashable:
        """Give everything of a station, apart from its filters, that decides about its flows."""
        mode = exemption_mode(one.version, one.no_default_exempt)
        main_mode = one.policy.main_mode if one.policy else None
        return (one.version, mode, main_mode, one.default_response, one.ike_flags, one.unknown)


def _end(
    who: str, station: Station, side: tuple[int, _Entries, _Entries], traffic: Traffic, destination: IPv4Address
) -> End:
    """Let a station decide about traffic in both directions."""
    sends = who is SENDER
    first = _to_many(station, destination, inbound=not sends)
    leaving, coming = (traffic, traffic.reply) if sends else (traffic.reply, traffic)
    outgoing = first if sends and first else choose(station, side[1], leaving)
    incoming = first if not sends and first else choose(station, side[2], coming)
    negotiates = any(entry.treatment.action.kind is ActionKind.NEGOTIATE for entry in (*side[1], *side[2]))
    return End(who, station, outgoing, incoming, negotiates)


def _to_many(station: Station, destination: IPv4Address, *, inbound: bool) -> Choice | None:
    mode = exemption_mode(station.version, station.no_default_exempt)
    exempt = exempt_destination(station.version, mode, destination, inbound=inbound)
    return Choice(Word.CLEAR, exempt=exempt) if exempt else None


def with_tickets(verdict: Verdict, tickets: tuple[Ticket, ...]) -> Verdict:
    """Correct a verdict that counts on Kerberos where an end gets no ticket: the next method, or nothing."""
    lost = [one.lost for one in tickets if one.lost is not None]
    if not lost or KERBEROS not in verdict.methods[:1]:
        return verdict
    rest = verdict.methods[1:]
    if rest:
        doubt = f"whether the ends go on to {rest[0]}, as no Kerberos ticket can be had"
        suite = verdict.suite.replace(f", {KERBEROS}", f", {rest[0]}")
        return dataclasses.replace(verdict, suite=suite, methods=rest, doubts=(*verdict.doubts, doubt))
    if Outcome.DEADLOCK in lost:
        because = "it needs a Kerberos ticket, and the way to the domain controllers needs one too"
        return Verdict(Outcome.DEADLOCK, because, disagreed=False, doubts=verdict.doubts)
    because = "it needs a Kerberos ticket, and an end reaches no domain controller"
    return Verdict(Outcome.FAILS, because, doubts=verdict.doubts)
