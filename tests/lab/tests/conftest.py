# SPDX-License-Identifier: GPL-3.0-or-later
"""A small fleet that the lab's own tests talk to with real clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from winrm.protocol import Protocol

from tests.lab.fleet import FleetHandle, running_fleet

Connect = Callable[..., Protocol]

OLD_QUOTAS = {"max_connections": 50}
SPEC: dict[str, Any] = {
    "hosts": {
        "old": {"profile": "server2003", "addresses": ["192.0.2.11"], "quotas": OLD_QUOTAS},
        "korean": {"profile": "server2003-ko", "addresses": ["192.0.2.12"], "quotas": OLD_QUOTAS},
        "new": {"profile": "server2022", "addresses": ["192.0.2.21"], "users": {"EX\\Operator": "pass:word"}},
        "strict": {"profile": "server2022", "basic": False, "allow_unencrypted": False},
    },
}


@pytest.fixture(scope="package")
def fleet_for_all() -> Iterator[FleetHandle]:
    with running_fleet(SPEC) as handle:
        yield handle


@pytest.fixture
def fleet(fleet_for_all: FleetHandle) -> FleetHandle:
    """The fleet with every count at zero, no fault and no shell left of another test."""
    for name in fleet_for_all.fleet.stations:
        fleet_for_all.fault(name, "clear")
        fleet_for_all.fault(name, "expire-shells")
    fleet_for_all.reset()
    return fleet_for_all


@pytest.fixture
def connect(fleet: FleetHandle) -> Iterator[Connect]:
    """Make pywinrm protocols; their connections are closed after the test."""
    made: list[Protocol] = []

    def make(host: str, transport: str = "basic", scheme: str = "http", **options: Any) -> Protocol:
        reach = fleet.host(host).reach()
        account = {"username": reach["user"], "password": reach["password"], "server_cert_validation": "ignore"}
        made.append(Protocol(reach[scheme], transport=transport, **{**account, **options}))
        return made[-1]

    yield make
    for protocol in made:
        protocol.transport.close_session()


def run(protocol: Protocol, command: str, stdin: bytes | None = None, codepage: int = 437) -> tuple[bytes, bytes, int]:
    """Run one command in a shell of its own, as Ansible's connection does, and close the shell."""
    shell = protocol.open_shell(codepage=codepage)
    try:
        started = protocol.run_command(shell, command, console_mode_stdin=stdin is None)
        if stdin is not None:
            protocol.send_command_input(shell, started, stdin, end=True)
        result = protocol.get_command_output(shell, started)
        protocol.cleanup_command(shell, started)
    finally:
        protocol.close_shell(shell)
    return result
