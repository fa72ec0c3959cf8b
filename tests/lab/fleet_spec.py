# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet file: which hosts there are, where they listen, who may log on, which clusters they form."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tests.lab.windows.profile import Quotas

SILENCE = 15.0


class FleetError(ValueError):
    """A fleet file or an order that makes no sense; says which host and what."""


HELP = """
The fleet file is YAML. hosts: {NAME: {OPTION: VALUE}}, and each host may have
  profile           server2003 | server2003-ko | server2022 (needed)
  listen            its own 127.x.y.z; left out: one that is free
  addresses         the addresses that the host itself believes to have
  user, password    default Administrator, lab-secret
  users             more of them, {NAME: PASSWORD}
  http_port, https_port   default 5985 and 5986; 0 = any
  basic             false: basic authentication is off, as Windows has it by default
  allow_unencrypted false: HTTP only with sealed messages, as Windows has it by default
  winrm_stack       "2.0" makes a Server 2003 one with KB968930
  quotas            {NAME: NUMBER} as in tests/lab/windows/profile.py
  cluster           the cluster it is a node of
  winrm_ports       [HTTP, HTTPS] as its policy sees them; default: those it listens on
  servers           {dns|wins|dhcp|gateway: [ADDRESS, ...]} for filters that name them
clusters: {NAME: {group: NAME, nodes: [HOST, ...], owner: HOST, virtual_ips: [ADDRESS, ...]}}
groups: {NAME: [HOST, ...]} become groups of the inventory.
enforce: true     the hosts enforce their IPsec policy on the connections that they accept
controller: {addresses: [ADDRESS], clients: {LOOPBACK: ADDRESS}}   what the hosts see clients as
domain_controllers: [HOST or ADDRESS, ...]   where tickets come from; left out: Kerberos always works
speed             how many seconds pass on the hosts' clocks in a real one; default 1
silence           seconds after which a client without an answer is cut off; default 15
"""


@dataclasses.dataclass(frozen=True, slots=True)
class HostSpec:
    """One host of the fleet file; HELP tells what each option is."""

    name: str
    profile: str
    listen: str | None = None
    addresses: tuple[str, ...] = ()
    user: str = "Administrator"
    password: str = "lab-secret"
    users: Mapping[str, str] = dataclasses.field(default_factory=dict)
    cluster: str | None = None
    http_port: int | None = None
    https_port: int | None = None
    basic: bool = True
    allow_unencrypted: bool = True
    winrm_stack: str | None = None
    quotas: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    winrm_ports: tuple[int, int] | None = None
    servers: Mapping[str, list[str]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class FleetSpec:
    """A fleet file; `clusters` as in the file (group, nodes, owner, virtual_ips), `groups` for its inventory."""

    hosts: tuple[HostSpec, ...]
    clusters: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, list[str]]
    enforce: bool = False
    controller: tuple[str, ...] = ()
    clients: Mapping[str, str] = dataclasses.field(default_factory=dict)
    domain_controllers: tuple[str, ...] = ()
    silence: float = SILENCE
    speed: float = 1.0


def read_spec(document: Mapping[str, Any]) -> FleetSpec:
    """Check a fleet file that has been read from YAML; FleetError names what is wrong."""
    known = {field.name for field in dataclasses.fields(HostSpec)} - {"name"}
    hosts = []
    for name, options in document.get("hosts", {}).items():
        if unknown := set(options) - known:
            raise FleetError(f"host {name}: unknown option {', '.join(sorted(unknown))}")
        if unknown := set(options.get("quotas") or ()) - {field.name for field in dataclasses.fields(Quotas)}:
            raise FleetError(f"host {name}: unknown quota {', '.join(sorted(unknown))}")
        if "profile" not in options:
            raise FleetError(f"host {name}: profile is missing")
        addresses = tuple(options.get("addresses", ()))
        if document.get("enforce") and not addresses:
            raise FleetError(f"host {name}: addresses is missing, and this fleet enforces policies")
        hosts.append(HostSpec(**{**options, "name": name, "addresses": addresses}))
    if not hosts:
        raise FleetError("the fleet has no hosts")
    controller = document.get("controller", {})
    return FleetSpec(
        tuple(hosts),
        document.get("clusters", {}),
        document.get("groups", {}),
        bool(document.get("enforce", False)),
        tuple(controller.get("addresses", ())),
        controller.get("clients", {}),
        tuple(document.get("domain_controllers", ())),
        float(document.get("silence", SILENCE)),
        float(document.get("speed", 1)),
    )
