# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at one host, and jobs that do not start: nobody changes what another run guards, nothing goes unguarded."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.state import Service
from ansible_collections.exchange.ipsec.plugins.module_utils.errors import HostError, NetshError
from ansible_collections.exchange.ipsec.plugins.module_utils.host import commands, countdown
from ansible_collections.exchange.ipsec.plugins.module_utils.host.port import Completed
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import PolicyStore
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.apply_plan import apply_plan, write
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.confirmed import (
    Terms,
    apply_confirmed,
    snapshot_of,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.held import in_progress
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.leftovers import clear_leftovers
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.survey import survey
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.planner import plan_present
from tests.unit.plugins.module_utils.operate.lab_port import MINE, OTHER, LabPort
from tests.unit.plugins.module_utils.plan.policies import policy, rule

FOLDER = r"C:\WINDOWS\system32\config\exchange.ipsec"
FRESH = countdown.Snapshot(policy=False, oakley=False, running=True)
MAIL = policy("Mail", rule("POP3", 110))
OTHER_POLICY = policy("Before", rule("IMAP4", 143))


class Lost(Exception):
    """The connection broke."""


class BusyPort(LabPort):
    """A host at which something else happens just before each command of ours, or to its answer."""

    def __init__(self, *happenings: Callable[[LabPort], None]) -> None:
        """Take what happens before the first command, the second, and so on."""
        super().__init__()
        self._happenings = list(happenings)

    def happens(self, *happenings: Callable[[LabPort], None]) -> None:
        """Take what happens before the next commands."""
        self._happenings = list(happenings)

    def run(self, command: str, stdin: str = "") -> Completed:
        """Let it happen, then run."""
        if self._happenings:
            self._happenings.pop(0)(self)
        return super().run(command, stdin)


def other_arms(port: LabPort) -> None:
    """Another run takes the lock and starts its job."""
    line = commands.ask([countdown.arm(OTHER, FRESH)], "#")
    assert "# 0 0" in port.windows.run(line)[1]


def nothing(_port: LabPort) -> None:
    """Nothing happens."""


def terms(owner: countdown.Owner = MINE) -> Terms:
    """The terms of a run without probes."""
    return Terms(owner, (HostError, Lost))


def put_in_force(port: LabPort) -> None:
    """Write the policy and put it in force, confirmed."""
    before = survey(port)
    apply_confirmed(plan_present(MAIL, before.store, assigned=True), before, port, terms())


def traces(port: LabPort) -> list[str]:
    """What lies on the host of a commit."""
    return [path for path in [*port.windows.files, *port.windows.folders] if path.startswith(FOLDER.lower())]


def test_a_run_that_another_one_overtakes_changes_nothing() -> None:
    port = BusyPort(nothing, other_arms)  # before the read, before the build
    with pytest.raises(HostError, match="another run is in progress on this host since 2026-01-02 03:04:00 UTC"):
        put_in_force(port)
    found = survey(port, countdown=True)
    assert found.store == PolicyStore()
    assert found.standing.owner == OTHER
    assert port.windows.scheduler.find(countdown.JOB) is not None


def other_tries(port: LabPort) -> None:
    """Another run would take the lock, and does not get it."""
    for question in (countdown.arm(OTHER, FRESH), countdown.take(OTHER)):
        assert "# 0 1" in port.windows.run(commands.ask([question], "#"))[1]
    with pytest.raises(HostError, match="another run is in progress on this host since 2026-01-02 03:04:05 UTC"):
        apply_plan(plan_present(OTHER_POLICY, survey(port).store, assigned=True), port, OTHER)


def test_nobody_comes_between_the_build_and_the_arming() -> None:
    port = BusyPort(nothing, nothing, other_tries)
    put_in_force(port)
    assert survey(port).store.assigned == "Mail"
    assert traces(port) == []


def other_thinks_us_dead(port: LabPort) -> None:
    """Another controller clears a lock that was never armed, and begins."""
    port.windows.run(countdown.CLEAR_UNARMED)
    other_arms(port)


def test_a_run_whose_lock_is_gone_puts_nothing_in_force() -> None:
    port = BusyPort(nothing, nothing, other_thinks_us_dead)
    with pytest.raises(HostError, match="another run is in progress on this host since 2026-01-02 03:04:00 UTC"):
        put_in_force(port)
    assert survey(port).store.assigned is None
    assert survey(port, countdown=True).standing.owner == OTHER


@pytest.mark.parametrize("seconds", [0, 20])
def test_a_build_that_comes_out_otherwise_lets_go_of_the_host(seconds: int) -> None:
    port = LabPort()
    before = survey(port)
    port.type('netsh ipsec static add filterlist name="POP3 list"')
    port.type('netsh ipsec static add filter filterlist="POP3 list" srcaddr=me dstaddr=any')
    owner = dataclasses.replace(MINE, seconds=seconds)
    with pytest.raises(NetshError, match="netsh reported"):
        apply_confirmed(plan_present(MAIL, before.store, assigned=True), before, port, terms(owner))
    assert traces(port) == []


@pytest.mark.parametrize("armed", [False, True])
def test_what_is_told_of_another_run(armed: bool) -> None:
    words = frozenset({"lock", "armed"}) if armed else frozenset({"lock"})
    said = in_progress("fe1", countdown.Standing(words, OTHER), OTHER)
    assert ("puts its former state back by itself 20 s after" in said) == armed
    assert ("on others until 2026-01-02 03:06:20 UTC" in said) != armed


def test_a_job_that_is_asked_for_and_does_not_start_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    port = LabPort()
    monkeypatch.setattr(port.windows.scheduler, "run", lambda job: None)
    with pytest.raises(HostError, match="the countdown has not started, so nothing was changed"):
        put_in_force(port)
    assert survey(port).store.assigned is None
    assert traces(port) == []
    assert port.windows.scheduler.jobs == []


def test_a_run_that_begins_this_moment_keeps_its_lock() -> None:
    port = BusyPort(lambda one: one.type(f"md {FOLDER}"), lambda one: (one.type(f"rd {FOLDER}"), other_arms(one))[0])
    with pytest.raises(HostError, match="another run is in progress on this host"):
        clear_leftovers(survey(port, countdown=True), port, lambda owner: True)
    found = survey(port, countdown=True)
    assert found.standing.words == {"lock", "armed"}
    assert port.windows.scheduler.find(countdown.JOB) is not None


def test_a_lock_of_nobody_is_cleared_when_it_stays_so() -> None:
    port = LabPort()
    port.type(f"md {FOLDER}")
    assert clear_leftovers(survey(port, countdown=True), port, lambda owner: True).standing.free
    assert traces(port) == []


def test_clearing_what_was_never_armed_leaves_what_is() -> None:
    port = LabPort()
    other_arms(port)
    survey(port, before=countdown.CLEAR_UNARMED)
    assert survey(port, countdown=True).standing.owner == OTHER


class LosingPort(LabPort):
    """A host whose answer to the change is lost; when it is seen again, it has healed, and another run has begun."""

    def run(self, command: str, stdin: str = "") -> Completed:
        """Lose the answer to what arms."""
        done = super().run(command, stdin)
        if f"{MINE.token}.cmd" not in command or "schtasks /create" not in command:
            return done
        self.windows.advance(60)
        other_arms(self)
        raise Lost


def test_a_host_that_another_run_holds_after_it_healed_is_left_to_that_run() -> None:
    port = LosingPort()
    began = time.monotonic()
    with pytest.raises(HostError, match="the host put its former state back: no policy is in force, as before"):
        put_in_force(port)
    assert time.monotonic() - began < MINE.seconds
    assert survey(port, countdown=True).standing.owner == OTHER


OAKLEY = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"


@pytest.mark.parametrize("profile", ["server2003", "server2022"])
def test_the_job_puts_policy_and_oakley_key_back_and_in_force(profile: str) -> None:
    port = LabPort(profile)
    before = survey(port)
    apply_plan(plan_present(OTHER_POLICY, before.store, assigned=True), port, MINE)
    port.type(f"reg add {OAKLEY} /v NLBSFlags /t REG_DWORD /d 1 /f")
    port.windows.driver.watch()
    before = survey(port)
    assert "# 0 0" in port.windows.run(commands.ask([countdown.arm(MINE, snapshot_of(before))], "#"))[1]
    plan = plan_present(MAIL, before.store, assigned=True)
    for steps, expected in ((plan.build, plan.built), (plan.switch, plan.after)):
        write(steps, expected, port, MINE, held=True, keep=True)
    port.type(f"reg add {OAKLEY} /v NLBSFlags /t REG_DWORD /d 0 /f")
    assert port.windows.driver.policy.name == "Mail"  # type: ignore[union-attr]
    port.windows.advance(MINE.seconds + 5)
    after = survey(port)
    assert (after.store, after.state.settings) == (before.store, before.state.settings)
    assert port.windows.driver.policy.name == "Before"  # type: ignore[union-attr]
    assert traces(port) == []


def test_a_snapshot_that_cannot_be_imported_is_tried_again_at_the_next_start() -> None:
    port = LabPort()
    apply_plan(plan_present(OTHER_POLICY, survey(port).store, assigned=True), port, MINE)
    before = survey(port)
    port.windows.run(commands.ask([countdown.arm(MINE, snapshot_of(before))], "#"))
    port.type(rf"ren {FOLDER}\policy.reg hidden")
    port.windows.advance(MINE.seconds + 5)
    assert survey(port, countdown=True).standing.words == {"lock", "back"}
    assert survey(port).state.service is Service.RUNNING
    port.type(rf"ren {FOLDER}\hidden policy.reg")
    port.windows.reboot()
    port.windows.advance(5)
    assert survey(port).store == before.store
    assert traces(port) == []


class HangingUpPort(LabPort):
    """A host that remembers when its connection was closed."""

    def close(self) -> None:
        """Note it among the commands."""
        self.commands.append(("closed", ""))


def test_nothing_is_confirmed_over_the_connection_of_the_change() -> None:
    port = HangingUpPort()
    put_in_force(port)
    lines = [line for line, _stdin in port.commands]
    armed = next(number for number, line in enumerate(lines) if "schtasks /create" in line)
    kept = next(number for number, line in enumerate(lines) if "armed kept" in line)
    assert "closed" in lines[armed:kept]


class HalfPort(LabPort):
    """A host whose netsh takes another policy out of force instead of assigning the one that it is told to."""

    def run(self, command: str, stdin: str = "") -> Completed:
        """Turn the assignment round."""
        return super().run(command, stdin.replace('name="Mail" assign=yes', 'name="Before" assign=no'))


def test_a_change_that_comes_out_otherwise_is_put_back_at_once() -> None:
    port = HalfPort()
    apply_plan(plan_present(OTHER_POLICY, survey(port).store, assigned=True), port, MINE)
    before = survey(port)
    with pytest.raises(HostError, match="the host put its former state back: policy 'Before' is in force as before"):
        apply_confirmed(plan_present(MAIL, before.store, assigned=True), before, port, terms())
    assert survey(port).store.assigned == "Before"


def test_what_comes_second_is_not_written_to_a_host_that_healed_meanwhile() -> None:
    port = BusyPort()
    apply_plan(plan_present(MAIL, survey(port).store, assigned=True), port, MINE)
    before = survey(port)
    more = plan_present(policy("Mail", rule("POP3", 110), rule("IMAP4", 143)), before.store, assigned=True)
    most = policy("Mail", rule("POP3", 110), rule("IMAP4", 143), rule("SMTP", 25))
    rest = plan_present(most, more.after, assigned=True)
    plan = dataclasses.replace(more, switch=rest.build)
    port.happens(nothing, lambda one: one.windows.advance(60))
    with pytest.raises(HostError, match="the host put its former state back: policy 'Mail' is in force as before"):
        apply_confirmed(plan, before, port, terms())
    assert survey(port).store == before.store
    assert traces(port) == []
