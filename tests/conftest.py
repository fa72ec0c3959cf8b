# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets pytest import this checkout as the collection it is, in a fresh clone, with nothing installed."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.checkout import BUILD, import_as_collection, link_collection

import_as_collection()
link_collection()

settings.register_profile(
    "checkout",
    deadline=None,
    database=DirectoryBasedExampleDatabase(BUILD / "hypothesis"),
)
settings.load_profile("checkout")

REQUIRE_ALL = os.environ.get("IPSEC_REQUIRE_ALL", "") not in {"", "0"}
MAY_BE_ABSENT = "IPSEC_SHARED_DATA"
"""A skip that names this variable wants dumps that no package has: it stays a skip wherever the tests run."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be skipped (IPSEC_REQUIRE_ALL=1), a skipped test has failed."""
    report = yield
    reason: Any = report.longrepr
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail") and MAY_BE_ABSENT not in str(reason):
        report.outcome = "failed"
        report.longrepr = f"IPSEC_REQUIRE_ALL is set, and this was skipped: {reason}"
    return report
