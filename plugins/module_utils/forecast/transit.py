# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states between the first host of a change and the last: what is lost on the way and back at its end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..model.severity import Severity
from .findings import Finding
from .flows import Conversations, Flow, Pair
from .foresee import Foresight, foresee
from .matrix import Cell
from .station import Station

REMEDY = "take the site over the stages permit, request and require, as the playbook exchange.ipsec.harden_live does"


def in_waves(
    before: Sequence[Station],
    after: Sequence[Station],
    waves: Sequence[Collection[str]],
    conversations: Iterable[Conversations],
    kdcs: Sequence[str] = (),
) -> tuple[Foresight, ...]:
    """Forecast a change that takes its hosts wave by wave, each wave against the state that the last one left."""
    talks = tuple(conversations)
    later = {one.name: one for one in after}
    found, state = [], list(before)
    for wave in waves:
        following = [later[one.name] if one.name in wave else one for one in state]
        found.append(foresee(state, following, wave, talks, kdcs))
        state = following
    return tuple(found)


def transit(waves: Sequence[Foresight]) -> tuple[Finding, ...]:
    """Tell, in one finding, what gets through before the first wave and after the last, but not in between."""
    if not waves:
        return ()
    broken = [cell for wave in waves[:-1] for cell in wave.matrix.cells if cell.after.outcome.lost]
    concerned = {cell.flow for cell in broken}
    before = _pairs(concerned, (cell for cell in waves[0].matrix.cells if not cell.now.outcome.lost))
    at_end = _pairs(concerned, (cell for cell in waves[-1].matrix.cells if not cell.after.outcome.lost))
    fine = {flow: before[flow] & at_end[flow] for flow in concerned}
    lost: dict[Flow, dict[Pair, str]] = {}
    for cell in broken:
        pairs = [pair for pair in cell.pairs if pair in fine[cell.flow]]
        if pairs:
            lost.setdefault(cell.flow, {}).update(dict.fromkeys(pairs, cell.after.because))
    if not lost:
        return ()
    first = next(iter(lost))
    flows = f"{first} and {len(lost) - 1} more" if len(lost) > 1 else str(first)
    text = f"gets through before and after, but not while the hosts are changed: {next(iter(lost[first].values()))}"
    pairs = list(dict.fromkeys(pair for one in lost.values() for pair in one))
    return (Finding(Severity.MEDIUM, "transit.lost", flows, text, REMEDY, tuple(pairs)),)


def _pairs(flows: Collection[Flow], cells: Iterable[Cell]) -> dict[Flow, set[Pair]]:
    """Give all pairs of some flows in these cells."""
    found: dict[Flow, set[Pair]] = {flow: set() for flow in flows}
    for cell in cells:
        if cell.flow in found:
            found[cell.flow].update(cell.pairs)
    return found
