# SPDX-License-Identifier: GPL-3.0-or-later
"""The module in a playbook: it asks from the controller, whatever the connection, and says what came back."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.playbooks.run import PlaybookRun, run_playbook

PROBE = "exchange.ipsec.ike_probe"


def ask(folder: Path, *arguments: str, **options: Any) -> PlaybookRun:
    """Ask once, for a host whose own connection leads nowhere."""
    play = {
        "name": "Probe", "hosts": "all", "gather_facts": False,
        "tasks": [{"name": "Ask", PROBE: {"timeout": 0.2, "pause": 0.0, **options}}],
    }  # fmt: skip
    host = {"ansible_connection": "exchange.ipsec.winrs", "ansible_host": "127.0.0.1", "ansible_port": 9,
            "ansible_user": "nobody", "ansible_password": "none"}  # fmt: skip
    inventory, playbook = folder / "inventory.yml", folder / "play.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"be1": host}}}), encoding="utf-8")
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    return run_playbook(playbook, inventory, *arguments)


def test_an_address_without_ike(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        run = ask(tmp_path, "--check", address="127.0.0.1", port=silent.getsockname()[1])
        silent.settimeout(1)
        first, second = silent.recv(4096), silent.recv(4096)
    assert run.exit_code == 0, run.output
    found = run.one(PROBE).result
    assert (found["alive"], found["messages"], found["milliseconds"], found["changed"]) == (False, 2, None, False)
    assert first == second
    assert first[17:19] == bytes([0x10, 2])


def test_an_offer_that_does_not_exist(tmp_path: Path) -> None:
    run = ask(tmp_path, address="127.0.0.1", encryption=["rot13"])
    assert run.exit_code != 0
    assert "encryption" in run.one(PROBE).message


@pytest.mark.parametrize(("options", "problem"), [
    pytest.param({"address": "255.255.255.255"}, "there is no way to 255.255.255.255", id="everybody"),
    pytest.param({"address": "224.0.0.1"}, "224.0.0.1 is not the address of one host", id="group"),
    pytest.param({"address": "a..b"}, "'a..b' is no IPv4 address", id="name"),
    pytest.param({"address": "127.0.0.1", "port": 70_000}, "port: 70000 is out of range", id="port"),
])
def test_what_is_never_asked(tmp_path: Path, options: dict[str, Any], problem: str) -> None:
    run = ask(tmp_path, **options)
    assert run.exit_code != 0
    assert problem in run.one(PROBE).message
    assert "Traceback" not in run.output
