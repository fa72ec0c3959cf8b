# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual address moves from node to node, planned or after a crash, while front ends keep asking it.

Each round gives, for each front end, the seconds from the event, and from the moment the address was up again, to
the first answer. After a round the address is where the next one begins; what crashed comes back as after a boot.
"""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.wire.guest import network
from tests.wire.guest.charon import Charon
from tests.wire.guest.dropping import drop
from tests.wire.guest.network import inside
from tests.wire.guest.recording import capture
from tests.wire.guest.scenario import MEMORY
from tests.wire.guest.shell import GuestError, start
from tests.wire.guest.windows_timer import WindowsTimer

CALM = 1.5
"""Seconds in which every front end must have been answered all the time before a round begins."""
CALM_TIMEOUT = 60.0


@dataclasses.dataclass
class Stage:
    """The hosts of all rounds of one case."""

    case: Mapping[str, Any]
    hosts: Mapping[str, list[str]]
    files: Mapping[str, dict[str, str]]
    logs: Path
    daemons: dict[str, Charon]
    virtual: str
    owner: str
    other: str
    flush: Mapping[str, Any]

    @property
    def askers(self) -> list[str]:
        """The front ends."""
        return [host for host in self.daemons if host not in (self.owner, self.other)]

    def boot(self, host: str) -> None:
        """Start strongSwan on a host, without memory of what was."""
        log = self.logs / f"{self.case['name']}-{host}.log"
        self.daemons[host] = Charon(host, self.files[host], log, retransmit=self.case["retransmit"])
        self.daemons[host].load()


def play_case(case: Mapping[str, Any], plan: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Play every round of a case; gives `rounds`, and the clear packets are in `<name>.pcap`."""
    owner, other = plan["nodes"]
    logs = folder / "logs"
    stage = Stage(case, plan["hosts"], plan["files"], logs, {}, plan["virtual"], owner, other, plan["flush"])
    for host in plan["files"]:
        stage.boot(host)
    network.take(owner, stage.virtual)
    askers: list[subprocess.Popen[bytes]] = []
    timer = WindowsTimer([stage.daemons[host] for host in stage.askers], stage.virtual, case["idle"])
    try:
        with capture(folder / f"{case['name']}.pcap", "ip and not (ip proto 50 or udp port 500)"):
            for host in stage.askers:
                askers.append(start(MEMORY / "askers.log", *inside(host, *_asker(stage.virtual, host))))
            if case["crash"] and case["flush"] is None:  # in the others it never comes to the idle time
                timer.start()
            return {"rounds": [play_round(stage) for _unused in range(case["rounds"])]}
    finally:
        timer.stop()
        for process in askers:
            process.terminate()
        network.give_up(stage.owner, stage.virtual)
        for daemon in stage.daemons.values():
            daemon.stop()


def play_round(stage: Stage) -> dict[str, Any]:
    """Move the address once and wait until everybody is answered again."""
    wait_for_calm(stage)
    event = time.time()
    if stage.case["crash"]:
        network.pull_cable(stage.owner)
    else:
        stage.daemons[stage.owner].leave(stage.virtual)
        network.give_up(stage.owner, stage.virtual)
    time.sleep(stage.case["gap"])
    network.take(stage.other, stage.virtual)
    up = time.time()
    if stage.case["flush"] is not None:
        time.sleep(stage.case["flush"])
        flush(stage)
    answered = first_answers(stage, up, stage.case["patience"])
    if stage.case["crash"]:
        reboot(stage)
    else:
        stage.daemons[stage.owner].stop()
        stage.boot(stage.owner)
    stage.owner, stage.other = stage.other, stage.owner
    return {"since_event": {host: at - event for host, at in answered.items()},
            "since_up": {host: at - up for host, at in answered.items()}}  # fmt: skip


def flush(stage: Stage) -> None:
    """Drop the associations towards the address on every front end at once, by the means of the case."""
    daemons = {host: stage.daemons[host] for host in stage.askers}
    drop(daemons, {host: stage.hosts[host][0] for host in daemons}, stage.case["means"], stage.flush)


def reboot(stage: Stage) -> None:
    """Bring the crashed node back without the address and without memory."""
    stage.daemons[stage.owner].kill()
    network.give_up(stage.owner, stage.virtual)
    stage.daemons[stage.owner].stop()
    stage.boot(stage.owner)
    network.plug_in(stage.owner)


def wait_for_calm(stage: Stage) -> None:
    """Wait until every front end is answered without a gap."""
    end = time.time() + CALM_TIMEOUT
    while time.time() < end:
        time.sleep(CALM)
        since = time.time() - CALM
        if all(sum(at > since for at in _answers(host)) >= CALM * 5 for host in stage.askers):
            return
    raise GuestError(f"front ends are not answered before a round of {stage.case['name']}")


def first_answers(stage: Stage, up: float, patience: float) -> dict[str, float]:
    """Wait for the first answer of each front end after the address is up."""
    found: dict[str, float] = {}
    end = time.time() + patience
    while len(found) < len(stage.askers):
        if time.time() > end:
            raise GuestError(f"no answer within {patience} s for {sorted(set(stage.askers) - set(found))}")
        time.sleep(0.2)
        for host in stage.askers:
            later = [at for at in _answers(host) if at > up]
            if later:
                found.setdefault(host, min(later))
    return found


def _asker(address: str, host: str) -> list[str]:
    return [sys.executable, "-B", "-m", "tests.wire.guest.asker", address, str(MEMORY / f"{host}.answers")]


def _answers(host: str) -> list[float]:
    path = MEMORY / f"{host}.answers"
    lines = path.read_text(encoding="ascii").split("\n")[:-1] if path.exists() else []
    return [float(line) for line in lines[-2000:]]
