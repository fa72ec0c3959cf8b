# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of one host: logs in to services as a user would, the marker as the password, and notes the outcome.

Run inside a host as `python -m tests.wire.guest.client FLOWS RESULTS`. FLOWS is JSON, a list of `id`, `address`,
`port`, `marker`, `wait`; flows to one address go one after the other, so that each has its own stretch of time.
RESULTS is JSON, for each id `start`, `end` (seconds of the guest's clock) and `answered`.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

REST = 0.25
"""Seconds of silence after a flow: its last packets belong to it."""


def words(port: int, marker: bytes) -> list[bytes]:
    """What a client sends, one part after each answer."""
    known = {
        25: [b"EHLO front.example\r\n", b"MAIL FROM:<" + marker + b"@example.com>\r\n"],
        110: [b"USER someone\r\n", b"PASS " + marker + b"\r\n"],
        143: [b"a LOGIN someone " + marker + b"\r\n"],
        389: [bind(marker)],
        3268: [bind(marker)],
        3343: [marker],
    }
    return known.get(port, [b"GET /exchange/ HTTP/1.0\r\nCookie: session=" + marker + b"\r\n\r\n"])


def bind(marker: bytes) -> bytes:
    """A simple bind of LDAP with the marker as password (RFC 4511 section 4.2)."""
    inner = b"\x02\x01\x03\x04\x07cn=user" + b"\x80" + bytes([len(marker)]) + marker
    message = b"\x02\x01\x01\x60" + bytes([len(inner)]) + inner
    return b"\x30" + bytes([len(message)]) + message


def ask(address: str, port: int, marker: bytes, wait: float) -> bool:
    """Talk to a service; whether it answered to the end."""
    try:
        with socket.create_connection((address, port), wait) as connection:
            if port in (25, 110, 143):
                connection.recv(4096)
            reply = b""
            for part in words(port, marker):
                connection.sendall(part)
                reply = connection.recv(4096)
            return bool(reply)
    except OSError:
        return False


def work(flows: list[dict[str, Any]], results: dict[str, dict[str, Any]]) -> None:
    """Run flows one after the other."""
    for flow in flows:
        started = time.time()
        answered = ask(flow["address"], flow["port"], flow["marker"].encode(), flow["wait"])
        time.sleep(REST)
        results[flow["id"]] = {"start": started, "end": time.time(), "answered": answered}


def main(source: Path, target: Path) -> None:
    """Run all flows, those to different addresses side by side."""
    flows = json.loads(source.read_text(encoding="utf-8"))
    results: dict[str, dict[str, Any]] = {}
    lanes = [
        threading.Thread(target=work, args=([one for one in flows if one["address"] == address], results))
        for address in sorted({one["address"] for one in flows})
    ]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    target.write_text(json.dumps(results), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
