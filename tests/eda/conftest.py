# SPDX-License-Identifier: GPL-3.0-or-later
"""One site and one rulebook for all tests of this folder: starting Java takes longer than any of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.eda.rulebook import Rulebook, running_rulebook
from tests.eda.site import Site, running_site


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("eda")


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[Site]:
    with running_site(folder) as running:
        yield running


@pytest.fixture(scope="session")
def rulebook(folder: Path, site: Site) -> Iterator[Rulebook]:
    with running_rulebook(folder) as running:
        yield running
