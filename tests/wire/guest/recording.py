# SPDX-License-Identifier: GPL-3.0-or-later
"""What passes on the link, recorded by tcpdump: a packet of our own is the first and the last thing in the file.

The kernel hands packets over in their order, so with the last one written everything before it is written too, unless
the kernel says that it dropped some. Nothing here depends on how quick the machine is.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.wire.guest.network import BRIDGE
from tests.wire.guest.shell import GuestError

PATIENCE = 60.0
STILL_UNDER_WAY = 0.5
"""Seconds in which what the last flow sent reaches the link."""
NOBODY = b"\x02\x00\x00\x00\x00\x01"
"""A locally administered address (IEEE 802) that no host here has."""
FROM, TO = "203.0.113.1", "203.0.113.2"
"""For documentation (RFC 5737), and not on this link: whoever judges a flow looks at the ends and finds others."""


@contextlib.contextmanager
def capture(path: Path, expression: str = "ip") -> Iterator[None]:
    """Let tcpdump record the link while the block lasts, all of IP unless the expression says less.

    The expression must let pass UDP between FROM and TO; GuestError where a packet was lost.
    """
    command = [
        "tcpdump", "-Z", "root", "-i", BRIDGE, "-s", "4096", "-B", "16384", "-U", "--immediate-mode", "-w", str(path),
        expression,
    ]  # fmt: skip
    said = path.with_suffix(".tcpdump")
    with said.open("wb") as output:
        recorder = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            _wait_for_mark(path, recorder)
            yield
            time.sleep(STILL_UNDER_WAY)
            _wait_for_mark(path, recorder)
        finally:
            recorder.terminate()
            recorder.wait()
    complete(said.read_text(encoding="utf-8"))


def _wait_for_mark(path: Path, recorder: subprocess.Popen[bytes]) -> None:
    """Send a packet that nobody else can have sent until it stands in the capture."""
    mark = os.urandom(16)
    end = time.monotonic() + PATIENCE
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind((BRIDGE, 0))
        while not (path.exists() and mark in path.read_bytes()):
            if recorder.poll() is not None or time.monotonic() > end:
                raise GuestError(f"tcpdump does not write what passes: {path.with_suffix('.tcpdump').read_text()}")
            link.send(frame(mark))
            time.sleep(0.1)


def frame(mark: bytes) -> bytes:
    """An Ethernet frame to nobody with a UDP packet around the mark (RFC 791, RFC 768; discard port, no checksums)."""
    udp = struct.pack("!HHHH", 9, 9, 8 + len(mark), 0) + mark
    addresses = socket.inet_aton(FROM) + socket.inet_aton(TO)
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 1, socket.IPPROTO_UDP, 0) + addresses
    return NOBODY + NOBODY + struct.pack("!H", 0x0800) + header + udp


def complete(said: str) -> None:
    """Refuse a capture that lacks a packet; tcpdump ends with how many the kernel could not keep for it."""
    found = re.search(r"^(\d+) packets? dropped by kernel", said, re.M)
    if found is None or found[1] != "0":
        raise GuestError(f"the capture is not complete: {said}")
