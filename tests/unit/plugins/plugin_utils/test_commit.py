# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may still be at work on a host, and which countdowns are taken."""

from __future__ import annotations

import dataclasses
import os
import re
import socket
import subprocess
import sys
import time
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.plugin_utils.commit import declared_probes, may_be_at_work, terms


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


def test_a_controller_of_the_same_name_that_counts_other_processes() -> None:
    mine = terms(180).owner
    name, _dot, instance = mine.controller.rpartition(".")
    assert name == re.sub(r"[^\w.-]", "-", socket.gethostname())
    gone = dataclasses.replace(mine, process=2**22 + 1)  # beyond the highest number of a process
    assert not may_be_at_work(gone)
    assert may_be_at_work(dataclasses.replace(gone, controller=f"{name}.{instance[::-1]}0"))


@pytest.mark.parametrize(("age", "expected"), [(0, True), (290, True), (310, False)])
def test_another_controller_until_its_time_is_over(age: int, expected: bool) -> None:
    owner = dataclasses.replace(terms(180).owner, controller="other", began=int(time.time()) - age)
    assert may_be_at_work(owner) is expected


@pytest.mark.parametrize("seconds", [-1, 4, 3601])
def test_countdowns_that_are_refused(seconds: int) -> None:
    with pytest.raises(SpecError, match="confirm: must be 0 or from 5 to 3600 seconds"):
        terms(seconds)


def _given(**options: Any) -> dict[str, Any]:
    return {"name": None, "port": None, "host": None, "timeout": None, "command": None, **options}


def test_a_probe_goes_to_the_host_itself_unless_told() -> None:
    given = [_given(port=25), _given(name="SMTP", port=25, host="192.0.2.21", timeout=2.5), _given(command="ver")]
    own, other, command = declared_probes(given, "192.0.2.11")
    assert (own.name, own.address, own.port, own.timeout) == ("", "192.0.2.11", 25, 5.0)
    assert (other.name, other.address, other.port, other.timeout) == ("SMTP", "192.0.2.21", 25, 2.5)
    assert (str(other), str(command)) == ("SMTP (TCP 192.0.2.21 port 25)", "command 'ver'")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "probes[0]: takes one of port and command"),
        ({"port": 25, "command": "ver"}, "probes[0]: takes one of port and command"),
        ({"command": "ver", "host": "192.0.2.1"}, "probes[0]: host and timeout go with port"),
        ({"command": "ver", "timeout": 2.0}, "probes[0]: host and timeout go with port"),
        ({"command": "ver\nver"}, "probes[0].command: must be one line of text"),
        ({"command": " "}, "probes[0].command: must be one line of text"),
        ({"port": 0}, "probes[0].port: must be from 1 to 65535, not 0"),
        ({"port": 65536}, "probes[0].port: must be from 1 to 65535, not 65536"),
        ({"port": 25, "timeout": 0.0}, "probes[0].timeout: must be more than 0 seconds, not 0"),
    ],
)
def test_a_probe_that_makes_no_sense(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        declared_probes([_given(**options)], "192.0.2.11")
    assert str(caught.value) == sentence


def test_probes_need_a_countdown_with_time_for_them() -> None:
    two = declared_probes([_given(port=25), _given(port=80)], "192.0.2.11")
    assert terms(20, two).probes == two
    with pytest.raises(SpecError, match="probes: may wait for 10 s together, which is more than half of the 19 s"):
        terms(19, two)
    with pytest.raises(SpecError, match="probes: are asked before a change is confirmed: set confirm, or leave"):
        terms(0, two)
