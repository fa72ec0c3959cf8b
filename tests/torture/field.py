# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet of some cases: brought to where they begin, asked what passes, and woken when a countdown is to end."""

from __future__ import annotations

import contextlib
import http.client
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.exchange.ipsec.plugins.module_utils.model.from_spec import policy_from_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, WindowsVersion
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.render import render_policy
from tests.lab.fleet import FleetHandle, running_fleet
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.negotiate import Network
from tests.lab.windows.policies import policies_of
from tests.torture.site import CONTROLLER, Site, fleet_of, inventory_of
from tests.torture.words import Spec

FOLDER = r"c:\windows\system32\config\exchange.ipsec"
UNNAMED = 50077
"""A port that no generated filter names; it stands for a range."""
_PAIR = re.compile(r"(\S+) \(([\d.]+)\) -> (\S+) \(([\d.]+)\)")
_WORDS = {1: "icmp", 6: "tcp", 17: "udp"}
Flow = tuple[str, str]
"""A flow as findings call it, and a pair as the matrix calls it."""


class Field:
    """Many sites in one running fleet."""

    def __init__(self, handle: FleetHandle, folder: Path) -> None:
        self.handle = handle
        self.folder = folder

    def host(self, name: str) -> WindowsHost:
        return self.handle.fleet.computers.hosts[name]

    def inventory(
        self, sites: Sequence[Site], of_hosts: Mapping[str, Mapping[str, Any]] | None = None, **variables: Any
    ) -> Path:
        """Write the inventory of some of the sites, with further variables of single hosts and of all."""
        names = [name for site in sites for name in site.names]
        places = {name: (self.handle.host(name).address, self.handle.host(name).http_port) for name in names}
        path = self.folder / f"inventory-{sites[0].group}.yml"
        content = inventory_of(sites, places, **variables)
        for name, own in (of_hosts or {}).items():
            content["all"]["hosts"][name] |= own
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return path

    def type(self, name: str, command: str, text: str = "") -> None:
        """Type a command at a host's console; it must work there."""
        code, output, errors = self.handle.call(self.host(name).run, command, text.encode("utf-8"))
        if code:
            raise RuntimeError(f"{name}: {command}: {output}{errors}")

    def put(self, name: str, spec: Spec) -> None:
        """Bring a host to a policy by netsh at its console."""
        version = SERVER_2003 if self.host(name).profile.name.startswith("server2003") else WindowsVersion(10, 0, 20348)
        script = render_policy(policy_from_spec(spec, version), spec["assigned"], reveal=True)
        self.type(name, "netsh", "".join(f"{line}\r\n" for line in script.splitlines() if not line.startswith("#")))

    def policies(self, name: str) -> dict[str, Any]:
        return self.handle.call(policies_of, self.host(name))

    def armed(self, name: str) -> bool:
        """Whether a countdown goes on."""
        return rf"{FOLDER}\armed" in self.host(name).files

    def admits(self, name: str) -> bool:
        """Whether packets of the controller reach WinRM."""
        station = self.handle.host(name)
        return self.handle.call(station.admits, "127.0.0.1", station.http_port)

    def reachable(self, name: str) -> bool:
        """Whether WinRM answers over a real connection."""
        station = self.handle.host(name)
        link = http.client.HTTPConnection(station.address, station.http_port, timeout=30)
        with contextlib.closing(link):
            try:
                link.request("POST", "/wsman", b"", {"WSMANIDENTIFY": "unauthenticated"})
                return link.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def leftovers(self, name: str) -> list[str]:
        """What a commit left on a host that should be gone."""
        host = self.host(name)
        found = [path for path in [*host.files, *host.folders] if path.startswith(FOLDER)]
        found += [f"job {job.name}" for job in host.scheduler.jobs]
        stands = self.policies(name)
        named = [*stands["policies"], *stands["lists"], *stands["actions"]]
        return found + [f"object {one!r}" for one in named if one.endswith(" ~new")]

    def wake(self, name: str, seconds: float, restart: bool = False) -> None:
        """Let the host's clock pass the end of its countdown, after a restart if so wanted."""
        if restart:
            self.handle.reboot(name)
        self.handle.advance(name, seconds)

    def outcomes(self, site: Site, cells: Sequence[Mapping[str, Any]]) -> dict[Flow, str]:
        """What becomes of every flow of a matrix, as the lab has it now; of WinRM itself over a real connection."""
        found = self.handle.call(self._outcomes, site, cells)
        for (flow, pair), outcome in found.items():
            if flow.startswith("WinRM") and pair.startswith(f"{CONTROLLER} "):
                name = pair.split()[3]
                if self.reachable(name) != (outcome in ("clear", "fallback")):
                    found[flow, pair] = f"{outcome}, and a real connection shows otherwise"
        return found

    def _outcomes(self, site: Site, cells: Sequence[Mapping[str, Any]]) -> dict[Flow, str]:
        computers, found = self.handle.fleet.computers, {}
        hosts = {name: computers.hosts[name] for name in site.names}
        network = Network(hosts, (site.name("dc"),), self.handle.fleet.boundary.reachable)
        for cell in cells:
            port = UNNAMED if "-" in cell["port"] else int(cell["port"] or 0)
            for pair in cell["pairs"]:
                _sender, source, receiver, target = _parts(pair)
                if target in site.virtual:
                    computers.move(site.group, receiver)
                verdict = network.flow(source, target, str(cell["protocol"]), port)
                found[flow_of(cell), pair] = verdict.outcome
        return found


def flow_of(cell: Mapping[str, Any]) -> str:
    """A flow as findings call it."""
    return f"{cell['flow']} ({' '.join(filter(None, (_WORDS[cell['protocol']], cell['port'])))})"


def _parts(pair: str) -> tuple[str, str, str, str]:
    match = _PAIR.fullmatch(pair)
    if match is None:
        raise ValueError(pair)
    sender, source, receiver, target = match.groups()
    return sender, source, receiver, target


@contextlib.contextmanager
def running_field(sites: Sequence[Site], folder: Path, **more: Any) -> Iterator[Field]:
    """A fleet of these sites while the block lasts."""
    with running_fleet(fleet_of(sites, **more)) as handle:
        yield Field(handle, folder)
