# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case came to: what the forecast said held against what the lab did, and the hosts as they stand afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from tests.torture.field import Field, Flow, flow_of

SAME = {
    "protected": "protected",
    "clear": "clear",
    "clear by fallback": "fallback",
    "blocked": "blocked",
    "negotiation fails": "fails",
    "deadlock": "deadlock",
}
"""The forecast's words and the lab's."""
PASSES = ("protected", "clear", "fallback")


@dataclasses.dataclass
class Verdicts:
    """The forecast of a case against the lab."""

    compared: int = 0
    doubtful: int = 0
    doubtful_alike: int = 0
    wrong: list[str] = dataclasses.field(default_factory=list)
    surely_lost: int = 0

    def compare(self, cells: Sequence[Mapping[str, Any]], outcomes: Mapping[Flow, str]) -> None:
        """Hold every pair of every flow against what the lab says; what the forecast itself doubts counts apart."""
        for cell in cells:
            for pair in cell["pairs"]:
                is_now = outcomes[flow_of(cell), pair]
                alike = SAME.get(cell["after"]) == is_now
                if not cell["certain"]:
                    self.doubtful += 1
                    self.doubtful_alike += alike
                    continue
                self.compared += 1
                self.surely_lost += is_now not in PASSES
                if not alike:
                    said = f"{cell['after']} ({cell['after_because']})"
                    self.wrong.append(f"{flow_of(cell)} {pair}: forecast {said}, lab {is_now}")

    def refusal(
        self, findings: Sequence[Mapping[str, Any]], cells: Sequence[Mapping[str, Any]], lab: Mapping[Flow, str]
    ) -> bool:
        """Hold what a refusal names against the lab; says whether any of it is sure, so that more than a doubt refused.

        Where it names a loss, each pair of it must really be lost.
        """
        doubted = {(flow_of(cell), pair) for cell in cells for pair in cell["pairs"] if not cell["certain"]}
        sure = False
        for one in findings:
            if one["severity"] != "high" or not one["flow"] or one["check"] == "doubt":
                continue
            for pair in one["pairs"]:
                if (one["flow"], pair) in doubted:
                    continue
                sure = True
                if lab[one["flow"], pair] in PASSES:
                    self.wrong.append(f"refused for {one['check']} {one['flow']} {pair}, which passes in the lab")
        return sure


def ends(field: Field, name: str, former: Mapping[str, Any], new: bool, status: str, built: str = "") -> list[str]:
    """Say what is wrong with a host at the end of a case; `new` says that it has what was wanted.

    In a former state, what was built aside for the policy `built`, and is not in force, may lie there until the next
    run clears it away.
    """
    stands = field.policies(name)
    old = in_force(stands, built) == in_force(former, built)
    found = [] if field.reachable(name) else [f"{name} is out of reach"]
    if not new and not old:
        found.append(f"{name} is neither in its former nor in its new state")
    if status in ("ok", "changed") and not new:
        found.append(f"{name}: the task said {status}, and the new state is not there")
    if status == "failed" and not old:
        found.append(f"{name}: the task failed, and the former state is not there")
    return found + [f"{name}: left over: {one}" for one in field.leftovers(name) if new or not one.endswith(" ~new'")]


def in_force(stands: Mapping[str, Any], built: str) -> tuple[Any, ...]:
    """What counts of a store: the policy in force with its lists and actions, and all policies but those of that name.

    Without a name, all of it.
    """
    if not built:
        return (stands,)
    assigned = stands["assigned"]
    others = {name: one for name, one in stands["policies"].items() if name not in (built, f"{built} ~new")}
    mine = stands["policies"].get(assigned)
    rules = mine["rules"].values() if mine else []
    parts = [(stands["lists"][one["list"]], stands["actions"].get(one["action"])) for one in rules]
    return (assigned, others, mine, parts)
