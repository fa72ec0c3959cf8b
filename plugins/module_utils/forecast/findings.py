# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What speaks against a change: findings, the worst first."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..model.address import DnsName
from ..model.severity import Severity
from .classify import UNREAD
from .flows import Kind, Pair
from .matrix import Cell, Matrix, no_collector, shown
from .negotiate import KEY_DOUBT
from .packet import filters_in_force
from .station import NOT_READ, Station
from .verdict import Outcome, Verdict

DNS_PORT = 53
_REMEDIES = {
    "lost": "permit the flow, or protect it at both ends alike",
    "disagree": "give both ends filters for the same traffic, mirrored, with an offer and a method in common",
    "deadlock": "permit the traffic to the domain controllers, or authenticate with certificates",
    "doubt": "make one of the filters narrower than the other in every respect, or let both ask for the same",
    "partial": "see to the rule that policy_info names in its problems; until then nobody knows what it does",
    "outside": "let this host take part in the run, take its peer out of it too, or name it as absent where it is down",
    "fallback": "give the peer its policy first, or count on readable traffic until it has one",
    "worse": "keep the rule that protects it, at both ends",
    "exempt": "set NoDefaultExempt to 3, or count on it that this flow is readable",
    "addresses": "mend ipsec_addresses of the host; the policies of its peers would name somebody else",
    "names": "write the addresses into the filters instead of names",
    "idle": "start the service PolicyAgent, or nothing of the policy is enforced",
    "unread": "read the host with policy_info first",
    "host": "take the host out of the GPO that assigns a policy over the local one",
}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that speaks against a change, with the pairs that it concerns; ``flow`` is empty for a whole host."""

    severity: Severity
    check: str
    flow: str
    found: str
    remedy: str
    pairs: tuple[Pair, ...] = ()
    host: str = ""

    def __str__(self) -> str:
        """Say the finding on one line, with its first pair."""
        about = self.flow or self.host
        example = f"; first {self.pairs[0]}, {len(self.pairs)} in all" if self.pairs else ""
        return f"[{self.severity.word}] {self.check}: {about}: {self.found}{example}; {self.remedy}"

    def to_dict(self, limit: int) -> dict[str, Any]:
        """Give the finding as plain data, with at most ``limit`` pairs (0: all)."""
        return {
            "severity": self.severity.word,
            "check": self.check,
            "flow": self.flow,
            "host": self.host,
            "found": self.found,
            "remedy": self.remedy,
            "count": len(self.pairs),
            "pairs": shown(self.pairs, limit),
        }


@no_collector()
def judge(found: Matrix, after: Mapping[str, Station], changed: Collection[str]) -> tuple[Finding, ...]:
    """Give what speaks against a change of the hosts ``changed``; ``after`` are the stations as they would be."""
    findings = [finding for cell in found.cells for finding in _cell(cell, changed)]
    findings += [finding for name in sorted(changed) for finding in _host(after[name], found)]
    return tuple(sorted(findings, key=lambda one: -one.severity))


def reaches(findings: Iterable[Finding], severity: Severity) -> bool:
    """Say whether a finding is at least this severe."""
    return any(one.severity >= severity for one in findings)


def together(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings together that say the same of several flows, in the place of the first of them."""
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        alike.setdefault((one.severity.word, one.check, one.host, one.found), []).append(one)
    return tuple(_one_of(group) for group in alike.values())


def _one_of(group: list[Finding]) -> Finding:
    if len(group) == 1:
        return group[0]
    flow = f"{group[0].flow} and {len(group) - 1} more"
    pairs = tuple(dict.fromkeys(pair for one in group for pair in one.pairs))
    return dataclasses.replace(group[0], flow=flow, pairs=pairs)


def _cell(cell: Cell, changed: Collection[str]) -> Iterator[Finding]:
    after = cell.after
    if after.outcome.lost:
        yield _lost(cell, changed)
    elif after.outcome is Outcome.UNKNOWN and after.disagreed:
        if touched := _touched(cell, changed):
            yield _finding(cell, Severity.HIGH, "peer.outside", "outside", touched)
    elif after.doubts:
        grave = cell.flow.kind.vital and set(after.doubts) != {KEY_DOUBT} and not _left_alone(cell, changed)
        severity = Severity.HIGH if grave else Severity.MEDIUM
        text = f"{after.outcome.value}, unless: {after.doubts[0]}"
        yield dataclasses.replace(_finding(cell, severity, "doubt", _doubted(after)), found=text)
    if after.outcome is Outcome.FALLBACK:
        severity = Severity.LOW if cell.flow.kind is Kind.MANAGEMENT else Severity.MEDIUM
        yield _finding(cell, severity, "clear.fallback", "fallback")
    elif cell.worse and not after.outcome.lost:
        yield _finding(cell, Severity.MEDIUM, "worse.protection", "worse")
    if after.exempted:
        yield _finding(cell, Severity.LOW, "clear.exempt", "exempt")


def _touched(cell: Cell, changed: Collection[str]) -> tuple[Pair, ...]:
    """Give the pairs of which the run changes an end."""
    return tuple(pair for pair in cell.pairs if pair.sender in changed or pair.receiver in changed)


def _left_alone(cell: Cell, changed: Collection[str]) -> bool:
    """Say whether the run changes neither the fate of the flow nor an end of it."""
    return cell.now == cell.after and not _touched(cell, changed)


def _doubted(after: Verdict) -> str:
    """Name the remedy of a doubt."""
    return "partial" if after.doubts[0].startswith(UNREAD) else "doubt"


def _lost(cell: Cell, changed: Collection[str]) -> Finding:
    """Name a flow that does not get through: what is to blame, and how bad it is."""
    severity = Severity.MEDIUM if _left_alone(cell, changed) else Severity.HIGH
    if cell.after.outcome is Outcome.DEADLOCK:
        return _finding(cell, severity, "deadlock.kerberos", "deadlock")
    if cell.after.disagreed and cell.flow.kind is not Kind.MANAGEMENT:  # a controller has no end to be changed
        return _finding(cell, severity, "ends.disagree", "disagree")
    grave = (cell.flow.kind.vital or cell.flow.kind is Kind.OWN) and not cell.now.outcome.lost
    return _finding(cell, Severity.HIGH if grave else Severity.MEDIUM, f"lost.{cell.flow.kind.value}", "lost")


def _finding(
    cell: Cell, severity: Severity, check: str, remedy: str, pairs: tuple[Pair, ...] | None = None
) -> Finding:
    return Finding(
        severity, check, str(cell.flow), f"{cell.after.outcome.value}: {cell.after.because}", _REMEDIES[remedy],
        cell.pairs if pairs is None else pairs,
    )  # fmt: skip


def _host(station: Station, found: Matrix) -> Iterator[Finding]:
    """``host.unread``, ``.unknown``, ``.idle``, ``.addresses``, ``deadlock.dns``, ``dns.names``: whole hosts."""
    if station.unknown == NOT_READ:
        yield Finding(Severity.MEDIUM, "host.unread", "", NOT_READ, _REMEDIES["unread"], host=station.name)
    elif station.unknown:
        yield Finding(Severity.HIGH, "host.unknown", "", station.unknown, _REMEDIES["host"], host=station.name)
    if station.idle:
        yield Finding(Severity.MEDIUM, "host.idle", "", station.idle, _REMEDIES["idle"], host=station.name)
    if station.foreign:
        text = f"the inventory gives it {', '.join(map(str, station.foreign))}, which the host does not have"
        yield Finding(Severity.HIGH, "host.addresses", "", text, _REMEDIES["addresses"], host=station.name)
    names = unresolved(station)
    if not names:
        return
    lost = any(_lacks_dns(cell, station.name) for cell in found.cells)
    severity, check = (Severity.HIGH, "deadlock.dns") if lost else (Severity.MEDIUM, "dns.names")
    way = "the way to the DNS servers is lost or needs protection first" if lost else "nobody resolved them here"
    text = f"filters name {', '.join(names)}, and {way}"
    yield Finding(severity, check, "", text, _REMEDIES["names"], host=station.name)


def unresolved(station: Station) -> tuple[str, ...]:
    """Give the DNS names of a station's filters that nobody resolved."""
    sides = (side for one in filters_in_force(station.policy) for side in (one.source, one.destination))
    names = {side.name.rstrip(".").casefold() for side in sides if isinstance(side, DnsName)}
    return tuple(sorted(names - set(station.resolved)))


def _lacks_dns(cell: Cell, name: str) -> bool:
    """Say whether a host cannot ask a DNS server, or not before a negotiation."""
    asks = cell.flow.kind is Kind.DOMAIN and cell.flow.port == DNS_PORT
    needs = cell.after.outcome.lost or cell.after.outcome is Outcome.PROTECTED
    return asks and needs and any(pair.sender == name for pair in cell.pairs)
