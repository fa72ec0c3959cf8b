# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that enforce their policy on the connections that they accept: seen by real clients, and on the clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from winrm.protocol import Protocol

from tests.lab import orders
from tests.lab.fleet import Fleet, FleetHandle, running_fleet
from tests.lab.fleet_spec import FleetError

STATIC = "netsh ipsec static"
STORE = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec\\Policy\\Local"
LOST = (requests.exceptions.ConnectionError, requests.exceptions.Timeout)
SPEC: dict[str, Any] = {
    "enforce": True,
    "silence": 0.6,
    "controller": {"addresses": ["198.51.100.10"], "clients": {"127.0.0.9": "203.0.113.9"}},
    "hosts": {
        "old": {"profile": "server2003", "addresses": ["192.0.2.11"], "quotas": {"max_connections": 50}},
        "new": {"profile": "server2022", "addresses": ["192.0.2.21"], "winrm_ports": [80, 443]},
    },
}
BLOCKED = ["add filter L any me", "add filteraction A action=block", "add policy P", "add rule R P L A"]


@pytest.fixture(scope="module")
def fleet_for_all() -> Iterator[FleetHandle]:
    with running_fleet(SPEC) as handle:
        yield handle


@pytest.fixture
def fleet(fleet_for_all: FleetHandle) -> FleetHandle:
    """Two hosts without policy, jobs, faults and files."""
    for name in ("old", "new"):
        fleet_for_all.fault(name, "clear")
        fleet_for_all.fault(name, "expire-shells")
        fleet_for_all.fault(name, "agent-start")
        command = f"{STATIC} delete all & schtasks /delete /tn * /f & sc control PolicyAgent 129"
        fleet_for_all.run(name, command)
    return fleet_for_all


class Client:
    """One WinRM client with one shell."""

    def __init__(self, fleet: FleetHandle, host: str = "old") -> None:
        reach = fleet.host(host).reach()
        account = {"username": reach["user"], "password": reach["password"]}
        times = {"operation_timeout_sec": 1, "read_timeout_sec": 30}
        self.protocol = Protocol(reach["http"], transport="basic", **account, **times)
        self.shell = self.protocol.open_shell(codepage=437)

    def run(self, command: str) -> str:
        """Run a command and return its standard output."""
        started = self.protocol.run_command(self.shell, command)
        out, _err, _code = self.protocol.get_command_output(self.shell, started)
        self.protocol.cleanup_command(self.shell, started)
        return str(out, "cp437")

    def netsh(self, *lines: str) -> None:
        """Run commands of `netsh ipsec static`."""
        for line in lines:
            self.run(f"{STATIC} {line}")


Connect = Callable[..., Client]


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_the_answer_to_the_assignment_itself_never_arrives(fleet: FleetHandle) -> None:
    client = Client(fleet)
    client.netsh(*BLOCKED)
    assert "Version 5.2" in client.run("ver")
    requests_before = fleet.counters("old")["requests"]
    began = time.monotonic()
    with pytest.raises(LOST):
        client.netsh("set policy P assign=yes")
    assert time.monotonic() - began > 0.5
    assert fleet.counters("old")["requests"] == requests_before + 1
    assert fleet.flow("controller", "old", "tcp", 5985).outcome == "blocked"


def test_an_open_connection_and_a_new_one_get_no_answer(fleet: FleetHandle) -> None:
    client = Client(fleet)
    fleet.run("old", " & ".join(f"{STATIC} {line}" for line in [*BLOCKED, "set policy P assign=yes"]))
    connections = fleet.counters("old")["connections"]
    for attempt in (lambda: client.run("ver"), lambda: Client(fleet)):
        began = time.monotonic()
        with pytest.raises(LOST):
            attempt()
        assert time.monotonic() - began > 0.5
    assert fleet.counters("old")["connections"] == connections


def test_packets_that_pass_again_in_time_are_answered(fleet: FleetHandle) -> None:
    client = Client(fleet)
    fleet.run("old", " & ".join(f"{STATIC} {line}" for line in [*BLOCKED, "set policy P assign=yes"]))
    fleet.call(_later, fleet.fleet, 0.2, f"{STATIC} set policy P assign=no")
    assert "Version 5.2" in client.run("ver")


def _later(fleet: Fleet, seconds: float, command: str) -> None:
    asyncio.get_running_loop().call_later(seconds, lambda: fleet.station("old").host.run(command))


@pytest.mark.parametrize(("subnet", "reached"), [("198.51.100.0", True), ("203.0.113.0", False)])
def test_the_management_subnet_counts(fleet: FleetHandle, subnet: str, reached: bool) -> None:
    client = Client(fleet)
    client.netsh(*BLOCKED, f"add filter M {subnet} me srcmask=24", "add filteraction Yes action=permit")
    client.netsh("add rule Manage P M Yes")
    if reached:
        client.netsh("set policy P assign=yes")
        assert "Version 5.2" in client.run("ver")
    else:
        with pytest.raises(LOST):
            client.netsh("set policy P assign=yes")


def test_another_client_has_another_address(fleet: FleetHandle) -> None:
    client = Client(fleet)
    client.netsh("add filter L 203.0.113.9 me", *BLOCKED[1:], "set policy P assign=yes")
    assert "Version 5.2" in client.run("ver")
    station = fleet.host("old")
    assert not fleet.call(station.admits, "127.0.0.9", 5985)


def test_ports_are_those_of_the_policy(fleet: FleetHandle) -> None:
    client = Client(fleet, "new")
    client.netsh("add filter L any me protocol=tcp dstport=5985", *BLOCKED[1:], "set policy P assign=yes")
    assert "Version 10.0" in client.run("ver")
    with pytest.raises(LOST):
        client.netsh("add filter L any me protocol=tcp dstport=80")


@pytest.mark.parametrize(("action", "reached"), [
    ("negotiate", False), ("negotiate soft=yes", False), ("negotiate inpass=yes", False),
    ("negotiate inpass=yes soft=yes", True),
])  # fmt: skip
def test_a_controller_that_speaks_no_ipsec(fleet: FleetHandle, action: str, reached: bool) -> None:
    lines = [BLOCKED[0], f"add filteraction A action={action}", *BLOCKED[2:], "set policy P assign=yes"]
    fleet.run("old", " & ".join(f"{STATIC} {line}" for line in lines))
    assert fleet.call(fleet.host("old").admits, "127.0.0.1", 5985) is reached


def test_values_written_by_hand_wait_for_a_poll_or_an_order(fleet: FleetHandle) -> None:
    fleet.run("old", " & ".join(f"{STATIC} {line}" for line in [*BLOCKED, "set policy P pollinginterval=10"]))
    name = orders.dump(fleet.fleet, "old", STORE).partition("ipsecPolicy{")[2].partition("}")[0]
    value = f"SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec\\Policy\\Local\\ipsecPolicy{{{name}}}"
    passes: Callable[[], bool] = lambda: fleet.flow("controller", "old", "tcp", 5985).passes  # noqa: E731
    fleet.run("old", f'reg add {STORE} /v ActivePolicy /d "{value}" /f')
    assert passes()
    fleet.run("old", "sc control PolicyAgent 128")
    assert passes()
    fleet.run("old", "sc control PolicyAgent 129")
    assert not passes()
    fleet.run("old", f"reg delete {STORE} /v ActivePolicy /f")
    fleet.advance("old", 599)
    assert not passes()
    fleet.advance("old", 2)
    assert passes()


def test_the_agent_stops_and_starts(fleet: FleetHandle) -> None:
    fleet.run("old", " & ".join(f"{STATIC} {line}" for line in [*BLOCKED, "set policy P assign=yes"]))
    fleet.fault("old", "agent-stop")
    client = Client(fleet)
    assert "Version 5.2" in client.run("ver")
    with pytest.raises(LOST):
        client.run("net start PolicyAgent")


def test_exemptions_are_read_at_boot(fleet: FleetHandle) -> None:
    fleet.run("old", " & ".join(f"{STATIC} {line}" for line in [*BLOCKED, "set policy P assign=yes"]))
    fleet.run("old", "netsh ipsec dynamic set config ipsecexempt 0")
    assert fleet.flow("controller", "old", "tcp", 88).outcome == "blocked"
    fleet.reboot("old")
    assert fleet.flow("controller", "old", "tcp", 88).outcome == "clear"
    fleet.run("old", "netsh ipsec dynamic set config ipsecexempt 3")
    fleet.reboot("old")


def test_a_host_heals_itself(fleet: FleetHandle) -> None:
    client = Client(fleet)
    client.netsh(*BLOCKED)
    client.run(f"echo {STATIC} set policy P assign=no> C:\\back.cmd")
    client.run('schtasks /create /tn back /tr "cmd /c ping -n 181 ::1 >nul & C:\\back.cmd" /sc onstart /ru SYSTEM')
    client.run("schtasks /run /tn back")
    with pytest.raises(LOST):
        client.netsh("set policy P assign=yes")
    fleet.advance("old", 175)
    with pytest.raises(LOST):
        client.run("ver")
    fleet.advance("old", 6)
    assert "Version 5.2" in client.run("ver")
    assert fleet.host("old").host.scheduler.jobs[0].result == 0


def test_jobs_run_in_real_time_when_nobody_pushes_the_clock(fleet: FleetHandle) -> None:
    fleet.run("old", "del C:\\x & schtasks /create /tn a /tr C:\\a.cmd /sc onstart /ru SYSTEM")
    fleet.run("old", "echo ping -n 2 ::1> C:\\a.cmd& echo echo.^>C:\\x>> C:\\a.cmd& schtasks /run /tn a")
    files = fleet.host("old").host.files
    assert "c:\\x" not in files
    assert until(lambda: "c:\\x" in files)


def test_a_restart_ends_shells_and_the_policy_comes_back(fleet: FleetHandle) -> None:
    client = Client(fleet)
    client.netsh("add filter L 203.0.113.0 me srcmask=24", *BLOCKED[1:], "set policy P assign=yes")
    assert fleet.counters("old")["shells_open"] == 1
    fleet.reboot("old")
    assert fleet.counters("old")["shells_open"] == 0
    assert not fleet.call(fleet.host("old").admits, "127.0.0.9", 5985)
    assert "Version 5.2" in Client(fleet).run("ver")


def test_a_host_is_away_while_it_restarts(fleet: FleetHandle) -> None:
    fleet.reboot("old", 90)
    with pytest.raises(LOST):
        Client(fleet)
    assert fleet.flow("new", "old", "tcp", 80).reason == "old does not answer"
    fleet.advance("old", 90)
    assert "Version 5.2" in Client(fleet).run("ver")


def test_a_host_that_is_cut_off_goes_on_by_itself(fleet: FleetHandle) -> None:
    client = Client(fleet)
    client.run('del C:\\x & schtasks /create /tn a /tr "cmd /c echo x>C:\\x" /sc minute /st 00:00 /ru SYSTEM')
    fleet.fault("old", "cut", "120")
    with pytest.raises(LOST):
        client.run("ver")
    fleet.advance("old", 110)
    with pytest.raises(LOST):
        client.run("ver")
    assert "c:\\x" in fleet.host("old").host.files
    fleet.advance("old", 12)
    assert "Version 5.2" in client.run("ver")
    fleet.fault("old", "cut")
    assert not fleet.call(fleet.host("old").admits, "127.0.0.1", 5985)
    fleet.fault("old", "clear")
    assert "Version 5.2" in client.run("ver")


def test_saved_state_comes_back_enforced(fleet: FleetHandle) -> None:
    fleet.run("old", " & ".join(f"{STATIC} {line}" for line in [*BLOCKED, "set policy P assign=yes"]))
    state = fleet.call(fleet.fleet.computers.save)
    fleet.run("old", f"{STATIC} delete all")
    assert fleet.flow("controller", "old", "tcp", 5985).passes
    fleet.call(fleet.fleet.load, state)
    assert not fleet.call(fleet.host("old").admits, "127.0.0.1", 5985)


def test_somebody_watches_each_request_and_may_lose_it(fleet: FleetHandle) -> None:
    client = Client(fleet)
    seen: list[int] = []
    first = fleet.counters("old")["requests"] + 1

    def watch(number: int) -> bool:
        seen.append(number)
        return number == first + 1

    fleet.host("old").injection.watcher = watch
    with pytest.raises(LOST):
        client.run("ver")
    fleet.fault("old", "clear")
    assert "Version 5.2" in client.run("ver")
    assert seen == [first, first + 1]


def test_orders_from_outside(fleet: FleetHandle) -> None:
    found = fleet.call(orders.flow, fleet.fleet, "controller", "new", "tcp", 80)
    assert found == {"outcome": "clear", "reason": "", "main_mode": "", "quick_mode": "", "passes": True}
    fleet.run("new", "schtasks /create /tn a /tr x /sc onstart /ru SYSTEM")
    assert [job["command"] for job in orders.jobs(fleet.fleet, "new")] == ["x"]
    with pytest.raises(FleetError, match="no such flow"):
        fleet.flow("controller", "nobody")


def test_time_can_run_faster_on_the_hosts() -> None:
    with running_fleet({"hosts": {"old": {"profile": "server2003"}}, "speed": 100}) as fleet:
        host = fleet.host("old").host
        began = host.clock.now()
        fleet.run("old", 'schtasks /create /tn a /tr "cmd /c ping -n 31 ::1 & echo.>C:\\x" /sc onstart /ru SYSTEM')
        fleet.run("old", "schtasks /run /tn a")
        assert until(lambda: "c:\\x" in host.files)
        assert 30 <= host.clock.now() - began < 200


def test_policies_are_only_looked_at_when_the_fleet_says_so() -> None:
    spec = {"hosts": {"old": {"profile": "server2003"}}}
    with running_fleet(spec) as fleet:
        client = Client(fleet)
        client.netsh(*BLOCKED, "set policy P assign=yes")
        assert "Version 5.2" in client.run("ver")


def test_a_fleet_that_enforces_needs_addresses() -> None:
    with pytest.raises(FleetError, match="host old: addresses is missing"):
        Fleet({"enforce": True, "hosts": {"old": {"profile": "server2003"}}})
