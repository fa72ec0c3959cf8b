# SPDX-License-Identifier: GPL-3.0-or-later
"""failover_flush.yml over a hardened site: a crash is over for every front end at once, whatever its Windows."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.integration.conftest import SITE, Lab, LabMaker

MODULE = "exchange.ipsec.sa"
VIRTUAL = "192.0.2.30"
FRONT_ENDS = ("fe1", "fe2", "fe3")


@pytest.fixture
def crashed(make_lab: LabMaker) -> Lab:
    document: dict[str, Any] = copy.deepcopy(SITE)
    document["hosts"]["fe3"] = {"profile": "server2022", "addresses": ["192.0.2.13"]}
    document["groups"]["front_end"] = list(FRONT_ENDS)
    lab = make_lab(document)
    run = lab.run("harden")
    assert run.exit_code == 0, run.output
    for name in FRONT_ENDS:
        assert lab.handle.talk(name, VIRTUAL, "tcp", 110).outcome == "protected"
    lab.handle.fault("be1", "cut")
    lab.handle.call(lab.handle.fleet.computers.move, "EXCH", "be2")
    for name in FRONT_ENDS:
        assert lab.handle.talk(name, VIRTUAL, "tcp", 110).outcome == "fails"
    lab.handle.reset()
    return lab


def test_every_front_end_negotiates_anew(crashed: Lab) -> None:
    stands = {name: crashed.policies(name) for name in FRONT_ENDS}
    looked = crashed.run("failover_flush", "--check")
    assert set(looked.statuses()) == set(FRONT_ENDS)
    assert all(crashed.handle.talk(name, VIRTUAL, "tcp", 110).outcome == "fails" for name in FRONT_ENDS)

    crashed.handle.reset()
    run = crashed.run("failover_flush")
    assert run.exit_code == 0, run.output
    means = {name: run.one(MODULE, name).result["means"] for name in FRONT_ENDS}
    assert means == {"fe1": "policy", "fe2": "policy", "fe3": "associations"}
    assert all(run.one(MODULE, name).result["gap"]["protected"] for name in FRONT_ENDS)
    for name in FRONT_ENDS:
        assert crashed.handle.counters(name)["commands"] == 2
        assert crashed.handle.talk(name, VIRTUAL, "tcp", 110).outcome == "protected"
    assert {name: crashed.policies(name) for name in FRONT_ENDS} == stands
    assert crashed.handle.counters("be2")["requests"] == 0


def test_one_that_is_gone_does_not_hold_up_the_others(crashed: Lab) -> None:
    crashed.handle.fault("fe2", "die", "0")
    run = crashed.run("failover_flush", "-e", f"failover_flush_peers={VIRTUAL}")
    assert run.exit_code != 0
    assert {name: crashed.handle.talk(name, VIRTUAL, "tcp", 110).outcome for name in FRONT_ENDS} == {
        "fe1": "protected", "fe2": "fails", "fe3": "protected",
    }  # fmt: skip
