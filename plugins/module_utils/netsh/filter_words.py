# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and addresses as netsh writes them."""

from __future__ import annotations

from ..errors import NetshError
from ..model.address import Address, AnyAddress, DnsName, Me, Server, ServerKind, Subnet
from ..model.filters import Filter, protocol_to_text
from .security_words import yes_no

KEYWORDS = frozenset({"me", "any", *(kind.value for kind in ServerKind)})
"""Words that netsh does not read as a host name."""

_PORT_PROTOCOLS = (6, 17)


def filter_arguments(one: Filter) -> list[tuple[str, str]]:
    """Write everything that decides which packets a filter matches; masks in full, ports where there are any."""
    if _one_sided_server(one.source, one.destination) or _one_sided_server(one.destination, one.source):
        raise NetshError(f"filter {one}: netsh takes dns, wins, dhcp and gateway only towards 'me'")
    source, source_mask = _address(one.source, one)
    destination, destination_mask = _address(one.destination, one)
    arguments = [("srcaddr", source), ("dstaddr", destination)]
    arguments += [("protocol", protocol_to_text(one.protocol).upper()), ("mirrored", yes_no(one.mirrored))]
    arguments += [("srcmask", source_mask)] if source_mask else []
    arguments += [("dstmask", destination_mask)] if destination_mask else []
    if one.protocol in _PORT_PROTOCOLS:
        arguments += [("srcport", str(one.source_port)), ("dstport", str(one.destination_port))]
    return arguments


def _one_sided_server(one: Address, other: Address) -> bool:
    return isinstance(one, Server) and not isinstance(other, Me)


def _address(address: Address, one: Filter) -> tuple[str, str]:
    """Give an address and its mask as netsh reads them; the mask is empty for what has none."""
    if isinstance(address, Me):
        return "me", ""
    if isinstance(address, AnyAddress):
        return "any", ""
    if isinstance(address, Server):
        return address.kind.value, ""
    if isinstance(address, Subnet):
        network = address.network
        if network.prefixlen == 0 or (network.prefixlen == 32 and not int(network.network_address)):
            raise NetshError(f"filter {one}: {network} means 'any' or 'me' to Windows; write one of these words")
        return str(network.network_address), str(network.netmask)
    return _dns_name(address, one), ""


def _dns_name(address: DnsName, one: Filter) -> str:
    if address.name.casefold() in KEYWORDS or not any(char.isalpha() for char in address.name):
        raise NetshError(f"filter {one}: netsh would not read {address.name!r} as a host name; write it in full")
    return address.name
