# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that asks for the POP3 greeting every 100 ms, whatever happens, and notes when it got one.

Run inside a host as `python -m tests.wire.guest.asker ADDRESS NOTES`; each line of NOTES is the guest's clock.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TextIO

PACE = 0.1
PATIENCE = 1.0
"""Seconds for one question: the first packet is sent again after one second, then another question is under way."""


async def ask(address: str, notes: TextIO) -> None:
    """Ask once."""
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(address, 110), PATIENCE)
    except (OSError, asyncio.TimeoutError):
        return
    try:
        if await asyncio.wait_for(reader.readline(), PATIENCE):
            notes.write(f"{time.time():.3f}\n")
            notes.flush()
    except (OSError, asyncio.TimeoutError):
        pass
    finally:
        writer.close()


async def keep_asking(address: str, path: Path) -> None:
    """Ask until the process is ended."""
    with path.open("w", encoding="ascii") as notes:
        running: set[asyncio.Task[None]] = set()
        while True:
            task = asyncio.create_task(ask(address, notes))
            running.add(task)
            task.add_done_callback(running.discard)
            await asyncio.sleep(PACE)


if __name__ == "__main__":
    asyncio.run(keep_asking(sys.argv[1], Path(sys.argv[2])))
