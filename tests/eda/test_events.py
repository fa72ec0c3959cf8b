# SPDX-License-Identifier: GPL-3.0-or-later
"""What events do to the front ends, sent to a rulebook that runs: hostile ones, wrong ones, many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.eda.rulebook import Rulebook
from tests.eda.site import FRONT_ENDS, NODE, OTHERS, VIRTUAL, Site


def online(node: object, **more: Any) -> dict[str, Any]:
    return {"event": "online", "node": node, **more}


def test_an_event_decides_when_and_never_what(site: Site, rulebook: Rulebook, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    node = "{{ lookup('ansible.builtin.pipe', 'touch " + str(mark) + "') }}"
    site.crash("be1")
    before = len(rulebook.rounds())
    hostile = {
        "failover_flush_hosts": "all",
        "failover_flush_peers": NODE,
        "failover_flush_accept_gap": True,
        "hosts": "all",
        "limit": "be2",
        "meta": {"hosts": "be2", "limit": "be2"},
        "extra_vars": {"failover_flush_hosts": "all", "failover_flush_peers": NODE},
        "ansible_connection": "local",
    }
    assert rulebook.post(online(node, **hostile)) == 200
    (done,) = rulebook.wait_for(node, before)
    assert done["payload"]["node"] == node
    assert done["hosts"] == list(FRONT_ENDS)
    assert site.shells() == dict.fromkeys(FRONT_ENDS, 1) | dict.fromkeys(OTHERS, 0)
    assert site.peers("fe2") == {NODE}
    assert site.outcomes() == dict.fromkeys(FRONT_ENDS, "protected")
    assert not mark.exists()


def test_what_starts_nothing(site: Site, rulebook: Rulebook) -> None:
    site.crash("be2")
    before = len(rulebook.rounds())
    for authorization in (None, "", "Bearer", "Bearer wrong", "Bearer LAB-TOKEN", "Basic lab-token", "lab-token"):
        assert rulebook.post(online("BE1"), authorization) == 401
    for body in (b"", b"no JSON", b"{"):
        assert rulebook.post(body) == 400
    events: list[Any] = [
        {"event": "offline", "node": "BE1"},
        {"event": "ONLINE", "node": "BE1"},
        {"event": ["online"], "node": "BE1"},
        {"event": "online"},
        {"node": "BE1"},
        {"payload": online("BE1")},
        [[online("BE1")]],
        "online",
        None,
        7,
        {},
    ]
    for event in events:
        assert rulebook.post(event) == 200
    assert site.outcomes() == dict.fromkeys(FRONT_ENDS, "fails")
    assert rulebook.post(online("after the wrong ones")) == 200
    (done,) = rulebook.wait_for("after the wrong ones", before)
    assert done["hosts"] == list(FRONT_ENDS)
    assert site.outcomes() == dict.fromkeys(FRONT_ENDS, "protected")


def test_a_storm_costs_one_round_a_node_and_a_round_that_fails_does_not_end_it(site: Site, rulebook: Rulebook) -> None:
    site.crash("be1")
    site.lab.handle.fault("fe1", "die", "0")
    before = len(rulebook.rounds())
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(rulebook.post, [online(name) for name in ("BE1", "BE2") * 12])) == {200}
    assert rulebook.post(online("after the storm")) == 200
    rounds = rulebook.wait_for("after the storm", before)
    assert sorted(one["payload"]["node"] for one in rounds) == ["BE1", "BE2", "after the storm"]
    assert site.shells()["fe2"] == 3
    assert site.outcomes() == {"fe1": "fails", "fe2": "protected"}
    assert VIRTUAL in site.peers("fe1")
