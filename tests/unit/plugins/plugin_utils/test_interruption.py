# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals while a shell is open."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from ansible_collections.exchange.ipsec.plugins.plugin_utils.interruption import Interrupted, Interruption


@pytest.fixture
def seen() -> Iterator[list[int]]:
    """What the handlers that were there before have seen."""
    told: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, note) for number in Interruption.signals}
    yield told
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_interrupts_and_the_next_are_ignored(seen: list[int], number: int) -> None:
    interruption = Interruption()
    interruption.catch()
    with pytest.raises(Interrupted):
        os.kill(os.getpid(), number)
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
    assert seen == []
    interruption.release()
    os.kill(os.getpid(), number)
    assert seen == [number]


def test_an_ignored_signal_stays_ignored(seen: list[int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interruption = Interruption()
    interruption.catch()
    os.kill(os.getpid(), signal.SIGINT)
    interruption.release()
    assert (seen, signal.getsignal(signal.SIGINT)) == ([], signal.SIG_IGN)


def test_other_threads_change_nothing(seen: list[int]) -> None:
    thread = threading.Thread(target=Interruption().catch)
    thread.start()
    thread.join()
    os.kill(os.getpid(), signal.SIGTERM)
    assert seen == [signal.SIGTERM]


def test_catching_twice_keeps_the_first_handlers(seen: list[int]) -> None:
    interruption = Interruption()
    interruption.catch()
    interruption.catch()
    interruption.release()
    os.kill(os.getpid(), signal.SIGTERM)
    assert seen == [signal.SIGTERM]
