# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds `make test` itself: what a stage's end counts as, and what is printed for it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pytest

from tests import run
from tests.stages import STAGES, Missing, NothingToRun, Stage, StageFailed, call
from tests.stages import pytest as run_pytest


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for logs that is not the one of the run under way."""
    monkeypatch.setattr(run, "LOGS", tmp_path)
    monkeypatch.setattr(run, "BUILD", tmp_path / "x")
    return tmp_path


def passes(log: TextIO) -> str:
    log.write("fine\n")
    return "3 things"


def lacks(_log: TextIO) -> str:
    raise Missing("needs wine: apt-get install wine")


def fails(log: TextIO) -> str:
    log.write("Collecting x\nERROR: the reason\n")
    raise StageFailed("tool ended with 1")


@pytest.mark.parametrize(("stage", "require_all", "outcome", "said"), [
    pytest.param(passes, False, "passed", "3 things", id="passed"),
    pytest.param(lacks, False, "skipped", "needs wine: apt-get install wine", id="skipped"),
    pytest.param(lacks, True, "failed", "needs wine: apt-get install wine", id="skip-not-allowed"),
    pytest.param(fails, False, "failed", "tool ended with 1", id="failed"),
])
def test_the_end_of_a_stage(
    stage: object, require_all: bool, outcome: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.run_stage(Stage("name", "about", stage), require_all) == outcome  # type: ignore[arg-type]
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"name         {outcome.upper()}")
    assert said in first


def test_a_failed_stage_shows_its_output_without_what_pip_says(capsys: pytest.CaptureFixture[str]) -> None:
    run.run_stage(Stage("name", "about", fails), require_all=False)
    assert capsys.readouterr().out.splitlines()[1:] == ["    ERROR: the reason"]


def test_the_last_line_counts_the_stages(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stages = tuple(Stage(name, "about", what) for name, what in (("a", passes), ("b", lacks), ("c", fails)))
    monkeypatch.setattr(run, "STAGES", stages)
    monkeypatch.delenv("IPSEC_REQUIRE_ALL", raising=False)
    assert run.main([]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed, 1 skipped"
    assert run.main(["--only", "a,b"]) == 0
    monkeypatch.setenv("IPSEC_REQUIRE_ALL", "1")
    assert run.main(["--only", "a b"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed, 0 skipped"


def test_what_waits_runs_beside_the_others() -> None:
    nice, ends = os.nice(0), threading.Barrier(2, timeout=30)
    found: dict[str, int] = {}

    def meets(name: str) -> Callable[[TextIO], str]:
        def stage(_log: TextIO) -> str:
            ends.wait()
            found[name] = int(subprocess.run(["nice"], capture_output=True, text=True, check=True).stdout)
            return ""

        return stage

    stages = (Stage("first", "about", meets("first")), Stage("waits", "about", meets("waits"), beside=True))
    assert run.run_stages(stages, require_all=False) == ["passed", "passed"]
    assert found == {"first": min(nice + run.MODEST, 19), "waits": nice}
    assert os.nice(0) == nice


def test_an_interrupt_begins_no_further_stage() -> None:
    begun = []

    def interrupted(_log: TextIO) -> str:
        begun.append("first")
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)  # as a program that takes its time to end
        return ""

    def later(_log: TextIO) -> str:
        begun.append("later")
        return ""

    with pytest.raises(KeyboardInterrupt):
        run.run_stages((Stage("a", "about", interrupted), Stage("b", "about", later)), require_all=False)
    assert begun == ["first"]


def test_a_stage_nobody_knows_is_an_error_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.parse_arguments(["--only", "lint,frob"])
    assert ended.value.code == 2
    assert "no such stage: frob" in capsys.readouterr().err


def test_a_program_that_fails_is_told_by_its_last_line(tmp_path: Path) -> None:
    with (tmp_path / "a.log").open("w+", encoding="utf-8") as log, pytest.raises(StageFailed) as failure:
        call(log, "sh", "-c", "echo one; echo two >&2; exit 3")
    assert str(failure.value) == "sh ended with 3: two"


def test_no_test_at_all_is_not_a_success(tmp_path: Path) -> None:
    (tmp_path / "test_none.py").write_text("", encoding="utf-8")
    with (tmp_path / "a.log").open("w+", encoding="utf-8") as log, pytest.raises(NothingToRun):
        run_pytest(log, "--rootdir", str(tmp_path), str(tmp_path))


def test_every_stage_has_a_name_of_its_own() -> None:
    names = [stage.name for stage in STAGES]
    assert len(set(names)) == len(names)
