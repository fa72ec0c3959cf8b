# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts as network namespaces on one bridge; addresses that move; a cable that can be pulled."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys

from tests.wire.guest.shell import run

BRIDGE = "wire0"


def build(hosts: dict[str, list[str]]) -> None:
    """Make the bridge and a namespace for each host with its addresses (192.0.2.x and others, all on one link)."""
    run("ip", "link", "add", BRIDGE, "type", "bridge", "forward_delay", "0")
    run("ip", "link", "set", BRIDGE, "up")
    for name, addresses in hosts.items():
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"v{name}", "type", "veth", "peer", "name", "lan", "netns", name)
        run("ip", "link", "set", f"v{name}", "master", BRIDGE, "up")
        run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", name, "link", "set", "lan", "up")
        for address in addresses:
            run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "lan")
        for network in ("192.0.2.0/24", "198.51.100.0/24"):
            run("ip", "-n", name, "route", "replace", network, "dev", "lan", "src", addresses[0])


def inside(name: str, *command: str) -> list[str]:
    """The command line that runs a program in a host."""
    return ["ip", "netns", "exec", name, *command]


def take(name: str, address: str) -> None:
    """Give a host one more address and tell the link that it has moved there."""
    run("ip", "-n", name, "address", "add", f"{address}/32", "dev", "lan")
    announce = inside(name, sys.executable, "-B", "-m", "tests.wire.guest.network", address)
    subprocess.run(announce, check=True)


def take_once(name: str, address: str) -> None:
    """Give a host an address unless it has it."""
    if f" {address}/" not in run("ip", "-n", name, "address", "show", "dev", "lan"):
        take(name, address)


def give_up(name: str, address: str) -> None:
    """Take an address from a host."""
    run("ip", "-n", name, "address", "del", f"{address}/32", "dev", "lan")


def pull_cable(name: str) -> None:
    """Cut a host off; nothing that it says arrives any more."""
    run("ip", "link", "set", f"v{name}", "down")


def plug_in(name: str) -> None:
    """Connect a host again."""
    run("ip", "link", "set", f"v{name}", "up")


def say_where(address: str) -> None:
    """Send a gratuitous ARP for an address from inside its host (RFC 5227 section 3)."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind(("lan", 0))
        hardware = raw.getsockname()[4]
        packed = socket.inet_aton(address)
        header = b"\xff" * 6 + hardware + struct.pack("!H", 0x0806)
        for operation in (1, 2):
            request = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
            raw.send(header + request + hardware + packed + b"\xff" * 6 + packed)


if __name__ == "__main__":
    say_where(sys.argv[1])
