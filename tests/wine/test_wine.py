# SPDX-License-Identifier: GPL-3.0-or-later
"""What the comparison rests on, and what a run's lock on a host rests on: exit codes of cmd.exe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.checkout import BUILD
from tests.lab.windows.host import WindowsHost

from .test_reg import needs_wine
from .wine import Wine


@pytest.fixture(scope="module")
def wine() -> Iterator[Wine]:
    needs_wine()
    started = Wine(BUILD / "wine", "C.UTF-8", "cp437")
    started.start()
    yield started
    started.stop()


def test_what_could_not_be_started_once_is_run_again_with_all_the_others(wine: Wine) -> None:
    (wine.folder / "drive_c/late.exe").unlink(missing_ok=True)
    late, copied = wine.run(["C:\\late.exe /?", "copy C:\\windows\\system32\\reg.exe C:\\late.exe"])
    assert (late.code, copied.code) == (0, 0)
    assert "REG" in late.stdout


def test_what_can_never_be_started_is_no_result(wine: Wine) -> None:
    with pytest.raises(RuntimeError, match="could not start in each of 3 runs"):
        wine.run(["nosuch"])


def test_a_folder_that_exists_and_a_file_that_does_not_are_told_by_exit_codes(wine: Wine) -> None:
    folder = r"C:\lock"
    commands = [
        rf"if exist {folder} rd /s /q {folder}",
        rf"md {folder}",
        rf"md {folder}",
        rf"echo go>{folder}\mine.go",
        rf"type {folder}\mine.go",
        rf"type {folder}\other.go",
        rf"ren {folder}\mine.go mine.own",
        rf"type {folder}\mine.go",
        rf"type {folder}\mine.own",
    ]
    told = {1: 0, 2: 1, 4: 0, 5: 1, 7: 1, 8: 0}  # place -> exit code; Wine's echo and ren leave the one before
    outcomes = wine.run(commands)
    assert {place: outcomes[place].code for place in told} == told
    host = WindowsHost("fe1", "server2003", ("192.0.2.11",), seed=1)
    codes = [host.run(command)[0] for command in commands]
    assert {place: codes[place] for place in told} == told
