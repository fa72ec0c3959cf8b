# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet for each test, the inventory that reaches it, and playbooks run against it for real."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checkout import COLLECTIONS, NAME
from tests.lab import orders
from tests.lab.fleet import FleetHandle, running_fleet
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.policies import policies_of
from tests.playbooks.run import PlaybookRun, run_playbook

PLAYBOOKS = COLLECTIONS.joinpath(*NAME.split(".")) / "playbooks"
OAKLEY = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"
CERTIFICATE = [{"method": "certificate", "ca": "CN=Example Root, O=Example"}]
ONE: dict[str, Any] = {"hosts": {"fe1": {"profile": "server2003", "addresses": ["192.0.2.11"]}}}
SITE: dict[str, Any] = {
    "hosts": {
        "fe1": {"profile": "server2003", "addresses": ["192.0.2.11"]},
        "fe2": {"profile": "server2003-ko", "addresses": ["192.0.2.12"]},
        "be1": {"profile": "server2003", "addresses": ["192.0.2.21"], "cluster": "EXCH"},
        "be2": {"profile": "server2003", "addresses": ["192.0.2.22"], "cluster": "EXCH"},
        "dc1": {"profile": "server2022", "addresses": ["192.0.2.41"]},
    },
    "clusters": {
        "EXCH": {"group": "Exchange Group", "nodes": ["be1", "be2"], "owner": "be1", "virtual_ips": ["192.0.2.30"]}
    },
    "groups": {"front_end": ["fe1", "fe2"], "back_end_cluster": ["be1", "be2"], "domain_controller": ["dc1"]},
}
ROLES = ("front_end", "back_end_cluster", "domain_controller")


@dataclasses.dataclass
class Lab:
    """A running fleet, its inventory, and what was done to it."""

    handle: FleetHandle
    folder: Path
    document: dict[str, Any]
    asked: list[str]
    typed: list[tuple[str, str]]
    variables: dict[str, Any] = dataclasses.field(default_factory=dict)
    host_variables: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    numbers: Iterator[int] = dataclasses.field(default_factory=lambda: itertools.count(1))

    @property
    def backups(self) -> Path:
        """Where the roles put registry backups."""
        return self.folder / "backup"

    def inventory(self) -> Path:
        """Write the inventory as the variables stand now."""
        hosts: dict[str, Any] = {}
        for name, options in self.document["hosts"].items():
            station = self.handle.host(name)
            page = {"ansible_winrs_codepage": 949} if options["profile"].endswith("-ko") else {}
            reach: dict[str, Any] = {"ansible_host": station.address, "ansible_port": station.http_port}
            reach["ipsec_addresses"] = options["addresses"]
            hosts[name] = reach | page | self.host_variables.get(name, {})
        groups = {name: {"hosts": dict.fromkeys(members)} for name, members in self.document.get("groups", {}).items()}
        path = self.folder / "inventory.yml"
        content = {"all": {"hosts": hosts, "children": groups, "vars": self._common() | self.variables}}
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return path

    def _common(self) -> dict[str, Any]:
        virtual = [one for cluster in self.document.get("clusters", {}).values() for one in cluster["virtual_ips"]]
        roles = {f"{role}_authentication": CERTIFICATE for role in ROLES}
        return {
            "ansible_connection": "exchange.ipsec.winrs",
            "ansible_user": "Administrator",
            "ansible_password": "lab-secret",
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
            "ipsec_virtual_addresses": virtual,
            **roles,
            **{f"{role}_management": ["198.51.100.10"] for role in ROLES},
            **{f"{role}_tier": "everything" for role in ROLES},
            **{f"{role}_backup_dir": str(self.backups) for role in ROLES},
        }

    def run(self, playbook: str | Path, *arguments: str) -> PlaybookRun:
        """Run a playbook of the collection by its short name, or a file."""
        path = playbook if isinstance(playbook, Path) else PLAYBOOKS / f"{playbook}.yml"
        return run_playbook(path, self.inventory(), *arguments, cwd=self.folder)

    def task(self, module: str, options: Mapping[str, Any], *arguments: str, **keywords: Any) -> PlaybookRun:
        """Run one task on every host; keywords are those of the task (check_mode, diff, loop and so on)."""
        task = {"name": "The task", module: dict(options), **keywords}
        return self.tasks([task], *arguments)

    def tasks(self, tasks: list[dict[str, Any]], *arguments: str) -> PlaybookRun:
        """Run tasks on every host."""
        path = self.folder / f"play{next(self.numbers)}.yml"
        play = {"name": "The play", "hosts": "all", "gather_facts": False, "tasks": tasks}
        path.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
        return self.run(path, *arguments)

    def host(self, name: str) -> WindowsHost:
        """The simulated computer itself."""
        return self.handle.fleet.computers.hosts[name]

    def type(self, name: str, command: str) -> str:
        """Type a command at the console of a host; it must work there."""
        code, output, errors = self.handle.call(self.host(name).run, command)
        assert code == 0, f"{command}: {output}{errors}"
        return output

    def policies(self, name: str) -> dict[str, Any]:
        """What the lab itself reads out of a host's policy store."""
        return self.handle.call(policies_of, self.host(name))

    def dump(self, name: str) -> str:
        """The registry of a host as a .reg file."""
        return self.handle.call(orders.dump, self.handle.fleet, name)

    def number(self, name: str, value: str, key: str = OAKLEY) -> int | None:
        """A REG_DWORD of a host, None where it is absent."""
        found = self.host(name).registry.value(key, value)
        return None if found is None else found.number


LabMaker = Callable[..., Lab]


@pytest.fixture
def make_lab(tmp_path: Path) -> Iterator[LabMaker]:
    """Start fleets; they end with the test."""
    with contextlib.ExitStack() as stack:

        def make(document: Mapping[str, Any] | None = None, **variables: Any) -> Lab:
            document = ONE if document is None else document
            handle = stack.enter_context(running_fleet(document))
            lab = Lab(handle, tmp_path, dict(document), [], [], variables)
            for name in document["hosts"]:
                _listen(lab, name)
            return lab

        yield make


@pytest.fixture
def lab(make_lab: LabMaker) -> Lab:
    """One front end with Server 2003."""
    return make_lab(ONE)


@pytest.fixture
def site(make_lab: LabMaker) -> Lab:
    """The whole site: two front ends, one of them Korean, a cluster of two, a domain controller."""
    return make_lab(SITE)


def _listen(lab: Lab, name: str) -> None:
    """Note each request, and each command line that a host is given over the wire or at its console."""
    station, host = lab.handle.host(name), lab.handle.fleet.computers.hosts[name]
    start, enforced = host.start, station.admits

    def admits(peer: str, port: int) -> bool:
        lab.asked.append(name)
        return enforced(peer, port)

    def note(command_line: str, *arguments: Any, **keywords: Any) -> Any:
        lab.typed.append((name, command_line))
        return start(command_line, *arguments, **keywords)

    station.admits = admits  # type: ignore[method-assign]
    host.start = note  # type: ignore[method-assign]
