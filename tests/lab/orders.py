# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person may ask of a running fleet from outside its network: the same for tests and the command line."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.lab.fleet import Fleet
from tests.lab.fleet_spec import FleetError
from tests.lab.station import Outcome
from tests.lab.windows import reg_file
from tests.lab.windows.policies import policies_of
from tests.lab.windows.registry import HIVES


async def run(fleet: Fleet, host: str, command: str, text: str = "") -> Outcome:
    """Run a command as if somebody typed it at the host's console; `text` is its standard input."""
    return await fleet.station(host).run(command, text)


def counters(fleet: Fleet, *, reset: bool = False) -> dict[str, dict[str, object]]:
    """Return what was asked of each host, and begin again at zero when told so."""
    figures = {name: station.figures() for name, station in fleet.stations.items()}
    if reset:
        for station in fleet.stations.values():
            station.counters.reset()
    return figures


def dump(fleet: Fleet, host: str, key: str | None = None) -> str:
    """Return a host's registry, or one key of it, as the text of a .reg file; FleetError for a key it has not."""
    registry = fleet.computers.hosts[fleet.station(host).spec.name].registry
    paths = list(dict.fromkeys(HIVES.values())) if key is None else [key]
    if key is not None and registry.open(key) is None:
        raise FleetError(f"host {host} has no key {key}")
    head, *rest = [reg_file.export(registry, path) for path in paths]
    return head + "".join(text.removeprefix(reg_file.HEADER).lstrip("\r\n") for text in rest)


def policies(fleet: Fleet, host: str) -> dict[str, Any]:
    """Return a host's policies as plain values, without GUIDs and times."""
    return policies_of(fleet.computers.hosts[fleet.station(host).spec.name])


def move(fleet: Fleet, cluster: str, node: str) -> None:
    """Move a cluster's group to another node."""
    fleet.computers.move(cluster, node)


def advance(fleet: Fleet, host: str, seconds: float) -> None:
    """Push a host's clock forward; what falls due on the way happens."""
    fleet.station(host).host.advance(seconds)


def flow(fleet: Fleet, source: str, target: str, protocol: str, port: int) -> dict[str, Any]:
    """Return what becomes of a flow, as plain values."""
    verdict = fleet.flow(source, target, protocol, port)
    return {**dataclasses.asdict(verdict), "passes": verdict.passes}


def talk(fleet: Fleet, source: str, target: str, protocol: str, port: int) -> dict[str, Any]:
    """Send a flow's packets and return what became of them, as plain values."""
    verdict = fleet.traffic.talk(source, target, protocol, port)
    return {**dataclasses.asdict(verdict), "passes": verdict.passes}


def jobs(fleet: Fleet, host: str) -> list[dict[str, Any]]:
    """Return a host's scheduled jobs as plain values."""
    return fleet.station(host).host.scheduler.to_json()


def ready(fleet: Fleet, control: str) -> dict[str, Any]:
    """Return where everything listens."""
    return {
        "control": control,
        "ca_file": str(fleet.ca_file),
        "hosts": {name: station.reach() for name, station in fleet.stations.items()},
    }


def greeting(fleet: Fleet, control: str) -> str:
    """Say to a person where everything listens, and what to do next."""
    told = [station.reach() for station in fleet.stations.values()]
    hosts = [
        f"  {name:<8} {one['profile']:<14} {one['address']:<16} HTTP {one['http_port']}, HTTPS {one['https_port']}"
        f"   user {one['user']}"
        for name, one in zip(fleet.stations, told, strict=True)
    ]
    return "\n".join([
        "These simulated hosts answer until Ctrl+C:", *hosts,
        f"Orders go to {control}: python -m tests.lab --help lists them, for example",
        f"  python -m tests.lab run {next(iter(fleet.stations))} ver --control {control}",
    ])  # fmt: skip


def inventory(fleet: Fleet) -> dict[str, Any]:
    """Return an Ansible inventory of the fleet: NTLM with sealed messages over HTTP, and the file's groups."""
    hosts = {}
    for name, station in fleet.stations.items():
        hosts[name] = {
            "ansible_host": station.address,
            "ansible_port": station.http_port,
            "ansible_connection": "winrm",
            "ansible_user": station.spec.user,
            "ansible_password": station.spec.password,
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
            "lab_addresses": list(station.spec.addresses),
        }
    groups = {name: {"hosts": dict.fromkeys(members)} for name, members in fleet.spec.groups.items()}
    return {"all": {"hosts": hosts, "children": groups}}
