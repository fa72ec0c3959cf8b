# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import WindowsVersion
from ansible_collections.exchange.ipsec.plugins.module_utils.oakley.bounds import failover_bounds

WINDOWS_2000 = WindowsVersion(5, 0, 2195)
SERVER_2003 = WindowsVersion(5, 2, 3790)
SERVER_2022 = WindowsVersion(10, 0, 20348)


@pytest.mark.parametrize(
    ("version", "flags", "idle", "unplanned", "said"),
    [
        pytest.param(SERVER_2003, None, None, 360, "NLBSFlags is not set", id="2003-by-default"),
        pytest.param(SERVER_2003, 0, None, 360, "NLBSFlags is not set", id="2003-switched-off"),
        pytest.param(SERVER_2003, 1, None, 120, "after 60 s", id="2003-as-the-article-says"),
        pytest.param(SERVER_2003, 1, 20, 80, "NlbsIdleTime ends an idle association after 20 s", id="2003-hot-fix"),
        pytest.param(SERVER_2003, None, 20, 360, "NLBSFlags is not set", id="idle-time-alone-proves-nothing"),
        pytest.param(WINDOWS_2000, 1, None, 360, "whatever is set", id="2000-does-not-know-the-flag"),
        pytest.param(SERVER_2022, 1, None, 120, "after 60 s", id="2022"),
    ],
)
def test_bounds(version: WindowsVersion, flags: int | None, idle: int | None, unplanned: int, said: str) -> None:
    bounds = failover_bounds(version, flags, idle)
    assert bounds.planned == (3, 6)
    assert bounds.unplanned == unplanned
    assert said in bounds.because
    assert "kb/821839" in bounds.because


def test_bounds_as_plain_data() -> None:
    data = failover_bounds(SERVER_2003, 1).to_dict()
    assert data["planned"] == [3, 6]
    assert data["unplanned"] == 120
