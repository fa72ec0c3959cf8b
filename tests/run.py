# SPDX-License-Identifier: GPL-3.0-or-later
"""`make test`: runs the stages, prints a line for each as it ends, and counts them at the end.

They run one after the other, but for those that mostly wait: these have a lane of their own beside the others.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import re
import sys
import time
from collections.abc import Sequence

from tests.checkout import BUILD, link_collection
from tests.stages import STAGES, Missing, Stage, StageFailed

LOGS = BUILD / "test"
SHOWN_LINES = 80
"""How much of a failed stage's output is printed; all of it lies in the log."""

MODEST = 10
"""How nice the others are to a stage beside them, whose real timers a busy processor would disturb."""

PIP_TALK = re.compile(r"\s*(Collecting|Downloading|Installing|Using cached|Looking in|Processing|Successfully|━)")


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; a stage that does not exist is an error of use."""
    parser = argparse.ArgumentParser(prog="python -m tests.run", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME,NAME", help="run these stages (default: all)")
    parser.add_argument("--list", action="store_true", help="list the stages and end")
    options = parser.parse_args(arguments)
    options.only = [name for name in options.only.replace(",", " ").split() if name]
    unknown = sorted(set(options.only) - {stage.name for stage in STAGES})
    if unknown:
        parser.error(f"no such stage: {', '.join(unknown)}; there are {', '.join(stage.name for stage in STAGES)}")
    return options


def telling_lines(output: str) -> list[str]:
    """The lines without those that pip prints while ansible-test installs what it needs."""
    return [line for line in output.splitlines() if line.strip() and not PIP_TALK.match(line)]


def run_stage(stage: Stage, require_all: bool) -> str:
    """Run one stage and print its line; returns "passed", "failed" or "skipped"."""
    if sys.stdout.isatty():
        print(f"{stage.name:<12} {stage.about} …", end="\r", flush=True)
    started = time.monotonic()
    log = LOGS / f"{stage.name}.log"
    details = ""
    try:
        with log.open("w", encoding="utf-8") as stream:
            outcome, said = "passed", stage.run(stream)
    except Missing as reason:
        outcome, said = ("failed" if require_all else "skipped"), str(reason)
    except StageFailed as reason:
        outcome, said = "failed", f"{reason}; all of it in {log.relative_to(BUILD.parent)}"
        details = "\n".join(telling_lines(log.read_text(encoding="utf-8", errors="replace"))[-SHOWN_LINES:])
    seconds = time.monotonic() - started
    told = f"{stage.name:<12} {outcome.upper():<8} {seconds:6.1f} s  {said or stage.about}"
    if details:
        told += "\n    " + details.replace("\n", "\n    ")
    print(told, flush=True)
    return outcome


def run_stages(stages: Sequence[Stage], require_all: bool) -> list[str]:
    """Run them in their two lanes and give how each ended; an interrupt lets none begin that has not begun."""
    beside = [stage for stage in stages if stage.beside]
    others = [stage for stage in stages if not stage.beside]
    modesty = MODEST if beside and others else 0
    lanes = (
        concurrent.futures.ThreadPoolExecutor(1),
        # Linux gives each thread a nice value of its own, and to the programs that it starts.
        concurrent.futures.ThreadPoolExecutor(1, initializer=os.nice, initargs=(modesty,)),
    )
    ends = []
    try:
        for pool, waiting in zip(lanes, (beside, others), strict=True):
            ends += [pool.submit(run_stage, stage, require_all) for stage in waiting]
        return [end.result() for end in ends]
    finally:
        for pool in lanes:
            pool.shutdown(cancel_futures=True)


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; the exit code is 0 when no stage failed."""
    options = parse_arguments(arguments)
    if options.list:
        for stage in STAGES:
            print(f"{stage.name:<12} {stage.about}")
        return 0
    require_all = os.environ.get("IPSEC_REQUIRE_ALL", "") not in {"", "0"}
    LOGS.mkdir(parents=True, exist_ok=True)
    link_collection()
    chosen = [stage for stage in STAGES if not options.only or stage.name in options.only]
    outcomes = run_stages(chosen, require_all)
    failed = outcomes.count("failed")
    print(f"{outcomes.count('passed')} passed, {failed} failed, {outcomes.count('skipped')} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
