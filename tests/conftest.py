# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets pytest import this checkout as the collection it is, in a fresh clone, with nothing installed."""

from __future__ import annotations

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
