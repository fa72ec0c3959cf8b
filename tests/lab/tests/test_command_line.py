# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's command line as people use it: a fleet served by one process, orders given by others."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.lab.fleet import Fleet, running_fleet
from tests.lab.fleet_spec import FleetError

ROOT = Path(__file__).parents[3]
FLEET = """
hosts:
  fe1: {profile: server2003-ko, addresses: [192.0.2.11], user: Administrator, password: lab-secret}
  be1: {profile: server2003, addresses: [192.0.2.21], cluster: EXCH}
  be2: {profile: server2003, addresses: [192.0.2.22], cluster: EXCH}
clusters:
  EXCH: {group: Exchange Group, nodes: [be1, be2], owner: be1, virtual_ips: [192.0.2.30]}
groups:
  front_end: [fe1]
  back_end_cluster: [be1, be2]
"""

Lab = Callable[..., subprocess.CompletedProcess[str]]


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Serve the fleet; return when it is ready."""
    (folder / "fleet.yml").write_text(FLEET)
    files = [f"--{name}={folder / name}" for name in ("ready", "inventory", "pid-file", "state-dir", "log")]
    arguments = [sys.executable, "-m", "tests.lab", "serve", str(folder / "fleet.yml"), "--control=127.0.0.1:0", *files]
    with (folder / "said").open("w") as said:
        server = subprocess.Popen(arguments, cwd=ROOT, stdout=said)
    deadline = time.monotonic() + 20
    while not (folder / "ready").exists():
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("lab")
    server = start(path)
    yield path
    server.send_signal(signal.SIGTERM)
    assert server.wait(10) == 0
    assert not (path / "ready").exists()


@pytest.fixture
def lab(folder: Path) -> Lab:
    control = json.loads((folder / "ready").read_text())["control"]

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-m", "tests.lab", *words, "--control", control]
        return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)

    return call


def test_ready_says_where_everything_listens(folder: Path) -> None:
    ready = json.loads((folder / "ready").read_text())
    assert set(ready["hosts"]) == {"fe1", "be1", "be2"}
    fe1 = ready["hosts"]["fe1"]
    assert fe1["http"] == f"http://{fe1['address']}:5985/wsman"
    assert fe1["https"] == f"https://{fe1['address']}:5986/wsman"
    assert Path(ready["ca_file"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert int((folder / "pid-file").read_text()) > 1


def test_a_person_is_told_where_everything_listens_and_no_password(folder: Path) -> None:
    ready = json.loads((folder / "ready").read_text())
    said = (folder / "said").read_text()
    assert said.startswith("These simulated hosts answer until Ctrl+C:\n  fe1 ")
    assert [name for name, one in ready["hosts"].items() if f" {one['address']} " not in said] == []
    assert f"python -m tests.lab run fe1 ver --control {ready['control']}" in said
    assert "lab-secret" not in said


def test_a_second_lab_at_the_same_control_is_told_of_the_first(folder: Path) -> None:
    (folder / "second.yml").write_text("hosts: {other: {profile: server2003}}")
    control = json.loads((folder / "ready").read_text())["control"].removeprefix("http://")
    arguments = [sys.executable, "-m", "tests.lab", "serve", str(folder / "second.yml"), "--control", control]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert "python -m tests.lab stop), or give another --control" in done.stderr


@pytest.mark.parametrize("name", ["ready", "inventory"])
def test_files_with_passwords_are_private(folder: Path, name: str) -> None:
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_inventory_has_groups_and_connection_variables(folder: Path) -> None:
    inventory = yaml.safe_load((folder / "inventory").read_text())["all"]
    assert list(inventory["children"]["back_end_cluster"]["hosts"]) == ["be1", "be2"]
    assert inventory["hosts"]["fe1"]["ansible_connection"] == "winrm"
    assert inventory["hosts"]["fe1"]["ansible_winrm_transport"] == "ntlm"
    assert inventory["hosts"]["fe1"]["lab_addresses"] == ["192.0.2.11"]


def test_run_prints_and_exits_as_the_command_does(lab: Lab) -> None:
    done = lab("run", "fe1", "ver & echo 한글 & exit 3")
    assert "Version 5.2.3790" in done.stdout
    assert "한글" in done.stdout
    assert done.returncode == 3


def test_a_drift_made_by_hand_shows_in_the_dump(lab: Lab) -> None:
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"
    assert lab("run", "be1", rf"reg add {key} /v NLBSFlags /t REG_DWORD /d 1 /f").returncode == 0
    text = lab("dump", "be1", "--key", key).stdout
    assert text.startswith("Windows Registry Editor Version 5.00\n")
    assert '"NLBSFlags"=dword:00000001' in text
    assert '"NLBSFlags"=dword:00000001' in lab("dump", "be1").stdout
    assert "NLBSFlags" not in lab("dump", "be2").stdout


def test_dump_of_a_key_that_is_not_there(lab: Lab) -> None:
    done = lab("dump", "be1", "--key", r"HKLM\Nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert r"be1 has no key HKLM\Nothing" in done.stderr


def test_the_cluster_moves_and_its_address_with_it(lab: Lab) -> None:
    assert "192.0.2.30" in lab("run", "be1", "ipconfig").stdout
    assert lab("move", "EXCH", "be2").returncode == 0
    assert "192.0.2.30" not in lab("run", "be1", "ipconfig").stdout
    assert "192.0.2.30" in lab("run", "be2", "ipconfig").stdout
    assert "no node 'fe1'" in lab("move", "EXCH", "fe1").stderr


def test_counters_and_reset(lab: Lab) -> None:
    figures = json.loads(lab("counters", "--reset").stdout)
    assert figures["fe1"]["requests"] == 0
    assert set(figures["fe1"]) >= {"shells_created", "shells_open", "commands", "connections", "auth_failures"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("fault", "nobody", "quota"), "no host 'nobody'"),
        (("fault", "fe1", "slow"), "slow needs a number"),
        (("advance", "nobody", "5"), "no host 'nobody'"),
    ],
)
def test_orders_that_are_refused(lab: Lab, words: tuple[str, ...], message: str) -> None:
    done = lab(*words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_save_and_load(lab: Lab, tmp_path: Path) -> None:
    key = r"HKLM\SOFTWARE\Lab"
    lab("run", "fe1", rf"reg add {key} /v before /d 1 /f")
    assert lab("save", str(tmp_path / "state.json")).returncode == 0
    lab("run", "fe1", rf"reg delete {key} /f")
    assert lab("load", str(tmp_path / "state.json")).returncode == 0
    assert '"before"="1"' in lab("dump", "fe1", "--key", key).stdout
    lab("move", "EXCH", "be1")
    assert "192.0.2.30" in lab("run", "be1", "ipconfig").stdout


def test_state_survives_a_stop(tmp_path: Path) -> None:
    call = [sys.executable, "-m", "tests.lab"]
    for command in (r"reg add HKLM\SOFTWARE\Kept /f", r"reg query HKLM\SOFTWARE\Kept"):
        server = start(tmp_path)
        control = ["--control", json.loads((tmp_path / "ready").read_text())["control"]]
        subprocess.run([*call, "run", "fe1", command, *control], cwd=ROOT, check=True, capture_output=True)
        subprocess.run([*call, "stop", *control], cwd=ROOT, check=True)
        assert server.wait(10) == 0


def test_jobs_flows_faults_and_a_restart(lab: Lab) -> None:
    lab("run", "fe1", "schtasks /create /tn job /tr x.cmd /sc onstart /ru SYSTEM")
    assert [job["name"] for job in json.loads(lab("jobs", "fe1").stdout)] == ["job"]
    assert json.loads(lab("flow", "fe1", "be1", "tcp", "80").stdout)["outcome"] == "clear"
    assert lab("fault", "fe1", "cut", "3600").returncode == 0
    assert json.loads(lab("flow", "fe1", "be1", "tcp", "80").stdout)["reason"] == "fe1 does not answer"
    assert lab("advance", "fe1", "3600").returncode == 0
    assert lab("reboot", "fe1", "600").returncode == 0
    assert json.loads(lab("flow", "be1", "fe1", "udp").stdout)["passes"] is False
    assert lab("advance", "fe1", "600").returncode == 0
    assert json.loads(lab("flow", "fe1", "203.0.113.1", "1").stdout)["passes"] is True
    assert [job["last"] is None for job in json.loads(lab("jobs", "fe1").stdout)] == [False]
    assert "no such flow" in lab("flow", "fe1", "elsewhere", "tcp", "80").stderr


def test_no_fleet_answers() -> None:
    call = [sys.executable, "-m", "tests.lab", "stop", "--control", "127.0.0.1:9"]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 2
    assert done.stderr.startswith("lab: no fleet answers")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param({}, "no hosts", id="empty"),
        pytest.param({"hosts": {"a": {}}}, "host a: profile is missing", id="no-profile"),
        pytest.param({"hosts": {"a": {"profile": "dos"}}}, "host a: no profile 'dos'", id="unknown-profile"),
        pytest.param({"hosts": {"a": {"profile": "server2003", "colour": 1}}}, "unknown option colour", id="option"),
        pytest.param(
            {"hosts": {"a": {"profile": "server2003", "quotas": {"max_shell": 1}}}}, "quota max_shell", id="quota"
        ),
        pytest.param({"hosts": {"a": {"profile": "server2003", "cluster": "C"}}}, "no cluster 'C'", id="cluster"),
        pytest.param(
            {"hosts": {"a": {"profile": "server2003"}}, "clusters": {"C": {"group": "g"}}},
            "cluster C:",
            id="incomplete",
        ),
    ],
)
def test_fleet_files_that_make_no_sense(document: dict[str, object], message: str) -> None:
    with pytest.raises(FleetError, match=message):
        Fleet(document)


def test_two_fleets_on_one_address() -> None:
    with running_fleet({"hosts": {"first": {"profile": "server2003"}}}) as fleet:
        listen = fleet.host("first").reach()["address"]
        hosts = {"other": {"profile": "server2003"}, "second": {"profile": "server2003", "listen": listen}}
        with pytest.raises(FleetError, match="host second cannot listen"), running_fleet({"hosts": hosts}):
            pytest.fail("the second fleet started")
