# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows of an Exchange site, each with its source, and between which addresses they run."""

from __future__ import annotations

import dataclasses
import enum
import functools
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from ..model.address import Subnet
from ..model.filters import Filter, protocol_to_text
from ..topology.ports import CLUSTER, DIRECTORY, LINK_STATE, MAIL, SMTP, TCP, Service
from ..topology.site import Role, Site, SiteHost
from .packet import Traffic, unnamed_port

EE922665 = (
    "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/ee922665(v=ws.10)"
)
"""WinRM listens on 80 and 443 up to version 1.1, on 5985 and 5986 since 2.0."""


class Kind(enum.Enum):
    """What a flow is for; a forecast guards the first three most of all."""

    MANAGEMENT = "management"
    DOMAIN = "domain"
    CLUSTER = "cluster"
    MAIL = "mail"
    OWN = "own"

    @property
    def vital(self) -> bool:
        """Whether a server without it is out of reach, out of its domain or out of its cluster."""
        return self in (Kind.MANAGEMENT, Kind.DOMAIN, Kind.CLUSTER)


@dataclasses.dataclass(frozen=True)
class Flow:
    """One flow, seen by its first packet. ``port`` to ``last`` are its destination ports, 0 where it has none.

    ``source`` is where the port is documented.
    """

    name: str
    kind: Kind
    protocol: int
    port: int
    source: str
    last: int = 0

    def traffic(self, named: set[int]) -> Traffic:
        """Give its first packet, with one port for all that nothing tells apart: those not among ``named``.

        Such a port stands for a range that holds one, and for the sender's.
        """
        if not self.port:
            return Traffic(self.protocol)
        port = unnamed_port(named, self.port, max(self.port, self.last))
        if port not in named:
            port = unnamed_port(named)
        return Traffic(self.protocol, unnamed_port(named | {port}), port)

    @property
    def ports(self) -> str:
        """Its ports for people: ``110``, ``1024-65535``, or nothing."""
        return f"{self.port}-{self.last}" if self.last > self.port else str(self.port or "")

    @functools.cached_property
    def _text(self) -> str:
        return f"{self.name} ({' '.join(filter(None, (protocol_to_text(self.protocol), self.ports)))})"

    def __str__(self) -> str:
        """Say it as ``POP3 (tcp 110)``."""
        return self._text


class Pair(NamedTuple):
    """Who sends the first packet to whom: names of stations and their addresses."""

    sender: str
    source: IPv4Address
    receiver: str
    destination: IPv4Address

    def __str__(self) -> str:
        """Say it as ``fe1 (192.0.2.11) -> be1 (192.0.2.30)``."""
        return f"{self.sender} ({self.source}) -> {self.receiver} ({self.destination})"


@dataclasses.dataclass(frozen=True)
class Conversations:
    """Flows that run between the same pairs."""

    flows: tuple[Flow, ...]
    pairs: tuple[Pair, ...]


def _flows(services: Iterable[Service], kind: Kind) -> tuple[Flow, ...]:
    return tuple(
        Flow(one.name, kind, one.protocol, one.first, one.source, one.last if one.last != one.first else 0)
        for one in services
    )  # fmt: skip


MAIL_FLOWS = _flows((*MAIL, LINK_STATE), Kind.MAIL)
RETURN_MAIL_FLOWS = _flows((SMTP, LINK_STATE), Kind.MAIL)
DOMAIN_FLOWS = _flows(DIRECTORY, Kind.DOMAIN)
CLUSTER_FLOWS = _flows(CLUSTER, Kind.CLUSTER)
REMOTE_DESKTOP = Flow("remote desktop", Kind.MANAGEMENT, TCP, 3389, "https://mskb.pkisolutions.com/kb/832017")


def winrm(port: int) -> Flow:
    """Give the flow of WinRM on the port where it really listens."""
    return Flow("WinRM", Kind.MANAGEMENT, TCP, port, EE922665)


def site_conversations(site: Site) -> tuple[Conversations, ...]:
    """List what runs among the servers of a site: mail, the directory, the cluster.

    A back end is spoken to under its own and the virtual addresses, which any node may hold.
    """
    fronts, backs, domain = site.front_ends, site.back_ends, site.domain_controllers
    return (
        Conversations(MAIL_FLOWS, _pairs(fronts, backs, site.virtual_addresses)),
        Conversations(RETURN_MAIL_FLOWS, _pairs(backs, fronts)),
        Conversations(DOMAIN_FLOWS, _pairs((*fronts, *backs), domain)),
        Conversations(CLUSTER_FLOWS, _pairs(backs, backs)),
    )


def management_conversations(
    site: Site, networks: Sequence[IPv4Network], winrm_ports: Mapping[str, int], filters: Sequence[Filter]
) -> tuple[Conversations, ...]:
    """List the ways in: WinRM and the remote desktop, from sample addresses of each network to every server.

    ``winrm_ports`` maps the names of servers to the port of WinRM; ``filters`` are all those in force, so that the
    samples of a network include one of each part that they treat on its own. Senders are called by their address.
    """
    hosts = [host for role in Role for host in site.hosts(role)]
    owners = {address: host.name for host in hosts for address in host.addresses}
    servers = {*owners, *site.virtual_addresses}
    senders = [
        SiteHost(owners.get(one, str(one)), (one,))
        for network in networks for one in samples(network, filters, servers)
        if one not in servers or network.prefixlen == 32  # a server from which others are managed
    ]  # fmt: skip
    found = []
    for port in sorted(set(winrm_ports.values())):
        of_port = [host for host in hosts if winrm_ports.get(host.name) == port]
        found.append(Conversations((winrm(port),), _pairs(senders, of_port)))
    return (*found, Conversations((REMOTE_DESKTOP,), _pairs(senders, hosts)))


def samples(
    network: IPv4Network, filters: Sequence[Filter], apart: Collection[IPv4Address] = ()
) -> tuple[IPv4Address, ...]:
    """Give addresses that stand for a network: its first, its last, and of each part that a filter names one.

    That one lies in no smaller part, so that every part has an address that only it and those around it decide about;
    nor is it one of those ``apart``.
    """
    named = {side.network for one in filters for side in (one.source, one.destination) if isinstance(side, Subnet)}
    named |= {IPv4Network(one) for one in apart}
    parts = sorted(part for part in named if part.subnet_of(network) and part != network)
    found = [_first(network), network[-1 if network.prefixlen > 30 else -2]]
    found += [one for part in (network, *parts) if (one := _outside(part, parts)) is not None]
    return tuple(dict.fromkeys(found))


def _first(network: IPv4Network) -> IPv4Address:
    return network[0 if network.prefixlen > 30 else 1]


def _outside(network: IPv4Network, parts: Sequence[IPv4Network]) -> IPv4Address | None:
    """Give the first address of a host in a network that lies in no smaller part; None where the parts fill it."""
    address = int(_first(network))
    for part in parts:  # sorted by their beginning, the wider first
        begin, end = int(part.network_address), int(part.broadcast_address)
        if part != network and part.subnet_of(network) and begin <= address <= end:
            address = end + 1
    last = int(network.broadcast_address) - (network.prefixlen <= 30)
    return IPv4Address(address) if address <= last else None


def _pairs(
    senders: Sequence[SiteHost], receivers: Sequence[SiteHost], virtual: tuple[IPv4Address, ...] = ()
) -> tuple[Pair, ...]:
    return tuple(
        Pair(one.name, source, other.name, destination)
        for one, other in itertools.product(senders, receivers)
        if one.name != other.name
        for source in one.addresses
        for destination in (*other.addresses, *virtual)
    )
