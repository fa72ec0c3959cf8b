# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of every flow of a site, now and after a change."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .engine import Engine
from .flows import Conversations, Flow, Pair
from .packet import filters_in_force, named_ports
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


@no_collector()
def matrix(now: Engine, after: Engine, conversations: Iterable[Conversations]) -> Matrix:
    """Judge every flow of every pair, now and after; pairs of the same fate share a cell.

    An engine gives equal verdicts as one object, so fates are told apart by identity.
    """
    named = _named(now) | _named(after)
    numbers: dict[Flow, int] = {}  # a flow is dear to hash, and there are a million questions about it
    found: dict[tuple[int, int, int], tuple[Flow, Verdict, Verdict, list[Pair]]] = {}
    for talk in conversations:
        traffic = tuple(flow.traffic(named) for flow in talk.flows)
        numbered = [(numbers.setdefault(flow, len(numbers)), flow) for flow in talk.flows]
        by_fate: dict[tuple[int, int], tuple[tuple[Verdict, ...], tuple[Verdict, ...], list[Pair]]] = {}
        for pair in talk.pairs:
            here, there = now.verdicts(*pair, traffic), after.verdicts(*pair, traffic)
            fate = by_fate.setdefault((id(here), id(there)), (here, there, []))
            fate[2].append(pair)
        for here, there, pairs in by_fate.values():
            for (number, flow), one, other in zip(numbered, here, there, strict=True):
                key = (number, id(one), id(other))
                known = found.get(key)
                if known is None:
                    found[key] = (flow, one, other, [*pairs])
                else:
                    known[3].extend(pairs)
    return Matrix(tuple(Cell(flow, one, other, tuple(pairs)) for flow, one, other, pairs in found.values()))


def shown(pairs: tuple[Pair, ...], limit: int) -> list[str]:
    """Give pairs for people, at most ``limit`` of them (0: all)."""
    return [str(pair) for pair in (pairs[:limit] if limit else pairs)]


def _named(engine: Engine) -> set[int]:
    return named_ports(one for station in engine.stations.values() for one in filters_in_force(station.policy))
