# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall between the hosts of a site must let through."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from ipaddress import IPv4Address

from .design import Design, Tier
from .ports import AH_PACKETS, CLUSTER, DIRECTORY, ESP_PACKETS, IKE, LINK_STATE, MAIL, NAT_T, TCP, UDP, Service
from .site import Role, Site
from .tiers import LINKS, protected_traffic

_PROTOCOL_NAMES = {TCP: "tcp", UDP: "udp", ESP_PACKETS.protocol: "esp", AH_PACKETS.protocol: "ah"}
_Pair = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Opening:
    """One line of a firewall's table, for the packet that opens the conversation.

    ``source`` and ``destination`` are an IPv4 address or subnet, ``protocol`` is tcp, udp, esp (IP protocol 50) or
    ah (51), ``port`` is a destination port, a range such as ``1024-65535``, or empty; ``source_doc`` names the proof.
    """

    source: str
    destination: str
    protocol: str
    port: str
    why: str
    source_doc: str

    def to_dict(self) -> dict[str, str]:
        """Give the opening as plain data."""
        return dataclasses.asdict(self)


def openings(site: Site, design: Design, *, nat_traversal: bool = False) -> tuple[Opening, ...]:
    """List every opening: IPsec itself, what the tier leaves in clear, the management path, the cluster's own traffic.

    IPsec is listed in both directions, because either end may start; the rest in the direction of the first packet.
    """
    found: dict[Opening, None] = {}
    for asking, answering, name in LINKS:
        found.update(dict.fromkeys(_link(site, design, asking, answering, name, nat_traversal)))
    found.update(dict.fromkeys(_management(site, design)))
    for one, other in itertools.permutations(site.back_ends, 2):
        pairs = [(str(first), str(second)) for first in one.addresses for second in other.addresses]
        found.update(dict.fromkeys(_rows(pairs, CLUSTER, "between cluster nodes")))
    return tuple(found)


def _link(
    site: Site, design: Design, asking: Role, answering: Role, name: str, nat_traversal: bool
) -> Iterator[Opening]:
    """List the openings of one link: IPsec where the tier protects it, and the services left in clear."""
    pairs = _pairs(site.addresses(asking), site.addresses(answering))
    protected = [one for one in protected_traffic(site, design) if (one.asking, one.answering) == (asking, answering)]
    if protected:
        services = [IKE, ESP_PACKETS]
        services += [AH_PACKETS] if any(offer.ah for offer in design.offers) else []
        services += [NAT_T] if nat_traversal else []
        yield from _rows(pairs, tuple(services), f"IPsec, {name}")
        yield from _rows([(second, first) for first, second in pairs], tuple(services), f"IPsec, {name}")
    if protected and design.tier is Tier.EVERYTHING:
        return
    known = DIRECTORY if answering is Role.DOMAIN_CONTROLLER else (*MAIL, LINK_STATE)
    covered = {(one.protocol, one.port) for one in protected}
    in_clear = tuple(service for service in known if (service.protocol, service.first) not in covered)
    yield from _rows(pairs, in_clear, f"in clear, {name}")


def _management(site: Site, design: Design) -> Iterator[Opening]:
    hosts = [str(address) for role in Role for host in site.hosts(role) for address in host.addresses]
    for network in design.management:
        source = str(network.network_address) if network.prefixlen == 32 else str(network)
        for host in hosts:
            for port in design.management_ports:
                yield Opening(source, host, "tcp", str(port), "management path", "the listener of the host")


def _pairs(sources: tuple[IPv4Address, ...], destinations: tuple[IPv4Address, ...]) -> list[_Pair]:
    return [(str(source), str(destination)) for source in sources for destination in destinations]


def _rows(pairs: list[_Pair], services: tuple[Service, ...], why: str) -> Iterator[Opening]:
    for source, destination in pairs:
        for service in services:
            protocol = _PROTOCOL_NAMES[service.protocol]
            yield Opening(source, destination, protocol, service.ports, f"{service.name}: {why}", service.source)
