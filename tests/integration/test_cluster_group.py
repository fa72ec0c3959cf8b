# SPDX-License-Identifier: GPL-3.0-or-later
"""exchange.ipsec.cluster_group over the wire: where a group is, and how it comes to a node, on both generations."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.integration.conftest import SITE, Lab, LabMaker
from tests.playbooks.run import TaskResult

GROUP = "exchange.ipsec.cluster_group"
OPTIONS: dict[str, Any] = {"name": "Exchange Group", "virtual_addresses": ["192.0.2.30"], "timeout": 5}


def nodes(make_lab: LabMaker, profile: str, group: str = "Exchange Group") -> Lab:
    """The cluster of the site alone; be1 has the group."""
    document: dict[str, Any] = copy.deepcopy(SITE)
    document["clusters"]["EXCH"]["group"] = group
    document["hosts"] = {
        name: options | {"profile": profile} for name, options in SITE["hosts"].items() if name.startswith("be")
    }
    document["groups"] = {"back_end_cluster": ["be1", "be2"]}
    return make_lab(document)


@pytest.fixture(params=["server2003-ko", "server2022"])
def pair(request: pytest.FixtureRequest, make_lab: LabMaker) -> Lab:
    """Two nodes of a generation."""
    return nodes(make_lab, request.param)


def on(lab: Lab, host: str, *arguments: str, **options: Any) -> TaskResult:
    """Run the module on one node."""
    run = lab.task(GROUP, OPTIONS | options, "--limit", host, *arguments)
    assert "Traceback" not in run.output
    return run.one(GROUP)


def owner(lab: Lab) -> str:
    """The owner that the lab itself knows."""
    return lab.handle.fleet.computers.clusters["EXCH"].owner


def moves(lab: Lab) -> list[str]:
    """The hosts that were given a command that moves."""
    return [name for name, line in lab.typed if "/moveto" in line or line.startswith("powershell")]


def test_the_group_comes_here_once(pair: Lab) -> None:
    found = on(pair, "be2", state="queried")
    assert (found.status, found.result["owner"], found.result["here"]) == ("ok", "be1", False)
    shown = pair.task(GROUP, OPTIONS, "--limit", "be2", "--check", "--diff")
    checked = shown.one(GROUP)
    assert (checked.status, checked.result["previous_owner"], owner(pair)) == ("changed", "be1", "be1")
    assert "-Exchange Group: be1" in shown.output
    assert "+Exchange Group: BE2" in shown.output
    assert moves(pair) == []
    done = on(pair, "be2")
    assert (done.status, owner(pair), moves(pair)) == ("changed", "be2", ["be2"])
    assert (done.result["addresses"], done.result["online"]) == (["192.0.2.30"], True)
    assert done.result["seconds"] > 0
    assert done.result["began"] > 1_700_000_000
    again = on(pair, "be2")
    assert (again.status, again.result["seconds"], moves(pair)) == ("ok", 0.0, ["be2"])
    assert all(pair.handle.counters(name)["shells_open"] == 0 for name in ("be1", "be2"))


def test_the_group_leaves_for_a_named_node(pair: Lab) -> None:
    done = on(pair, "be1", owner="BE2")
    assert (done.status, done.result["owner"], done.result["here"]) == ("changed", "be2", False)
    assert on(pair, "be1", owner="BE2").status == "ok"
    assert owner(pair) == "be2"


def test_a_group_that_cannot_move_is_a_clear_failure(pair: Lab) -> None:
    pair.handle.fleet.computers.clusters["EXCH"].down = ["be2"]
    failed = on(pair, "be2")
    assert failed.status == "failed"
    assert "be2: the group 'Exchange Group' stays on be1 and did not get to BE2: " in failed.message
    assert owner(pair) == "be1"


REFUSED = {
    "be2: the group 'Nix' cannot be asked for: there is no such group (exit code": {"name": "Nix"},
    "did not get to nix: there is no such node (exit code": {"owner": "nix"},
    "owner: 'be2 /offline' is no name of a computer": {"owner": "be2 /offline"},
    "virtual_addresses[0]: '192.0.2' is no IPv4 address": {"virtual_addresses": ["192.0.2"]},
}


def test_what_is_refused(pair: Lab) -> None:
    tasks = [{"name": problem, GROUP: OPTIONS | options, "ignore_errors": True} for problem, options in REFUSED.items()]
    run = pair.tasks(tasks, "--limit", "be2")
    assert [one.status for one in run.of(GROUP)] == ["ignored"] * len(REFUSED)
    assert all(one.task in one.message for one in run.of(GROUP)), run.output
    assert owner(pair) == "be1"


@pytest.mark.parametrize("profile", ["server2003", "server2022"])
def test_a_group_with_quotes_and_other_letters_in_its_name(make_lab: LabMaker, profile: str) -> None:
    lab = nodes(make_lab, profile, "Groupe d\u2019Exchange & 'Ko' \uba54\uc77c")
    done = on(lab, "be2", name="Groupe d\u2019Exchange & 'Ko' \uba54\uc77c")
    assert (done.status, done.message, owner(lab)) == ("changed", "", "be2")


def test_a_delegated_task_names_the_node_it_runs_on(pair: Lab) -> None:
    pair.type("be2", "net stop ClusSvc")
    task = {"name": "Move", GROUP: OPTIONS, "delegate_to": "be2"}
    run = pair.tasks([task], "--limit", "be1")
    assert "be2: the cluster service (ClusSvc) does not run, state 1" in run.one(GROUP).message
    assert pair.handle.counters("be2")["shells_open"] == 0


def test_a_host_that_is_no_node(make_lab: LabMaker) -> None:
    lab = make_lab(None)
    assert on(lab, "fe1").message.endswith("it has no cluster service (ClusSvc), so it is no node of a cluster")
