# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: a whole Exchange fleet is hardened, drifts, is found out and repaired, and every act is checked."""

from __future__ import annotations

import sys
import time

from tests.demo import acts, screen
from tests.demo.stage import StoryError, running_stage

ABOUT = (
    "Five simulated Windows servers answer on this machine over real WinRM: NTLM, every message encrypted.\n"
    "Two front ends (one speaks Korean), a cluster of two back ends with a virtual address, a domain controller.\n"
    "[dim]To repeat a command by hand:[/] . .venv/bin/activate; export ANSIBLE_COLLECTIONS_PATH=.build/collections"
)


def main() -> int:
    """Play; the exit code is 0 when the story holds."""
    started = time.monotonic()
    screen.title("exchange.ipsec", ABOUT)
    try:
        with running_stage() as stage:
            acts.play(stage)
    except StoryError as exc:
        screen.bad(str(exc))
        return 1
    screen.end(time.monotonic() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main())
