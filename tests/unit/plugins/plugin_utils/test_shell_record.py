# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes of open shells: whose they are, and when they belong to nobody."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from ansible_collections.exchange.ipsec.plugins.plugin_utils.shell_record import ShellRecord

HERE = ("http://192.0.2.11:5985/wsman", "Administrator")


def test_a_note_is_there_while_the_shell_is_open(tmp_path: Path) -> None:
    record = ShellRecord(str(tmp_path), *HERE)
    record.write("A1")
    (note,) = tmp_path.rglob("*.json")
    told = json.loads(note.read_text())
    assert abs(told.pop("opened") - time.time()) < 5
    assert told == {"endpoint": HERE[0], "user": "Administrator", "shell_id": "A1"}
    assert ShellRecord(str(tmp_path), *HERE).left_behind() == ()
    record.settle(closed=True)
    assert list(tmp_path.rglob("*.json")) == []


def test_what_could_not_be_closed_is_left_to_the_next_run(tmp_path: Path) -> None:
    record = ShellRecord(str(tmp_path), *HERE)
    record.write("A1")
    record.settle(closed=False)
    (left,) = ShellRecord(str(tmp_path), *HERE).left_behind()
    assert left.shell_id == "A1"
    left.forget()
    left.forget()
    assert ShellRecord(str(tmp_path), *HERE).left_behind() == ()


def test_a_killed_process_leaves_its_note_to_be_found(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        ShellRecord(str(tmp_path), *HERE).write("A1")
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert [left.shell_id for left in ShellRecord(str(tmp_path), *HERE).left_behind()] == ["A1"]


@pytest.mark.parametrize(
    "other", [("http://192.0.2.12:5985/wsman", "Administrator"), ("http://192.0.2.11:5985/wsman", "Operator")]
)
def test_other_hosts_and_users_are_left_alone(tmp_path: Path, other: tuple[str, str]) -> None:
    record = ShellRecord(str(tmp_path), *other)
    record.write("A1")
    record.settle(closed=False)
    assert ShellRecord(str(tmp_path), *HERE).left_behind() == ()


@pytest.mark.parametrize("content", ["", "[]", '{"shell_id": "A1"}', '{"shell_id": "A1", "opened": "x"}', "\x00"])
def test_a_damaged_note_is_passed_over(tmp_path: Path, content: str) -> None:
    record = ShellRecord(str(tmp_path), *HERE)
    record.write("A1")
    record.settle(closed=False)
    (note,) = tmp_path.rglob("*.json")
    note.write_text(content)
    assert ShellRecord(str(tmp_path), *HERE).left_behind() == ()


@pytest.mark.parametrize("folder", ["", "/dev/null"])
def test_no_folder_means_no_notes(folder: str) -> None:
    record = ShellRecord(folder, *HERE)
    record.write("A1")
    assert record.left_behind() == ()
    record.settle(closed=True)
