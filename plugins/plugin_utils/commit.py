# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: who commits, what a lost connection is, and what a plan with a confirmation says."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import secrets
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError

from ..module_utils.errors import HostError, SpecError
from ..module_utils.host.countdown import Owner
from ..module_utils.operate.confirmed import Terms, needs_confirmation
from ..module_utils.operate.probing import Probe
from ..module_utils.plan.planner import Plan

SHORTEST, LONGEST = 5, 3600
TIMEOUT = 5.0
"""Seconds that a probe waits for a TCP connection where it says nothing else."""
_LAST_PORT = 65535
_CONFIRM = "confirm: read again over a new connection and end the countdown"


def terms(seconds: int, probes: tuple[Probe, ...] = ()) -> Terms:
    """Give the terms of this run; SpecError where the countdown is too short or too long, or has no time for probes."""
    if seconds and not SHORTEST <= seconds <= LONGEST:
        raise SpecError("confirm", f"must be 0 or from {SHORTEST} to {LONGEST} seconds, not {seconds}")
    if probes and not seconds:
        raise SpecError("probes", "are asked before a change is confirmed: set confirm, or leave them out")
    waiting = sum(probe.timeout for probe in probes)
    if waiting > seconds / 2:
        raise SpecError(
            "probes", f"may wait for {waiting:g} s together, which is more than half of the {seconds} s of confirm"
        )
    return Terms(this_run(seconds), (AnsibleError, HostError), probes)


def this_run(seconds: int = 0) -> Owner:
    """Give what a host is told of the run that takes its lock, with the countdown in seconds (0: none)."""
    return Owner(int(time.time()), seconds, os.getpid(), _controller(), secrets.token_hex(4))


def declared_probes(given: Sequence[Mapping[str, Any]], address: str) -> tuple[Probe, ...]:
    """Read the option ``probes``; ``address`` is where a host is reached. SpecError where one makes no sense."""
    return tuple(_probe(one, f"probes[{number}]", address) for number, one in enumerate(given))


def _probe(given: Mapping[str, Any], place: str, address: str) -> Probe:
    command, port, name = given["command"], given["port"], given["name"] or ""
    if (command is None) == (port is None):
        raise SpecError(place, "takes one of port and command")
    if command is not None:
        if given["host"] is not None or given["timeout"] is not None:
            raise SpecError(place, "host and timeout go with port")
        if not command.strip() or re.search(r"[\x00-\x1f]", command):
            raise SpecError(f"{place}.command", "must be one line of text")
        return Probe(name, command=command)
    if not 1 <= port <= _LAST_PORT:
        raise SpecError(f"{place}.port", f"must be from 1 to {_LAST_PORT}, not {port}")
    timeout = TIMEOUT if given["timeout"] is None else given["timeout"]
    if not 0 < timeout <= LONGEST:
        raise SpecError(f"{place}.timeout", f"must be more than 0 seconds, not {timeout:g}")
    return Probe(name, given["host"] or address, port, timeout)


def may_be_at_work(owner: Owner) -> bool:
    """Tell whether the run that holds a host may still be at work.

    One of this controller is when its process exists; one of another until its countdown and the time to put the former
    state back are over.
    """
    if owner.controller == _controller():
        return owner.process != os.getpid() and _exists(owner.process)
    return time.time() < owner.over


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


def told(plan: Plan, conditions: Terms) -> list[str]:
    """Give the steps of a plan in words, with those of the confirmation in their places."""
    first = needs_confirmation(plan) if conditions.seconds else None
    steps = [[str(step) for step in half] for half in (plan.build, plan.switch)]
    if first is None:
        return [*steps[0], *steps[1]]
    steps[first].insert(
        0, f"arm: save the policy store on the host, which puts it back in {conditions.seconds} s unless confirmed"
    )
    asked = "; ".join(map(str, conditions.probes))
    before = [f"probe, before anything is changed: {asked}"] if asked else []
    after = [f"probe again, over a new connection: {asked}"] if asked else []
    return [*before, *steps[0], *steps[1], *after, _CONFIRM]


@functools.cache
def _controller() -> str:
    """Name this controller; containers of one name count their processes apart, and so does each start of one."""
    name = re.sub(r"[^\w.-]", "-", socket.gethostname(), flags=re.ASCII) or "controller"
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        counted = start + str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return name
    return f"{name}.{hashlib.sha256(counted.encode()).hexdigest()[:6]}"
