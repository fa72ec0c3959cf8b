# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forecast of a change: stations before and after, flows, and what comes out for people and programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..model.severity import Severity
from .engine import Engine
from .findings import Finding, judge, reaches, together
from .flows import Conversations
from .matrix import Matrix, matrix, shown
from .station import Station
from .verdict import Outcome

_SHOWN = 10
"""How many findings a summary spells out."""


@dataclasses.dataclass(frozen=True)
class Foresight:
    """What a change would do: the matrix now and after, and what speaks against it."""

    matrix: Matrix
    findings: tuple[Finding, ...]

    def safe(self, level: Severity = Severity.HIGH) -> bool:
        """Say whether nothing as severe as ``level`` speaks against the change."""
        return not reaches(self.findings, level)

    def with_findings(self, more: Iterable[Finding]) -> Foresight:
        """Give the forecast with more findings in their places."""
        return Foresight(self.matrix, tuple(sorted((*self.findings, *more), key=lambda one: -one.severity)))

    @property
    def outcomes(self) -> dict[str, dict[str, int]]:
        """Count pairs and flows by outcome, now and after."""
        now = {one.value: 0 for one in Outcome}
        after = dict(now)
        for cell in self.matrix.cells:
            now[cell.now.outcome.value] += len(cell.pairs)
            after[cell.after.outcome.value] += len(cell.pairs)
        return {"now": now, "after": after}

    @property
    def summary(self) -> str:
        """The forecast for a person: counts, then the worst findings."""
        after = ", ".join(f"{count} {word}" for word, count in self.outcomes["after"].items() if count)
        head = f"{'safe' if self.safe() else 'not safe'}: after the change {after or 'no flow'}"
        told = together(self.findings)
        rest = [f"  … and {len(told) - _SHOWN} more findings"] if len(told) > _SHOWN else []
        return "\n".join([head, *(f"  {one}" for one in told[:_SHOWN]), *rest])

    def to_dict(self, limit: int) -> dict[str, Any]:
        """Give the forecast as plain data; each list of pairs holds at most ``limit`` (0: all)."""
        cells = [cell.to_dict(limit) for cell in self.matrix.cells]
        return {
            "safe": self.safe(),
            "matrix": cells,
            "worse": [one for one in cells if one["worse"]],
            "findings": [one.to_dict(limit) for one in self.findings],
            "clear_text": [
                {
                    "flow": cell.flow.name,
                    "kind": cell.flow.kind.value,
                    "protocol": cell.flow.protocol,
                    "port": cell.flow.ports,
                    "because": cell.now.because if not cell.now.suite else f"{cell.now.suite} does not encrypt",
                    "count": len(cell.pairs),
                    "pairs": shown(cell.pairs, limit),
                }
                for cell in self.matrix.clear_text()
            ],
            "outcomes": self.outcomes,
        }


def foresee(
    before: Sequence[Station],
    after: Sequence[Station],
    changed: Collection[str],
    conversations: Iterable[Conversations],
    kdcs: Sequence[str] = (),
) -> Foresight:
    """Forecast a change of the stations called ``changed``.

    ``before`` and ``after`` hold the same stations; ``kdcs`` names those that hand out Kerberos tickets. Senders and
    receivers of the conversations that are no station of ours count as hosts that know no IPsec.
    """
    talks = tuple(conversations)
    outside = outsiders(talks, {one.name for one in before})
    found = matrix(Engine((*before, *outside), kdcs), Engine((*after, *outside), kdcs), talks)
    later: Mapping[str, Station] = {one.name: one for one in after}
    return Foresight(found, judge(found, later, [name for name in changed if name in later]))


def joined(parts: Sequence[Foresight]) -> Foresight:
    """Put the forecasts of several sites together."""
    cells = tuple(cell for part in parts for cell in part.matrix.cells)
    findings = sorted((one for part in parts for one in part.findings), key=lambda one: -one.severity)
    return Foresight(Matrix(cells), tuple(findings))


def outsiders(conversations: Iterable[Conversations], known: Collection[str]) -> tuple[Station, ...]:
    """Make stations of the ends that are not known: a controller, an address that somebody named."""
    found: dict[str, Station] = {}
    for talk in conversations:
        for pair in talk.pairs:
            for name, address in ((pair.sender, pair.source), (pair.receiver, pair.destination)):
                if name not in known and name not in found:
                    found[name] = Station(name, (address,))
    return tuple(found.values())
