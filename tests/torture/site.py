# SPDX-License-Identifier: GPL-3.0-or-later
"""A small site of its own for every case: its hosts, its part of a fleet file, its part of an inventory."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

CONTROLLER = "198.51.100.10"
"""As whom the hosts see the controller, which speaks no IPsec."""
NETWORK = "203.0.113.0/24"
"""Where other administrators sit."""
ROLES = {"fe": "front_end", "be": "back_end_cluster", "be2": "back_end_cluster", "dc": "domain_controller"}
_LAST = {"fe": 11, "be": 21, "be2": 22, "dc": 41}
_VIRTUAL = 30
SMALL = {"fe": "server2003", "be": "server2003", "dc": "server2022"}
WHOLE = {"fe": "server2003-ko", "be": "server2003", "be2": "server2003", "dc": "server2022"}
QUICK = {"ansible_winrm_operation_timeout_sec": 1, "ansible_winrm_read_timeout_sec": 2}


@dataclasses.dataclass(frozen=True)
class Site:
    """One site: the profile of each of its hosts (fe, be, be2, dc), and WinRM's port as their policies see it."""

    number: int
    profiles: dict[str, str]
    winrm: int = 5985

    @property
    def group(self) -> str:
        """The inventory group that holds it."""
        return f"c{self.number:03}"

    def name(self, short: str) -> str:
        """The name of a host."""
        return f"{self.group}-{short}"

    @property
    def names(self) -> list[str]:
        """Every host."""
        return [self.name(short) for short in self.profiles]

    def address(self, short: str) -> str:
        """The address that a host believes to have; `vip` is the cluster's."""
        last = _VIRTUAL if short == "vip" else _LAST[short]
        return f"10.{self.number // 250}.{self.number % 250}.{last}"

    @property
    def virtual(self) -> list[str]:
        """The addresses that move between the nodes."""
        return [self.address("vip")] if "be2" in self.profiles else []

    def old(self, short: str) -> bool:
        """Whether a host is a Server 2003."""
        return self.profiles[short].startswith("server2003")

    def fleet(self) -> dict[str, Any]:
        """Its hosts as a fleet file names them."""
        hosts: dict[str, Any] = {}
        for short, profile in self.profiles.items():
            options: dict[str, Any] = {"profile": profile, "addresses": [self.address(short)]}
            if self.winrm != 5985 and self.old(short):
                options["winrm_ports"] = [self.winrm, 443]
            if self.virtual and short.startswith("be"):
                options["cluster"] = self.group
            hosts[self.name(short)] = options
        return hosts

    def cluster(self) -> dict[str, Any]:
        """Its cluster as a fleet file names it."""
        nodes = [self.name("be"), self.name("be2")]
        one = {"group": "Exchange Group", "nodes": nodes, "owner": nodes[0], "virtual_ips": self.virtual}
        return {self.group: one} if self.virtual else {}

    def inventory_host(self, short: str) -> dict[str, Any]:
        """What the inventory says of a host, apart from where it listens."""
        found: dict[str, Any] = {"ipsec_addresses": [self.address(short)]}
        if self.winrm != 5985 and self.old(short):
            found["ipsec_winrm_port"] = self.winrm
        if self.profiles[short].endswith("-ko"):
            found["ansible_winrs_codepage"] = 949
        return found


def fleet_of(sites: Sequence[Site], **more: Any) -> dict[str, Any]:
    """A fleet file of many sites, which enforces. Its clocks stand almost still: a countdown ends when we say so."""
    return {
        "enforce": True,
        "silence": 0.3,
        "speed": 0.01,
        "controller": {"addresses": [CONTROLLER]},
        "hosts": {name: options for site in sites for name, options in site.fleet().items()},
        "clusters": {name: options for site in sites for name, options in site.cluster().items()},
        **more,
    }


def inventory_of(sites: Sequence[Site], places: dict[str, tuple[str, int]], **variables: Any) -> dict[str, Any]:
    """The inventory of these sites; `places` says where each host listens."""
    hosts: dict[str, Any] = {}
    roles: dict[str, Any] = {role: {"hosts": {}} for role in ROLES.values()}
    groups: dict[str, Any] = {}
    for site in sites:
        members: dict[str, None] = {}
        for short in site.profiles:
            name = site.name(short)
            address, port = places[name]
            hosts[name] = {"ansible_host": address, "ansible_port": port, **site.inventory_host(short)}
            roles[ROLES[short]]["hosts"][name] = None
            members[name] = None
        own = {f"{role}_site": site.group for role in ROLES.values()}
        groups[site.group] = {"hosts": members, "vars": {**own, "ipsec_virtual_addresses": site.virtual}}
    common = {
        "ansible_connection": "exchange.ipsec.winrs",
        "ansible_user": "Administrator",
        "ansible_password": "lab-secret",
        "ansible_winrm_scheme": "http",
        "ansible_winrm_transport": "ntlm",
        "ipsec_controller_address": CONTROLLER,
        **QUICK,
        **variables,
    }
    return {"all": {"hosts": hosts, "children": {**roles, **groups}, "vars": common}}
