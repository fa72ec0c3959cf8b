# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a site and a protection tier to the policy of each host, so that both ends always fit together.

The links run from the role that asks to the role that answers: front end to back end, and on tier everything
front end and back end to domain controller. Hosts of one role never negotiate with each other: that keeps the
heartbeat of the cluster and the replication of the directory in clear.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from ..errors import SpecError
from ..model.actions import ActionKind, FilterAction
from ..model.address import Address, Me, Subnet
from ..model.authentication import Kerberos
from ..model.filters import ANY_PROTOCOL, PROTOCOL_NUMBERS, Filter, FilterList
from ..model.policy import Policy, Rule
from ..model.windows import WindowsVersion, strongest_main_mode
from .design import Design, Stage, Tier
from .ports import TCP
from .site import Role, Site

KB_254949 = "https://mskb.pkisolutions.com/kb/254949"

LINKS = (
    (Role.FRONT_END, Role.BACK_END, "front end to back end"),
    (Role.FRONT_END, Role.DOMAIN_CONTROLLER, "front end to domain controller"),
    (Role.BACK_END, Role.DOMAIN_CONTROLLER, "back end to domain controller"),
)
"""Who talks to whom: the asking role, the answering role, and how a rule calls it."""

NEGOTIATE_NAME = "Exchange: negotiate security"
PERMIT_NAME = "Exchange: permit"
MANAGEMENT_NAME = "Exchange: management path"
ICMP_NAME = "Exchange: ICMP in clear"


@dataclasses.dataclass(frozen=True)
class Traffic:
    """One kind of traffic on one link that the tier protects; port 0 and protocol 0 mean all of it."""

    name: str
    asking: Role
    answering: Role
    protocol: int = ANY_PROTOCOL
    port: int = 0


def protected_traffic(site: Site, design: Design) -> tuple[Traffic, ...]:
    """List what the tier protects on this site, in a stable order."""
    if design.tier is not Tier.EVERYTHING:
        return tuple(
            Traffic(f"Exchange: {service.name} to back end", Role.FRONT_END, Role.BACK_END, TCP, service.first)
            for service in design.tier.services
        )
    return tuple(
        Traffic(f"Exchange: {name}", asking, answering)
        for asking, answering, name in LINKS
        if site.hosts(asking) and site.hosts(answering)
        and not (design.exempt_domain_controllers and answering is Role.DOMAIN_CONTROLLER)
    )  # fmt: skip


def has_part(site: Site, host_name: str, design: Design) -> bool:
    """Say whether the tier asks anything of a host; a domain controller has a part on tier everything only."""
    role, _unused = site.find(host_name)
    return any(role in (one.asking, one.answering) for one in protected_traffic(site, design))


def policy_for(site: Site, host_name: str, design: Design, windows: WindowsVersion) -> Policy:
    """Build the policy of one host; ``windows`` decides the main mode, the strongest that it accepts.

    Raises SpecError where the tier asks nothing of the host, where the peers are missing, where Kerberos would
    have to authenticate the way to its own domain controller, and where the management path would be encrypted.
    """
    role, _unused = site.find(host_name)
    if not site.front_ends or not site.back_ends:
        missing = Role.BACK_END if site.front_ends else Role.FRONT_END
        raise SpecError(missing.value, "the site has no host in this group, so there is nobody to agree with")
    mine = [one for one in protected_traffic(site, design) if role in (one.asking, one.answering)]
    if not mine:
        raise SpecError("tier", f"{design.tier.value} asks nothing of {host_name}, a {role.value.replace('_', ' ')}")
    _refuse_kerberos_towards_its_source(mine, design)
    _refuse_encrypted_management(site, design)
    action = _action(design)
    authentication = design.authentication if action.kind is ActionKind.NEGOTIATE else ()
    rules = [
        Rule(one.name, FilterList(one.name, tuple(_filters(site, role, one))), action, authentication) for one in mine
    ]
    rules.extend(_permits(site, role, mine, design))
    return Policy(design.policy_name, tuple(rules), strongest_main_mode(windows))


def _action(design: Design) -> FilterAction:
    """Give what the stage does with the traffic of the tier."""
    if design.stage is Stage.PERMIT:
        return FilterAction(PERMIT_NAME, ActionKind.PERMIT)
    request = design.stage is Stage.REQUEST
    return FilterAction(
        NEGOTIATE_NAME,
        ActionKind.NEGOTIATE,
        design.offers,
        design.pfs,
        soft=request or design.soft,
        inbound_passthrough=request or design.inbound_passthrough,
    )


def _filters(site: Site, role: Role, traffic: Traffic) -> Iterator[Filter]:
    """Write one end of the traffic: me and the peers' addresses, in the direction in which it is asked for."""
    asks = role is traffic.asking
    peers = [_host(address) for address in site.addresses(traffic.answering if asks else traffic.asking)]
    for here in _own(site, role):
        for peer in peers:
            source, destination = (here, peer) if asks else (peer, here)
            yield Filter(source, destination, traffic.protocol, destination_port=traffic.port)


def _own(site: Site, role: Role) -> tuple[Address, ...]:
    """Give the addresses of this end; a node also names the virtual ones, which it may hold at any moment."""
    virtual = site.virtual_addresses if role is Role.BACK_END else ()
    return (Me(), *(_host(address) for address in virtual))


def _permits(site: Site, role: Role, mine: list[Traffic], design: Design) -> Iterator[Rule]:
    """Write the rules for what must stay in clear."""
    permit = FilterAction(PERMIT_NAME, ActionKind.PERMIT)
    if design.permit_icmp and design.tier is Tier.EVERYTHING:
        icmp = [dataclasses.replace(one, protocol=PROTOCOL_NUMBERS["icmp"]) for one in mine]
        filters = tuple(one for traffic in icmp for one in _filters(site, role, traffic))
        yield Rule(ICMP_NAME, FilterList(ICMP_NAME, filters), permit)
    if design.management:
        filters = tuple(
            Filter(Subnet(network), Me(), TCP, destination_port=port)
            for network in design.management
            for port in design.management_ports
        )
        yield Rule(MANAGEMENT_NAME, FilterList(MANAGEMENT_NAME, filters), permit)


def _refuse_kerberos_towards_its_source(mine: list[Traffic], design: Design) -> None:
    kerberos = any(isinstance(method, Kerberos) for method in design.authentication)
    if kerberos and any(one.answering is Role.DOMAIN_CONTROLLER for one in mine):
        raise SpecError(
            "authentication",
            "kerberos cannot authenticate the traffic to a domain controller: IKE needs a ticket, and the ticket comes "
            "from that controller. Use certificate or psk, or leave the domain controllers out with "
            f"exempt_domain_controllers. Microsoft does not support the combination either ({KB_254949})",
        )


def _refuse_encrypted_management(site: Site, design: Design) -> None:
    """Refuse a management network that holds a peer, where its ports are among what the tier encrypts.

    Windows prefers the more specific filter; a network with a port and a single address without one are neither.
    """
    ports = {service.first for service in design.tier.services}
    hit = [port for port in design.management_ports if design.tier is Tier.EVERYTHING or port in ports]
    if not hit:
        return
    traffic = protected_traffic(site, design)
    roles = [role for role in Role if any(role in (one.asking, one.answering) for one in traffic)]
    for index, network in enumerate(design.management):
        inside = [str(one) for role in roles for one in site.addresses(role) if one in network]
        if inside:
            raise SpecError(
                f"management[{index}]",
                f"{network} holds {inside[0]}, a server of this site, and the tier encrypts TCP {hit[0]} between the "
                "servers: name the controllers' own addresses instead, or move WinRM to a port the tier leaves alone",
            )


def _host(address: IPv4Address) -> Subnet:
    return Subnet(IPv4Network((address, 32)))
