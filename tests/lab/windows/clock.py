# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's clock, which tests can freeze and push forward."""

from __future__ import annotations

import dataclasses
import datetime
import time


@dataclasses.dataclass(slots=True)
class Clock:
    """Seconds since 1970 UTC; follows the real time unless frozen at an instant."""

    offset: float = 0.0
    frozen: float | None = None

    def now(self) -> float:
        """Return the host's time in seconds since 1970 UTC."""
        base = time.time() if self.frozen is None else self.frozen
        return base + self.offset

    def advance(self, seconds: float) -> None:
        """Push the host's time forward (or back) by seconds."""
        self.offset += seconds

    def freeze(self, at: float) -> None:
        """Stop the clock at an instant; only advance() moves it from then on."""
        self.frozen, self.offset = at, 0.0

    def local(self) -> datetime.datetime:
        """Return the host's local time; the lab's hosts live in UTC."""
        return datetime.datetime.fromtimestamp(self.now(), datetime.timezone.utc)

    def to_json(self) -> dict[str, float | None]:
        """Return the clock as plain values."""
        return {"offset": self.offset, "frozen": self.frozen}
