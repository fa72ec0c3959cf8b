# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of the bench: what each one runs, in which state of the fleet, and what it cost per host."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.bench import fleet as bench_fleet
from tests.checkout import BUILD
from tests.lab.fleet import FleetHandle
from tests.lab.windows.policies import policies_of
from tests.playbooks.run import PlaybookRun, run_playbook

HERE = Path(__file__).parent
FOLDER = BUILD / "bench"
NLBS_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"


class BenchError(Exception):
    """A case did not do what it is timed for; the text says which and what came out."""


@dataclasses.dataclass(frozen=True)
class Measured:
    """One run of one case: requests and shells as the lab counted them, the controller's own start included."""

    case: str
    hosts: int
    requests: int
    shells: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the figures per host."""
        return {
            "hosts": self.hosts,
            "requests_per_host": round(self.requests / self.hosts, 2),
            "shells_per_host": round(self.shells / self.hosts, 2),
            "seconds_per_host": round(self.seconds / self.hosts, 4),
        }


def middle(runs: Sequence[Measured]) -> Measured:
    """The run with the median time, of an odd number of runs of one case."""
    seconds = statistics.median(run.seconds for run in runs)
    return next(run for run in runs if run.seconds == seconds)


class Bench:
    """A fleet of Exchange sites, the inventory that reaches it, and the runs against it."""

    def __init__(self, handle: FleetHandle, sites: int, forks: int, tell: Callable[[Measured], None]) -> None:
        """Measure that fleet; `tell` hears of each run."""
        self.handle = handle
        self.names = bench_fleet.names(sites)
        self.forks = forks
        self.tell = tell
        self.empty = handle.call(handle.fleet.computers.save)
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.inventory = FOLDER / "inventory.yml"
        ports = {name: handle.host(name).http_port for name in self.names}
        document = bench_fleet.inventory(sites, ports, str(FOLDER / "backup"))
        self.inventory.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    def wipe(self) -> None:
        """Bring every host back to the state without any policy."""
        self.handle.call(self.handle.fleet.load, self.empty)

    def measure(self, case: str, playbook: str | Path, changed: bool | None) -> Measured:
        """Run a playbook; `changed` is whether every host must change, None where it does not matter."""
        self.handle.reset()
        run = run_playbook(playbook, self.inventory, "--forks", str(self.forks))
        self._hold(case, run, changed)
        counted = [self.handle.counters(name) for name in self.names]
        measured = Measured(
            case,
            len(self.names),
            sum(one["requests"] for one in counted),
            sum(one["shells_created"] for one in counted),
            run.seconds,
        )
        self.tell(measured)
        return measured

    def result(self) -> dict[str, Any]:
        """What stands on the hosts of the first site, without GUIDs and times: the policies and the Oakley value."""
        hosts = {name: self.handle.fleet.computers.hosts[name] for name in self.names[: len(bench_fleet.SITE)]}
        return {
            name: (policies_of(host), getattr(host.registry.value(NLBS_KEY, "NLBSFlags"), "number", None))
            for name, host in hosts.items()
        }

    def _hold(self, case: str, run: PlaybookRun, changed: bool | None) -> None:
        statuses = run.statuses()
        wanted = {None: {"ok", "changed"}, True: {"changed"}, False: {"ok"}}[changed]
        wrong = sorted(name for name in self.names if statuses.get(name) not in wanted)
        if run.exit_code or wrong:
            tail = "\n".join(run.output.splitlines()[-40:])
            hosts = ", ".join(wrong) or "no host"
            raise BenchError(f"{case}: exit code {run.exit_code}, not as told on {hosts}\n{tail}")
