# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds which parts of the twin run once more, and what no second run makes good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.wire import run
from tests.wire.run import Found
from tests.wire.uml import TwinError

GOOD = Found({"flows": []}, ["a table"], [], "no flows")
LATE = Found({"failover": [{"case": "planned", "clear_packets": 0}]}, [], ["planned: late"], "fail-over")
CLEAR = Found({"failover": [{"case": "planned", "clear_packets": 3}]}, [], ["planned: 3 clear packets"], "fail-over")


class Part:
    """A part that comes to one thing after the other."""

    def __init__(self, *ends: Found | None) -> None:
        self.ends = list(ends)

    def __call__(self) -> Found:
        end = self.ends.pop(0)
        if end is None:
            raise TwinError("the guest broke")
        return end


@pytest.mark.parametrize(("ends", "twice", "expected"), [
    pytest.param([GOOD, GOOD], True, (0, {}, 1), id="good"),
    pytest.param([LATE, GOOD], True, (0, {"flows": ["planned: late"]}, 0), id="good-the-second-time"),
    pytest.param([None, GOOD], True, (0, {"flows": ["the twin did not run: the guest broke"]}, 0), id="broke-once"),
    pytest.param([LATE, LATE, GOOD], True, (1, {"flows": ["planned: late"]}, 1), id="wrong-twice"),
    pytest.param([None, None], True, (1, {"flows": ["the twin did not run: the guest broke"]}, 0), id="broke-twice"),
    pytest.param([CLEAR, GOOD], True, (1, {}, 1), id="readable-is-wrong-at-once"),
    pytest.param([LATE, GOOD], False, (1, {}, 1), id="not-asked-for"),
])
def test_a_part_that_runs_twice(
    ends: list[Found | None], twice: bool, expected: tuple[int, dict[str, Any], int], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    code, repeated, left = expected
    flows, failover = Part(*ends), Part(GOOD, GOOD)
    monkeypatch.setattr(run, "REPORT", tmp_path / "wire.json")
    monkeypatch.setattr(run, "PARTS", {"flows": flows, "failover": failover})
    assert run.run_wire(["flows", "failover"], twice=twice) == code
    assert json.loads((tmp_path / "wire.json").read_text(encoding="utf-8"))["repeated"] == repeated
    assert (len(flows.ends), len(failover.ends)) == (left, 1)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.endswith("as expected on the link") == (code == 0)
    assert ("(second run)" in last) == (code == 0 and bool(repeated))
