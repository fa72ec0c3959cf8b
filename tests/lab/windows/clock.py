# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's clock, which tests can freeze and push forward."""

from __future__ import annotations

import dataclasses
import datetime
import time


@dataclasses.dataclass(slots=True)
class Clock:
    """Seconds since 1970 UTC; follows the real time unless frozen at an instant, or hastened since one."""

    offset: float = 0.0
    frozen: float | None = None
    rate: float = 1.0
    since: float = 0.0

    def now(self) -> float:
        """Return the host's time in seconds since 1970 UTC."""
        base = time.time() if self.frozen is None else self.frozen
        return self.since + (base - self.since) * self.rate + self.offset if self.rate != 1 else base + self.offset

    def hasten(self, rate: float) -> None:
        """Let the host's time run faster than the real one, from now on."""
        now, self.since = self.now(), time.time()
        self.rate, self.offset = rate, now - self.since

    def advance(self, seconds: float) -> None:
        """Push the host's time forward (or back) by seconds."""
        self.offset += seconds

    def freeze(self, at: float) -> None:
        """Stop the clock at an instant; only advance() moves it from then on."""
        self.frozen, self.offset, self.rate = at, 0.0, 1.0

    def local(self) -> datetime.datetime:
        """Return the host's local time; the lab's hosts live in UTC."""
        return datetime.datetime.fromtimestamp(self.now(), datetime.timezone.utc)

    def to_json(self) -> dict[str, float | None]:
        """Return the clock as plain values."""
        return {"offset": self.offset, "frozen": self.frozen, "rate": self.rate, "since": self.since}
