# SPDX-License-Identifier: GPL-3.0-or-later
"""`make torture`: every case and every kill point, the figures, and an exit code that says whether anybody was lost."""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.checkout import BUILD, link_collection
from tests.torture import work
from tests.torture.cases import CASES, SEED, case
from tests.torture.figures import figures, holds, problems, table
from tests.torture.role_cases import COUNT, role_case
from tests.torture.site import SMALL, WHOLE

FILE = BUILD / "torture.json"
BATCH, ROLE_BATCH, KILL_BATCH, WORKERS = 15, 5, 8, 4
ROLE_CASES = 500
"""Cases beyond this number go through the roles."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; 0 when nobody was lost and the forecast was right."""
    options = _options(arguments)
    link_collection()
    if options.case or options.kill:
        return _one(options)
    started = time.monotonic()
    results, points, wanted = _everything(options)
    told = figures(results, points, wanted, seed=options.seed, seconds=round(time.monotonic() - started))
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(table(told))
    return 0 if holds(told, options.cases) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--case", type=int, default=0, help="one case alone")
    parser.add_argument("--kill", type=int, default=0, metavar="REQUEST", help="one kill point alone")
    parser.add_argument("--cases", type=int, default=CASES, help=f"how many (default {CASES})")
    parser.add_argument("--role-cases", type=int, default=COUNT, help=f"more through harden.yml (default {COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another seed gives other cases (default {SEED})")
    parser.add_argument("--every", type=int, default=1, help="kill at every n-th request only")
    parser.add_argument("--all-kill-points", action="store_true", help="kill the run of a whole site, with a cluster")
    parser.add_argument("--workers", type=int, default=WORKERS, help=f"processes at work (default {WORKERS})")
    return parser.parse_args(arguments)


def _one(options: argparse.Namespace) -> int:
    """Take one case or one kill point alone and tell all of it."""
    if options.kill:
        (point,) = work.kill_points([options.kill], _profiles(options))
        print(json.dumps(dataclasses.asdict(point), indent=2))
        return 1 if point.wrong else 0
    describe, take = (role_case, work.role_cases) if options.case > ROLE_CASES else (case, work.cases)
    print(json.dumps(dataclasses.asdict(describe(options.case, options.seed)), indent=2))
    (result,) = take([options.case], options.seed)
    print(json.dumps(dataclasses.asdict(result), indent=2))
    return 1 if result.lost or result.verdicts.wrong else 0


def _profiles(options: argparse.Namespace) -> dict[str, str]:
    return WHOLE if options.all_kill_points else SMALL


def _parts(numbers: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(numbers), size):
        yield list(numbers[start : start + size])


def _everything(options: argparse.Namespace) -> tuple[list[Any], list[Any], int]:
    """Share the work among processes; what takes longest begins first."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(options.workers, context) as pool:
        counted = pool.submit(work.requests_of_a_run, _profiles(options))
        points = range(1, counted.result() + 1, options.every)
        parts = _parts(points, KILL_BATCH)
        killed = [(part, pool.submit(work.kill_points, part, _profiles(options))) for part in parts]
        ruled = range(ROLE_CASES + 1, ROLE_CASES + 1 + options.role_cases)
        tried = [(part, pool.submit(work.role_cases, part, options.seed)) for part in _parts(ruled, ROLE_BATCH)]
        plain = range(1, options.cases + 1)
        tried += [(part, pool.submit(work.cases, part, options.seed)) for part in _parts(plain, BATCH)]
        told = [one for part, future in killed for one in _done(part, future, work.broken_point, options.seed)]
        results = [one for part, future in tried for one in _done(part, future, work.broken_case, options.seed)]
        return results, told, len(points)


def _done(
    numbers: Sequence[int], future: concurrent.futures.Future[Any], broken: Callable[[int, str], Any], seed: int
) -> list[Any]:
    """What came of a part, problems printed at once; where it broke, each of its numbers has failed."""
    problem = future.exception()
    found = future.result() if problem is None else [broken(number, repr(problem)) for number in numbers]
    print("\n".join([f"{numbers[0]} to {numbers[-1]}", *problems(found, seed)]), file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
