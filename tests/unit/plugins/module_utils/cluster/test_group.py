# SPDX-License-Identifier: GPL-3.0-or-later
"""A group asked for and moved on hosts of both generations, and everything that keeps it from moving."""

from __future__ import annotations

import re
import time

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.cluster.group import ClusterGroup, Group, Standing
from ansible_collections.exchange.ipsec.plugins.module_utils.errors import HostError
from tests.lab.windows.cluster import Cluster
from tests.unit.plugins.module_utils.operate.lab_port import LabPort

VIRTUAL = "192.0.2.30"
EXCHANGE = Group("Exchange Group", (VIRTUAL,))
BOTH = pytest.mark.parametrize("profile", ["server2003", "server2003-ko", "server2022"])


def node(profile: str, owner: str = "be2", group: Group = EXCHANGE) -> tuple[LabPort, Cluster, ClusterGroup]:
    """A node, fe1 by name, of a cluster of two."""
    port = LabPort(profile, 949 if profile.endswith("-ko") else 65001)
    cluster = Cluster("EXCH", "Exchange Group", ["fe1", "be2"], owner, [VIRTUAL])
    port.windows.cluster = cluster
    port.windows.services.join_cluster()
    return port, cluster, ClusterGroup(port, group)


@BOTH
def test_where_the_group_is(profile: str) -> None:
    elsewhere = None if profile.startswith("server2003") else True
    assert node(profile)[2].look() == Standing("FE1", "be2", (), online=elsewhere)
    found = node(profile, owner="fe1")[2].look()
    assert found == Standing("FE1", "fe1", (VIRTUAL,), online=True)
    assert found.here


@BOTH
def test_the_group_comes_to_the_node_that_is_asked(profile: str) -> None:
    port, cluster, group = node(profile)
    group.look()
    moved = group.move("FE1", 30)
    assert cluster.owner == "fe1"
    assert moved.standing == Standing("FE1", "fe1", (VIRTUAL,), online=True)
    assert moved.standing.reached("fe1")
    assert len([line for line, _unused in port.commands if "/moveto" in line or line.startswith("powershell")]) == 1


@BOTH
def test_a_move_that_outlasts_the_command_is_waited_for(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command gives up after 5 s of the host's clock; the address is up after 8."""
    port, cluster, group = node(profile)
    cluster.delay = 8.0
    monkeypatch.setattr(time, "sleep", lambda _seconds: port.windows.advance(1))
    group.look()
    assert group.move("fe1", 5).standing == Standing("FE1", "fe1", (VIRTUAL,), online=True)
    assert len(port.commands) > (6 if profile == "server2022" else 4)


@BOTH
def test_an_address_that_does_not_come_up(profile: str) -> None:
    _port, cluster, group = node(profile)
    cluster.delay = 600.0
    group.look()
    with pytest.raises(HostError, match=r"is on fe1, but 192\.0\.2\.30 is not up there; look at it in"):
        group.move("fe1", 1)


@BOTH
def test_the_group_leaves_the_node_that_is_asked(profile: str) -> None:
    _port, cluster, group = node(profile, owner="fe1")
    group.look()
    found = group.move("be2", 30).standing
    assert (cluster.owner, found.owner, found.addresses, found.here) == ("be2", "be2", (), False)


@pytest.mark.parametrize(("profile", "owner", "problem"), [
    pytest.param("server2003", "be3", "stays on be2 and did not get to be3: there is no such node (exit code 5042)",
                 id="no-such-node"),
    pytest.param("server2022", "be3", "stays on be2 and did not get to be3: there is no such node (exit code 5)",
                 id="no-such-node-powershell"),
    pytest.param("server2003-ko", "fe1", "stays on be2 and did not get to fe1: that node is down (exit code 5050)",
                 id="down"),
    pytest.param("server2022", "fe1", "stays on be2 and did not get to fe1: the cluster refused (exit code 6)",
                 id="down-powershell"),
])  # fmt: skip
def test_a_group_that_cannot_move(profile: str, owner: str, problem: str) -> None:
    _port, cluster, group = node(profile)
    cluster.down = ["fe1"]
    group.look()
    with pytest.raises(HostError, match=f"^fe1: the group 'Exchange Group' {re.escape(problem)}$"):
        group.move(owner, 5)
    assert cluster.owner == "be2"


@pytest.mark.parametrize(("profile", "problem"), [
    ("server2003", "there is no such group (exit code 5013)"), ("server2022", "there is no such group (exit code 4)"),
])  # fmt: skip
def test_a_group_that_is_not_there(profile: str, problem: str) -> None:
    with pytest.raises(HostError, match=f"^fe1: the group 'Nix' cannot be asked for: {re.escape(problem)}$"):
        node(profile, group=Group("Nix"))[2].look()


@BOTH
def test_a_node_without_its_service_and_a_host_that_is_no_node(profile: str) -> None:
    port, _unused, group = node(profile)
    port.type("net stop ClusSvc")
    with pytest.raises(
        HostError, match=r"^fe1: the cluster service .* does not run, state 1; start it with"
    ):
        group.look()
    alone = LabPort(profile)
    with pytest.raises(HostError, match=r"^fe1: it has no cluster service"):
        ClusterGroup(alone, EXCHANGE).look()


def test_the_cluster_alone_is_believed_where_no_address_is_given() -> None:
    group = node("server2003", group=Group("Exchange Group"))[2]
    assert group.look() == Standing("FE1", "be2", (), online=None)
    assert group.move("fe1", 5).standing == Standing("FE1", "fe1", (), online=None)


def test_server_2003_is_asked_with_one_command_line() -> None:
    port, _unused, group = node("server2003")
    group.look()
    assert len(port.commands) == 1
    assert "powershell" not in port.commands[0][0]
