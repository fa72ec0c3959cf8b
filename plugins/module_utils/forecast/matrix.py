# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of every flow of a site, now and after a change."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import itertools
import operator
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .engine import Engine
from .exemptions import EXEMPT_PORTS
from .flows import Conversations, Flow, Pair
from .packet import Traffic, filters_in_force, named_ports
from .verdict import Verdict, worse


class Cell(NamedTuple):
    """All pairs for which one flow ends alike, now and after."""

    flow: Flow
    now: Verdict
    after: Verdict
    pairs: tuple[Pair, ...]

    @property
    def worse(self) -> bool:
        """Whether the change takes something away."""
        return worse(self.now, self.after)

    def to_dict(self, limit: int) -> dict[str, Any]:
        """Give the cell as plain data, with at most ``limit`` pairs (0: all)."""
        return {
            "flow": self.flow.name,
            "kind": self.flow.kind.value,
            "protocol": self.flow.protocol,
            "port": self.flow.ports,
            "now": self.now.outcome.value,
            "now_because": self.now.because,
            "after": self.after.outcome.value,
            "after_because": self.after.because,
            "suite": self.after.suite,
            "certain": self.after.certain,
            "doubts": list(self.after.doubts),
            "worse": self.worse,
            "count": len(self.pairs),
            "pairs": shown(self.pairs, limit),
        }


@dataclasses.dataclass(frozen=True)
class Matrix:
    """The cells, in the order of the conversations."""

    cells: tuple[Cell, ...]

    @property
    def worse(self) -> tuple[Cell, ...]:
        """The cells that a change makes worse."""
        return tuple(cell for cell in self.cells if cell.worse)

    def clear_text(self) -> Iterator[Cell]:
        """Give the cells whose packets can be read on their way as things stand now."""
        return (cell for cell in self.cells if cell.now.readable)


@contextlib.contextmanager
def no_collector() -> Iterator[None]:
    """Keep the garbage collector from looking again and again at a million small objects that hold no cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_Fates = tuple[tuple[Verdict, ...], tuple[Verdict, ...], list[Pair]]
"""What becomes of each flow now and after, and the pairs for which it does."""

_Part = tuple[int, Verdict, Verdict, list[Pair]]
"""What a conversation adds to a cell: the place of the flow in it, its verdicts, the pairs."""


@no_collector()
def matrix(now: Engine, after: Engine, conversations: Iterable[Conversations]) -> Matrix:
    """Judge every flow of every pair, now and after; pairs of the same fate share a cell.

    An engine gives equal verdicts as one object, so fates are told apart by identity.
    """
    named = _named(now) | _named(after) | EXEMPT_PORTS
    numbers: dict[Flow, int] = {}  # a flow is dear to hash
    found: dict[tuple[int, int, int], tuple[Flow, Verdict, Verdict, list[list[Pair]]]] = {}
    for talk in conversations:
        alike: dict[Traffic, list[int]] = {}  # flows with the same first packet have the same fates
        for place, flow in enumerate(talk.flows):
            alike.setdefault(flow.traffic(named), []).append(place)
        fates = _fates(now, after, talk.pairs, tuple(alike))
        numbered = [(numbers.setdefault(flow, len(numbers)), flow) for flow in talk.flows]
        for place, one, other, pairs in _parts(fates, list(alike.values())):
            number, flow = numbered[place]
            found.setdefault((number, id(one), id(other)), (flow, one, other, []))[3].append(pairs)
    cells = (Cell(flow, one, other, tuple(itertools.chain(*parts))) for flow, one, other, parts in found.values())
    return Matrix(tuple(cells))


def _fates(now: Engine, after: Engine, pairs: Iterable[Pair], flows: tuple[Traffic, ...]) -> Iterable[_Fates]:
    """Judge flows and put the pairs together for which all of them end alike."""
    found: dict[tuple[int, int], _Fates] = {}
    for pair in pairs:
        here, there = now.verdicts(*pair, flows), after.verdicts(*pair, flows)
        found.setdefault((id(here), id(there)), (here, there, []))[2].append(pair)
    return found.values()


def _parts(fates: Iterable[_Fates], alike: list[list[int]]) -> list[_Part]:
    """Put the pairs together for which a flow ends alike; ``alike`` are the places of the flows of each verdict.

    The parts come in the order in which a conversation first meets them: by pairs, then by flows.
    """
    found: dict[tuple[int, int, int], list[Pair]] = {}
    parts: list[_Part] = []
    for here, there, pairs in fates:
        fresh: list[_Part] = []
        for places, one, other in zip(alike, here, there, strict=True):
            key = (places[0], id(one), id(other))
            known = found.get(key)
            if known is None:
                known = found[key] = []
                fresh += [(place, one, other, known) for place in places]
            known += pairs
        parts += sorted(fresh, key=operator.itemgetter(0))
    return parts


def shown(pairs: tuple[Pair, ...], limit: int) -> list[str]:
    """Give pairs for people, at most ``limit`` of them (0: all)."""
    return [str(pair) for pair in (pairs[:limit] if limit else pairs)]


def _named(engine: Engine) -> set[int]:
    return named_ports(one for station in engine.stations.values() for one in filters_in_force(station.policy))
