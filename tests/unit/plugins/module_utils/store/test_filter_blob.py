# SPDX-License-Identifier: GPL-3.0-or-later
"""ipsecFilter: filters of both generations, what they cannot say here, and the second section of Vista and later."""

from __future__ import annotations

import contextlib
import dataclasses
from ipaddress import IPv4Address, IPv4Network
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError, StoreFormatError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    Address,
    AnyAddress,
    DnsName,
    Me,
    Server,
    ServerKind,
    Subnet,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.store.filter_blob import (
    FilterBlob,
    FilterRecord,
    SecondSection,
    decode_filter_blob,
    encode_filter_blob,
    filter_blob,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.store.filter_meaning import (
    filters_from_blob,
    record_from_filter,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import Generation
from tests.unit.plugins.module_utils.store.strategies import FILTER_LISTS

FRAME = "b520dc80 c82e d111 a89e 00a0248d3021"
NO_NAMES = "02000000 0000 02000000 0000"

WINDOWS_11 = (
    f"{FRAME} 46000000 01000000 {NO_NAMES} 02000000 0000 d1671cc8 1dda 3b43 8399 c555d40d290f 00000000"
    "00000000 00000000 00000000 ffffffff 00000000 06000000 0000 8969 00 00 0000"
)
"""Filter list Inbound_MongoDB of windows11-netsh/store.reg: any -> me, TCP, destination port 27017, not mirrored."""

WINDOWS_2000 = (
    f"{FRAME} 52000000 01000000 {NO_NAMES} 0a000000 4900 4300 4d00 5000 0000 63d21951 1d07 d311 ad22 0060b0ecca17"
    "01000000 00000000 ffffffff 00000000 00000000 00000000 01000000 0000 0000 00 00 0000 00"
)
"""Filter list "All ICMP Traffic" of Samba's provision.ldif: me <-> any, ICMP, with a description."""

MONGODB = Filter(AnyAddress(), Me(), 6, 0, 27017, mirrored=False)
ICMP = Filter(Me(), AnyAddress(), 1, description="ICMP")


@pytest.mark.parametrize(("blob", "meant", "guid", "generation"), [
    pytest.param(WINDOWS_11, MONGODB, "c81c67d1-da1d-433b-8399-c555d40d290f", Generation.VISTA, id="windows-11"),
    pytest.param(WINDOWS_2000, ICMP, "5119d263-071d-11d3-ad22-0060b0ecca17", Generation.SERVER_2003, id="windows-2000"),
])  # fmt: skip
def test_genuine_blobs(blob: str, meant: Filter, guid: str, generation: Generation) -> None:
    data = bytes.fromhex(blob)
    decoded = decode_filter_blob(data, "x")
    assert filters_from_blob(decoded, "x") == (meant,)
    assert encode_filter_blob(decoded) == data
    assert encode_filter_blob(filter_blob([record_from_filter(meant, UUID(guid))], generation)) == data


RECORD = decode_filter_blob(bytes.fromhex(WINDOWS_11), "x").filters[0]


def changed(**changes: object) -> FilterRecord:
    return dataclasses.replace(RECORD, **changes)  # type: ignore[arg-type]


def meaning(*records: FilterRecord, second: SecondSection | None = None) -> tuple[Filter, ...]:
    return filters_from_blob(FilterBlob(records, 0, second), "x")


ZERO = str(IPv4Address(0))


def ip(text: str) -> IPv4Address:
    return IPv4Address(text)


@pytest.mark.parametrize(("address", "mask", "meant"), [
    pytest.param(ZERO, "255.255.255.255", Me(), id="me"),
    pytest.param(ZERO, ZERO, AnyAddress(), id="any"),
    pytest.param("192.0.2.7", "255.255.255.255", Subnet(IPv4Network("192.0.2.7/32")), id="host"),
    pytest.param("192.168.0.0", "255.255.0.0", Subnet(IPv4Network("192.168.0.0/16")), id="subnet"),
    pytest.param("128.0.0.0", "128.0.0.0", Subnet(IPv4Network("128.0.0.0/1")), id="half"),
])  # fmt: skip
def test_addresses(address: str, mask: str, meant: Address) -> None:
    assert meaning(changed(source=ip(address), source_mask=ip(mask)))[0].source == meant
    assert meaning(changed(destination=ip(address), destination_mask=ip(mask)))[0].destination == meant


@pytest.mark.parametrize(("special", "kind"), [(1, "dns"), (2, "wins"), (3, "dhcp"), (4, "gateway")])
def test_servers_of_the_host(special: int, kind: str) -> None:
    # [MS-GPIPSEC] 2.2.1.5.1, Legacy-Special-Filter: 1 to 4 as source, 0x81 to 0x84 as destination
    server = Server(ServerKind(kind))
    assert meaning(changed(special=special))[0] == dataclasses.replace(MONGODB, source=server)
    assert meaning(changed(special=special | 0x80))[0] == dataclasses.replace(MONGODB, destination=server)


def test_a_host_name_hides_the_address_it_had() -> None:
    name = "mail.example\0".encode("utf-16-le")
    record = changed(source_name=name, source=ip("192.0.2.7"), source_mask=ip("255.255.255.255"))
    assert meaning(record)[0].source == DnsName("mail.example")


@pytest.mark.parametrize(("changes", "offset", "message"), [
    pytest.param({"source_mask": ip("255.0.255.0")}, 66, "the mask 255.0.255.0, which has holes", id="holes"),
    pytest.param({"source_mask": ip("0.0.0.255")}, 66, "which has holes", id="host-mask"),
    pytest.param({"destination": ip("192.0.2.7"), "destination_mask": ip("255.255.255.0")}, 70,
                 "the address 192.0.2.7 with bits outside its mask", id="host-bits"),
    pytest.param({"mirrored": 2}, 58, "the mirror flag of filter 1 is 2", id="mirror"),
    pytest.param({"is_tunnel": 1}, 90, "filter 1 has a tunnel of its own", id="tunnel"),
    pytest.param({"special": 5}, 91, "filter 1 has the unknown special server 0x5", id="special"),
    pytest.param({"special": 0x80}, 91, "unknown special server 0x80", id="special-without-a-kind"),
    pytest.param({"options": 1}, 92, "filter 1 has the unknown options 0x1", id="options"),
    pytest.param({"protocol": 256}, 24, "filter 1: protocol: 256 is no IP protocol", id="protocol"),
    pytest.param({"protocol": 1}, 24, "filter 1: destination_port: only tcp and udp have ports", id="port-of-icmp"),
    pytest.param({"description": b"\0\xd8"}, 36, "the description of filter 1 is no UTF-16", id="description"),
    pytest.param({"destination_name": b"?\0"}, 24, "filter 1: '\\?' is not a host name", id="host-name"),
])  # fmt: skip
def test_what_the_model_cannot_say(changes: dict[str, object], offset: int, message: str) -> None:
    with pytest.raises(StoreFormatError, match=message) as caught:
        meaning(changed(**changes))
    assert caught.value.offset == offset


def test_offsets_follow_the_texts() -> None:
    data = bytes.fromhex(
        WINDOWS_2000.replace("63d21951", "63d21951", 1).replace(
            "01000000 00000000 ffffffff", "07000000 00000000 ffffffff"
        )
    )
    with pytest.raises(StoreFormatError, match="x at byte 66: the mirror flag of filter 1 is 7"):
        filters_from_blob(decode_filter_blob(data, "x"), "x")


SECOND = "3dcdfe35 29ae 7343 8a6a c5d8fab2fb08"


def second_filter(kind: int, version: int) -> str:
    """Give a Filter-Spec2 with that kind of source; the destination is any IPv4 address."""
    side = f"{kind << 24:08x}{version << 24:08x}" + "20010db8" + "00" * 28
    other = "00000000 01000000" + "00" * 32
    return f"{NO_NAMES} 02000000 0000 {'11' * 16} 01000000 {side} {other} {'00' * 16} 06000000 00000000"


@pytest.mark.parametrize(("kind", "version", "words"), [
    pytest.param(1, 2, "IPv6, an address and IPv4, any address", id="ipv6-address"),
    pytest.param(2, 1, "IPv4, a range of addresses and IPv4, any address", id="range"),
    pytest.param(0x80, 3, "IPv4 and IPv6, a server of the host and IPv4, any address", id="gateway"),
    pytest.param(9, 9, "IP version 9, kind 9 and IPv4, any address", id="unknown"),
])  # fmt: skip
def test_the_second_section_survives_and_is_named(kind: int, version: int, words: str) -> None:
    filters = bytes.fromhex(second_filter(kind, version))
    section = bytes.fromhex(SECOND) + len(filters).to_bytes(4, "little") + bytes.fromhex("01000000 01000000") + filters
    data = bytes.fromhex(WINDOWS_11) + section + b"more"
    decoded = decode_filter_blob(data, "x")
    assert encode_filter_blob(decoded) == data
    assert decoded.tail == b"more"
    with pytest.raises(StoreFormatError, match="x at byte 122: the second section holds 1 filters") as caught:
        filters_from_blob(decoded, "x")
    assert f"({words} in the first of them)" in str(caught.value)


def test_an_empty_second_section_says_nothing() -> None:
    assert meaning(RECORD, second=SecondSection(1, 0, b"")) == (MONGODB,)


def test_a_second_section_that_counts_otherwise() -> None:
    with pytest.raises(StoreFormatError, match="at byte 20: the second section counts 2 filters in the first"):
        meaning(RECORD, second=SecondSection(2, 0, b""))


def test_unknown_trailing_bytes_survive() -> None:
    data = bytes.fromhex(WINDOWS_2000) + b"\xcd\xcd"
    decoded = decode_filter_blob(data, "x")
    assert filters_from_blob(decoded, "x") == (ICMP,)
    assert encode_filter_blob(decoded) == data


@pytest.mark.parametrize("one", [
    pytest.param(dataclasses.replace(MONGODB, source=DnsName("mail.example")), id="host-name"),
    pytest.param(dataclasses.replace(MONGODB, source=Server(ServerKind.DNS), destination=Server(ServerKind.WINS)),
                 id="servers-on-both-sides"),
])  # fmt: skip
def test_what_the_store_has_no_room_for(one: Filter) -> None:
    with pytest.raises(SpecError, match=r"filters: .* the store"):
        record_from_filter(one, UUID(int=1))


@given(FILTER_LISTS, st.sampled_from(Generation), st.uuids())
def test_every_filter_comes_back(filter_list: FilterList, generation: Generation, guid: UUID) -> None:
    records = [record_from_filter(one, guid) for one in filter_list.filters]
    decoded = decode_filter_blob(encode_filter_blob(filter_blob(records, generation)), "x")
    assert filters_from_blob(decoded, "x") == filter_list.filters
    assert [one.guid for one in decoded.filters] == [guid] * len(records)


@given(cut=st.integers(0, 94), junk=st.binary(max_size=60), at=st.integers(16, 94), second=st.binary(max_size=130))
def test_no_bytes_are_lost_or_make_another_error(cut: int, junk: bytes, at: int, second: bytes) -> None:
    start = bytes.fromhex(WINDOWS_11)
    tail = bytes.fromhex(SECOND) + len(second).to_bytes(4, "little") + bytes.fromhex("00000000 01000000") + second
    for data in (start[:cut], start[:at] + junk, start[:at] + junk + start[at + len(junk) :], start + tail):
        with contextlib.suppress(StoreFormatError):
            decoded = decode_filter_blob(data, "x")
            assert encode_filter_blob(decoded) == data
            filters_from_blob(decoded, "x")
