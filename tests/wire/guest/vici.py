# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders to a strongSwan daemon over its own socket, without starting a program for each.

The protocol is strongSwan's "VICI protocol": a length, a type, a name, and a message of elements.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.wire.guest.shell import GuestError

REQUEST, RESPONSE = 0, 1
_SECTION_START, _SECTION_END, _KEY_VALUE, _LIST_START, _LIST_ITEM, _LIST_END = range(1, 7)
_LISTS = ("local_addrs", "remote_addrs", "proposals", "esp_proposals", "local_ts", "remote_ts")
_SECONDS = 20.0


def order(path: Path, command: str, values: Mapping[str, Any]) -> bytes:
    """Give an order and return the message that answers it; GuestError for an answer that is none."""
    packet = request(command, values)
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(_SECONDS)
        door.connect(str(path))
        door.sendall(struct.pack("!I", len(packet)) + packet)
        answer = _exactly(door, struct.unpack("!I", _exactly(door, 4))[0])
    if answer[:1] != bytes([RESPONSE]) or (b"success" in answer and b"\x02no" in answer and command != "terminate"):
        raise GuestError(f"{command} at {path}: answered {answer!r}")
    return answer[1:]


def request(command: str, values: Mapping[str, Any]) -> bytes:
    """Write an order."""
    return struct.pack("!BB", REQUEST, len(command)) + command.encode() + _message(values)


def exchange_connections(path: Path, former: str, text: str) -> None:
    """Unload the connections of one swanctl.conf, then load those of another: for a moment there is neither."""
    for name in conf(former)["connections"]:
        order(path, "unload-conn", {"name": name})
    for name, settings in conf(text)["connections"].items():
        order(path, "load-conn", {name: settings})


def conf(text: str) -> dict[str, Any]:
    """Read the sections of a swanctl.conf as `to_swanctl` writes them."""
    depths: list[dict[str, Any]] = [{}]
    for line in text.splitlines():
        word, _unused, value = (part.strip() for part in line.partition("="))
        if word.endswith("{"):
            inner: dict[str, Any] = {}
            depths[-1][word[:-1].strip()] = inner
            depths.append(inner)
        elif word == "}":
            depths.pop()
        elif word and not word.startswith("#"):
            depths[-1][word] = [one.strip() for one in value.split(",")] if word in _LISTS else value.strip('"')
    return depths[0]


def _message(values: Mapping[str, Any]) -> bytes:
    return b"".join(_element(key, value) for key, value in values.items())


def _element(key: str, value: Any) -> bytes:
    named = struct.pack("!B", len(key)) + key.encode()
    if isinstance(value, Mapping):
        return bytes([_SECTION_START]) + named + _message(value) + bytes([_SECTION_END])
    if isinstance(value, str):
        return bytes([_KEY_VALUE]) + named + _counted(value)
    return bytes([_LIST_START]) + named + _items(value) + bytes([_LIST_END])


def _items(values: Iterable[str]) -> bytes:
    return b"".join(bytes([_LIST_ITEM]) + _counted(one) for one in values)


def _counted(value: str) -> bytes:
    return struct.pack("!H", len(value.encode())) + value.encode()


def _exactly(door: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = door.recv(count - len(data))
        if not more:
            raise GuestError("the daemon hung up")
        data += more
    return data
