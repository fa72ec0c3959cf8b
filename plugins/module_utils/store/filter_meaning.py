# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning of the filters in a filter list's binary data."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from uuid import UUID

from ..errors import SpecError, StoreFormatError
from ..model.address import Address, AnyAddress, DnsName, Me, Server, ServerKind, Subnet
from ..model.filters import Filter
from .filter_blob import FilterBlob, FilterRecord, SecondSection
from .wire import NO_TEXT, ByteReader, text_from_bytes, text_to_bytes

_ALL_ONES = 0xFFFFFFFF
_SERVERS = {1: ServerKind.DNS, 2: ServerKind.WINS, 3: ServerKind.DHCP, 4: ServerKind.GATEWAY}
_DESTINATION_BIT = 0x80
_SECOND_KINDS = {0: "any address", 1: "an address", 2: "a range of addresses", 4: "a subnet", 8: "the host itself"}
_SECOND_VERSIONS = {1: "IPv4", 2: "IPv6", 3: "IPv4 and IPv6"}


def filters_from_blob(blob: FilterBlob, what: str) -> tuple[Filter, ...]:
    """Give the filters of a blob, doubles included; StoreFormatError where one is none that the model knows."""
    if blob.second:
        _check_second(blob.second, len(blob.filters), what)
    return tuple(_filter(record, index, what) for index, record in enumerate(blob.filters))


def record_from_filter(one: Filter, guid: UUID) -> FilterRecord:
    """Make the record of a filter; SpecError where the store has no room for what it says.

    A host name stands in the store beside the address it had when Windows resolved it, so it cannot be written here.
    """
    ends = (one.source, one.destination)
    if any(isinstance(end, DnsName) for end in ends):
        raise SpecError("filters", f"{one} names a host; the store also wants its address, write that instead")
    if all(isinstance(end, Server) for end in ends):
        raise SpecError("filters", f"{one} has a server of the host on both sides; the store has room for one")
    source, source_mask = _address_and_mask(one.source)
    destination, destination_mask = _address_and_mask(one.destination)
    return FilterRecord(
        source_name=NO_TEXT,
        destination_name=NO_TEXT,
        description=text_to_bytes(one.description),
        guid=guid,
        mirrored=int(one.mirrored),
        source=source,
        source_mask=source_mask,
        destination=destination,
        destination_mask=destination_mask,
        tunnel=IPv4Address(0),
        protocol=one.protocol,
        source_port=one.source_port,
        destination_port=one.destination_port,
        is_tunnel=0,
        special=_special(one),
        options=0,
    )


def _special(one: Filter) -> int:
    if isinstance(one.source, Server):
        return _server_number(one.source.kind)
    if isinstance(one.destination, Server):
        return _server_number(one.destination.kind) | _DESTINATION_BIT
    return 0


def _server_number(kind: ServerKind) -> int:
    return next(number for number, known in _SERVERS.items() if known is kind)


def _filter(record: FilterRecord, index: int, what: str) -> Filter:
    at = record.fixed_at
    place = f"filter {index + 1}"
    if record.mirrored > 1:
        raise StoreFormatError(what, f"the mirror flag of {place} is {record.mirrored}, it must be 0 or 1", at + 16)
    if record.is_tunnel:
        raise StoreFormatError(what, f"{place} has a tunnel of its own, which filters here do not", at + 48)
    if record.options:
        raise StoreFormatError(what, f"{place} has the unknown options {record.options:#x}", at + 50)
    kind = record.special & ~_DESTINATION_BIT
    if record.special and kind not in _SERVERS:
        raise StoreFormatError(what, f"{place} has the unknown special server {record.special:#x}", at + 49)
    at_destination = bool(record.special & _DESTINATION_BIT)
    special = Server(_SERVERS[kind]) if record.special else None
    source = (record.source, record.source_mask, record.source_name, record.offset)
    behind_source = record.offset + 4 + len(record.source_name)
    destination = (record.destination, record.destination_mask, record.destination_name, behind_source)
    behind_names = behind_source + 4 + len(record.destination_name)
    try:
        return Filter(
            source=special if special and not at_destination else _address(*source, at + 20, place, what),
            destination=special if special and at_destination else _address(*destination, at + 28, place, what),
            protocol=record.protocol,
            source_port=record.source_port,
            destination_port=record.destination_port,
            mirrored=record.mirrored == 1,
            description=text_from_bytes(record.description, what, f"the description of {place}", behind_names),
        )
    except SpecError as exc:
        raise StoreFormatError(what, f"{place}: {exc}", record.offset) from exc


def _address(
    address: IPv4Address, mask: IPv4Address, raw_name: bytes, name_at: int, address_at: int, place: str, what: str
) -> Address:
    name = text_from_bytes(raw_name, what, f"a DNS name of {place}", name_at)
    if name:
        return DnsName(name)
    bits, ones = int(address), int(mask)
    if not bits and ones == _ALL_ONES:
        return Me()
    if not bits and not ones:
        return AnyAddress()
    holes = ~ones & _ALL_ONES
    if holes & (holes + 1):
        raise StoreFormatError(what, f"{place} has the mask {mask}, which has holes", address_at + 4)
    if bits & holes:
        raise StoreFormatError(what, f"{place} has the address {address} with bits outside its mask {mask}", address_at)
    return Subnet(IPv4Network((bits, ones.bit_count())))


def _address_and_mask(address: Address) -> tuple[IPv4Address, IPv4Address]:
    if isinstance(address, Me):
        return IPv4Address(0), IPv4Address(_ALL_ONES)
    if isinstance(address, Subnet):
        return address.network.network_address, address.network.netmask
    return IPv4Address(0), IPv4Address(0)


def _check_second(second: SecondSection, first_count: int, what: str) -> None:
    """Refuse what the second section adds: the model has IPv4 filters of the first form only."""
    if second.first_count not in (0, first_count):
        problem = f"the second section counts {second.first_count} filters in the first, which holds {first_count}"
        raise StoreFormatError(what, problem, second.offset + 20)
    if second.count:
        problem = (
            f"the second section holds {second.count} filters ({_kind_of_first(second, what)} in the first of them)"
        )
        raise StoreFormatError(what, f"{problem}; filters here hold IPv4 addresses and subnets", second.offset + 28)


def _kind_of_first(second: SecondSection, what: str) -> str:
    """Say what stands on the two sides of the first filter, for people."""
    reader = ByteReader(second.filters, f"{what}, second section")
    for field in ("the source DNS name", "the destination DNS name", "the description of a filter"):
        reader.counted(field)
    reader.take(20, "GUID and Mirror-Flags")
    kinds = []
    for side in ("source", "destination"):
        kind, version = reader.number(f"the kind of the {side}"), reader.number(f"the IP version of the {side}")
        reader.take(32, f"the addresses of the {side}")
        shown = _SECOND_KINDS.get(kind, "a server of the host" if kind in (0x10, 0x20, 0x40, 0x80) else f"kind {kind}")
        kinds.append(f"{_SECOND_VERSIONS.get(version, f'IP version {version}')}, {shown}")
    return " and ".join(dict.fromkeys(kinds))
