# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook and kills all of it, workers too, when a host is asked for the n-th time."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.lab.station import Station
from tests.playbooks.run import environment

_TIMEOUT = 600.0


@dataclasses.dataclass
class Killing:
    """One run that is killed: how many requests came before, and whether it came so far."""

    at: int
    requests: int = 0
    killed: bool = False


def run_killed(command: Sequence[str], cwd: Path, stations: Sequence[Station], at: int) -> Killing:
    """Run a program of Ansible and kill it at its n-th request to any of these hosts; that request is lost.

    0 lets it run to its end and only counts.
    """
    run = subprocess.Popen(
        list(command), cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment(RECORD_FILE=os.devnull), start_new_session=True,
    )  # fmt: skip
    found = Killing(at)

    def watch(_number: int) -> bool:
        found.requests += 1
        if found.requests == at:
            found.killed = True
            for process in list(descendants(run.pid)):
                os.kill(process, signal.SIGKILL)
        return found.killed

    for station in stations:
        station.injection.watcher = watch
    try:
        run.wait(timeout=_TIMEOUT)
    finally:
        for station in stations:
            station.injection.watcher = None
    return found


def descendants(pid: int) -> Iterator[int]:
    """A process and all that it started, whatever group they joined."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = stat.read_text().rpartition(") ")[2]
        except OSError:
            continue
        children.setdefault(int(rest.split()[1]), []).append(int(stat.parent.name))
    waiting = [pid]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += children.get(found, [])
