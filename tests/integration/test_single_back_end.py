# SPDX-License-Identifier: GPL-3.0-or-later
"""A site whose back end is no cluster: the playbooks know it too."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import LabMaker

SINGLE: dict[str, Any] = {
    "hosts": {
        "fe1": {"profile": "server2003", "addresses": ["192.0.2.11"]},
        "be1": {"profile": "server2003", "addresses": ["192.0.2.21"]},
        "dc1": {"profile": "server2022", "addresses": ["192.0.2.41"]},
    },
    "groups": {"front_end": ["fe1"], "back_end_cluster": ["be1"], "domain_controller": ["dc1"]},
}


@pytest.mark.core
def test_a_single_back_end(make_lab: LabMaker) -> None:
    lab = make_lab(SINGLE)
    run = lab.run("harden")
    assert run.exit_code == 0, run.output
    assert run.statuses() == dict.fromkeys(("fe1", "be1", "dc1"), "changed")
    assert lab.run("harden").statuses() == dict.fromkeys(("fe1", "be1", "dc1"), "ok")
