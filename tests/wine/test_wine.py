# SPDX-License-Identifier: GPL-3.0-or-later
"""What the comparison rests on: that Wine's cmd.exe really started every program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.checkout import BUILD

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
