# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks one address which offers its IKE takes: few messages, one retry each, and a pause before every one."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..errors import SpecError
from .question import Answer, Question, read_answer, split
from .transforms import Transform
from .vendors import Vendors
from .wire import IkeError

OFFERS_IN_A_MESSAGE = 24
TRIES = 2
IGNORED_KEPT = 10
LONGEST = 60


class Line(Protocol):
    """The way to UDP 500 of one address."""

    def send(self, data: bytes) -> None:
        """Send a datagram."""

    def receive(self, seconds: float) -> bytes | None:
        """Wait for a datagram from that address; None when none came, or when the address refused."""


@dataclasses.dataclass(frozen=True)
class Manners:
    """How patient and how quick the probe is, in seconds; ``pause`` is kept between any two messages."""

    timeout: float = 2.0
    pause: float = 0.2
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        """Refuse times that mean nothing."""
        if not 0 < self.timeout <= LONGEST:
            raise SpecError("timeout", f"{self.timeout} is out of range (above 0, at most {LONGEST} seconds)")
        if not 0 <= self.pause <= LONGEST:
            raise SpecError("pause", f"{self.pause} is out of range (0 to {LONGEST} seconds)")


@dataclasses.dataclass
class Finding:
    """What was found out.

    ``complete`` tells that every question was answered; ``milliseconds`` is how long the first answer took, None
    where none came.
    """

    alive: bool = False
    complete: bool = True
    accepted: list[Transform] = dataclasses.field(default_factory=list)
    refusals: list[str] = dataclasses.field(default_factory=list)
    vendors: Vendors = dataclasses.field(default_factory=lambda: Vendors(()))
    milliseconds: int | None = None
    messages: int = 0
    ignored: list[str] = dataclasses.field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "alive": self.alive,
            "complete": self.complete,
            "accepted": [dataclasses.asdict(one) for one in self.accepted],
            "weak": [str(one) for one in self.accepted if one.is_weak],
            "refusals": list(dict.fromkeys(self.refusals)),
            "vendor_ids": self.vendors.names(),
            "windows": self.vendors.windows,
            "fast_failover": self.vendors.fast_failover,
            "nat_traversal": self.vendors.nat_traversal,
            "dead_peer_detection": self.vendors.dead_peer_detection,
            "fragmentation": self.vendors.fragmentation,
            "milliseconds": self.milliseconds,
            "messages": self.messages,
            "ignored": list(dict.fromkeys(self.ignored)),
        }


def probe(
    line: Line, offers: Sequence[Transform], *, sweep: bool, manners: Manners | None = None, suites: bool = False
) -> Finding:
    """Offer everything and give what was chosen; with ``sweep`` offer the rest again until nothing more is taken.

    A sweep costs one message for each offer that is taken and one for each that ends a list of 24. With ``suites``
    it asks for algorithms alone: what was taken with one method of authentication is not offered with another.
    An address that answers nothing at all costs two messages.
    """
    if not offers:
        raise SpecError("", "nothing to offer: encryption, integrity, dh_groups and authentication need one each")
    finding = Finding()
    asker = _Asker(line, finding, manners or Manners())
    for part in split(offers, OFFERS_IN_A_MESSAGE):
        known = {one.suite for one in finding.accepted} if suites else set()
        rest = [one for one in part if one.suite not in known]
        while rest:
            answer = asker.ask(tuple(rest))
            if answer is None:
                finding.complete = False
                if not finding.alive:
                    return finding
                break
            if answer.chosen is None:
                finding.refusals.append(answer.refusal)
                break
            finding.accepted.append(answer.chosen)
            same = answer.chosen.suite
            rest = [one for one in rest if one != answer.chosen and not (suites and one.suite == same)]
            if not sweep:
                return finding
    return finding


class _Asker:
    """Sends questions in good manners and keeps the books."""

    def __init__(self, line: Line, finding: Finding, manners: Manners) -> None:
        self._line, self._finding, self._manners = line, finding, manners

    def ask(self, offered: tuple[Transform, ...]) -> Answer | None:
        """Ask, once again where nothing comes; a retry is the same message, as IKE does it."""
        question = Question(os.urandom(8), offered)
        for _unused in range(TRIES):
            answer = self._send(question)
            if answer is not None and answer.again:
                answer = self._send(dataclasses.replace(question, responder=answer.again))
            if answer is not None and not answer.again:
                return answer
        return None

    def _send(self, question: Question) -> Answer | None:
        if self._finding.messages:
            self._manners.sleep(self._manners.pause)
        self._finding.messages += 1
        self._line.send(question.to_bytes())
        return self._await(question)

    def _await(self, question: Question) -> Answer | None:
        started = self._manners.clock()
        while (left := started + self._manners.timeout - self._manners.clock()) > 0:
            data = self._line.receive(left)
            if data is None:
                return None
            try:
                answer = read_answer(data, question)
            except IkeError as exc:
                if len(self._finding.ignored) < IGNORED_KEPT:
                    self._finding.ignored.append(str(exc))
                continue
            if not self._finding.alive:
                self._finding.alive = True
                self._finding.milliseconds = round((self._manners.clock() - started) * 1000)
            if answer.vendors.ids:
                self._finding.vendors = answer.vendors
            return answer
        return None
