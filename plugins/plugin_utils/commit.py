# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: who commits, what a lost connection is, and what a plan with a confirmation says."""

from __future__ import annotations

import os
import re
import secrets
import socket
import time
from pathlib import Path

from ansible.errors import AnsibleError

from ..module_utils.errors import HostError, SpecError
from ..module_utils.host.countdown import Owner
from ..module_utils.operate.confirmed import MARGIN, Terms, needs_confirmation
from ..module_utils.plan.planner import Plan

SHORTEST, LONGEST = 5, 3600


def terms(seconds: int) -> Terms:
    """Give the terms of this run; SpecError where the countdown is too short or too long."""
    if seconds and not SHORTEST <= seconds <= LONGEST:
        raise SpecError("confirm", f"must be 0 or from {SHORTEST} to {LONGEST} seconds, not {seconds}")
    owner = Owner(int(time.time()), seconds, os.getpid(), _controller(), secrets.token_hex(4))
    return Terms(owner, (AnsibleError, HostError))


def may_be_at_work(owner: Owner) -> bool:
    """Tell whether the run that holds a host may still be at work.

    One of this controller is when its process exists; one of another until its countdown and the time to put the former
    state back are over.
    """
    if owner.controller == _controller():
        return owner.process != os.getpid() and _exists(owner.process)
    return time.time() < owner.began + owner.seconds + MARGIN


def _exists(process: int) -> bool:
    """Tell whether a process of this computer exists; one that is dead and not yet buried does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return not Path("/proc/self").exists()
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")


def told(plan: Plan, seconds: int) -> list[str]:
    """Give the steps of a plan in words, with those of the confirmation in their places."""
    first = needs_confirmation(plan) if seconds else None
    steps = [[str(step) for step in half] for half in (plan.build, plan.switch)]
    if first is None:
        return [*steps[0], *steps[1]]
    armed = f"arm: save the policy store on the host, which puts it back in {seconds} s unless confirmed"
    steps[first].insert(0, armed)
    return [*steps[0], *steps[1], "confirm: read again over a new connection and end the countdown"]


def _controller() -> str:
    return re.sub(r"[^\w.-]", "-", socket.gethostname(), flags=re.ASCII) or "controller"
