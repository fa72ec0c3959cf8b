# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail-over in numbers: which cases are played, and what their outages come to."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.wire.flows import ADDRESSES, VIRTUAL
from tests.wire.flush import flush_plan
from tests.wire.hardened import Standing
from tests.wire.pcap import read
from tests.wire.plan import BACK_ENDS, files
from tests.wire.table import aligned

FRONT_ENDS = {f"fe{number}": f"192.0.2.{number + 10}" for number in range(3, 9)}
"""Beside fe1 and fe2: every round gives one figure for each front end."""
IDLE, IDLE_NLBS = 300.0, 60.0
"""[MS-IKEE] product note 21; KB 821839 says the same of Server 2003."""
TARGET = 10.0
"""Seconds after the virtual address is up: at most this long at p95, with a flush."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One way to lose a node; `scale` divides the timers of Windows, the network stays as quick as it is."""

    name: str
    about: str
    crash: bool
    idle: float
    rounds: int
    scale: float = 1.0
    flush: float | None = None
    gap: float = 1.0
    means: str = "associations"

    def to_plan(self) -> dict[str, Any]:
        """What the guest needs to know."""
        return {
            "name": self.name, "crash": self.crash, "rounds": self.rounds, "flush": self.flush, "gap": self.gap,
            "means": self.means,
            "idle": self.idle / self.scale, "retransmit": 1.0 / self.scale,
            "patience": 45.0 + ((self.idle + 63.0) / self.scale if self.crash and self.flush is None else 0.0),
        }  # fmt: skip


QUICK = (
    Case("planned", "planned move, the leaving node deletes its associations", crash=False, idle=IDLE, rounds=3),
    Case("crash", "crash, idle timer of 5 minutes", crash=True, idle=IDLE, rounds=1, scale=20.0),
    Case("crash-nlbs", "crash, NLBSFlags = 1", crash=True, idle=IDLE_NLBS, rounds=1, scale=20.0),
    Case("crash-flush", "crash, front ends drop their associations", crash=True, idle=IDLE, rounds=3, flush=1.0),
    Case(
        "crash-policy", "crash, front ends are blocked by a policy for a second", crash=True, idle=IDLE, rounds=3,
        flush=1.0, means="policy",
    ),
)
"""What `make wire` plays: the timers of the two long ones are a twentieth."""
REAL = (
    Case("planned", QUICK[0].about, crash=False, idle=IDLE, rounds=5),
    Case("crash", QUICK[1].about, crash=True, idle=IDLE, rounds=1),
    Case("crash-nlbs", QUICK[2].about, crash=True, idle=IDLE_NLBS, rounds=2),
    Case("crash-flush", QUICK[3].about, crash=True, idle=IDLE, rounds=5, flush=1.0),
    Case("crash-policy", QUICK[4].about, crash=True, idle=IDLE, rounds=5, flush=1.0, means="policy"),
)
"""`python -m tests.wire --only real`: nothing is scaled, about 15 minutes."""
FLUSHED = [case.name for case in QUICK if case.flush is not None]


def outage_plan(standing: Standing, cases: Sequence[Case]) -> dict[str, Any]:
    """The plan for the guest: front ends, both nodes, no domain controller."""
    hosts = {name: given for name, given in ADDRESSES.items() if name in (*BACK_ENDS, "fe1", "fe2")}
    hosts |= {name: [address] for name, address in FRONT_ENDS.items()}
    told = {host: one for host, one in standing.items() if host in hosts}
    return {
        "hosts": hosts, "virtual": VIRTUAL, "nodes": BACK_ENDS, "ports": {host: [110] for host in BACK_ENDS},
        "files": files(told, {}, hosts), "flush": flush_plan(told, hosts), "scenarios": [],
        "cases": [case.to_plan() for case in cases],
    }  # fmt: skip


def measured(case: Case, result: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The line of `.build/wire.json` for a case."""
    event, up = (
        [value for one in result["rounds"] for value in one[key].values()] for key in ("since_event", "since_up")
    )
    clear = [
        one for one in read(folder / f"{case.name}.pcap") if VIRTUAL in one.ends and not reports_protected(one.payload)
    ]
    return {
        "case": case.name, "about": case.about, "scale": case.scale, "repetitions": len(event),
        "p50": percentile(event, 50), "p95": percentile(event, 95), "p50_since_up": percentile(up, 50),
        "p95_since_up": percentile(up, 95), "clear_packets": len(clear),
        "clear_bytes": sum(len(one.payload) for one in clear),
    }  # fmt: skip


def reports_protected(payload: bytes) -> bool:
    """Whether this is an ICMP error (RFC 792) about a packet of ESP or IKE; it quotes nothing that was readable."""
    if len(payload) < 36 or payload[0] not in (3, 11):
        return False
    quoted = payload[8:]
    return quoted[0] == 0x45 and (quoted[9] == 50 or (quoted[9] == 17 and quoted[22:24] == b"\x01\xf4"))


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest value that so many per cent do not exceed (nearest rank), in hundredths of a second."""
    return round(sorted(values)[max(0, math.ceil(len(values) * share / 100) - 1)], 2)


def problems(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is not as it must be: a clear packet anywhere, or a flush that takes too long."""
    said = [f"{one['case']}: {one['clear_packets']} clear packets" for one in found if one["clear_packets"]]
    return said + [
        f"{one['case']}: p95 is {one['p95_since_up']} s after the address is up"
        for one in found if one["case"] in FLUSHED and one["p95_since_up"] > TARGET
    ]  # fmt: skip


def outage_lines(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The table of the cases, in seconds."""
    heads = ("case", "timers", "repetitions", "p50", "p95", "p50 since up", "p95 since up", "clear packets")
    rows = [heads, tuple("---" for _unused in heads)]
    for one in found:
        scale = "real" if one["scale"] == 1 else f"1/{one['scale']:g}"
        figures = (one["p50"], one["p95"], one["p50_since_up"], one["p95_since_up"])
        row = (one["about"], scale, str(one["repetitions"]), *(f"{value:.2f}" for value in figures))
        rows.append((*row, str(one["clear_packets"])))
    return aligned(rows)
