# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run, whether they hold, and what is printed of them."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import Any

LEAST = 300


def figures(results: Sequence[Any], points: Sequence[Any], wanted: int, **more: Any) -> dict[str, Any]:
    """What goes to .build/torture.json; the keys up to kill_points_survived are promised."""
    kinds: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for one in results:
        kinds[one.kind][one.way] += 1
        kinds[one.kind]["healed"] += one.healed
    return {
        "cases": len(results),
        "applied": sum(one.way == "applied" for one in results),
        "refused": sum(one.way == "refused" for one in results),
        "healed": sum(one.healed for one in results),
        "lost": sum(bool(one.lost) for one in results),
        "verdict_mismatches": sum(len(one.verdicts.wrong) for one in results),
        "kill_points": wanted,
        "kill_points_survived": sum(one.killed and not one.wrong for one in points),
        "failed": sum(one.way == "failed" for one in results),
        "healed_over_a_restart": sum(one.restarted for one in results),
        "refused_for_a_doubt_alone": sum(one.way == "refused" and one.in_doubt for one in results),
        "refused_as_declared": sum(one.unheld == "refused as declared" for one in results),
        "inventories_with_wrong_addresses": sum(one.unheld == "wrong addresses" for one in results),
        "verdicts": sum(one.verdicts.compared for one in results),
        "verdicts_of_lost_flows": sum(one.verdicts.surely_lost for one in results),
        "verdicts_in_doubt": sum(one.verdicts.doubtful for one in results),
        "verdicts_in_doubt_alike": sum(one.verdicts.doubtful_alike for one in results),
        "hosts_new_after_a_kill": sum(one.new for one in points),
        "kinds": {kind: dict(sorted(counts.items())) for kind, counts in sorted(kinds.items())},
        **more,
    }


def holds(told: dict[str, Any], wanted: int) -> bool:
    """Whether the figures are what is promised; `wanted` is how many cases were asked for."""
    good = not told["lost"] and not told["failed"] and not told["verdict_mismatches"]
    return good and told["cases"] >= min(wanted, LEAST) and told["kill_points_survived"] >= told["kill_points"]


def problems(results: Sequence[Any], seed: int) -> list[str]:
    """What went wrong in cases and kill points, and how to see it again."""
    lines = []
    for one in results:
        if hasattr(one, "at"):
            wrong = one.wrong or ([] if one.killed else ["the run ended before it came so far"])
            lines += [f"killed at request {one.at}: {what}\n    {_replay(f'--kill {one.at}', seed)}" for what in wrong]
            continue
        for what in (*one.lost, *one.verdicts.wrong):
            lines.append(f"case {one.number} ({one.kind}): {what}\n    {_replay(f'--case {one.number}', seed)}")
    return lines


def table(told: dict[str, Any]) -> str:
    """The figures for a person."""
    return "\n".join(f"{name:<34}{value}" for name, value in told.items() if name != "kinds")


def _replay(what: str, seed: int) -> str:
    return f"again: python -m tests.torture {what} --seed {seed}"
