# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts for many pairs of hosts, fast: pairs that the filters cannot tell apart are judged once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address

from .conversation import RECEIVER, SENDER, doubts_of, settle
from .negotiate import KERBEROS
from .packet import Traffic
from .sides import Side, Sides
from .station import Station
from .verdict import Outcome, Verdict

_KERBEROS = (Traffic(17, 1025, 88), Traffic(6, 1025, 88))


@dataclasses.dataclass(frozen=True)
class Ticket:
    """Whether a host gets a Kerberos ticket: ``lost`` is the end of its way to every KDC, None where one is open.

    ``doubts`` are those of the ways to the KDCs, where one of them could make it otherwise.
    """

    lost: Outcome | None = None
    doubts: tuple[str, ...] = ()


OPEN = Ticket()


class Engine:
    """Judges flows among stations; ``kdcs`` names those that hand out Kerberos tickets."""

    def __init__(self, stations: Iterable[Station], kdcs: Sequence[str] = ()) -> None:
        """Take the stations of a site; names are unique."""
        self.stations: Mapping[str, Station] = {one.name: one for one in stations}
        self._kdcs = [self.stations[name] for name in kdcs if name in self.stations]
        self._sides = Sides(self.stations)
        self._verdicts: dict[tuple[int, int], Verdict] = {}
        self._many: dict[tuple[int, int, int], tuple[Verdict, ...]] = {}
        self._settled: dict[tuple[int, int], Verdict] = {}
        self._doubted: dict[tuple[int, tuple[str, ...]], Verdict] = {}
        self._same: dict[Verdict, Verdict] = {}
        self._kerberos: set[int] = set()  # the ids of verdicts that count on it
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
        """Say what becomes of each flow from one address of a station to an address of another.

        Equal verdicts are one object.
        """
        known = self._judge(
            self._sides.side(sender, source, destination), self._sides.side(receiver, destination, source), flows
        )
        if self._kerberos.isdisjoint(map(id, known)):
            return known
        key = (id(known), self.ticket(sender), self.ticket(receiver))
        if key not in self._corrected:
            self._corrected[key] = tuple(self._keep(with_tickets(verdict, key[1:])) for verdict in known)
        return self._corrected[key]

    def ticket(self, name: str) -> Ticket:
        """Say whether a station gets a Kerberos ticket without first having one; an unknown KDC leaves a doubt."""
        known = self._tickets.get(name)
        if known is None:
            known = self._tickets[name] = self._ask_kdcs(self.stations[name])
        return known

    def _ask_kdcs(self, station: Station) -> Ticket:
        if not self._kdcs or station in self._kdcs or not station.addresses:
            return OPEN
        ways: list[tuple[Outcome, tuple[str, ...]]] = []
        for kdc in self._kdcs:
            place = (station.addresses[0], kdc.addresses[0])
            here, there = self._sides.side(station.name, *place), self._sides.side(kdc.name, *place[::-1])
            for verdict in self._judge(here, there, _KERBEROS):
                waits = verdict.methods[:1] == (KERBEROS,) and not verdict.asked_back
                unknown = (verdict.because,) if verdict.outcome is Outcome.UNKNOWN else ()
                ways.append((Outcome.DEADLOCK if waits else verdict.outcome, (*verdict.doubts, *unknown)))
        return _best(ways)

    def _judge(self, one: Side, other: Side, flows: tuple[Traffic, ...]) -> tuple[Verdict, ...]:
        """Follow flows from one side to the other, counting on Kerberos tickets."""
        flows_number = self._sides.number(flows)
        key = (one.number, other.number, flows_number)
        known = self._many.get(key)
        if known is None:
            senders = self._sides.ends(one, SENDER, flows, flows_number)
            receivers = self._sides.ends(other, RECEIVER, flows, flows_number)
            verdicts = self._verdicts
            known = tuple([verdicts.get(ends) or self._verdict(ends) for ends in zip(senders, receivers, strict=True)])
            self._many[key] = known
        return known

    def _verdict(self, ends: tuple[int, int]) -> Verdict:
        """Settle a flow between two ends, which are many, as one between their fates, which are few."""
        sender, receiver = self._sides.end(ends[0]), self._sides.end(ends[1])
        fates = (sender.fate, receiver.fate)
        settled = self._settled.get(fates)
        if settled is None:
            settled = self._settled[fates] = self._keep(settle(sender, receiver))
        known = self._verdicts[ends] = self._doubting(settled, doubts_of(sender, receiver))
        if KERBEROS in known.methods[:1]:
            self._kerberos.add(id(known))
        return known

    def _doubting(self, verdict: Verdict, doubts: tuple[str, ...]) -> Verdict:
        key = (id(verdict), doubts)
        known = self._doubted.get(key)
        if known is None:
            known = self._doubted[key] = self._keep(verdict.doubting(doubts))
        return known

    def _keep(self, verdict: Verdict) -> Verdict:
        return self._same.setdefault(verdict, verdict)


def _best(ways: Sequence[tuple[Outcome, tuple[str, ...]]]) -> Ticket:
    """Take the ways to the KDCs together: one that is surely open is enough, else every doubt counts."""
    if any(not end.lost and not doubts for end, doubts in ways):
        return OPEN
    found = (one for _unused, doubts in ways for one in doubts)
    doubts = tuple(dict.fromkeys(f"whether a Kerberos ticket can be had: {one}" for one in found))
    if any(not end.lost for end, _unused in ways):
        return Ticket(doubts=doubts)
    ends = {end for end, _unused in ways}
    return Ticket(Outcome.DEADLOCK if Outcome.DEADLOCK in ends else Outcome.FAILS, doubts)


def with_tickets(verdict: Verdict, tickets: tuple[Ticket, ...]) -> Verdict:
    """Correct a verdict that counts on Kerberos where an end, sender or receiver, gets no ticket.

    Only the end that asks needs one (RFC 4120 section 3.2: the other decrypts it with its own key), and no other
    method is tried. The other end will ask itself one day, when associations have ended: a doubt.
    """
    if KERBEROS not in verdict.methods[:1]:
        return verdict
    asking, other = reversed(tickets) if verdict.asked_back else tickets
    doubts = tuple(dict.fromkeys((*verdict.doubts, *asking.doubts)))
    if asking.lost is Outcome.DEADLOCK:
        because = "it needs a Kerberos ticket, and the way to the domain controllers needs one too"
        return Verdict(Outcome.DEADLOCK, because, doubts=doubts)
    if asking.lost is not None:
        because = "it needs a Kerberos ticket, and the end that asks reaches no domain controller"
        return Verdict(Outcome.FAILS, because, doubts=doubts)
    if other.lost is not None:
        who = SENDER if verdict.asked_back else RECEIVER
        doubts = (*doubts, f"{who} gets no Kerberos ticket, should it be the one to renew the association")
    return dataclasses.replace(verdict, doubts=doubts) if doubts else verdict
