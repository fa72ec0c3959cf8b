# SPDX-License-Identifier: GPL-3.0-or-later
"""The work that a process takes; importing this makes the checkout usable as a collection first."""

from __future__ import annotations

from collections.abc import Sequence

from tests.checkout import import_as_collection

import_as_collection()

from tests.torture.batch import Result, run_batch  # noqa: E402
from tests.torture.kill import KillPoint, count_requests, kill_at  # noqa: E402
from tests.torture.role_batch import run_roles  # noqa: E402


def cases(numbers: Sequence[int], seed: int) -> list[Result]:
    """Cases of policies that a user declares."""
    return run_batch(numbers, seed)


def role_cases(numbers: Sequence[int], seed: int) -> list[Result]:
    """Cases that go through the roles."""
    return run_roles(numbers, seed)


def requests_of_a_run(profiles: dict[str, str]) -> int:
    """How many requests a run of harden.yml makes."""
    return count_requests(profiles)


def broken_case(number: int, problem: str) -> Result:
    """A case that nobody could judge."""
    return Result(number, "broken", lost=[problem])


def broken_point(at: int, problem: str) -> KillPoint:
    """A kill point that nobody could judge."""
    return KillPoint(at, wrong=[problem])


def kill_points(points: Sequence[int], profiles: dict[str, str]) -> list[KillPoint]:
    """Runs of harden.yml that are killed."""
    return kill_at(points, profiles)
