# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host was asked to do since the last reset: the figures that a bench or a test reads."""

from __future__ import annotations

import collections
import dataclasses


@dataclasses.dataclass(slots=True)
class Counters:
    """One HTTP POST is one request, those of an NTLM handshake included."""

    requests: int = 0
    connections: int = 0
    auth_failures: int = 0
    shells_created: int = 0
    commands: int = 0
    faults: int = 0
    by_action: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)

    def reset(self) -> None:
        """Begin at zero again."""
        for field in dataclasses.fields(self):
            if field.name != "by_action":
                setattr(self, field.name, 0)
        self.by_action.clear()

    def to_json(self, shells_open: int) -> dict[str, object]:
        """Return the figures as the command line prints them."""
        figures: dict[str, object] = dataclasses.asdict(self)
        figures["by_action"] = dict(sorted(self.by_action.items()))
        figures["shells_open"] = shells_open
        return figures
