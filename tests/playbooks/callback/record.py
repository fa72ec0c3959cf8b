# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what every task gave on every host as a line of JSON, for programs that watch a playbook."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Write every result as a line of JSON
description:
  - Appends a line of JSON per task and host to the file that the environment variable C(RECORD_FILE) names.
"""


class CallbackModule(CallbackBase):
    """Keeps a record; shows nothing."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Begin the record."""
        super().__init__()
        self._file = Path(os.environ["RECORD_FILE"])
        self._file.write_text("", encoding="utf-8")

    def _note(self, answer: Any, status: str) -> None:
        host, task = answer._host.get_name(), answer._task
        line = {"host": host, "task": task.get_name(), "action": task.action, "status": status}
        line["result"] = json.loads(self._dump_results(answer._result, indent=None, keep_invocation=True))
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        """Note a task that went well."""
        self._note(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Note a task that failed."""
        self._note(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Note a host out of reach."""
        self._note(result, "unreachable")

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Note a task that was left out."""
        self._note(result, "skipped")
