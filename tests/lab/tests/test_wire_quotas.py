# SPDX-License-Identifier: GPL-3.0-or-later
"""Each quota of each WinRM generation: reached, refused with its own number, and free again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from winrm.exceptions import WinRMTransportError, WSManFaultError
from winrm.protocol import Protocol

from tests.lab.fleet import FleetHandle, running_fleet
from tests.lab.tests.conftest import Connect, run

SHELLS_2003, SHELLS, OPERATIONS, USERS = 2150858815, 2150859173, 2150859174, 2150859179
CONCURRENCY, NO_SUCH_SHELL = 2150858802, 2150858843


@contextlib.contextmanager
def one_host(profile: str, **options: Any) -> Iterator[tuple[FleetHandle, Protocol]]:
    with running_fleet({"hosts": {"host": {"profile": profile, **options}}}) as fleet:
        protocol = Protocol(
            fleet.host("host").reach()["http"], "basic", username="Administrator", password="lab-secret"
        )
        yield fleet, protocol
        protocol.transport.close_session()


def refused(number: int) -> Any:
    """Expect a fault with this number."""
    return pytest.raises(WSManFaultError, check=lambda error: error.wsman_fault_code == number)


def test_a_third_shell_on_2003(fleet: FleetHandle, connect: Connect) -> None:
    protocol = connect("old", "ntlm")
    first, _unused = protocol.open_shell(), protocol.open_shell()
    with refused(SHELLS_2003):
        protocol.open_shell()
    assert fleet.counters("old")["shells_open"] == 2
    protocol.close_shell(first)
    assert run(connect("old"), "ver")[2] == 0


def test_the_refusal_is_in_the_language_of_the_host(connect: Connect) -> None:
    protocol = connect("korean")
    protocol.open_shell()
    protocol.open_shell()
    with pytest.raises(WSManFaultError) as caught:
        protocol.open_shell()
    assert caught.value.wsman_fault_code == SHELLS_2003
    assert "셸" in caught.value.reason


def test_the_shells_of_today(fleet: FleetHandle, connect: Connect) -> None:
    protocol = connect("new")
    for _unused in range(30):
        protocol.open_shell()
    with refused(SHELLS):
        protocol.open_shell()
    other = connect("new", username="Operator", password="pass:word")
    assert other.open_shell()


def test_one_command_at_once_on_2003(connect: Connect) -> None:
    protocol = connect("old")
    shell = protocol.open_shell()
    first = protocol.run_command(shell, "findstr x", console_mode_stdin=False)
    with refused(CONCURRENCY):
        protocol.run_command(shell, "ver")
    protocol.cleanup_command(shell, first)
    assert protocol.get_command_output(shell, protocol.run_command(shell, "ver"))[2] == 0


def test_many_commands_at_once_today(connect: Connect) -> None:
    protocol = connect("new")
    shell = protocol.open_shell()
    waiting = [protocol.run_command(shell, "findstr x", console_mode_stdin=False) for _unused in range(24)]
    assert protocol.get_command_output(shell, protocol.run_command(shell, "ver"))[2] == 0
    assert len(set(waiting)) == 24


def test_process_limit_is_only_a_message_on_2003() -> None:
    quotas = {"commands_per_shell": None, "max_processes_per_shell": 1}
    with one_host("server2003", quotas=quotas) as (_unused, protocol):
        shell = protocol.open_shell()
        protocol.run_command(shell, "findstr x", console_mode_stdin=False)
        out, err, code = protocol.get_command_output(shell, protocol.run_command(shell, "ver"))
    assert (out, code) == (b"", 1)
    assert b"(1)" in err


def test_process_limit_is_a_fault_later() -> None:
    with one_host("server2022", quotas={"max_processes_per_shell": 1}) as (_unused, protocol):
        shell = protocol.open_shell()
        protocol.run_command(shell, "findstr x", console_mode_stdin=False)
        with refused(SHELLS_2003):
            protocol.run_command(shell, "ver")


def test_ended_commands_count_as_operations_until_the_shell_closes() -> None:
    with one_host("server2022", quotas={"max_operations_per_user": 15}) as (_fleet, protocol):
        shell = protocol.open_shell()
        for _unused in range(14):
            protocol.cleanup_command(shell, protocol.run_command(shell, "ver"))
        with refused(OPERATIONS):
            protocol.run_command(shell, "ver")
        protocol.close_shell(shell)
        assert run(protocol, "ver")[2] == 0


def test_one_user_too_many() -> None:
    users = {"Second": "secret-2"}
    with one_host("server2022", users=users, quotas={"max_concurrent_users": 1}) as (fleet, protocol):
        protocol.open_shell()
        second = Protocol(fleet.host("host").reach()["http"], "basic", username="Second", password="secret-2")
        with refused(USERS):
            second.open_shell()
        second.transport.close_session()


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
@pytest.mark.parametrize(("host", "kilobytes"), [("old", 150), ("new", 500)])
def test_an_envelope_too_large(connect: Connect, host: str, kilobytes: int, transport: str) -> None:
    protocol = connect(host, transport)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "findstr z", console_mode_stdin=False)
    fits = b"x" * ((kilobytes * 1024 - 4096) // 4 * 3)
    protocol.send_command_input(shell, command, fits)
    with pytest.raises(WinRMTransportError) as caught:
        protocol.send_command_input(shell, command, fits + b"x" * 4096)
    assert caught.value.code == 413


def test_a_sixth_connection_on_2003() -> None:
    with one_host("server2003") as (fleet, _unused):
        url = fleet.host("host").reach()["http"]
        sessions = [requests.Session() for _unused in range(6)]
        answers = [session.post(url, b"", timeout=30).status_code for session in sessions]
        assert answers == [401] * 5 + [503]
        for session in sessions:
            session.close()


def test_idle_shells_end_today_and_stay_on_2003(fleet: FleetHandle, connect: Connect) -> None:
    now = 1000.0
    stations = [fleet.host(host) for host in ("old", "new")]
    clocks = [station.shells.clock for station in stations]
    try:
        for station in stations:
            station.shells.clock = lambda: now
        old, new = connect("old"), connect("new")
        old_shell, new_shell = old.open_shell(), new.open_shell()
        now += 7_201.0
        assert old.get_command_output(old_shell, old.run_command(old_shell, "ver"))[2] == 0
        with refused(NO_SUCH_SHELL):
            new.run_command(new_shell, "ver")
        short = new.open_shell(idle_timeout="PT60S")
        now += 59.0
        new.run_command(short, "ver")
        now += 61.0
        with refused(NO_SUCH_SHELL):
            new.run_command(short, "ver")
    finally:
        for station, clock in zip(stations, clocks, strict=True):
            station.shells.clock = clock


def test_another_users_shell(connect: Connect) -> None:
    shell = connect("new").open_shell()
    other = connect("new", username="Operator", password="pass:word")
    with refused(5):
        other.run_command(shell, "ver")


def test_2003_with_kb968930() -> None:
    with one_host("server2003", winrm_stack="2.0") as (fleet, protocol):
        shells = [protocol.open_shell() for _unused in range(5)]
        with refused(SHELLS):
            protocol.open_shell()
        protocol.run_command(shells[0], "findstr x", console_mode_stdin=False)
        assert protocol.get_command_output(shells[0], protocol.run_command(shells[0], "ver"))[2] == 0
        headers = {"WSMANIDENTIFY": "unauthenticated"}
        answer = requests.post(fleet.host("host").reach()["http"], "<x/>", headers=headers, timeout=30)
        assert "Stack: 2.0" in answer.text
