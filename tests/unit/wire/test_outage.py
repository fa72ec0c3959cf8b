# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of fail-over: percentiles, the clear packets that count, and when a flush is too slow."""

from __future__ import annotations

import pytest

from tests.wire.outage import QUICK, REAL, outage_lines, percentile, problems, reports_protected
from tests.wire.probes import TABLE, name, wrong
from tests.wire.table import aligned


@pytest.mark.parametrize(("values", "share", "expected"), [
    pytest.param([3.0, 1.0, 2.0, 4.0], 50, 2.0, id="half"),
    pytest.param([3.0, 1.0, 2.0, 4.0], 95, 4.0, id="nearly-all"),
    pytest.param([1.234], 95, 1.23, id="one"),
    pytest.param([float(one) for one in range(1, 101)], 95, 95.0, id="hundred"),
])
def test_the_nearest_rank(values: list[float], share: int, expected: float) -> None:
    assert percentile(values, share) == expected


IP = "45000054 00000000 40{protocol} 0000 c000021e c000020b"


@pytest.mark.parametrize(("packet", "harmless"), [
    pytest.param("03030000 00000000" + IP.format(protocol="11") + "01f401f4 00000000", True, id="about-ike"),
    pytest.param("03010000 00000000" + IP.format(protocol="32") + "00000001 00000001", True, id="about-esp"),
    pytest.param("03030000 00000000" + IP.format(protocol="11") + "00350035 00000000", False, id="about-dns"),
    pytest.param("03010000 00000000" + IP.format(protocol="06") + "c000006e 00000001", False, id="about-tcp"),
    pytest.param("08000000 00000000" + IP.format(protocol="32") + "00000001 00000001", False, id="echo"),
    pytest.param("03010000 00000000", False, id="short"),
])
def test_errors_about_what_was_protected(packet: str, harmless: bool) -> None:
    assert reports_protected(bytes.fromhex(packet)) is harmless


def figures(**more: object) -> dict[str, object]:
    return {"case": "crash-flush", "about": "flush", "scale": 1.0, "repetitions": 8, "p50": 2.0, "p95": 3.0,
            "p50_since_up": 1.0, "p95_since_up": 2.0, "clear_packets": 0, **more}  # fmt: skip


@pytest.mark.parametrize(("found", "said"), [
    pytest.param(figures(), [], id="good"),
    pytest.param(figures(clear_packets=1), ["crash-flush: 1 clear packets"], id="leak"),
    pytest.param(figures(p95_since_up=10.01), ["crash-flush: p95 is 10.01 s after the address is up"], id="slow"),
    pytest.param(
        figures(case="crash-policy", p95_since_up=10.01),
        ["crash-policy: p95 is 10.01 s after the address is up"], id="slow-policy",
    ),
    pytest.param(figures(case="crash", p95_since_up=365.0), [], id="without-flush"),
])
def test_what_is_wrong(found: dict[str, object], said: list[str]) -> None:
    assert problems([found]) == said


def test_timers_of_the_article() -> None:
    """Five minutes and one minute, each and a minute of main mode; a scaled case says by how much."""
    assert {case.name: (case.idle, case.scale) for case in REAL if case.crash and case.flush is None} == {
        "crash": (300.0, 1.0), "crash-nlbs": (60.0, 1.0),
    }  # fmt: skip
    assert {case.name: case.to_plan()["idle"] for case in QUICK} == {
        "planned": 300.0, "crash": 15.0, "crash-nlbs": 3.0, "crash-flush": 300.0, "crash-policy": 300.0,
    }  # fmt: skip
    assert "| 1/20   |" in outage_lines([figures(scale=20.0)])[2]


def test_two_probes_that_disagree() -> None:
    good = {"question": name(next(iter(TABLE))), "expected": "accepted", "probe": "accepted", "ike_scan": "accepted"}
    assert wrong([good]) == []
    assert len(wrong([{**good, "ike_scan": "silent"}, {**good, "probe": "silent"}])) == 2


def test_a_table_is_markdown() -> None:
    assert aligned([("a", "bcd"), ("---", "---"), ("ef", "g")]) == ["| a   | bcd |", "| --- | --- |", "| ef  | g   |"]
