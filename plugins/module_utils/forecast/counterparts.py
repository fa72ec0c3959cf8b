# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that a change would leave behind: what they have would not fit to what others get."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable

from .findings import Finding
from .flows import Pair

_CHECKS = ("ends.disagree", "peer.outside")


@dataclasses.dataclass(frozen=True)
class Counterpart:
    """A host that would not fit to its peer, and what would become of their flows."""

    host: str
    peer: str
    because: str

    def to_dict(self) -> dict[str, str]:
        """Give it as plain data."""
        return dataclasses.asdict(self)


def ends(findings: Iterable[Finding]) -> set[str]:
    """Give the ends of all flows whose ends want different things."""
    return {name for _finding, pair in _apart(findings) for name in (pair.sender, pair.receiver)}


def beside(findings: Iterable[Finding], hosts: Collection[str]) -> dict[str, Counterpart]:
    """Give those who are not among ``hosts`` and would not fit to one of them, each with the first reason."""
    found: dict[str, Counterpart] = {}
    for finding, pair in _apart(findings):
        for name, peer in ((pair.sender, pair.receiver), (pair.receiver, pair.sender)):
            if name not in hosts and peer in hosts:
                found.setdefault(name, Counterpart(name, peer, f"{finding.flow}: {finding.found}"))
    return found


def _apart(findings: Iterable[Finding]) -> list[tuple[Finding, Pair]]:
    return [(finding, pair) for finding in findings if finding.check in _CHECKS for pair in finding.pairs]
