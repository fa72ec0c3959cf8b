# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes down, once a playbook has ended, which event it was run for and which hosts it worked on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: rounds
type: notification
short_description: Write a line of JSON for each playbook that a rulebook ran
description:
  - Appends the payload of the event and the hosts to the file that the environment variable C(ROUNDS_FILE) names.
"""


class CallbackModule(CallbackBase):
    """Keeps a record; shows nothing."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "rounds"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Keep the event; ansible-rulebook hands it over as an extra variable."""
        self._event = play.get_variable_manager().extra_vars["ansible_eda"]["event"]

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Note the round."""
        line = {"payload": self._event["payload"], "hosts": sorted(stats.processed)}
        with Path(os.environ["ROUNDS_FILE"]).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
