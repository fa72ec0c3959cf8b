# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection as people use it: Ansible's own commands, started as programs, against the lab."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.checkout import COLLECTIONS
from tests.integration.connections import variables
from tests.lab.fleet import FleetHandle, running_fleet

pytestmark = pytest.mark.core
BIN = Path(sys.executable).parent
SPEC = {"hosts": {"fe1": {"profile": "server2003", "addresses": ["192.0.2.11"]}}}
WAIT = 25.0


@pytest.fixture
def fleet() -> Iterator[FleetHandle]:
    with running_fleet(SPEC) as handle:
        yield handle


class Controller:
    """A controller with an inventory of its own."""

    def __init__(self, folder: Path, fleet: FleetHandle) -> None:
        self.folder = folder
        self.inventory = folder / "inventory.yml"
        given = variables(fleet.host("fe1").reach(), ansible_connection="exchange.ipsec.winrs")
        del given["inventory_hostname"]
        self.inventory.write_text(yaml.safe_dump({"all": {"hosts": {"fe1": given}}}))
        self.environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_NOCOLOR": "1",
            "COLUMNS": "5000",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def start(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [BIN / program, "-i", self.inventory, *arguments],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - a CI may ignore it
        )

    def run(self, *arguments: str) -> str:
        process = self.start("ansible", "fe1", *arguments)
        output, _unused = process.communicate(timeout=60)
        return output

    def play(self, *tasks: object, verbosity: str = "-v") -> subprocess.Popen[str]:
        path = self.folder / "play.yml"
        path.write_text(yaml.safe_dump([{"hosts": "fe1", "gather_facts": False, "tasks": list(tasks)}]))
        return self.start("ansible-playbook", str(path), verbosity)


@pytest.fixture
def controller(tmp_path: Path, fleet: FleetHandle) -> Controller:
    return Controller(tmp_path, fleet)


def open_shells(fleet: FleetHandle, wanted: int) -> int:
    """Return the number of open shells once it is the wanted one, or what it is when the time is up."""
    end = time.monotonic() + WAIT
    while fleet.counters("fe1")["shells_open"] != wanted and time.monotonic() < end:
        time.sleep(0.05)
    return int(fleet.counters("fe1")["shells_open"])


def running(fleet: FleetHandle) -> bool:
    """Say whether the command runs, which it does once its output was asked for; wait for it."""
    end = time.monotonic() + WAIT
    while not fleet.counters("fe1")["by_action"].get("Receive") and time.monotonic() < end:
        time.sleep(0.05)
    return bool(fleet.counters("fe1")["by_action"].get("Receive"))


def test_raw_takes_six_requests(controller: Controller, fleet: FleetHandle) -> None:
    output = controller.run("-m", "raw", "-a", "ver", "-vvv")
    assert "Microsoft Windows [Version 5.2.3790]" in output
    assert "WINRS RUN ver WITH 0 BYTES OF INPUT" in output
    assert "lab-secret" not in output
    counted = fleet.counters("fe1")
    assert (counted["requests"], counted["shells_created"], counted["shells_open"]) == (6, 1, 0)


def test_no_log_hides_the_command(controller: Controller) -> None:
    process = controller.play({"raw": "echo top-secret", "no_log": True}, verbosity="-vvvvv")
    output, _unused = process.communicate(timeout=60)
    assert "WINRS RUN (not shown: no_log)" in output
    assert "top-secret" not in output
    assert "lab-secret" not in output


def test_wait_for_connection_needs_no_powershell(controller: Controller, fleet: FleetHandle) -> None:
    assert "SUCCESS" in controller.run("-m", "wait_for_connection", "-a", "timeout=20")
    fleet.fault("fe1", "die", "0")
    output = controller.run("-m", "wait_for_connection", "-a", "timeout=2 connect_timeout=1")
    assert "timed out waiting for" in output
    assert "cut the connection" in output
    assert "Traceback" not in output
    assert open_shells(fleet, 0) == 0


def test_reset_connection(controller: Controller, fleet: FleetHandle) -> None:
    process = controller.play({"raw": "ver"}, {"meta": "reset_connection"}, {"raw": "ver"})
    output, _unused = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert (fleet.counters("fe1")["shells_created"], open_shells(fleet, 0)) == (2, 0)


def test_a_loop_shares_one_shell(controller: Controller, fleet: FleetHandle) -> None:
    process = controller.play({"raw": "echo {{ item }}", "loop": [1, 2, 3]})
    process.communicate(timeout=60)
    counted = fleet.counters("fe1")
    assert (counted["requests"], counted["shells_created"], counted["shells_open"]) == (12, 1, 0)


def test_failed_and_unreachable_look_as_usual(controller: Controller, fleet: FleetHandle) -> None:
    assert "rc=3" in controller.run("-m", "raw", "-a", "exit 3")
    output = controller.run("-m", "raw", "-a", "ver", "-e", "ansible_password=wrong")
    assert "UNREACHABLE!" in output
    assert "Traceback" not in output
    assert open_shells(fleet, 0) == 0


def test_cmd_does_not_become_another_user(controller: Controller) -> None:
    become = ("--become", "--become-method", "runas", "--become-user", "SYSTEM")
    assert "cmd.exe cannot become another user" in controller.run("-m", "raw", "-a", "ver", *become)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_closes_its_shell(controller: Controller, fleet: FleetHandle, number: int) -> None:
    process = controller.play({"raw": "more", "vars": {"ansible_winrm_operation_timeout_sec": 2}})
    assert open_shells(fleet, 1) == 1
    assert running(fleet)
    process.send_signal(number)
    assert open_shells(fleet, 0) == 0
    process.communicate(timeout=30)


def test_a_task_timeout_closes_the_shell(controller: Controller, fleet: FleetHandle) -> None:
    process = controller.play({"raw": "more", "timeout": 2})
    output, _unused = process.communicate(timeout=30)
    assert process.returncode == 2, output
    assert open_shells(fleet, 0) == 0


def test_a_killed_run_is_named_by_the_next(controller: Controller, fleet: FleetHandle) -> None:
    process = controller.play({"raw": "more"})
    assert open_shells(fleet, 1) == 1
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGSTOP)
    notes = list((controller.folder / "home").rglob("exchange.ipsec/shells/*/*.json"))
    shell_id = json.loads(notes[0].read_text())["shell_id"]
    for child in _children(process.pid):
        os.kill(child, signal.SIGKILL)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert fleet.counters("fe1")["shells_open"] == 1
    output = " ".join(controller.run("-m", "raw", "-a", "ver").split())
    assert f"remote shell {shell_id} was left open at" in output
    assert open_shells(fleet, 0) == 0


def _children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(child) for child in listed.split()]
