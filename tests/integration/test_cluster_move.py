# SPDX-License-Identifier: GPL-3.0-or-later
"""harden.yml with ipsec_cluster_move: each node is changed while it is passive, and a move that fails ends the run."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.integration.conftest import SITE, Lab, LabMaker
from tests.integration.test_cluster_group import moves, owner

EVERYBODY = ["fe1", "fe2", "be1", "be2", "dc1"]


@pytest.fixture(params=["server2003", "server2022"])
def moving(request: pytest.FixtureRequest, make_lab: LabMaker) -> Lab:
    """The site, its nodes of either generation; be1 has the group, which is to move."""
    document: dict[str, Any] = copy.deepcopy(SITE)
    for name in ("be1", "be2"):
        document["hosts"][name]["profile"] = request.param
    return make_lab(document, ipsec_cluster_group="Exchange Group", ipsec_cluster_move=True, ipsec_cluster_timeout=5)


def writes(lab: Lab, name: str) -> list[int]:
    """Where in everything that was typed a host was given something to write."""
    return [index for index, (host, line) in enumerate(lab.typed) if host == name and "netsh" in line]


def untouched(lab: Lab, *names: str) -> bool:
    """Whether these hosts have no policy."""
    return all(lab.policies(name)["objects"] == 0 for name in names)


@pytest.mark.core
def test_each_node_is_changed_while_it_is_passive(moving: Lab) -> None:
    assert moving.run("harden", "--check").exit_code == 0
    assert (moves(moving), owner(moving)) == ([], "be1")
    moving.typed.clear()
    run = moving.run("harden")
    assert run.exit_code == 0, run.output
    assert (moves(moving), owner(moving)) == (["be2"], "be2")
    moved = next(
        i for i, (_host, line) in enumerate(moving.typed) if "/moveto" in line or line.startswith("powershell")
    )
    assert max(writes(moving, "be2")) < moved < min(writes(moving, "be1"))
    assert {moving.policies(name)["assigned"] for name in EVERYBODY} == {"Exchange IPsec"}
    again = moving.run("harden")
    assert set(again.statuses().values()) == {"ok"}, again.output
    assert (moves(moving), owner(moving)) == (["be2"], "be2")


def test_a_group_that_cannot_move_leaves_the_owner_and_the_rest_untouched(moving: Lab) -> None:
    moving.handle.fleet.computers.clusters["EXCH"].down = ["be2"]
    run = moving.run("harden")
    assert run.exit_code != 0
    assert "be2: the group 'Exchange Group' stays on be1 and did not get to BE2: " in run.output
    assert "be1 and what comes after it is as it was" in run.output
    assert untouched(moving, "be1", "fe1", "fe2")
    assert owner(moving) == "be1"


def test_a_group_that_does_not_come_up_goes_back_to_its_owner(moving: Lab) -> None:
    moving.handle.fleet.computers.clusters["EXCH"].lame = ["be2"]
    moving.variables["ipsec_cluster_timeout"] = 2
    run = moving.run("harden")
    assert run.exit_code != 0
    assert "192.0.2.30 is not up there" in run.output
    assert "be1 and what comes after it is as it was" in run.output
    assert untouched(moving, "be1", "fe1", "fe2")
    assert (moves(moving), owner(moving)) == (["be2", "be1"], "be1")


def test_a_group_that_is_not_there_is_found_before_anything_is_touched(moving: Lab) -> None:
    moving.variables["ipsec_cluster_group"] = "Nix"
    run = moving.run("harden")
    assert run.exit_code != 0
    assert "the group 'Nix' cannot be asked for: there is no such group" in run.output
    assert untouched(moving, *EVERYBODY)


@pytest.mark.parametrize("missing", ["ipsec_cluster_group", "ipsec_virtual_addresses"])
def test_a_move_of_a_group_that_nobody_names_is_refused_before_anybody_is_asked(
    make_lab: LabMaker, missing: str
) -> None:
    lab = make_lab(SITE, ipsec_cluster_group="Exchange Group", ipsec_cluster_move=True)
    lab.variables[missing] = [] if missing == "ipsec_virtual_addresses" else ""
    run = lab.run("harden")
    assert run.exit_code != 0
    failed = [one for one in run.results if one.status == "failed"]
    assert {one.host for one in failed} == {"be1", "be2"}
    assert "be1 lacks ipsec_cluster_group or ipsec_virtual_addresses: give the cluster nodes" in run.output
    assert lab.asked == []


def test_the_owner_alone_cannot_be_made_passive(make_lab: LabMaker) -> None:
    lab = make_lab(SITE, ipsec_cluster_group="Exchange Group", ipsec_cluster_move=True)
    run = lab.run("harden", "--limit", "be1", "-e", "ipsec_forecast_fail_on=never")
    assert run.exit_code != 0
    assert "no other node of the cluster of be1 is part of this run" in run.output
    assert untouched(lab, "be1")


def test_a_live_site_is_never_changed_under_the_owner(make_lab: LabMaker) -> None:
    lab = make_lab(SITE, ipsec_cluster_group="Exchange Group", ipsec_cluster_move=True)
    changed: list[tuple[str, str]] = []

    def watch(name: str) -> None:
        host = lab.host(name)
        start = host.start

        def note(line: str, *arguments: Any, **keywords: Any) -> Any:
            if "netsh" in line:
                changed.append((name, owner(lab)))
            return start(line, *arguments, **keywords)

        host.start = note  # type: ignore[method-assign]

    for name in ("be1", "be2"):
        watch(name)
    run = lab.run("harden_live")
    assert run.exit_code == 0, run.output
    assert len(changed) >= 8
    assert [name for name, holder in changed if name == holder] == []
    assert moves(lab) == ["be2", "be1", "be2", "be1"]
