# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Exchange site: which servers stand in which role, and under which IPv4 addresses."""

from __future__ import annotations

import dataclasses
import enum
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from ..errors import SpecError
from ..model.shapes import kind_of, listed, mapping


class Role(enum.Enum):
    """The three roles of the article, by the name of their inventory group."""

    FRONT_END = "front_end"
    BACK_END = "back_end_cluster"
    DOMAIN_CONTROLLER = "domain_controller"


@dataclasses.dataclass(frozen=True)
class SiteHost:
    """A server by its inventory name, with every address that others reach it under."""

    name: str
    addresses: tuple[IPv4Address, ...]


@dataclasses.dataclass(frozen=True)
class Site:
    """All servers of one site.

    ``back_ends`` are the nodes of the cluster (or stand-alone back ends); ``virtual_addresses`` belong to the
    cluster's groups and move from node to node, so they are nobody's in particular.
    """

    front_ends: tuple[SiteHost, ...] = ()
    back_ends: tuple[SiteHost, ...] = ()
    virtual_addresses: tuple[IPv4Address, ...] = ()
    domain_controllers: tuple[SiteHost, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a name or an address that stands in two places, and addresses that no host can have."""
        names: dict[str, str] = {}
        owners: dict[IPv4Address, str] = {}
        for role in Role:
            for index, host in enumerate(self.hosts(role)):
                place = f"{role.value}[{index}]"
                if not host.addresses:
                    raise SpecError(f"{place}.addresses", f"host {host.name!r} has no IPv4 address")
                if names.setdefault(host.name.casefold(), place) != place:
                    raise SpecError(f"{place}.name", f"{host.name!r} stands at {names[host.name.casefold()]} already")
                for address in host.addresses:
                    _claim(owners, address, host.name, f"{place}.addresses")
        for address in self.virtual_addresses:
            _claim(owners, address, "the cluster", "virtual_addresses")
        if self.virtual_addresses and not self.back_ends:
            raise SpecError("virtual_addresses", "the site has virtual addresses but no back end that could hold them")

    def hosts(self, role: Role) -> tuple[SiteHost, ...]:
        """Give the hosts of one role."""
        of_role = {
            Role.FRONT_END: self.front_ends,
            Role.BACK_END: self.back_ends,
            Role.DOMAIN_CONTROLLER: self.domain_controllers,
        }
        return of_role[role]

    def addresses(self, role: Role) -> tuple[IPv4Address, ...]:
        """Give every address that a role answers under, the virtual ones of the cluster last."""
        own = tuple(address for host in self.hosts(role) for address in host.addresses)
        return own + self.virtual_addresses if role is Role.BACK_END else own

    def find(self, name: str) -> tuple[Role, SiteHost]:
        """Find a host by name, without regard to case; SpecError when the site does not have it."""
        for role in Role:
            for host in self.hosts(role):
                if host.name.casefold() == name.casefold():
                    return role, host
        known = ", ".join(host.name for role in Role for host in self.hosts(role)) or "none"
        raise SpecError("host", f"{name!r} is not a host of this site; its hosts are {known}")


def site_from_spec(spec: Mapping[str, Any], place: str = "site") -> Site:
    """Build a site from plain data; SpecError names the place.

    Keys ``front_end``, ``back_end_cluster``, ``domain_controller``: lists of ``{name, addresses}``, where
    ``addresses`` is one address or a list; ``virtual_addresses``: one address or a list.
    """
    allowed = {role.value for role in Role} | {"virtual_addresses"}
    unknown = sorted(set(spec) - allowed)
    if unknown:
        raise SpecError(place, f"{unknown[0]!r} is not a part of a site; allowed are {', '.join(sorted(allowed))}")
    hosts = {role: _hosts(spec.get(role.value) or (), f"{place}.{role.value}") for role in Role}
    virtual = _addresses(spec.get("virtual_addresses") or (), f"{place}.virtual_addresses")
    try:
        return Site(hosts[Role.FRONT_END], hosts[Role.BACK_END], virtual, hosts[Role.DOMAIN_CONTROLLER])
    except SpecError as exc:
        raise SpecError(f"{place}.{exc.place}", exc.problem) from None


ADDRESSES_VARIABLE = "ipsec_addresses"
VIRTUAL_VARIABLE = "ipsec_virtual_addresses"


def site_from_inventory(groups: Mapping[str, Sequence[str]], hostvars: Mapping[str, Mapping[str, Any]]) -> Site:
    """Build the site from an inventory's groups and variables.

    A host's addresses are its variable ``ipsec_addresses``, or ``ansible_host`` where that is an IPv4 address;
    the virtual addresses are what the back ends' ``ipsec_virtual_addresses`` name together.
    """
    members = {role: members_of(groups, role.value) for role in Role}
    spec: dict[str, Any] = {
        role.value: [{"name": name, "addresses": _host_addresses(name, _variables(hostvars, name))} for name in names]
        for role, names in members.items()
    }
    virtual: dict[IPv4Address, None] = {}
    for name in members[Role.BACK_END]:
        place = f"hostvars[{name!r}].{VIRTUAL_VARIABLE}"
        virtual.update(dict.fromkeys(_addresses(hostvars[name].get(VIRTUAL_VARIABLE) or (), place)))
    spec["virtual_addresses"] = [str(address) for address in virtual]
    return site_from_spec(spec, "inventory")


def members_of(groups: Mapping[str, Sequence[str]], group: str) -> Sequence[str]:
    """Give the hosts of an inventory group, none where there is no such group."""
    names = listed(groups.get(group), f"groups.{group}", " of hosts")
    for index, name in enumerate(names):
        if not isinstance(name, str):
            raise SpecError(f"groups.{group}[{index}]", f"must be the name of a host, not {kind_of(name)}")
    return names


def _variables(hostvars: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    if name not in hostvars:
        raise SpecError("hostvars", f"has no host {name!r}, which the groups name")
    return mapping(hostvars[name], f"hostvars[{name!r}]")


def _host_addresses(name: str, variables: Mapping[str, Any]) -> list[str]:
    given = variables.get(ADDRESSES_VARIABLE)
    if given:
        return [str(one) for one in _addresses(given, f"hostvars[{name!r}].{ADDRESSES_VARIABLE}")]
    host = variables.get("ansible_host") or name
    try:
        return [str(IPv4Address(host))]
    except ValueError:
        problem = f"is needed, because ansible_host of {name!r} is {host!r} and not an IPv4 address"
        raise SpecError(f"hostvars[{name!r}].{ADDRESSES_VARIABLE}", problem) from None


def _hosts(items: Iterable[Any], place: str) -> tuple[SiteHost, ...]:
    if isinstance(items, (str, Mapping)):
        raise SpecError(place, "must be a list of hosts, each with name and addresses")
    found = []
    for index, item in enumerate(items):
        here = f"{place}[{index}]"
        if not isinstance(item, Mapping) or set(item) - {"name", "addresses"}:
            raise SpecError(here, "must be a host with name and addresses, and nothing else")
        name = item.get("name")
        if not isinstance(name, str) or not name.strip():
            raise SpecError(f"{here}.name", "is required and must be text")
        found.append(SiteHost(name, _addresses(item.get("addresses") or (), f"{here}.addresses")))
    return tuple(found)


def _addresses(value: Any, place: str) -> tuple[IPv4Address, ...]:
    """Read one address or a list of them; the same address twice counts once."""
    items = [value] if isinstance(value, (str, IPv4Address)) else value
    if not isinstance(items, Iterable) or isinstance(items, (Mapping, bytes)):
        raise SpecError(place, "must be an IPv4 address or a list of them")
    found: dict[IPv4Address, None] = {}
    for index, item in enumerate(items):
        try:
            found[ipaddress.IPv4Address(str(item))] = None
        except ValueError:
            raise SpecError(f"{place}[{index}]", f"{item!r} is no IPv4 address") from None
    return tuple(found)


def _claim(owners: dict[IPv4Address, str], address: IPv4Address, owner: str, place: str) -> None:
    """Give an address to one owner; refuse addresses that mean any, a group or everybody."""
    if address.is_unspecified or address.is_multicast or address == IPv4Address("255.255.255.255"):
        raise SpecError(place, f"{address} is not the address of one host")
    if owners.setdefault(address, owner) != owner:
        raise SpecError(place, f"{address} belongs to {owners[address]} already")
