# SPDX-License-Identifier: GPL-3.0-or-later
"""The computers of a fleet: made from the fleet file, saved and brought back with the clusters they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.lab.fleet_spec import FleetError, FleetSpec
from tests.lab.windows.cluster import Cluster
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.profile import PROFILES


class Computers:
    """Every Windows host and every cluster of a fleet, by name."""

    def __init__(self, spec: FleetSpec) -> None:
        """Install each host afresh; FleetError names a host or cluster that makes no sense."""
        self._spec = spec
        self.hosts: dict[str, WindowsHost] = {}
        for host in spec.hosts:
            if host.profile not in PROFILES:
                raise FleetError(f"host {host.name}: no profile {host.profile!r}; known are {', '.join(PROFILES)}")
            self.hosts[host.name] = WindowsHost(host.name, host.profile, host.addresses)
            self.hosts[host.name].user = host.user.rpartition("\\")[2]
        self.clusters = {name: _cluster(name, options) for name, options in spec.clusters.items()}
        for host in spec.hosts:
            if host.cluster is not None and host.name not in self._cluster(host.cluster).nodes:
                raise FleetError(f"host {host.name}: cluster {host.cluster} does not name it as a node")
        self._join()

    def move(self, cluster: str, node: str) -> None:
        """Give a cluster's group to another node; FleetError when one of the two is unknown."""
        if not self._cluster(cluster).move(node):
            raise FleetError(f"cluster {cluster} has no node {node!r}")

    def resolve(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a DNS name: a host's or a cluster's, the domain left aside."""
        label = name.partition(".")[0].casefold()
        found = [host.addresses for host in self.hosts.values() if host.name.casefold() == label]
        found += [tuple(one.virtual_ips) for one in self.clusters.values() if one.name.casefold() == label]
        return found[0] if found else ()

    def save(self) -> dict[str, Any]:
        """Return the state of everything as plain values."""
        return {
            "hosts": {name: host.to_json() for name, host in self.hosts.items()},
            "clusters": {name: cluster.to_json() for name, cluster in self.clusters.items()},
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Bring every host that the state names back to it; FleetError when the fleet has no such host."""
        if unknown := set(state["hosts"]) - set(self.hosts):
            raise FleetError(f"the saved state is of other hosts: {', '.join(sorted(unknown))}")
        self.clusters |= {name: Cluster(**saved) for name, saved in state["clusters"].items()}
        self.hosts |= {name: WindowsHost.from_json(saved) for name, saved in state["hosts"].items()}
        self._join()

    def _cluster(self, name: str) -> Cluster:
        try:
            return self.clusters[name]
        except KeyError as exc:
            raise FleetError(f"no cluster {name!r} in this fleet") from exc

    def _join(self) -> None:
        for cluster in self.clusters.values():
            for node in cluster.nodes:
                if node not in self.hosts:
                    raise FleetError(f"cluster {cluster.name}: no host {node!r}")
                self.hosts[node].cluster = cluster
                self.hosts[node].services.join_cluster()
        for spec in self._spec.hosts:
            host = self.hosts[spec.name]
            host.resolve = self.resolve
            host.servers = {kind: tuple(addresses) for kind, addresses in spec.servers.items()}
            if host.clock.rate != self._spec.speed:
                host.clock.hasten(self._spec.speed)
            if self._spec.enforce:
                host.driver.watch()


def _cluster(name: str, options: Mapping[str, Any]) -> Cluster:
    known = {"group", "nodes", "owner", "virtual_ips"}
    if unknown := set(options) ^ known:
        raise FleetError(f"cluster {name}: {', '.join(sorted(unknown))} is missing or unknown")
    nodes, virtual_ips = list(options["nodes"]), list(options["virtual_ips"])
    return Cluster(name, options["group"], nodes, options["owner"], virtual_ips)
