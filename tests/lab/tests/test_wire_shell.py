# SPDX-License-Identifier: GPL-3.0-or-later
"""The remote shell: input, output in pieces, code pages, signals, time-outs, listing."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import pytest
import requests
import xmltodict
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError
from winrm.protocol import Protocol

from tests.lab.fleet import FleetHandle
from tests.lab.tests.conftest import Connect, run
from tests.lab.wire.envelope import seconds
from tests.lab.wire.powershell import plain_command

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
ENUMERATE = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate"


def test_input_in_pieces(connect: Connect) -> None:
    protocol = connect("old", "ntlm")
    shell = protocol.open_shell(codepage=437)
    command = protocol.run_command(shell, "findstr", ["e"], console_mode_stdin=False)
    protocol.send_command_input(shell, command, b"one\r\ntw")
    protocol.send_command_input(shell, command, b"o\r\nthree\r\n", end=True)
    assert protocol.get_command_output(shell, command) == (b"one\r\nthree\r\n", b"", 0)


def test_korean_code_page_and_messages(connect: Connect) -> None:
    out, err, code = run(connect("korean"), "nosuchprogram", codepage=949)
    assert (out, code) == (b"", 1)
    assert "nosuchprogram" in err.decode("cp949")
    assert re.search("[가-힣]", err.decode("cp949"))
    assert run(connect("korean"), "echo 한글", codepage=949)[0] == "한글\r\n".encode("cp949")


def test_unknown_code_page_is_a_fault(connect: Connect) -> None:
    with pytest.raises(WSManFaultError) as caught:
        run(connect("old"), "ver", codepage=4711)
    assert caught.value.wsman_fault_code == 87


def test_environment_and_directory(connect: Connect) -> None:
    protocol = connect("new")
    shell = protocol.open_shell(codepage=437, env_vars={"COLOUR": "a & b"}, working_directory="C:\\Temp")
    command = protocol.run_command(shell, "echo %COLOUR:~0,1%& cd")
    assert protocol.get_command_output(shell, command)[0] == b"a\r\nC:\\Temp\r\n"


def test_large_output_comes_in_pieces_that_fit_the_envelope(fleet: FleetHandle, connect: Connect) -> None:
    text = b"".join(b"%07d\r\n" % number for number in range(40_000))
    fleet.fleet.computers.hosts["old"].files["c:\\big.txt"] = ("C:\\big.txt", text)
    out, _unused, code = run(connect("old", "ntlm"), "type C:\\big.txt")
    assert (out == text, code) == (True, 0)
    assert fleet.counters("old")["by_action"]["Receive"] == 4  # 360,000 bytes; 3/4 of 149,504 fit into 153,600


def test_silence_ends_in_an_operation_timeout(connect: Connect) -> None:
    protocol = connect("old", operation_timeout_sec=1, read_timeout_sec=60)
    shell = protocol.open_shell(codepage=437)
    command = protocol.run_command(shell, "findstr x", console_mode_stdin=False)
    began = time.monotonic()
    with pytest.raises(WinRMOperationTimeoutError):
        protocol.get_command_output_raw(shell, command)
    assert 0.9 < time.monotonic() - began < 40  # the operation's time-out, not the connection's


def test_a_sleeping_command_sends_what_it_has_and_goes_on(fleet: FleetHandle, connect: Connect) -> None:
    protocol = connect("old")
    shell = protocol.open_shell(codepage=437)
    command = protocol.run_command(shell, "echo first& ping -n 2 127.0.0.1 >nul& echo second")
    assert protocol.get_command_output_raw(shell, command) == (b"first\r\n", b"", -1, False)
    fleet.call(fleet.fleet.computers.hosts["old"].clock.advance, 60.0)
    assert protocol.get_command_output(shell, command) == (b"second\r\n", b"", 0)


def test_a_terminated_command_is_gone(connect: Connect) -> None:
    protocol = connect("old")
    shell = protocol.open_shell(codepage=437)
    command = protocol.run_command(shell, "findstr x", console_mode_stdin=False)
    protocol.cleanup_command(shell, command)
    with pytest.raises(WSManFaultError) as caught:
        protocol.get_command_output_raw(shell, command)
    assert caught.value.wsman_fault_code == 87


def test_ctrl_c_ends_a_command_that_can_still_be_read(connect: Connect) -> None:
    protocol = connect("old")
    shell = protocol.open_shell(codepage=437)
    command = protocol.run_command(shell, "findstr x", console_mode_stdin=False)
    send(
        protocol,
        shell,
        f"{SHELL}/Signal",
        {"rsp:Signal": {"@CommandId": command, "rsp:Code": f"{SHELL}/signal/ctrl_c"}},
    )
    assert protocol.get_command_output(shell, command) == (b"", b"", 0xC000013A - 2**32)


def send(protocol: Protocol, shell: str | None, action: str, body: Any, resource: str = f"{SHELL}/cmd") -> bytes:
    envelope = protocol.build_wsman_header(action, resource, shell)
    return protocol.send_message(xmltodict.unparse({"env:Envelope": {**envelope, "env:Body": body}}))


@pytest.mark.parametrize(
    ("host", "resource"),
    [pytest.param("old", f"{SHELL}/cmd", id="winrm-1.1"), pytest.param("new", SHELL, id="winrm-3.0")],
)
def test_open_shells_are_listed(connect: Connect, host: str, resource: str) -> None:
    protocol = connect(host)
    shell = protocol.open_shell()
    listed = send(protocol, None, ENUMERATE, {"n:Enumerate": {"w:OptimizeEnumeration": None}}, resource)
    assert re.findall(rb"<rsp:ShellId>(.*?)</rsp:ShellId>", listed) == [shell.encode()]
    first = send(protocol, None, ENUMERATE, {"n:Enumerate": None}, resource)
    context = re.search(rb"<n:EnumerationContext>(.*?)<", first)
    assert context is not None
    pull = {"n:Pull": {"n:EnumerationContext": context[1].decode()}}
    assert shell.encode() in send(protocol, None, ENUMERATE.replace("Enumerate", "Pull"), pull, resource)


def test_a_shell_on_2003_has_no_idle_timeout(connect: Connect) -> None:
    for host, expected in (("old", False), ("new", True)):
        protocol = connect(host)
        shell = protocol.open_shell()
        described = send(protocol, shell, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", None)
        assert (b"IdleTimeOut" in described) is expected


@pytest.mark.parametrize(
    ("host", "version"),
    [
        pytest.param("old", "OS: 0.0.0 SP: 0.0 Stack: 1.1", id="2003"),
        pytest.param("new", "OS: 0.0.0 SP: 0.0 Stack: 3.0", id="2022"),
    ],
)
def test_a_stranger_may_ask_who_it_is(fleet: FleetHandle, host: str, version: str) -> None:
    headers = {"WSMANIDENTIFY": "unauthenticated", "Content-Type": "application/soap+xml"}
    answer = requests.post(fleet.host(host).reach()["http"], "<x/>", headers=headers, timeout=30)
    assert (answer.status_code, version in answer.text) == (200, True)


def test_identify_after_logon_names_the_windows_version(fleet: FleetHandle) -> None:
    envelope = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>'
        '<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>'
    )
    reach = fleet.host("old").reach()
    answer = requests.post(reach["http"], envelope, auth=(reach["user"], reach["password"]), timeout=30)
    assert "OS: 5.2.3790 SP: 2.0 Stack: 1.1" in answer.text


@pytest.mark.parametrize(("text", "expected"), [("PT60S", 60), ("PT1.5S", 1.5), ("P1DT2H3M4S", 93784), ("PT0S", 0)])
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "60", "P1Y", "PTS5"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("ver", "ver", id="builtin"),
        pytest.param('reg query "HKLM\\A B" /s', 'reg query "HKLM\\A B" /s', id="quotes"),
        pytest.param("Get-Service PolicyAgent", None, id="cmdlet"),
        pytest.param("$x = 1", None, id="variable"),
    ],
)
def test_what_raw_wraps(script: str, expected: str | None) -> None:
    encoded = base64.b64encode(script.encode("utf-16-le")).decode()
    line = f"PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand {encoded}"
    assert plain_command(line) == expected
    assert plain_command(script) is None


def test_a_command_at_the_console(fleet: FleetHandle) -> None:
    done = fleet.run("korean", "findstr 나", "하나\r\n둘\r\n")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "하나\r\n", "")
    assert fleet.counters("korean")["requests"] == 0
