# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook for real and gives what every task said on every host."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.checkout import BUILD, ROOT, link_collection

CONFIG = Path(__file__).with_name("ansible.cfg")
TIMEOUT = 600.0


@dataclasses.dataclass(frozen=True)
class TaskResult:
    """What one task gave on one host; `status` is ok, changed, failed, ignored, unreachable or skipped."""

    host: str
    task: str
    action: str
    status: str
    result: Mapping[str, Any]

    @property
    def message(self) -> str:
        """What the task said."""
        return str(self.result.get("msg", ""))


@dataclasses.dataclass(frozen=True)
class PlaybookRun:
    """How a run ended; `output` is what a person would have seen."""

    exit_code: int
    output: str
    results: tuple[TaskResult, ...]
    seconds: float

    def of(self, action: str, host: str | None = None) -> list[TaskResult]:
        """The results of an action by its full name, of one host or all, without the skipped ones."""
        return [
            one for one in self.results
            if one.action == action and host in (None, one.host) and one.status != "skipped"
        ]  # fmt: skip

    def one(self, action: str, host: str | None = None) -> TaskResult:
        """The only result of an action; AssertionError with the output when there is another number of them."""
        found = self.of(action, host)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} results of {action} on {host}:\n{self.output}")
        return found[0]

    def statuses(self) -> dict[str, str]:
        """The worst word for each host: unreachable, failed, changed or ok."""
        order = ("ok", "changed", "failed", "unreachable")
        worst: dict[str, str] = {}
        for one in self.results:
            if one.status in order:
                known = worst.setdefault(one.host, "ok")
                worst[one.host] = max(known, one.status, key=order.index)
        return worst


def environment(**more: str) -> dict[str, str]:
    """The environment in which every run happens: this checkout as the collection, nothing of the user's home."""
    link_collection()
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(BUILD / "collections"),
        "ANSIBLE_HOME": str(BUILD / "ansible"),
        "ANSIBLE_CONFIG": str(CONFIG),
        **more,
    }


def run_playbook(
    playbook: str | Path, inventory: Path, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> PlaybookRun:
    """Run a playbook (a file, or a name such as exchange.ipsec.harden) to its end."""
    return run_command(["ansible-playbook", "-i", str(inventory), str(playbook), *arguments], env=env, cwd=cwd)


def run_command(command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> PlaybookRun:
    """Run one of Ansible's programs to its end and read the record of it."""
    folder = BUILD / "records"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".jsonl")
    os.close(handle)
    record = Path(name)
    started = time.monotonic()
    done = subprocess.run(
        list(command), cwd=cwd, env=environment(RECORD_FILE=name, **(env or {})), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=TIMEOUT,
    )  # fmt: skip
    seconds = time.monotonic() - started
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    record.unlink()
    return PlaybookRun(done.returncode, done.stdout + done.stderr, tuple(TaskResult(**line) for line in lines), seconds)
