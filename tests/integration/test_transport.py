# SPDX-License-Identifier: GPL-3.0-or-later
"""Both connections against the lab: bytes, requests, shells, and one clear sentence for each trouble."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.exchange.ipsec.plugins.plugin_utils.winrm_host import WinrmHost
from tests.integration.connections import WINRM, WINRS, connection, host, variables
from tests.lab.fleet import FleetHandle, running_fleet

pytestmark = pytest.mark.core
KINDS = [pytest.param(WINRS, id="winrs"), pytest.param(WINRM, id="winrm")]
SPEC: dict[str, Any] = {
    "hosts": {
        "old": {"profile": "server2003", "addresses": ["192.0.2.11"], "quotas": {"max_connections": 50}},
        "korean": {"profile": "server2003-ko", "addresses": ["192.0.2.12"]},
        "new": {"profile": "server2022", "addresses": ["192.0.2.21"]},
    },
}
Open = Callable[..., WinrmHost]


@pytest.fixture(scope="module")
def one_fleet() -> Iterator[FleetHandle]:
    with running_fleet(SPEC) as handle:
        yield handle


@pytest.fixture
def fleet(one_fleet: FleetHandle) -> FleetHandle:
    for name in SPEC["hosts"]:
        one_fleet.fault(name, "clear")
        one_fleet.fault(name, "expire-shells")
    one_fleet.reset()
    return one_fleet


@pytest.fixture
def reach(fleet: FleetHandle, tmp_path: Path) -> Iterator[Open]:
    """Make host ports; what they leave open is closed after the test."""
    made: list[WinrmHost] = []

    def make(kind: str, name: str = "old", codepage: int | None = None, **more: Any) -> WinrmHost:
        more = {"ansible_winrs_shell_record": str(tmp_path / "shells"), **more}
        made.append(host(kind, fleet.host(name).reach(), codepage, **more))
        return made[-1]

    yield make
    for name in SPEC["hosts"]:
        fleet.fault(name, "clear")
    for port in made:
        port.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("transport", "requests"), [("ntlm", 6), ("basic", 4)])
def test_one_command_costs(reach: Open, fleet: FleetHandle, kind: str, transport: str, requests: int) -> None:
    port = reach(kind, ansible_winrm_transport=transport)
    completed = port.run("ver")
    port.close()
    assert (completed.exit_code, completed.stderr) == (0, "")
    assert "5.2.3790" in completed.stdout
    counted = fleet.counters("old")
    assert (counted["requests"], counted["shells_created"], counted["shells_open"]) == (requests, 1, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_standard_input_costs_one_request(reach: Open, fleet: FleetHandle, kind: str) -> None:
    port = reach(kind)
    assert port.run("findstr x", "fox\r\ncat\r\nox\r\n").stdout == "fox\r\nox\r\n"
    port.close()
    assert fleet.counters("old")["requests"] == 7


@pytest.mark.parametrize("kind", KINDS)
def test_long_input_goes_in_pieces_that_fit_the_envelope(reach: Open, fleet: FleetHandle, kind: str) -> None:
    line = "x" * 98 + "\r\n"
    completed = reach(kind).run("findstr x", line * 1500)
    assert len(completed.stdout) == 150_000
    assert fleet.counters("old")["by_action"]["Send"] == 4


@pytest.mark.parametrize("kind", KINDS)
def test_commands_share_a_shell_one_after_the_other(reach: Open, fleet: FleetHandle, kind: str) -> None:
    port = reach(kind)
    outputs = [port.run(f"echo {number}").stdout for number in range(3)]
    assert outputs == ["0\r\n", "1\r\n", "2\r\n"]
    counted = fleet.counters("old")
    assert (counted["shells_created"], counted["by_action"]["Signal"]) == (1, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_exit_code_and_standard_error(reach: Open, kind: str) -> None:
    completed = reach(kind, "new").run(r"reg query HKLM\No\Such\Key")
    assert completed.exit_code == 1
    assert completed.stdout == ""
    assert completed.stderr.startswith("ERROR:")


@pytest.mark.parametrize("kind", KINDS)
def test_korean_text_both_ways(reach: Open, kind: str) -> None:
    port = reach(kind, "korean", codepage=949)
    assert port.codepage == 949
    assert port.run("findstr x", "정책x\r\n").stdout == "정책x\r\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_code_page_is_named(reach: Open, kind: str) -> None:
    port = reach(kind, "korean", codepage=20127)
    with pytest.raises(AnsibleError, match=r"U\+C815.*code page 20127.*ansible_winrs_codepage"):
        port.run("findstr x", "정책x")


@pytest.mark.parametrize("kind", KINDS)
def test_the_operations_quota_is_met_with_a_new_shell(reach: Open, fleet: FleetHandle, kind: str) -> None:
    limit = fleet.host("old").shells.quotas.max_operations_per_user
    port = reach(kind, ansible_winrm_transport="basic")
    codes = {port.run("ver").exit_code for _unused in range(limit + 2)}
    port.close()
    counted = fleet.counters("old")
    assert (codes, counted["shells_created"], counted["shells_open"]) == ({0}, 2, 0)


IMPATIENT = {"ansible_winrm_operation_timeout_sec": 1, "ansible_winrm_read_timeout_sec": 2}
NONSENSE = {"ansible_winrm_operation_timeout_sec": 40}
TROUBLES = [
    pytest.param(("deny",), {}, True, r"refused the user name or the password \(HTTP 401\)", id="password"),
    pytest.param(("deny", "access"), {}, True, "knows the user .* denies access .*fault 5", id="access-denied"),
    pytest.param(("quota",), {}, True, r"as many remote shells open as the host allows.*2150858815", id="quota"),
    pytest.param(("drop",), {}, True, "cut the connection while opening the remote shell", id="cut-at-once"),
    pytest.param(("drop", "4"), {}, True, "cut the connection while running the command", id="cut-later"),
    pytest.param(("die", "1"), {}, True, "cut the connection while running the command", id="host-died"),
    pytest.param(("truncate", "100"), {}, True, "cut the connection while running the command", id="output-cut"),
    pytest.param(("slow", "3"), IMPATIENT, True, "did not answer in time.*ansible_winrm_read_timeout_sec", id="slow"),
    pytest.param(("clear",), {"ansible_port": 9}, True, "refused the connection", id="nobody-listens"),
    pytest.param(("clear",), {"ansible_host": "no.such.invalid"}, True, "has no address in DNS", id="no-such-name"),
    pytest.param(("clear",), {"ansible_winrm_path": "/other"}, True, "HTTP status 404", id="other-path"),
    pytest.param(("clear",), {"ansible_winrm_scheme": "https"}, True, "refused TLS", id="http-port-asked-for-tls"),
    pytest.param(("clear",), NONSENSE, False, "pywinrm refuses the ansible_winrm_", id="options"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("fault", "more", "unreachable", "sentence"), TROUBLES)
def test_each_trouble_is_one_sentence(
    reach: Open,
    fleet: FleetHandle,
    kind: str,
    fault: tuple[str, ...],
    more: dict[str, Any],
    unreachable: bool,
    sentence: str,
) -> None:
    fleet.fault("old", *fault)
    port = reach(kind, **more)
    with pytest.raises(AnsibleError, match=sentence) as caught:
        port.run("ver")
    assert isinstance(caught.value, AnsibleConnectionFailure) is unreachable
    assert caught.value.__cause__ is None
    text = str(caught.value)
    assert text.endswith(".")
    assert "lab-secret" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_tls_refused_and_certificate_not_trusted(reach: Open, fleet: FleetHandle, kind: str) -> None:
    tls = {"ansible_winrm_scheme": "https", "ansible_port": fleet.host("old").reach()["https_port"]}
    with pytest.raises(AnsibleConnectionFailure, match="certificate that is not trusted"):
        reach(kind, **tls).run("ver")
    assert reach(kind, ansible_winrm_ca_trust_path=str(fleet.fleet.ca_file), **tls).run("ver").exit_code == 0
    fleet.fault("old", "tls-refuse")
    with pytest.raises(AnsibleConnectionFailure, match="refused TLS"):
        reach(kind, ansible_winrm_server_cert_validation="ignore", **tls).run("ver")


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_password_is_no_quota(reach: Open, fleet: FleetHandle, kind: str) -> None:
    holders = [reach(WINRS, ansible_winrs_shell_record="/dev/null") for _unused in range(2)]
    for holder in holders:
        holder.run("ver")
    with pytest.raises(AnsibleConnectionFailure, match="refused the user name or the password"):
        reach(kind, ansible_password="wrong").run("ver")
    with pytest.raises(AnsibleConnectionFailure) as caught:
        reach(kind).run("ver")
    ids = [holder._connection.shell_id for holder in holders]
    text = str(caught.value)
    assert all(f"{shell} (opened by 127.0.0.1, " in text for shell in ids)
    assert f"winrm delete http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd?ShellId={ids[0]} or raise" in text


def test_a_full_quota_of_today_is_told_the_same_way(reach: Open, fleet: FleetHandle) -> None:
    fleet.fault("new", "quota")
    with pytest.raises(AnsibleConnectionFailure, match=r"as many remote shells.*fault 2150859173"):
        reach(WINRS, "new").run("ver")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stays_open_after_output_was_cut(reach: Open, fleet: FleetHandle, kind: str) -> None:
    fleet.fault("old", "truncate", "100")
    with pytest.raises(AnsibleConnectionFailure):
        reach(kind).run("ver")
    assert fleet.counters("old")["shells_open"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_shell_that_is_gone_is_a_failure_and_the_next_command_works(
    reach: Open, fleet: FleetHandle, kind: str
) -> None:
    port = reach(kind)
    port.run("ver")
    fleet.fault("old", "expire-shells")
    with pytest.raises(AnsibleError, match=r"fault 2150858843 .*the shell is gone") as caught:
        port.run("ver")
    assert not isinstance(caught.value, AnsibleConnectionFailure)
    assert port.run("ver").exit_code == 0


def test_a_command_without_end_is_stopped(reach: Open, fleet: FleetHandle) -> None:
    port = reach(WINRS, ansible_winrs_command_timeout=2)
    started = time.monotonic()
    with pytest.raises(AnsibleError, match=r"did not end within 2 s.*ansible_winrs_command_timeout"):
        port.run("more")
    assert time.monotonic() - started < 60
    assert fleet.counters("old")["shells_open"] == 0


def test_a_slow_command_outlives_the_operation_timeout(reach: Open, fleet: FleetHandle) -> None:
    port = reach(WINRS, ansible_winrm_operation_timeout_sec=1)
    assert port.run("ping -n 4 127.0.0.1").exit_code == 0
    assert fleet.counters("old")["by_action"]["Receive"] >= 3


def test_a_shell_left_by_a_killed_process_is_named_and_closed(
    reach: Open, fleet: FleetHandle, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    port = reach(WINRS)
    port.run("ver")
    shell_id = port._connection.shell_id
    note = next((tmp_path / "shells").rglob("*.json"))
    assert json.loads(note.read_text())["shell_id"] == shell_id
    assert "lab-secret" not in note.read_text()
    assert (note.stat().st_mode & 0o777, note.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    os.close(port._connection._record._descriptor)  # what the kernel does when a process is killed
    port._connection._record = port._connection.protocol = None
    after = reach(WINRS)
    after.run("ver")
    after.close()
    said = " ".join(capsys.readouterr().err.split())
    assert f"remote shell {shell_id} was left open at" in said
    assert (fleet.counters("old")["shells_open"], list((tmp_path / "shells").rglob("*.json"))) == (0, [])


def test_reset_closes_the_shell(reach: Open, fleet: FleetHandle) -> None:
    port = reach(WINRS)
    port.run("ver")
    port._connection.reset()
    assert fleet.counters("old")["shells_open"] == 0
    assert port.run("ver").exit_code == 0


def test_raw_output_arrives_as_utf8(fleet: FleetHandle) -> None:
    given = variables(fleet.host("korean").reach(), ansible_winrs_codepage=949, ansible_winrs_shell_record="/dev/null")
    made = connection(WINRS, given)
    assert made.exec_command("findstr x", "정책x\r\n".encode("cp949")) == (0, "정책x\r\n".encode(), b"")
    made.close()
