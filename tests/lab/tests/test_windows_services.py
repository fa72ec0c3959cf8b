# SPDX-License-Identifier: GPL-3.0-or-later
"""sc, net, cluster and ipconfig of a lab host."""

from __future__ import annotations

import pytest

from tests.lab.windows.cluster import Cluster
from tests.lab.windows.host import WindowsHost

RUNNING = (
    "\r\nSERVICE_NAME: PolicyAgent \r\n"
    "        TYPE               : 20  WIN32_SHARE_PROCESS  \r\n"
    "        STATE              : 4  RUNNING \r\n"
    "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)\r\n"
    "        WIN32_EXIT_CODE    : 0  (0x0)\r\n"
    "        SERVICE_EXIT_CODE  : 0  (0x0)\r\n"
    "        CHECKPOINT         : 0x0\r\n"
    "        WAIT_HINT          : 0x0\r\n"
)


@pytest.mark.parametrize(("line", "code", "start"), [
    pytest.param("sc query PolicyAgent", 0, RUNNING, id="query"),
    pytest.param("sc query nix", 1060, "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\nThe specified "
                 "service does not exist as an installed service.\r\n\r\n", id="not-installed"),
    pytest.param("sc start PolicyAgent", 1056, "[SC] StartService FAILED 1056:\r\n\r\nAn", id="running-already"),
    pytest.param("sc stop PolicyAgent", 0, "\r\nSERVICE_NAME: PolicyAgent", id="stop"),
    pytest.param("net stop PolicyAgent & sc stop PolicyAgent", 1062, "The IPSEC Services service", id="stop-twice"),
    pytest.param("sc config PolicyAgent start= disabled", 0, "[SC] ChangeServiceConfig SUCCESS\r\n", id="config"),
    pytest.param("sc config PolicyAgent start= nix", 1639, "DESCRIPTION:", id="config-wrong"),
    pytest.param("sc control PolicyAgent 129", 0, "\r\nSERVICE_NAME", id="control-of-its-own"),
    pytest.param("sc interrogate PolicyAgent", 0, RUNNING, id="interrogate"),
    pytest.param("net start PolicyAgent", 2, "", id="net-start-running"),
    pytest.param('net stop "IPSEC Services" /y', 0, "The IPSEC Services service is st", id="net-stop-by-title"),
    pytest.param("net start nix", 2, "", id="net-start-unknown"),
])  # fmt: skip
def test_answers(line: str, code: int, start: str) -> None:
    got, out, _unused = WindowsHost("fe1").run(line)
    assert got == code
    assert out.startswith(start)


def test_disabled_service_does_not_start() -> None:
    host = WindowsHost("fe1")
    assert host.run("sc config PolicyAgent start= disabled & net stop PolicyAgent")[0] == 0
    value = host.registry.value(r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent", "Start")
    assert value is not None
    assert value.number == 4
    assert host.run("sc start PolicyAgent")[0] == 1058
    code, _unused, err = host.run("net start PolicyAgent")
    assert (code, err.splitlines()[0]) == (2, "System error 1058 has occurred.")
    host.run("reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\PolicyAgent /v Start /t REG_DWORD /d 2 /f")
    assert host.run("sc start PolicyAgent")[0] == 0


def test_a_reboot_starts_what_is_automatic() -> None:
    host = WindowsHost("fe1", "server2022")
    host.run("sc config PolicyAgent start= auto & sc config IKEEXT start= demand")
    host.reboot()
    assert "STATE              : 4" in host.run("sc query PolicyAgent")[1]
    assert "STATE              : 1" in host.run("sc query IKEEXT")[1]


def test_numbers_stay_on_a_korean_host() -> None:
    code, out, _unused = WindowsHost("be1", "server2003-ko").run("sc query nix", codepage=949)
    assert code == 1060
    assert "1060" in out
    assert "지정된 서비스를" in out


def two_nodes() -> tuple[WindowsHost, WindowsHost]:
    cluster = Cluster("EXCH", "Exchange Group", ["be1", "be2"], "be1", ["192.0.2.30"])
    nodes = [WindowsHost(name, "server2003", (f"192.0.2.2{name[-1]}",)) for name in cluster.nodes]
    for node in nodes:
        node.cluster = cluster
    return nodes[0], nodes[1]


def test_virtual_address_is_on_the_owner_only() -> None:
    first, second = two_nodes()
    assert "192.0.2.30" in first.run("ipconfig")[1]
    assert "192.0.2.30" not in second.run("ipconfig")[1]
    code, out, _unused = first.run('cluster group "Exchange Group" /moveto:be2')
    assert code == 0
    assert "Exchange Group       be2             Online\r\n" in out
    assert "192.0.2.30" not in first.run("ipconfig")[1]
    assert "192.0.2.30" in second.run("ipconfig")[1]


@pytest.mark.parametrize(("line", "code"), [
    ("cluster group", 0), ("cluster EXCH node", 0), ("cluster node be2", 0), ('cluster group "Nix"', 5013),
    ("cluster node nix", 5042), ('cluster group "Exchange Group" /moveto:nix', 5042), ("cluster", 87),
])  # fmt: skip
def test_cluster_exit_codes(line: str, code: int) -> None:
    assert two_nodes()[0].run(line)[0] == code


def test_cluster_on_a_host_that_is_in_none() -> None:
    assert WindowsHost("fe1").run("cluster group")[0] == 1753


def test_a_node_that_is_down_gets_no_group() -> None:
    first, second = two_nodes()
    assert first.cluster is not None
    first.cluster.down = ["be2"]
    assert first.run('cluster group "Exchange Group" /moveto:be2 /wait:5')[0] == 5050
    assert "192.0.2.30" in first.run("ipconfig")[1]
    assert "192.0.2.30" not in second.run("ipconfig")[1]


@pytest.mark.parametrize(("wait", "code", "up"), [(" /wait:60", 0, True), (" /wait:3", 258, False), ("", 258, False)])
def test_a_move_takes_its_time(wait: str, code: int, up: bool) -> None:
    """Without /wait, cluster.exe waits 20 s."""
    first, second = two_nodes()
    assert first.cluster is not None
    first.cluster.delay = 30.0
    for node in (first, second):
        node.clock.freeze(1_800_000_000.0)
    command = first.start(f'cluster group "Exchange Group" /moveto:be2{wait}')
    for node in (first, second):
        node.advance(3)
    assert "192.0.2.30" not in first.run("ipconfig")[1] + second.run("ipconfig")[1]
    if command.exit_code is None:
        first.advance(27)
        second.advance(27)
    assert command.exit_code == code
    assert ("192.0.2.30" in second.run("ipconfig")[1]) == (up or wait == "")


def test_the_cluster_service_runs_on_nodes() -> None:
    first, second = two_nodes()
    assert first.run("sc query ClusSvc")[0] == 1060
    first.services.join_cluster()
    assert "STATE              : 4" in first.run("sc query ClusSvc")[1]
    first.services.stop(first.services.items["clussvc"])
    assert first.run("cluster group")[0] == 1753
    assert second.run("cluster group")[0] == 0
