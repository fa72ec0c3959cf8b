# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of PowerShell that a lab host knows: scripts of cmdlets for a cluster."""

from __future__ import annotations

import base64

import pytest

from tests.lab.windows.cluster import Cluster
from tests.lab.windows.host import WindowsHost


@pytest.fixture
def node() -> WindowsHost:
    """The owner of a group on Server 2022; the other node is down."""
    host = WindowsHost("be1", "server2022", ("192.0.2.21",))
    host.cluster = Cluster("EXCH", "Exchange Group", ["be1", "be2", "be3"], "be1", ["192.0.2.30"], down=["be3"])
    host.services.join_cluster()
    return host


def script(host: WindowsHost, text: str) -> tuple[int, str, str]:
    """Run a script as it is sent."""
    encoded = base64.b64encode(text.encode("utf-16-le")).decode()
    return host.run(f"powershell.exe -NoProfile -NonInteractive -EncodedCommand {encoded} <nul")


GROUP = "$g = Get-ClusterGroup -Name 'Exchange Group'\nWrite-Output $g.OwnerNode.Name; Write-Output $g.State.ToString()"


def test_the_owner_and_the_state(node: WindowsHost) -> None:
    assert script(node, f"Import-Module FailoverClusters; {GROUP}") == (0, "be1\r\nOnline\r\n", "")


def test_the_group_moves(node: WindowsHost) -> None:
    move = "$moved = Move-ClusterGroup -Name 'Exchange Group' -Node 'be2' -Wait 60"
    assert script(node, f"{move}; {GROUP}") == (0, "be2\r\nOnline\r\n", "")
    assert "192.0.2.30" not in node.run("ipconfig")[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Get-ClusterGroup -Name 'Nix'", 1, id="no-group"),
        pytest.param("try { Get-ClusterGroup -Name 'Nix' } catch { exit 4 }", 4, id="no-group-caught"),
        pytest.param("try { Get-ClusterNode -Name 'be2' | Out-Null }\ncatch { exit 5 }; exit 7", 7, id="not-caught"),
        pytest.param("try { Move-ClusterGroup -Name 'Exchange Group' -Node 'be3' } catch { exit 6 }", 6, id="down"),
        pytest.param("Get-Nix", 1, id="no-such-cmdlet"),
        pytest.param("Get-ClusterGroup -Name \u2018Exchange Group\u2019", 0, id="typographic-quotes"),
        pytest.param("Get-ClusterGroup -Name 'Exchange\u2019 Group'", 1, id="ends-at-a-typographic-quote"),
        pytest.param("[math]::Pi", 1, id="not-understood"),
        pytest.param("try { Get-ClusterNode -Name 'be2'", 1, id="no-end"),
    ],
)
def test_exit_codes(node: WindowsHost, text: str, code: int) -> None:
    assert script(node, text)[0] == code
    assert "192.0.2.30" in node.run("ipconfig")[1]


def test_without_a_cluster_or_its_service(node: WindowsHost) -> None:
    node.services.stop(node.services.items["clussvc"])
    assert script(node, "Get-ClusterGroup -Name 'Exchange Group'")[0] == 1
    assert script(WindowsHost("fe1", "server2022"), "Import-Module FailoverClusters")[0] == 1


def test_server_2003_has_none() -> None:
    assert script(WindowsHost("be1", "server2003"), "exit 0")[0] == 1
