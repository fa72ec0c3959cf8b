# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry values written and proved, on hosts of both generations."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import HostError
from ansible_collections.exchange.ipsec.plugins.module_utils.host.port import Completed
from ansible_collections.exchange.ipsec.plugins.module_utils.oakley.plan import plan_settings
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.apply_settings import (
    apply_settings,
    restart_commands,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.survey import survey
from tests.unit.plugins.module_utils.operate.lab_port import MINE, LabPort

OAKLEY = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"


@pytest.mark.parametrize("profile", ["server2003", "server2022"])
def test_a_value_is_set_and_taken_away_again(profile: str) -> None:
    port = LabPort(profile)
    for wanted in (1, None):
        before = survey(port)
        changes = plan_settings(before.state.settings, {"NLBSFlags": wanted}, before.state.version)
        after = apply_settings(changes, (), port, MINE)
        assert after.state.settings["NLBSFlags"] == wanted


def test_a_restart_only_for_what_needs_it_and_only_of_what_runs() -> None:
    port = LabPort()
    found = survey(port)
    service = plan_settings(found.state.settings, {"NLBSFlags": 1}, found.state.version)
    computer = plan_settings(found.state.settings, {"NoDefaultExempt": 1}, found.state.version)
    assert restart_commands(service, found) == ("net stop PolicyAgent /y", "net start PolicyAgent")
    assert restart_commands(computer, found) == ()
    port.type("net stop PolicyAgent")
    assert restart_commands(service, survey(port)) == ()


def test_the_service_runs_again_after_a_restart() -> None:
    port = LabPort()
    found = survey(port)
    changes = plan_settings(found.state.settings, {"NLBSFlags": 1}, found.state.version)
    assert apply_settings(changes, restart_commands(changes, found), port, MINE).obstacle("x") == ""


def test_a_service_that_does_not_come_back_is_an_error() -> None:
    port = LabPort()
    found = survey(port)
    changes = plan_settings(found.state.settings, {"NLBSFlags": 1}, found.state.version)
    with pytest.raises(HostError, match="fe1: the service did not come back after 'net start NoSuchService'"):
        apply_settings(changes, ("net stop PolicyAgent /y", "net start NoSuchService"), port, MINE)


def test_a_value_that_did_not_arrive_is_an_error() -> None:
    port = LabPort()
    found = survey(port)
    (change,) = plan_settings(found.state.settings, {"NLBSFlags": 1}, found.state.version)
    port.type(f"reg add {OAKLEY} /v NLBSFlags /t REG_DWORD /d 0 /f")

    class Denied(LabPort):
        """A host on which nothing can be written."""

        def run(self, command: str, stdin: str = "") -> Completed:
            """Read another value instead of writing."""
            return port.run(command.replace("/t REG_DWORD /d 1 /f", "").replace("reg add", "reg query"), stdin)

    with pytest.raises(HostError, match=r"^fe1: NLBSFlags is 0 instead of 1 after 'reg add .* allowed to write HKEY_"):
        apply_settings((change,), (), Denied(), MINE)
