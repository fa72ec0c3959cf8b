# SPDX-License-Identifier: GPL-3.0-or-later
"""failover_drill.yml: the group there and back, each front end watched, and what is said of one that stays away."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from tests.integration.conftest import SITE, Lab, LabMaker
from tests.integration.test_documented import blocks, page
from tests.lab.windows.associations import QUICK
from tests.lab.windows.filters import Packet, number

GROUP, DEBUG = "exchange.ipsec.cluster_group", "ansible.builtin.debug"
VIRTUAL, NODE_PROFILES = "192.0.2.30", ("server2003", "server2022")


@pytest.fixture
def working(make_lab: LabMaker, request: pytest.FixtureRequest) -> Lab:
    """A hardened site with clients at work on the first front end."""
    document: dict[str, Any] = copy.deepcopy(SITE)
    for name in ("be1", "be2"):
        document["hosts"][name]["profile"] = getattr(request, "param", "server2003")
    lab = make_lab(document, ipsec_drill_looks=3)
    documented = next(one for one in blocks(page("docs/failover.md")) if "back_end_cluster" in one)
    for name in ("be1", "be2"):
        lab.host_variables[name] = documented["back_end_cluster"]["vars"]
    hardened = lab.run("harden")
    assert hardened.exit_code == 0, hardened.output
    lab.handle.converse("fe1", VIRTUAL, "tcp", 110)
    lab.handle.talk("fe1", VIRTUAL, "tcp", 110)
    lab.typed.clear()
    return lab


def owner(lab: Lab) -> str:
    """The owner that the lab itself knows."""
    return lab.handle.fleet.computers.clusters["EXCH"].owner


def moves(lab: Lab) -> list[str]:
    """The hosts that were given a command that moves, in order."""
    return [name for name, line in lab.typed if "/moveto" in line or line.startswith("powershell")]


@pytest.mark.core
@pytest.mark.parametrize("working", NODE_PROFILES, indirect=True)
def test_there_and_back(working: Lab) -> None:
    working.handle.converse("fe2", VIRTUAL, "tcp", 143)
    working.handle.talk("fe2", VIRTUAL, "tcp", 143)
    working.handle.fleet.computers.clusters["EXCH"].delay = 1.5
    run = working.run("failover_drill")
    assert run.exit_code == 0, run.output
    assert (moves(working), owner(working)) == (["be2", "be1"], "be1")
    assert all(one.result["seconds"] >= 1.5 for one in run.of(GROUP) if one.status == "changed")
    told = {one.host: one.message for one in run.of(DEBUG)}
    form = (
        r"associations stood again with be2 after \d+\.\d s, of which the cluster took \d+\.\d s; with be1 after "
        r"\d+\.\d s, of which the cluster took \d+\.\d s\. KB 821839 says 3 to 6 s for a planned move"
    )
    assert set(told) == {"fe1", "fe2"}
    assert all(re.fullmatch(form, message.strip()) for message in told.values()), told
    assert all(working.handle.counters(name)["shells_open"] == 0 for name in working.document["hosts"])


def test_a_front_end_that_does_not_come_back_is_named(working: Lab) -> None:
    """Nobody asks on the second one any more."""
    working.handle.talk("fe2", VIRTUAL, "tcp", 143)
    run = working.run("failover_drill")
    assert run.exit_code != 0
    assert owner(working) == "be1"
    told = {one.host: one.message for one in run.of(DEBUG)}
    assert "with be2 after never" in told["fe2"]
    assert "never" not in told["fe1"]
    (judged,) = [one for one in run.of("ansible.builtin.assert") if one.status == "failed"]
    assert judged.host == "fe2"
    assert judged.message == ("fe2: no association with 192.0.2.30 stood again within 3 looks on be2 and on be1")


def test_a_front_end_that_never_heard_of_the_move_is_named(working: Lab) -> None:
    """It keeps an association that no node knows."""
    packet = Packet(number("192.0.2.12"), number(VIRTUAL), 6, 40000, 143)
    working.handle.call(working.host("fe2").associations.add, 9999, QUICK, packet)
    run = working.run("failover_drill")
    assert (run.exit_code != 0, owner(working)) == (True, "be1")
    (judged,) = [one for one in run.of("ansible.builtin.assert") if one.status == "failed"]
    assert judged.message == (
        "fe2 keeps an association with 192.0.2.30 that is unknown to be2 and be1: it never heard of the move"
    )


def test_a_group_that_cannot_move_stays_and_is_said_so(working: Lab) -> None:
    working.handle.fleet.computers.clusters["EXCH"].down = ["be2"]
    run = working.run("failover_drill")
    assert run.exit_code != 0
    assert owner(working) == "be1"
    assert "be2: the group 'Exchange Group' stays on be1 and did not get to BE2: that node is down" in run.output
    assert "Traceback" not in run.output


def test_the_group_comes_back_from_a_node_on_which_it_does_not_come_up(working: Lab) -> None:
    working.handle.fleet.computers.clusters["EXCH"].lame = ["be2"]
    run = working.run("failover_drill", "-e", "ipsec_cluster_timeout=2")
    assert run.exit_code != 0
    assert "the group 'Exchange Group' is on be2, but 192.0.2.30 is not up there" in run.output
    assert (moves(working), owner(working)) == (["be2", "be1"], "be1")
    assert working.handle.associations("fe1") != []


def test_the_group_comes_back_where_the_connection_was_lost_in_the_move(working: Lab) -> None:
    """The other node takes two commands; the third, which moves, is its last."""
    working.handle.fault("be2", "die", "3")
    run = working.run("failover_drill")
    assert run.exit_code != 0
    assert (moves(working), owner(working)) == (["be2", "be1"], "be1")
    assert "the group did not get to be2: " in run.output
    assert "Traceback" not in run.output


def test_the_group_comes_back_through_the_other_node_where_the_owner_does_not_answer(working: Lab) -> None:
    working.handle.fault("be1", "die", "2")
    run = working.run("failover_drill")
    assert run.exit_code == 0, run.output
    assert (moves(working), owner(working)) == (["be2", "be2"], "be1")


@pytest.mark.parametrize("node", ["be1", "be9"])
def test_a_node_that_is_none_of_the_others_moves_nothing(working: Lab, node: str) -> None:
    run = working.run("failover_drill", "-e", f"ipsec_drill_node={node}")
    assert run.exit_code != 0
    assert f"ipsec_drill_node is {node}, which is none of be2" in run.output
    assert (moves(working), owner(working)) == ([], "be1")


def test_check_mode_says_what_would_be_done(working: Lab) -> None:
    run = working.run("failover_drill", "--check")
    assert run.exit_code == 0, run.output
    assert run.one(DEBUG).message == (
        "would move Exchange Group from be1 to be2, wait until fe1 have associations with 192.0.2.30 again, "
        "and move it back to be1"
    )
    assert (moves(working), owner(working)) == ([], "be1")


def test_without_anybody_to_watch_nothing_moves(make_lab: LabMaker) -> None:
    lab = make_lab(SITE, ipsec_cluster_group="Exchange Group")
    run = lab.run("failover_drill")
    assert run.exit_code != 0
    assert "With none there is nothing to watch: let clients work" in run.output
    assert moves(lab) == []


def test_a_site_that_does_not_name_its_group_is_told_what_to_say(make_lab: LabMaker) -> None:
    run = make_lab(SITE).run("failover_drill", "--check")
    assert run.exit_code != 0
    assert "give the cluster nodes ipsec_cluster_group, the name of their group" in run.output
