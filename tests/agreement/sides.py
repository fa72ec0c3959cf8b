# SPDX-License-Identifier: GPL-3.0-or-later
"""A case on both sides: hosts of the lab with what was written to them, and what the product reads from these."""

from __future__ import annotations

import dataclasses
import random
import uuid
from ipaddress import IPv4Address

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.engine import Engine
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.packet import Traffic
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.station import Station
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.verdict import Verdict as Forecast
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import WindowsVersion
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.render import render_policy
from ansible_collections.exchange.ipsec.plugins.module_utils.oakley.plan import read_settings
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.data import (
    kind_name,
    kind_number,
    value_from_bytes,
    value_to_bytes,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.query_text import parse_query
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import LOCAL_STORE_KEY, Generation
from ansible_collections.exchange.ipsec.plugins.module_utils.store.reader import read_policies
from ansible_collections.exchange.ipsec.plugins.module_utils.store.writer import write_policies
from tests.agreement.cases import MANY, STRANGERS, Case, Machine, Probe
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.negotiate import Network
from tests.lab.windows.negotiate import Verdict as Enforced

_IPSEC_SERVICE = r"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC"
_NOW = 1_700_000_000


class Unwritten(Exception):
    """What was to be written to a host did not arrive there."""


@dataclasses.dataclass(frozen=True)
class Sides:
    """One case, ready to be asked about flows on both sides."""

    hosts: dict[str, WindowsHost]
    network: Network
    stations: dict[str, Station]
    engine: Engine

    def owner(self, address: IPv4Address) -> str:
        """Give the name of the station that has an address."""
        return next(name for name, one in self.stations.items() if address in one.addresses)

    def enforced(self, probe: Probe) -> Enforced:
        """Ask the lab."""
        ports = (probe.target_port, probe.source_port)
        return self.network.flow(str(probe.source), str(probe.target), str(probe.protocol), *ports)

    def forecast(self, probe: Probe) -> Forecast:
        """Ask the product."""
        ends = (self.owner(probe.source), probe.source, self.owner(probe.target), probe.target)
        return self.engine.verdict(*ends, Traffic(probe.protocol, probe.source_port, probe.target_port))


def both_sides(case: Case) -> Sides:
    """Write the machines of a case to hosts of the lab and read these as the product does."""
    hosts = {machine.name: _host(machine) for machine in case.machines}
    stations = {machine.name: _station(machine, hosts[machine.name]) for machine in case.machines}
    for address in (*STRANGERS, *MANY):
        stations[str(address)] = Station(str(address), (address,))
    kdcs = ("kdc",) if case.with_kdc else ()
    return Sides(hosts, Network(hosts, kdcs), stations, Engine(stations.values(), kdcs))


def _host(machine: Machine) -> WindowsHost:
    """Make the host of the lab."""
    addresses = tuple(str(one) for one in machine.addresses)
    host = WindowsHost(machine.name, machine.profile, addresses, seed=1)
    host.servers = {kind.value: tuple(str(one) for one in found) for kind, found in machine.servers.items()}
    if machine.exempt is not None:
        host.registry.create(_IPSEC_SERVICE).put_number("NoDefaultExempt", machine.exempt)
    if machine.by_netsh:
        _write_by_netsh(machine, host)
    else:
        _write_store(machine, host)
    if machine.agent_stopped:
        host.services.stop(host.services.items["policyagent"])
    host.driver.watch()
    return host


def _write_by_netsh(machine: Machine, host: WindowsHost) -> None:
    for policy in machine.store.policies:
        script = render_policy(policy, assigned=policy.name == machine.store.assigned)
        code, out, _err = host.run("netsh", script.encode())
        if code or "ERR" in out:
            raise Unwritten(f"netsh of {machine.name} ended with {code}: {out}")


def _write_store(machine: Machine, host: WindowsHost) -> None:
    dice = random.Random(machine.name)  # noqa: S311 - repeatable on purpose
    tree = write_policies(
        machine.store, _generation(host), guid_source=lambda: uuid.UUID(int=dice.getrandbits(128), version=4), now=_NOW
    )
    for path, values in tree.items():
        key = host.registry.create(path)
        for name, value in values.items():
            key.put(name, kind_number(value.kind) or 0, value_to_bytes(value))


def _generation(host: WindowsHost) -> Generation:
    return Generation.VISTA if host.profile.modern else Generation.SERVER_2003


def _station(machine: Machine, host: WindowsHost) -> Station:
    """Read the host as the product does: the registry, then the policy in force and the settings."""
    version = WindowsVersion(*host.profile.version)
    tree = _query(host) if machine.by_netsh else _tree(host)
    store = read_policies(tree)
    if store.problems or store.assigned != machine.store.assigned:
        raise Unwritten(f"{machine.name}: {store.assigned!r} is assigned; {'; '.join(store.problems)}")
    running = "4" in host.run("sc query PolicyAgent | find \"STATE\"")[1] if machine.by_netsh else host.driver.running
    return Station(
        machine.name,
        machine.addresses,
        version,
        store.policy(store.assigned) if store.assigned and running else None,
        no_default_exempt=read_settings(tree, version).get("NoDefaultExempt"),
        idle="" if running else "the service PolicyAgent is stopped",
        servers=machine.servers,
    )


def _query(host: WindowsHost) -> RegistryTree:
    """Read through what reg.exe prints."""
    found = [host.run(f"reg query {key} /s", codepage=65001)[1] for key in (LOCAL_STORE_KEY, _IPSEC_SERVICE)]
    return RegistryTree.merged(parse_query(text) for text in found if text.strip())


def _tree(host: WindowsHost) -> RegistryTree:
    return RegistryTree({
        path: {
            value.name: value_from_bytes(kind_name(value.type), value.data) for value in key.values.values()
        }
        for root in (LOCAL_STORE_KEY, _IPSEC_SERVICE)
        for path, key in host.registry.walk(root)
    })  # fmt: skip
