# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses a filter can match, and how a person writes them."""

from __future__ import annotations

import dataclasses
import enum
import ipaddress
import re
from typing import Union

from ..errors import SpecError

_DNS_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


class ServerKind(enum.Enum):
    """A server that the host itself knows from its network settings ([MS-GPIPSEC] 2.2.1.5.1)."""

    DNS = "dns"
    WINS = "wins"
    DHCP = "dhcp"
    GATEWAY = "gateway"


@dataclasses.dataclass(frozen=True)
class Me:
    """Every address of the host itself."""


@dataclasses.dataclass(frozen=True)
class AnyAddress:
    """Every IPv4 address."""


@dataclasses.dataclass(frozen=True)
class Subnet:
    """An IPv4 subnet, or a single address as a subnet of one."""

    network: ipaddress.IPv4Network


@dataclasses.dataclass(frozen=True)
class DnsName:
    """A name that Windows resolves when the policy is created."""

    name: str

    def __post_init__(self) -> None:
        """Refuse what is no host name (RFC 1123 labels, underscore allowed as Windows does)."""
        labels = self.name.rstrip(".").split(".")
        if len(self.name) > 253 or not all(_DNS_LABEL.fullmatch(label) for label in labels):
            raise SpecError("", f"{self.name!r} is not a host name")


@dataclasses.dataclass(frozen=True)
class Server:
    """The servers of one kind in the host's own network settings."""

    kind: ServerKind


Address = Union[Me, AnyAddress, Subnet, DnsName, Server]  # noqa: UP007
"""What stands on one side of a filter."""


def address_from_text(text: str, place: str) -> Address:
    """Read ``me``, ``any``, ``192.0.2.7``, ``192.0.2.0/24``, a host name, or ``dns wins dhcp gateway``."""
    word = text.strip().lower()
    if word == "me":
        return Me()
    if word == "any":
        return AnyAddress()
    if word in {kind.value for kind in ServerKind}:
        return Server(ServerKind(word))
    if re.fullmatch(r"[0-9./]+", word):
        return _subnet_from_text(word, place)
    if ":" in word or re.fullmatch(r"[0-9.]+-[0-9.]+", word):
        raise SpecError(place, f"{text!r} is an IPv6 address or a range; filters here hold IPv4 addresses and subnets")
    try:
        return DnsName(text.strip())
    except SpecError as exc:
        allowed = "me, any, an IPv4 address, a subnet such as 192.0.2.0/24, a host name, dns, wins, dhcp or gateway"
        raise SpecError(place, f"{text!r} is no address; allowed are {allowed}") from exc


def _subnet_from_text(word: str, place: str) -> Subnet | AnyAddress:
    """Read digits as an address or a subnet; host bits and host masks are refused, not rounded."""
    if "/" in word and "." in word.split("/", 1)[1]:
        raise SpecError(place, f"{word!r}: write the subnet with a prefix length, for example 192.0.2.0/24")
    try:
        network = ipaddress.IPv4Network(word)
    except ValueError as exc:
        raise SpecError(place, f"{word!r} is no IPv4 address or subnet ({exc})") from exc
    return AnyAddress() if network.prefixlen == 0 else Subnet(network)


def address_to_text(address: Address) -> str:
    """Write an address so that address_from_text reads the same value."""
    if isinstance(address, Me):
        return "me"
    if isinstance(address, AnyAddress):
        return "any"
    if isinstance(address, Server):
        return address.kind.value
    if isinstance(address, DnsName):
        return address.name
    network = address.network
    return str(network.network_address) if network.prefixlen == 32 else str(network)
