# SPDX-License-Identifier: GPL-3.0-or-later
"""The forecast beside the twin: it reads what policy_info told, key included, and what differs is caught."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wire.foreseen import foreseen
from tests.wire.hardened import in_force
from tests.wire.judge import unlike
from tests.wire.table import flow_lines


def told(*filters: dict[str, Any]) -> dict[str, Any]:
    """What policy_info tells about a Server 2003, with a rule for these filters or without a policy."""
    rule = {
        "name": "Mail", "filter_list": {"name": "Mail", "filters": list(filters)},
        "filter_action": {"name": "Require", "action": "negotiate"},
        "authentication": [{"method": "psk", "psk": "********"}],
    }  # fmt: skip
    policies = [{"name": "Exchange IPsec", "assigned": True, "rules": [rule]}] if filters else []
    return {
        "policies": policies, "assigned": "Exchange IPsec" if filters else None, "domain_policy": None,
        "service": {"state": "running", "start": "automatic"}, "settings": {},
        "windows": "Windows Server 2003 (5.2.3790)",
    }  # fmt: skip


POP3 = {"protocol": "tcp", "destination_port": 110}
FRONT = told({"source": "me", "destination": "192.0.2.30", **POP3})
BACK = told({"source": "any", "destination": "192.0.2.30", **POP3})
HARD = {"fe1": FRONT, "fe2": FRONT, "be1": BACK, "be2": BACK, "dc1": told()}
STANDING = {"message_stream": HARD, "none": dict.fromkeys(HARD, told())}


@pytest.mark.parametrize(("scenario", "flow", "word"), [
    pytest.param("message_stream", "fe1-virtual-110", "protected", id="both-ends"),
    pytest.param("message_stream", "fe1-virtual-25", "clear", id="no-rule"),
    pytest.param("message_stream", "ctl-fe1-5985", "clear", id="controller"),
    pytest.param("other-key", "fe1-virtual-110", "negotiation fails", id="another-key-on-one-end"),
    pytest.param("other-key", "fe2-virtual-110", "protected", id="the-same-key"),
    pytest.param("front-end-without", "fe1-virtual-110", "blocked", id="only-the-server-asks"),
    pytest.param("back-end-without", "fe1-virtual-110", "negotiation fails", id="only-the-client-asks"),
])
def test_the_forecast_of_a_flow(scenario: str, flow: str, word: str) -> None:
    found = foreseen(scenario, STANDING)[flow]
    assert (found["forecast"], found["doubts"]) == (word, [])


def test_a_host_that_could_not_be_understood_is_no_clear_one() -> None:
    unread = {**STANDING, "message_stream": {**HARD, "be1": {**BACK, "domain_policy": "Secure Server"}}}
    assert foreseen("message_stream", unread)["fe1-virtual-110"]["forecast"] == "unknown"


@pytest.mark.parametrize(("forecast", "seen", "doubts", "wrong"), [
    pytest.param("protected", "protected", [], False, id="protected"),
    pytest.param("clear by fallback", "clear", [], False, id="fallback"),
    pytest.param("negotiation fails", "blocked", [], False, id="fails"),
    pytest.param("deadlock", "blocked", [], False, id="deadlock"),
    pytest.param("protected", "clear", [], True, id="readable"),
    pytest.param("clear", "blocked", [], True, id="lost"),
    pytest.param("blocked", "lost in clear", [], True, id="readable-and-lost"),
    pytest.param("unknown", "clear", [], True, id="unknown"),
    pytest.param("clear", "clear", ["whether a filter matches"], True, id="doubtful"),
])
def test_what_differs_is_wrong(forecast: str, seen: str, doubts: list[str], wrong: bool) -> None:
    line = {
        "scenario": "x", "source": "fe1", "target": "be1", "port": 110, "expected": seen, "seen": seen,
        "forecast": forecast, "doubts": doubts, "packets": 1, "clear_packets": 0, "clear_bytes": 0,
        "ike_packets": 4 if forecast == "negotiation fails" else 0,
    }  # fmt: skip
    assert unlike(line) is wrong
    assert ("WRONG" in flow_lines([line])[2]) is wrong


@pytest.mark.parametrize(("forecast", "ike", "wrong"), [
    pytest.param("negotiation fails", 4, False, id="failed"),
    pytest.param("negotiation fails", 0, True, id="never-tried"),
    pytest.param("blocked", 0, False, id="thrown-away"),
    pytest.param("blocked", 4, True, id="negotiated-all-the-same"),
])
def test_a_failed_negotiation_is_told_from_a_block(forecast: str, ike: int, wrong: bool) -> None:
    assert unlike({"seen": "blocked", "forecast": forecast, "doubts": [], "ike_packets": ike}) is wrong


def test_the_policy_in_force() -> None:
    assert in_force(FRONT) == FRONT["policies"][0]
    assert in_force(told()) is None
    assert in_force({"policies": [{"name": "Idle", "assigned": False}]}) is None
