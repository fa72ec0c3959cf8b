# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy does with one packet, as far as the filters alone decide it.

Windows orders filters from the most specific to the least specific; how it weighs an address against a port is
nowhere documented. So a filter wins here only when it is at least as narrow as every other match in every
respect; where two matches are each narrower in something and ask for different things, the verdict is "unclear".
"""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address, IPv4Network

from ..model.actions import ActionKind
from ..model.address import Address, DnsName, Me, Server, Subnet
from ..model.filters import ANY_PROTOCOL, Filter
from ..model.policy import Policy, Rule


@dataclasses.dataclass(frozen=True)
class Packet:
    """A packet on the wire; ports are 0 where the protocol has none."""

    source: IPv4Address
    destination: IPv4Address
    protocol: int
    source_port: int = 0
    destination_port: int = 0

    def __str__(self) -> str:
        """Say the packet as ``protocol 6 from 192.0.2.1:1025 to 192.0.2.2:110``."""
        source = f"{self.source}:{self.source_port}" if self.source_port else str(self.source)
        target = f"{self.destination}:{self.destination_port}" if self.destination_port else str(self.destination)
        return f"protocol {self.protocol} from {source} to {target}"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What happens to a packet: ``clear``, ``blocked``, ``protected`` by the rule, or ``unclear`` with the reason."""

    word: str
    rule: Rule | None = None
    reason: str = ""


EVERYWHERE = IPv4Network("0.0.0.0/0")
_WORDS = {ActionKind.PERMIT: "clear", ActionKind.BLOCK: "blocked", ActionKind.NEGOTIATE: "protected"}
_Width = tuple[int, int, int, int, int]


def verdict(policy: Policy, own: IPv4Address, packet: Packet) -> Verdict:
    """Decide what the host with the address ``own`` does with a packet it sends or receives."""
    matches: list[tuple[_Width, Rule]] = []
    for rule in policy.rules:
        for one in rule.filter_list.filters if rule.active else ():
            for address in (one.source, one.destination):
                if isinstance(address, (DnsName, Server)):
                    return Verdict("unclear", rule, f"{one} depends on what the host resolves")
            width = _match(one, own, packet)
            if width is not None:
                matches.append((width, rule))
    narrowest = [
        (width, rule)
        for width, rule in matches
        if not any(_narrower(other, width) for other, _unused in matches)
    ]  # fmt: skip
    if not narrowest:
        return Verdict("clear", None, "no rule matches")
    actions = {(rule.filter_action, rule.authentication) for _unused, rule in narrowest}
    if len(actions) > 1:
        names = " and ".join(repr(rule.name) for _unused, rule in narrowest[:2])
        return Verdict("unclear", None, f"rules {names} match alike and ask for different things")
    rule = narrowest[0][1]
    return Verdict(_WORDS[rule.filter_action.kind], rule)


def _match(one: Filter, own: IPv4Address, packet: Packet) -> _Width | None:
    """Match in the direction of the filter, and the other way round where it is mirrored."""
    width = _match_once(one, own, packet)
    if width is None and one.mirrored:
        mirror = dataclasses.replace(
            one,
            source=one.destination,
            destination=one.source,
            source_port=one.destination_port,
            destination_port=one.source_port,
        )
        width = _match_once(mirror, own, packet)
    return width


def _match_once(one: Filter, own: IPv4Address, packet: Packet) -> _Width | None:
    source = _width(one.source, own, packet.source)
    destination = _width(one.destination, own, packet.destination)
    if source is None or destination is None:
        return None
    wanted = (one.protocol, one.source_port, one.destination_port)
    given = (packet.protocol, packet.source_port, packet.destination_port)
    if any(want and want != have for want, have in zip(wanted, given, strict=True)):
        return None
    named = one.protocol != ANY_PROTOCOL
    return (source, destination, int(named), int(bool(one.source_port)), int(bool(one.destination_port)))


def _width(address: Address, own: IPv4Address, given: IPv4Address) -> int | None:
    """Give how many bits an address of a filter fixes (any fixes none), None where it does not match."""
    if isinstance(address, Me):
        return 32 if given == own else None
    network = address.network if isinstance(address, Subnet) else EVERYWHERE
    return network.prefixlen if given in network else None


def _narrower(one: _Width, other: _Width) -> bool:
    return one != other and all(first >= second for first, second in zip(one, other, strict=True))
