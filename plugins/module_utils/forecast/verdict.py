# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a flow between two hosts, and why."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable


class Outcome(enum.Enum):
    """The seven ends of a flow; ``UNKNOWN`` where nobody can tell what is in force at one of its ends."""

    PROTECTED = "protected"
    CLEAR = "clear"
    FALLBACK = "clear by fallback"
    BLOCKED = "blocked"
    FAILS = "negotiation fails"
    DEADLOCK = "deadlock"
    UNKNOWN = "unknown"

    @property
    def lost(self) -> bool:
        """Whether no packet gets through."""
        return self in (Outcome.BLOCKED, Outcome.FAILS, Outcome.DEADLOCK)

    @property
    def arrives(self) -> bool:
        """Whether packets surely get through, readable or not."""
        return self in (Outcome.PROTECTED, Outcome.CLEAR, Outcome.FALLBACK)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The end of a flow; ``because`` calls the hosts sender (of the first packet) and receiver.

    ``suite`` says what protects it, ``encrypted`` whether nobody can read it. ``methods`` are the names of the
    authentication methods of the kind that both ends agree on, in the order in which the end that asks prefers them;
    ``asked_back`` says that this end is the receiver, which protects its answers to packets in clear.
    ``exempted`` marks a flow in clear that a rule would protect, were it not exempt by default. ``disagreed`` marks
    a flow that is lost because its ends want different things, or whose unknown end may.
    ``doubts`` say what could make it otherwise; without one the verdict is certain.
    """

    outcome: Outcome
    because: str
    suite: str = ""
    encrypted: bool = False
    methods: tuple[str, ...] = ()
    asked_back: bool = False
    exempted: bool = False
    disagreed: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether nothing that is not known could change it."""
        return not self.doubts and self.outcome is not Outcome.UNKNOWN

    @property
    def readable(self) -> bool:
        """Whether whoever sees the packets on their way can read them."""
        return self.outcome.arrives and not self.encrypted

    def doubting(self, doubts: Iterable[str]) -> Verdict:
        """Give the verdict with more doubts before its own, each of them once."""
        every = tuple(dict.fromkeys((*doubts, *self.doubts)))
        return self if every == self.doubts else dataclasses.replace(self, doubts=every)

    def __str__(self) -> str:
        """Say it as ``protected (ESP[3des,sha1]; …): rule 'Mail' negotiates``."""
        suite = f" ({self.suite})" if self.suite else ""
        return f"{self.outcome.value}{suite}: {self.because}"


def worse(now: Verdict, after: Verdict) -> bool:
    """Say whether a change takes something away: the flow itself, or its protection."""
    if after.outcome.lost:
        return now.outcome.arrives
    unprotected = now.outcome is Outcome.PROTECTED and after.outcome in (Outcome.CLEAR, Outcome.FALLBACK)
    return unprotected or (now.encrypted and after.readable)
