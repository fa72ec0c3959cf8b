# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of docs/wire.md and docs/failover.md are those of what is tested now: the same rows, nothing WRONG."""

from __future__ import annotations

import re

from tests.checkout import ROOT
from tests.wire import compliance, probes
from tests.wire.flows import flows
from tests.wire.judge import SEEN_AS
from tests.wire.outage import FRONT_ENDS, QUICK, REAL

WIRE = (ROOT / "docs/wire.md").read_text(encoding="utf-8")
FAILOVER = (ROOT / "docs/failover.md").read_text(encoding="utf-8")
FLOWS = [one for told in flows().values() for one in told]


def tables(text: str, head: str) -> list[list[list[str]]]:
    """The cells of every table whose first head is this."""
    found = re.findall(rf"^\| {head} +\|.*\n\| -.*\n((?:\|.*\n)+)", text, re.M)
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in one.splitlines()] for one in found]


def test_every_flow_stands_in_the_table_as_expected() -> None:
    (rows,) = tables(WIRE, "scenario")
    assert [row[:3] for row in rows] == [
        [one.scenario, f"{one.source} to {one.target}:{one.port}", one.expected] for one in FLOWS
    ]
    assert all(seen == expected == SEEN_AS[forecast] for _scenario, _flow, expected, forecast, seen, *_rest in rows)


def test_the_number_of_flows_is_said_alike_everywhere() -> None:
    assert f"one run, {len(FLOWS)} flows" in WIRE
    assert f"kernel: {len(FLOWS)} flows on" in (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.search(r"\((\d+) flows on three tiers with keys and certificates, (\d+) on",
                     (ROOT / "docs/fidelity.md").read_text(encoding="utf-8"))  # fmt: skip
    fitting = sum(one.scenario in ("credentials", "message_stream", "everything", "certificate") for one in FLOWS)
    assert told is not None
    assert [int(number) for number in told.groups()] == [fitting, len(FLOWS) - fitting]


def test_every_question_to_ike_stands_in_a_table() -> None:
    asked, judged = tables(WIRE, "question")
    assert [row[:2] for row in asked[:-1]] == [[probes.name(key), word] for key, word in probes.TABLE.items()]
    assert all(expected == ours == other for _question, expected, ours, other in asked[:-1])
    assert [row[:2] for row in judged] == [[compliance.name(key), word] for key, word in compliance.TABLE.items()]
    assert all(expected == found for _question, expected, found, _messages in judged)


def test_the_cases_of_failover_are_those_that_are_played() -> None:
    front_ends = len(FRONT_ENDS) + 2
    for rows, cases in zip(tables(FAILOVER, "case"), (REAL, QUICK), strict=True):
        assert [row[:3] for row in rows] == [
            [case.about, "real" if case.scale == 1 else f"1/{case.scale:g}", str(case.rounds * front_ends)]
            for case in cases
        ]
        assert all(row[-1] == "0" for row in rows)
