# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench's fleet: Exchange sites of five servers each, as a fleet file and as the inventory that reaches it."""

from __future__ import annotations

from typing import Any

SITE = ("fe1", "fe2", "be1", "be2", "dc1")
ROLES = {"fe": "front_end", "be": "back_end_cluster", "dc": "domain_controller"}
PROFILES = {"fe1": "server2003", "fe2": "server2003-ko", "be1": "server2003", "be2": "server2003", "dc1": "server2022"}
LAST_BYTE = {"fe1": 11, "fe2": 12, "be1": 21, "be2": 22, "dc1": 41}
VIRTUAL = 30
AUTHORITY = "CN=Example Root, O=Example"
MANAGEMENT = "198.51.100.10"
TIER = "everything"


def names(sites: int) -> list[str]:
    """Every host of that many sites: s01-fe1, s01-fe2 and so on."""
    return [f"s{site:02}-{host}" for site in range(1, sites + 1) for host in SITE]


def _address(name: str) -> str:
    site, host = name.split("-")
    return f"10.{int(site[1:])}.0.{LAST_BYTE[host]}"


def listening(name: str) -> str:
    """Where a host's WinRM listens on this machine."""
    return "127.83" + _address(name).removeprefix("10").replace(".0.", ".")


def fleet(sites: int) -> dict[str, Any]:
    """The fleet file."""
    hosts: dict[str, Any] = {}
    for name in names(sites):
        site, host = name.split("-")
        hosts[name] = {"profile": PROFILES[host], "listen": listening(name), "addresses": [_address(name)]}
        if host.startswith("be"):
            hosts[name]["cluster"] = site.upper()
    clusters = {
        f"S{site:02}": {
            "group": "Exchange Group",
            "nodes": [f"s{site:02}-be1", f"s{site:02}-be2"],
            "owner": f"s{site:02}-be1",
            "virtual_ips": [f"10.{site}.0.{VIRTUAL}"],
        }
        for site in range(1, sites + 1)
    }
    return {"hosts": hosts, "clusters": clusters}


def inventory(sites: int, ports: dict[str, int], backups: str) -> dict[str, Any]:
    """The inventory: NTLM with message encryption, a group per role and a group per site."""
    hosts = {
        name: {
            "ansible_host": listening(name),
            "ansible_port": ports[name],
            "ipsec_addresses": [_address(name)],
            "ansible_winrs_codepage": 949 if PROFILES[name.split("-")[1]].endswith("-ko") else 65001,
        }
        for name in names(sites)
    }
    children: dict[str, Any] = {
        role: {"hosts": {name: None for name in names(sites) if name.split("-")[1].startswith(short)}}
        for short, role in ROLES.items()
    }
    for site in range(1, sites + 1):
        members = {f"s{site:02}-{host}": None for host in SITE}
        children[f"site_{site:02}"] = {"hosts": members, "vars": _site_variables(site)}
    return {"all": {"hosts": hosts, "children": children, "vars": _variables(backups)}}


def _variables(backups: str) -> dict[str, Any]:
    variables: dict[str, Any] = {
        "ansible_connection": "exchange.ipsec.winrs",
        "ansible_user": "Administrator",
        "ansible_password": "lab-secret",
        "ansible_winrm_scheme": "http",
        "ansible_winrm_transport": "ntlm",
        "ansible_winrm_message_encryption": "always",
    }
    for role in ROLES.values():
        variables[f"{role}_tier"] = TIER
        variables[f"{role}_authentication"] = [{"method": "certificate", "ca": AUTHORITY}]
        variables[f"{role}_backup_dir"] = backups
        variables[f"{role}_management"] = [MANAGEMENT]
    return variables


def _site_variables(site: int) -> dict[str, Any]:
    """What the roles ask of a site's hosts, and what the playbook by hand must be told about their peers."""
    group, start = f"site_{site:02}", f"10.{site}.0."
    virtual = [f"{start}{VIRTUAL}"]
    return {
        **{f"{role}_site": group for role in ROLES.values()},
        "ipsec_virtual_addresses": virtual,
        "by_hand_front_ends": [f"{start}{LAST_BYTE[host]}" for host in ("fe1", "fe2")],
        "by_hand_back_ends": [f"{start}{LAST_BYTE[host]}" for host in ("be1", "be2")] + virtual,
        "by_hand_domain_controllers": [f"{start}{LAST_BYTE['dc1']}"],
        "by_hand_virtual": virtual[0],
    }
