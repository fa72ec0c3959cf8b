# SPDX-License-Identifier: GPL-3.0-or-later
"""One order to a strongSwan daemon over its own socket, without starting a program for it.

The protocol is strongSwan's "VICI protocol": a length, a type, a name, and a message of elements.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from tests.wire.guest.shell import GuestError

REQUEST, RESPONSE = 0, 1
_KEY_VALUE = 3
_SECONDS = 20.0


def order(path: Path, command: str, values: Mapping[str, str]) -> bytes:
    """Give an order and return the message that answers it; GuestError for an answer that is none."""
    packet = request(command, values)
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(_SECONDS)
        door.connect(str(path))
        door.sendall(struct.pack("!I", len(packet)) + packet)
        answer = _exactly(door, struct.unpack("!I", _exactly(door, 4))[0])
    if answer[:1] != bytes([RESPONSE]):
        raise GuestError(f"{command} at {path}: answered with type {answer[:1]!r}")
    return answer[1:]


def request(command: str, values: Mapping[str, str]) -> bytes:
    """Write an order."""
    head = struct.pack("!BB", REQUEST, len(command)) + command.encode()
    return head + b"".join(
        struct.pack("!BB", _KEY_VALUE, len(key)) + key.encode() + struct.pack("!H", len(value)) + value.encode()
        for key, value in values.items()
    )


def _exactly(door: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = door.recv(count - len(data))
        if not more:
            raise GuestError("the daemon hung up")
        data += more
    return data
