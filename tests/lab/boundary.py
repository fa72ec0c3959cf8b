# SPDX-License-Identifier: GPL-3.0-or-later
"""The network around the hosts: who the controller is to them, which of them are cut off, which packets pass."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tests.lab.fleet_spec import FleetError, FleetSpec
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.negotiate import Network, Verdict

CONTROLLER = "controller"


class Boundary:
    """Decides for every packet from the controller to a host, and for every flow between two hosts."""

    def __init__(self, spec: FleetSpec, hosts: Mapping[str, WindowsHost]) -> None:
        """Put these hosts into one network; the controller speaks no IPsec."""
        self.enforced = spec.enforce
        self.silence = spec.silence
        self._hosts = hosts
        self._controller = spec.controller
        self._clients = spec.clients
        self._cut: dict[str, float] = {}
        self._known: dict[tuple[object, ...], bool] = {}
        self.network = Network(hosts, spec.domain_controllers, self.reachable)

    def cut(self, name: str, seconds: float | None = None) -> None:
        """Cut a host off the network, for some seconds of its clock or until healed."""
        self._cut[name] = math.inf if seconds is None else self._hosts[name].clock.now() + seconds

    def heal(self, name: str) -> None:
        """Put a host back on the network."""
        self._cut.pop(name, None)

    def reachable(self, name: str) -> bool:
        """Tell whether a host is on the network and up."""
        if self._cut and name in self._cut and self._hosts[name].clock.now() >= self._cut[name]:
            del self._cut[name]
        return self._hosts[name].up and name not in self._cut

    def patience(self, name: str) -> float:
        """Return for how many seconds a client waits in vain; 0 when a refusal shows at once."""
        return self.silence if self.enforced or not self.reachable(name) else 0.0

    def seen(self, peer: str) -> str:
        """Return the address that a client on the loopback network has for the hosts."""
        return self._clients.get(peer) or next(iter(self._controller), peer)

    def admits(self, name: str, peer: str, port: int) -> bool:
        """Tell whether a TCP connection from a client's loopback address to a port of a host lives now."""
        if not self.reachable(name):
            return False
        if not self.enforced:
            return True
        host = self._hosts[name]
        host.driver.poll()
        key = (name, host.driver.generation, host.all_addresses(), peer, port)
        if key not in self._known:
            self._known[key] = self.network.flow(self.seen(peer), name, "tcp", port).passes
        return self._known[key]

    def flow(self, source: str, target: str, protocol: str = "tcp", port: int = 0) -> Verdict:
        """Return what becomes of a flow; ends are hosts, addresses, or "controller". FleetError for anything else."""
        ends = [next(iter(self._controller), CONTROLLER) if end == CONTROLLER else end for end in (source, target)]
        try:
            return self.network.flow(ends[0], ends[1], protocol, port)
        except ValueError as exc:
            raise FleetError(f"no such flow: {exc}") from exc
