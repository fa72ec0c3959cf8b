# SPDX-License-Identifier: GPL-3.0-or-later
"""What tcpdump wrote: IPv4 packets with their time, ends, kind and payload."""

from __future__ import annotations

import dataclasses
import ipaddress
import struct
from collections.abc import Iterator
from pathlib import Path

from tests.wire.uml import TwinError

GLOBAL = struct.Struct("<IHHiIII")
RECORD = struct.Struct("<IIII")
MAGIC, ETHERNET, IPV4 = 0xA1B2C3D4, 1, 0x0800
TCP, UDP, ESP, AH = 6, 17, 50, 51
IKE_PORTS = {500, 4500}


@dataclasses.dataclass(frozen=True)
class Packet:
    """One packet on the link; `payload` is what TCP or UDP carry, readable by whoever sees it."""

    time: float
    source: str
    destination: str
    kind: str
    payload: bytes

    @property
    def ends(self) -> frozenset[str]:
        """Both addresses, whatever the direction."""
        return frozenset((self.source, self.destination))


def read(path: Path) -> list[Packet]:
    """Read a capture; TwinError for one that tcpdump did not finish."""
    data = path.read_bytes()
    if len(data) < GLOBAL.size or GLOBAL.unpack_from(data)[0] != MAGIC or GLOBAL.unpack_from(data)[6] != ETHERNET:
        raise TwinError(f"{path} is no capture of Ethernet with microseconds")
    return [packet for time, frame in _frames(data, path) if (packet := _packet(time, frame))]


def _frames(data: bytes, path: Path) -> Iterator[tuple[float, bytes]]:
    place = GLOBAL.size
    while place < len(data):
        if place + RECORD.size > len(data):
            raise TwinError(f"{path} ends inside a packet")
        seconds, micros, length, whole = RECORD.unpack_from(data, place)
        place += RECORD.size
        if length != whole:
            raise TwinError(f"{path} has a packet cut short")
        if place + length > len(data):
            raise TwinError(f"{path} ends inside a packet")
        yield seconds + micros / 1e6, data[place : place + length]
        place += length


def _packet(time: float, frame: bytes) -> Packet | None:
    if len(frame) < 34 or struct.unpack_from("!H", frame, 12)[0] != IPV4:
        return None
    size = (frame[14] & 0x0F) * 4
    total = struct.unpack_from("!H", frame, 16)[0]
    source, destination = (str(ipaddress.IPv4Address(frame[at : at + 4])) for at in (26, 30))
    inner = frame[14 + size : 14 + total]
    kind, payload = _inside(frame[23], inner)
    return Packet(time, source, destination, kind, payload)


def _inside(protocol: int, inner: bytes) -> tuple[str, bytes]:
    if protocol in (ESP, AH):
        return ("esp" if protocol == ESP else "ah"), b""
    if protocol == UDP and len(inner) >= 8:
        ports = set(struct.unpack_from("!HH", inner))
        return ("ike", b"") if ports & IKE_PORTS else ("clear", inner[8:])
    if protocol == TCP and len(inner) >= 20:
        return "clear", inner[(inner[12] >> 4) * 4 :]
    return "clear", inner
