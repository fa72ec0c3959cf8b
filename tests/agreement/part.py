# SPDX-License-Identifier: GPL-3.0-or-later
"""The share of one process in a comparison; a fresh process can import it before the collection has a name."""

from __future__ import annotations

import importlib
from typing import Any

from tests.checkout import import_as_collection


def compare_part(seed: int, first: int, last: int, flows: int) -> Any:
    """Compare the cases from one number up to another; returns a Tally."""
    import_as_collection()
    return importlib.import_module("tests.agreement.judge").compare(seed, range(first, last), flows)
