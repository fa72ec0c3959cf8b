# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may still be at work on a host, and which countdowns are taken."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.plugin_utils.commit import may_be_at_work, terms


def test_a_process_of_this_controller() -> None:
    mine = terms(180).owner
    assert not may_be_at_work(mine)  # left by an earlier process of the same number
    assert may_be_at_work(dataclasses.replace(mine, process=os.getppid()))


def test_a_process_that_is_dead_and_not_yet_buried() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    dead = dataclasses.replace(terms(180).owner, process=child.pid)
    assert not may_be_at_work(dead)
    child.wait()
    assert not may_be_at_work(dead)


@pytest.mark.parametrize(("age", "expected"), [(0, True), (290, True), (310, False)])
def test_another_controller_until_its_time_is_over(age: int, expected: bool) -> None:
    owner = dataclasses.replace(terms(180).owner, controller="other", began=int(time.time()) - age)
    assert may_be_at_work(owner) is expected


@pytest.mark.parametrize("seconds", [-1, 4, 3601])
def test_countdowns_that_are_refused(seconds: int) -> None:
    with pytest.raises(SpecError, match="confirm: must be 0 or from 5 to 3600 seconds"):
        terms(seconds)
