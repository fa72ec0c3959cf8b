# SPDX-License-Identifier: GPL-3.0-or-later
"""What a probe asks, and how its failure reads."""

from __future__ import annotations

import socket

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import HostError
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.probing import Probe, failures
from tests.unit.plugins.module_utils.operate.lab_port import LabPort


def test_a_connection_that_is_taken_and_one_that_is_refused() -> None:
    port = LabPort()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
        probe = Probe("mail", "127.0.0.1", number, 5.0)
        assert failures([probe], port) == ""
    assert failures([probe], port) == f"mail (TCP 127.0.0.1 port {number}): Connection refused"
    assert port.commands == []


def test_a_connection_that_nobody_answers() -> None:
    with socket.socket() as crowded:
        crowded.bind(("127.0.0.1", 0))
        crowded.listen(0)
        address = crowded.getsockname()
        with socket.create_connection(address, 5), socket.socket() as waiting:
            waiting.setblocking(False)
            waiting.connect_ex(address)
            found = failures([Probe("", address[0], address[1], 0.2)], LabPort())
    assert found == f"TCP 127.0.0.1 port {address[1]}: no answer within 0.2 s"


def test_a_name_that_nobody_knows() -> None:
    found = failures([Probe("", "no-such-host.invalid", 25, 5.0)], LabPort())
    assert found.startswith("TCP no-such-host.invalid port 25: ")


@pytest.mark.parametrize("profile", ["server2003", "server2022"])
def test_commands_share_a_line_and_print_nothing(profile: str) -> None:
    port = LabPort(profile)
    good, bad = Probe("version", command="ver"), Probe("", command=r"reg query HKLM\No\Such")
    assert failures([good, bad, good], port) == r"command 'reg query HKLM\\No\\Such': it did not end with 0"
    assert len(port.commands) == 1
    assert "(ver)<nul >nul 2>nul" in port.commands[0][0]
    assert failures([good, Probe("", command="echo a& ver")], port) == ""


def test_a_command_that_breaks_the_line_is_no_answer() -> None:
    with pytest.raises(HostError):
        failures([Probe("", command='echo "a')], LabPort())


def test_without_probes_nothing_is_asked() -> None:
    port = LabPort()
    assert (failures([], port), port.commands) == ("", [])
