# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A filter from the arguments of ``add filter`` and ``delete filter``."""

from __future__ import annotations

import ipaddress
import re

from ..errors import SpecError
from ..model.address import Address, AnyAddress, DnsName, Me, Server, ServerKind, Subnet
from ..model.filters import Filter, protocol_from_text
from .arguments import Arguments
from .words import Word

_QUAD = r"\d{1,3}(?:\.\d{1,3}){3}"
_NOT_HELD = "filters here hold IPv4 addresses and subnets"


def read_filter(arguments: Arguments) -> Filter:
    """Build the filter; without a word netsh takes every protocol, every port, and mirrors (its reference)."""
    protocol = arguments.get("protocol")
    try:
        number = protocol_from_text(protocol.text, "protocol") if protocol else 0
    except SpecError as exc:
        raise (protocol or arguments.head).problem(exc.problem) from None
    return Filter(
        source=_address(arguments, "srcaddr", "srcmask"),
        destination=_address(arguments, "dstaddr", "dstmask"),
        protocol=number,
        source_port=_port(arguments, "srcport"),
        destination_port=_port(arguments, "dstport"),
        mirrored=arguments.flag("mirrored", default=True),
        description=arguments.text("description"),
    )


def _port(arguments: Arguments, tag: str) -> int:
    """Read a port; public scripts write ``any`` for 0."""
    return 0 if arguments.text(tag).casefold() == "any" else arguments.number(tag, 0)


def _address(arguments: Arguments, tag: str, mask_tag: str) -> Address:
    word = arguments.get(tag) or arguments.head
    low = word.text.casefold()
    if low in ("me", "any"):
        return Me() if low == "me" else AnyAddress()
    if low in {kind.value for kind in ServerKind}:
        return Server(ServerKind(low))
    if ":" in low or re.fullmatch(rf"{_QUAD}\s*-\s*{_QUAD}", low):
        raise word.problem(f"{word.text!r} is an IPv6 address or a range; {_NOT_HELD}")
    if re.fullmatch(r"[0-9./]+", low):
        return _subnet(word, arguments.get(mask_tag))
    try:
        return DnsName(word.text)
    except SpecError as exc:
        raise word.problem(f"{exc.problem}; {_NOT_HELD}") from None


def _subnet(word: Word, mask: Word | None) -> Address:
    """Read an address and its mask; bits of the address beyond the mask fall away, as they do in Windows."""
    try:
        address = ipaddress.IPv4Address(word.text)
        prefix = ipaddress.IPv4Network(f"0.0.0.0/{_mask(mask)}").prefixlen if mask else 32
    except ValueError:
        wrong = mask if mask is not None and _is_address(word.text) else word
        raise wrong.problem(f"{wrong.text!r} is no IPv4 address or mask") from None
    if prefix == 0:
        return AnyAddress()
    if prefix == 32 and not int(address):
        return Me()
    return Subnet(ipaddress.IPv4Network((int(address), prefix), strict=False))


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _mask(word: Word) -> str:
    """Give a mask or a prefix as text; a wildcard mask such as 0.0.0.255 is refused, Python would take it."""
    text = word.text
    if "." in text:
        value = int(ipaddress.IPv4Address(text))
        inverted = value ^ 0xFFFFFFFF
        if inverted & (inverted + 1):
            raise ValueError(text)
        return str(32 - inverted.bit_length())
    return text
