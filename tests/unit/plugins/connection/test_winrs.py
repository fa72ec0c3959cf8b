# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugin where it needs no host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError

from ansible_collections.exchange.ipsec.plugins.plugin_utils.winrm_exchange import Output
from tests.integration.connections import WINRS, connection

GIVEN = {
    "inventory_hostname": "fe1",
    "ansible_host": "192.0.2.11",
    "ansible_port": 5985,
    "ansible_user": "Administrator",
    "ansible_password": "secret",
}


class Remote:
    """A shell that answers without a host."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.asked: list[tuple[str, bytes, float]] = []

    def run(self, command: str, stdin: bytes, time_limit: float) -> Output:
        self.asked.append((command, stdin, time_limit))
        return self.output


def made(output: Output, **more: Any) -> Any:
    plugin = connection(WINRS, {**GIVEN, **more})
    plugin._build_winrm_kwargs()
    plugin._remote = Remote(output)
    return plugin


def test_the_command_goes_out_as_typed() -> None:
    plugin = made(Output(5, b"out", b"err"), ansible_winrs_command_timeout=7)
    assert plugin.exec_command('netsh "a b" & ver', b"show\r\n") == (5, b"out", b"err")
    assert plugin._remote.asked == [('netsh "a b" & ver', b"show\r\n", 7.0)]


def test_output_of_another_code_page_is_shown_as_far_as_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    plugin = made(Output(0, b"a\xff", b"\xc1\xa4"), ansible_winrs_codepage=949)
    assert plugin.exec_command("type a") == (0, "a\ufffd".encode(), "정".encode())
    assert "no text of code page 949" in " ".join(capsys.readouterr().err.split())


def test_a_module_for_powershell_is_told_apart_from_its_own_failure() -> None:
    missing = made(Output(1, b"", b"'PowerShell' is not recognized as an internal or external command"))
    with pytest.raises(AnsibleError, match=r"192\.0\.2\.11 did not run the module: it has no PowerShell"):
        missing.exec_command("PowerShell -NoProfile -EncodedCommand AA==", b"{}")
    failed = made(Output(1, b'{"failed": true}', b""))
    assert failed.exec_command("PowerShell -NoProfile -EncodedCommand AA==", b"{}")[1] == b'{"failed": true}'


def test_the_timeouts_reach_pywinrm() -> None:
    plugin = connection(WINRS, {**GIVEN, "ansible_winrm_operation_timeout_sec": 3, "ansible_winrs_read_timeout": 9})
    plugin._build_winrm_kwargs()
    assert plugin._winrm_kwargs == {
        "username": "Administrator",
        "password": "secret",
        "operation_timeout_sec": 3,
        "read_timeout_sec": 9,
    }


def test_defaults() -> None:
    options = connection(WINRS, GIVEN).winrs_options()
    assert (options["codepage"], options["command_timeout"]) == (65001, 1800)
    assert Path(options["shell_record"]).parts[-2:] == ("exchange.ipsec", "shells")


def test_closing_what_was_never_opened_is_nothing() -> None:
    plugin = connection(WINRS, GIVEN)
    plugin.close()
    plugin.reset()
    assert plugin.connected is False
