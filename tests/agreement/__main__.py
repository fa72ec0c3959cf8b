# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.agreement`: asks forecast and lab about many random flows; its last line counts what came out."""

from __future__ import annotations

import argparse
import concurrent.futures
import importlib
import multiprocessing
import sys
import time

from tests.agreement.part import compare_part
from tests.checkout import import_as_collection

CASES, FLOWS = 1200, 32
LEAST, MOST_DOUBTFUL = 30_000, 0.20
"""How many flows a run must compare at least, and which share of them the forecast may leave in doubt at most."""
SHOWN = 20


def main(arguments: list[str] | None = None) -> int:
    """Compare, or show one case; the exit code is 0 when both sides agreed and enough was certain."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=CASES, help=f"default {CASES}, each with {FLOWS} flows")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--show", metavar="SEED:NUMBER", help="print one case: hosts, policies, both verdicts")
    options = parser.parse_args(arguments)
    import_as_collection()
    if options.show:
        seed, _colon, number = options.show.partition(":")
        print(importlib.import_module("tests.agreement.show").case_text(int(seed), int(number), FLOWS))
        return 0
    return _run(options.seed, options.cases, options.processes)


def _run(seed: int, cases: int, processes: int) -> int:
    started = time.monotonic()
    bounds = [cases * step // processes for step in range(processes + 1)]
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(processes, spawn) as pool:
        parts = list(pool.map(compare_part, [seed] * processes, bounds[:-1], bounds[1:], [FLOWS] * processes))
    tally = parts[0]
    for one in parts[1:]:
        tally.add(one)
    for text in tally.disagreements[:SHOWN]:
        print(f"DISAGREE {text}\n         python -m tests.agreement --show {text.split()[1].rstrip(',')}")
    compared = sum(tally.flows.values())
    share = tally.doubtful / compared
    counts = ", ".join(f"{count} {word}" for word, count in sorted(tally.flows.items(), key=lambda pair: -pair[1]))
    took = f"{time.monotonic() - started:.0f} s"
    print(f"seed {seed}, {cases} cases, {took}; bounds: {LEAST} flows, {MOST_DOUBTFUL:.0%} in doubt")
    print(
        f"{compared} flows ({counts}), {len(tally.disagreements)} disagreements; {share:.1%} in doubt, "
        f"{tally.otherwise} of them came out otherwise; {tally.choices} choices of single hosts"
    )
    return int(bool(tally.disagreements) or compared < LEAST or share > MOST_DOUBTFUL)


if __name__ == "__main__":
    sys.exit(main())
