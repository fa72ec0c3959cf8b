# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of one host: they greet, answer in the words of their protocol, and note which marker reached them.

Run inside a host as `python -m tests.wire.guest.servers NOTES PORT…`; NOTES gets one line for each marker.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

MARKER = re.compile(rb"MARKER-[A-Za-z0-9-]+-END")
GREETING = {
    25: b"220 mail.example ESMTP\r\n",
    110: b"+OK POP3 server ready\r\n",
    143: b"* OK IMAP4rev1 server ready\r\n",
}


def bound(marker: bytes) -> bytes:
    """A successful bindResponse with the marker as its diagnostic message (RFC 4511 section 4.2.2)."""
    inner = bytes.fromhex("0a0100 0400 04") + bytes([len(marker)]) + marker
    message = bytes.fromhex("020101 61") + bytes([len(inner)]) + inner
    return b"\x30" + bytes([len(message)]) + message


def answer(port: int, marker: bytes) -> bytes:
    """What a service says once it has read a marker; the marker stands in it, so that both ways are watched."""
    if port in (389, 3268):
        return bound(marker)
    words = {25: b"250 ok ", 110: b"+OK ", 143: b"a OK ", 3343: b""}
    return words[port] + marker + b"\r\n" if port in words else b"HTTP/1.0 200 OK\r\n\r\n" + marker


async def serve(notes: Path, ports: list[int]) -> None:
    """Listen on every port until the end."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        writer.write(GREETING.get(port, b""))
        heard = b""
        try:
            while chunk := await reader.read(4096):
                heard += chunk
                found = MARKER.search(heard)
                if found:
                    with notes.open("ab") as file:
                        file.write(found.group() + b"\n")
                    writer.write(answer(port, found.group()))
                    heard = b""
                elif port in GREETING and heard.endswith(b"\r\n"):
                    writer.write({25: b"250 ok\r\n", 110: b"+OK\r\n", 143: b"a OK\r\n"}[port])
                    heard = b""
        except OSError:
            pass
        writer.close()

    listening = [await asyncio.start_server(talk, "0.0.0.0", port) for port in ports]  # noqa: S104
    notes.with_suffix(".ready").touch()
    await asyncio.gather(*(server.serve_forever() for server in listening))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
