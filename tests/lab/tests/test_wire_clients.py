# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients that people use: pywinrm, pypsrp and Ansible's own winrm connection reach the lab's hosts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan

from tests.lab import orders
from tests.lab.fleet import FleetHandle
from tests.lab.tests.conftest import Connect, run

VER_2003 = b"\r\nMicrosoft Windows [Version 5.2.3790]\r\n"


@pytest.mark.parametrize(
    ("transport", "scheme", "requests"),
    [
        pytest.param("basic", "http", 5, id="basic"),
        pytest.param("ntlm", "http", 8, id="ntlm-sealed"),
        pytest.param("basic", "https", 5, id="basic-over-tls"),
        pytest.param("ntlm", "https", 7, id="ntlm-over-tls"),
    ],
)
def test_pywinrm_runs_ver(fleet: FleetHandle, connect: Connect, transport: str, scheme: str, requests: int) -> None:
    assert run(connect("old", transport, scheme), "ver") == (VER_2003, b"", 0)
    figures = fleet.counters("old")
    assert (figures["requests"], figures["connections"], figures["shells_open"]) == (requests, 1, 0)


def test_eleven_commands_in_one_shell_cost_38_requests(fleet: FleetHandle, connect: Connect) -> None:
    protocol = connect("new", "ntlm")
    shell = protocol.open_shell(codepage=437)
    for _unused in range(11):
        command = protocol.run_command(shell, "ver")
        assert protocol.get_command_output(shell, command)[2] == 0
        protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
    assert fleet.counters("new")["requests"] == 38


def test_sealed_messages_hide_what_is_sent(fleet: FleetHandle, connect: Connect) -> None:
    protocol = connect("strict", "ntlm")
    shell = protocol.open_shell(codepage=437)
    sealed = protocol.transport.encryption.prepare_encrypted_request(
        protocol.transport.session, protocol.transport.endpoint, b"a very secret command"
    )
    assert b"secret" not in sealed.body
    assert fleet.counters("strict")["shells_open"] == 1
    assert shell


def test_unsealed_ntlm_is_refused_where_it_must_be_sealed(connect: Connect) -> None:
    with pytest.raises(Exception, match="Code 500"):
        connect("strict", "ntlm", message_encryption="never").open_shell()


def test_basic_is_not_offered_where_it_is_off(connect: Connect) -> None:
    with pytest.raises(Exception, match="rejected"):
        connect("strict", "basic").open_shell()


def test_a_certificate_of_the_fleet_can_be_trusted(fleet: FleetHandle, connect: Connect) -> None:
    protocol = connect(
        "new", "basic", "https", server_cert_validation="validate", ca_trust_path=str(fleet.fleet.ca_file)
    )
    assert run(protocol, "ver")[2] == 0


@pytest.mark.parametrize("name", ["EX\\Operator", "operator", "NEW\\Operator"])
@pytest.mark.parametrize("transport", ["basic", "ntlm"])
def test_a_second_user(connect: Connect, transport: str, name: str) -> None:
    assert run(connect("new", transport, username=name, password="pass:word"), "ver")[2] == 0


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
@pytest.mark.parametrize(("user", "password"), [("Administrator", "wrong"), ("Nobody", "lab-secret")])
def test_wrong_credentials(fleet: FleetHandle, connect: Connect, transport: str, user: str, password: str) -> None:
    with pytest.raises(Exception, match="rejected"):
        connect("old", transport, username=user, password=password).open_shell()
    assert fleet.counters("old")["auth_failures"] == 1
    assert run(connect("old", transport), "ver")[2] == 0


@pytest.mark.parametrize(("auth", "ssl"), [("negotiate", False), ("ntlm", False), ("negotiate", True), ("basic", True)])
def test_pypsrp_shell(fleet: FleetHandle, auth: str, ssl: bool) -> None:
    reach = fleet.host("old").reach()
    port = reach["https_port" if ssl else "http_port"]
    account = {"username": reach["user"], "password": reach["password"], "cert_validation": False}
    with (
        WSMan(reach["address"], port=port, ssl=ssl, auth=auth, **account) as wsman,
        WinRS(wsman, codepage=437) as shell,
    ):
        process = Process(shell, "findstr", ["b"])
        process.begin_invoke()
        process.send(b"abc\r\n", end=False)
        process.send(b"xyz\r\nbee\r\n", end=True)
        process.end_invoke()
        process.signal(SignalCode.TERMINATE)
        assert (process.stdout, process.stderr, process.rc) == (b"abc\r\nbee\r\n", b"", 0)
    assert fleet.counters("old")["shells_open"] == 0


def _ansible(fleet: FleetHandle, folder: Path, host: str, command: str) -> subprocess.CompletedProcess[str]:
    inventory = folder / "inventory.json"
    inventory.write_text(json.dumps(orders.inventory(fleet.fleet)))
    program = [str(Path(sys.executable).with_name("ansible")), "-i", str(inventory), host, "-m", "raw", "-a", command]
    environment = {**os.environ, "ANSIBLE_HOME": str(folder), "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(program, capture_output=True, text=True, timeout=60, env=environment, check=False)


def test_ansible_raw_with_powershell_costs_8_requests(fleet: FleetHandle, tmp_path: Path) -> None:
    done = _ansible(fleet, tmp_path, "new", "ver")
    assert "rc=0" in done.stdout
    assert "Version 10.0.20348" in done.stdout
    figures = fleet.counters("new")
    assert (figures["requests"], figures["shells_created"], figures["shells_open"]) == (8, 1, 0)


def test_ansible_raw_finds_no_powershell_on_2003(fleet: FleetHandle, tmp_path: Path) -> None:
    done = _ansible(fleet, tmp_path, "old", "ver")
    assert "rc=1" in done.stdout
    assert "not recognized" in done.stdout


def test_ansible_says_unreachable_for_a_wrong_password(fleet: FleetHandle, tmp_path: Path) -> None:
    fleet.fault("new", "deny")
    done = _ansible(fleet, tmp_path, "new", "ver")
    assert done.returncode == 4
    assert "UNREACHABLE" in done.stdout
