# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows a run of many cases: asks the lab when all changes of a case are in force, and only then lets hosts heal."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.torture.cases import Case
from tests.torture.field import Field, Flow
from tests.torture.play import CHANGE, CONFIRM, GUARD, TELL

_PAUSE = 0.05


class Watch:
    """A thread beside ansible-playbook. A host that is shut off waits for its countdown until the others are done."""

    def __init__(self, field: Field, cases: Sequence[Case], record: Path) -> None:
        self._field, self._record = field, record
        self._cases = {name: case for case in cases for name in case.site.names}
        self._offset = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self.lines: dict[int, dict[str, dict[str, Any]]] = {case.number: {} for case in cases}
        self.outcomes: dict[int, dict[Flow, str]] = {}
        self.shut: dict[int, list[str]] = {}

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._stop.set()
        self._thread.join()
        self._read()
        for case in {case.number: case for case in self._cases.values()}.values():
            if case.number not in self.outcomes and self.lines[case.number].get(TELL, {}).get("status") == "ok":
                self._ask(case)

    def matrix(self, case: Case) -> list[dict[str, Any]]:
        return list(self.lines[case.number][TELL]["result"]["matrix"])

    def _follow(self) -> None:
        while not self._stop.wait(_PAUSE):
            self._read()
            for number, lines in self.lines.items():
                if GUARD in lines and number not in self.outcomes:
                    self._look(next(case for case in self._cases.values() if case.number == number))

    def _read(self) -> None:
        """Take what the run has recorded since the last look."""
        with self._record.open(encoding="utf-8") as stream:
            stream.seek(self._offset)
            while (line := stream.readline()).endswith("\n"):
                self._offset = stream.tell()
                one = json.loads(line)
                task = one["task"]
                key = f"{task} {one['host']}" if task == CHANGE else task
                self.lines[self._cases[one["host"]].number][key] = one

    def _look(self, case: Case) -> None:
        """Ask the lab, and end the countdowns, once nobody of the case is still at work."""
        names = [case.site.name(short) for short in case.wanted]
        waiting = [name for name in names if f"{CHANGE} {name}" not in self.lines[case.number]]
        if not waiting or any(not self._field.armed(name) or self._field.admits(name) for name in waiting):
            return
        self._ask(case)
        self.shut[case.number] = waiting
        for name in waiting:
            self._field.wake(name, CONFIRM + 5, case.restart)

    def _ask(self, case: Case) -> None:
        self.outcomes[case.number] = self._field.outcomes(case.site, self.matrix(case))
