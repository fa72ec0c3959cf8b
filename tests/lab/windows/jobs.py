# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduled jobs of a host: what is to run when, on the host's own clock; they survive a restart.

What Task Scheduler 1.0 (2003) and 2.0 do alike: a job is one program with arguments, run as its user, without a shell
unless it names one; a batch file runs in cmd.exe. A single run that was missed while the computer was off does not
happen later (not proven for 1.0; "start when available" is off by default in 2.0).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from .console import RunningCommand
from .services import RUNNING

if TYPE_CHECKING:
    from .host import WindowsHost

NEVER_RUN = 0x41303
_PERIODS = {"minute": 60, "hourly": 3600, "daily": 86400, "weekly": 604800}


@dataclasses.dataclass(slots=True)
class Job:
    """One job; `kind` is once, onstart or a period's name, `due` seconds since 1970 UTC, `number` that of `at`."""

    name: str
    command: str
    kind: str
    due: float | None = None
    user: str = "SYSTEM"
    every: int = 1
    number: int | None = None
    result: int = NEVER_RUN
    last: float | None = None

    def after(self, now: float) -> float | None:
        """Return when it is due next, once it has run; None for never."""
        period = _PERIODS.get(self.kind, 0) * self.every
        if not period or self.due is None:
            return None
        return self.due + ((now - self.due) // period + 1) * period


class Scheduler:
    """The jobs of one host, and those of them that run."""

    def __init__(self, host: WindowsHost) -> None:
        """Begin without jobs."""
        self._host = host
        self.jobs: list[Job] = []
        self._running: list[tuple[Job, RunningCommand]] = []

    @property
    def active(self) -> bool:
        """Whether the service that runs jobs is up."""
        service = self._host.services.find("Schedule")
        return service is not None and service.state == RUNNING

    def find(self, name: str) -> Job | None:
        """Return a job by its name, whatever its case and with or without its leading backslash."""
        low = name.lstrip("\\").casefold()
        return next((job for job in self.jobs if job.name.casefold() == low), None)

    def add(self, job: Job) -> None:
        """Add a job; one of the same name makes room."""
        old = self.find(job.name)
        if old is not None:
            self.jobs.remove(old)
        self.jobs.append(job)

    def remove(self, job: Job) -> None:
        """Forget a job; a run of it goes on."""
        self.jobs.remove(job)

    def run(self, job: Job) -> None:
        """Start a job now, unless it runs already."""
        if self.running(job):
            return
        job.last = self._host.clock.now()
        command = self._host.start_job(job.command, job.user)
        self._running.append((job, command))
        self._collect()

    def running(self, job: Job) -> bool:
        """Tell whether a job runs."""
        self._collect()
        return any(other is job for other, _command in self._running)

    def end(self, job: Job) -> bool:
        """End a run of a job; say whether there was one."""
        found = [command for other, command in self._running if other is job]
        for command in found:
            command.terminate()
        self._collect()
        return bool(found)

    def step(self) -> None:
        """Start what is due, and let what runs go on."""
        self._collect()
        if not self.active:
            return
        now = self._host.clock.now()
        for job in list(self.jobs):
            if job in self.jobs and job.due is not None and job.due <= now:
                job.due = job.after(now)
                self.run(job)
                if job.number is not None and job.due is None and job in self.jobs:
                    self.jobs.remove(job)  # `at` forgets what has run

    def next_event(self) -> float | None:
        """Return when something is to happen next; None for never."""
        times = [job.due for job in self.jobs if job.due is not None] if self.active else []
        times += [until for _job, command in self._running if (until := command.sleeps_until) is not None]
        return min(times, default=None)

    def power_off(self) -> None:
        """Lose every run, as a restart does."""
        for _job, command in self._running:
            command.terminate()
        self._collect()

    def boot(self) -> None:
        """Drop single runs that were missed, and start the jobs of a start of the computer."""
        now = self._host.clock.now()
        for job in self.jobs:
            if job.due is not None and job.due < now:
                job.due = job.after(now)
        if self.active:
            for job in [job for job in self.jobs if job.kind == "onstart"]:
                self.run(job)

    def _collect(self) -> None:
        """Note the exit codes of runs that are over."""
        left = []
        for job, command in self._running:
            code = command.exit_code
            if code is None:
                left.append((job, command))
            else:
                job.result = code
        self._running = left

    def to_json(self) -> list[dict[str, Any]]:
        """Return the jobs as plain values; runs are not kept."""
        return [dataclasses.asdict(job) for job in self.jobs]

    def adopt(self, state: list[dict[str, Any]]) -> None:
        """Take over what to_json gave."""
        self.jobs = [Job(**item) for item in state]
