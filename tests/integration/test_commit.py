# SPDX-License-Identifier: GPL-3.0-or-later
"""Confirmed commit against hosts that enforce what they are told: kept, put back, interrupted anywhere, excluded."""

from __future__ import annotations

import copy
import os
import threading
import time
from typing import Any

import pytest

from tests.integration.conftest import Lab, LabMaker
from tests.integration.test_policy import MAIL
from tests.playbooks.killing import run_killed

POLICY = "exchange.ipsec.policy"
OAKLEY = "exchange.ipsec.oakley"
FOLDER = r"C:\WINDOWS\system32\config\exchange.ipsec"
CONTROLLER = "198.51.100.10"
QUICK = {"ansible_winrm_operation_timeout_sec": 1, "ansible_winrm_read_timeout_sec": 2}
KILL_POINTS = range(1, 30) if os.environ.get("IPSEC_EVERY_KILL_POINT") else (8, 12, 14, 15, 16, 18, 20, 22)
PROFILES = ["server2003", "server2003-ko", "server2022"]


def _fleet(profile: str = "server2003") -> dict[str, Any]:
    return {
        "enforce": True,
        "silence": 2,
        "controller": {"addresses": [CONTROLLER]},
        "hosts": {"fe1": {"profile": profile, "addresses": ["192.0.2.11"]}},
    }


def _policy(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(MAIL) | {"confirm": 6, "backup_dir": "backup"} | changes


def _blocking(**changes: Any) -> dict[str, Any]:
    """A policy that drops every packet of the controller."""
    rule = {
        "name": "Nobody",
        "filter_list": {"name": "Everything", "filters": [{"source": "any", "destination": "me"}]},
        "filter_action": {"name": "Block", "action": "block"},
    }
    return _policy(rules=[rule], **changes)


@pytest.fixture(params=PROFILES)
def every(request: pytest.FixtureRequest, make_lab: LabMaker) -> Lab:
    """One host of each kind that enforces."""
    return make_lab(_fleet(request.param), **QUICK)


@pytest.fixture
def one(make_lab: LabMaker) -> Lab:
    """A Server 2003 that enforces."""
    return make_lab(_fleet(), **QUICK)


def _tidy(lab: Lab) -> None:
    """Nothing of a commit is left on the host."""
    host = lab.host("fe1")
    assert [path for path in [*host.files, *host.folders] if path.startswith(FOLDER.lower())] == []
    assert host.scheduler.jobs == []


def test_a_change_is_confirmed(every: Lab) -> None:
    checked = every.task(POLICY, _policy(), "--check")
    plan = checked.one(POLICY).result["plan"]
    assert checked.one(POLICY).result["confirmed"] is True
    assert plan[-3].startswith("arm: ")
    assert plan[-2:] == [
        "assign policy 'Mail'",
        "confirm: read again over a new connection and end the countdown",
    ]
    _tidy(every)
    before = every.handle.counters("fe1")["shells_created"]
    done = every.task(POLICY, _policy())
    assert done.one(POLICY).status == "changed", done.output
    assert done.one(POLICY).result["plan"] == plan
    assert every.handle.counters("fe1")["shells_created"] == before + 2
    assert every.policies("fe1")["assigned"] == "Mail"
    _tidy(every)
    again = every.task(POLICY, _policy()).one(POLICY)
    assert (again.status, again.result["confirmed"]) == ("ok", False)
    every.handle.advance("fe1", 600)
    assert every.policies("fe1")["assigned"] == "Mail"


def test_a_policy_that_shuts_the_controller_out_is_put_back(every: Lab) -> None:
    assert every.task(POLICY, _policy()).exit_code == 0
    former = every.policies("fe1")["policies"]["Mail"]
    run = every.task(POLICY, _blocking())
    result = run.one(POLICY)
    assert result.status == "failed", run.output
    assert "did not answer any more" in result.message
    assert "policy 'Mail' is in force as before" in result.message
    assert every.policies("fe1")["assigned"] == "Mail"
    assert every.policies("fe1")["policies"]["Mail"] == former
    assert every.handle.flow("controller", "fe1", "tcp", 5985).passes
    _tidy(every)


def test_a_host_without_a_policy_goes_back_to_none(one: Lab) -> None:
    result = one.task(POLICY, _blocking()).one(POLICY)
    assert result.status == "failed"
    assert "no policy is in force, as before" in result.message
    assert one.policies("fe1")["assigned"] is None
    mended = one.task(POLICY, _policy()).one(POLICY)
    assert mended.status == "changed"
    assert list(one.policies("fe1")["policies"]) == ["Mail"]


def test_what_is_not_in_force_needs_no_confirmation(one: Lab) -> None:
    result = one.task(POLICY, _policy(assigned=False)).one(POLICY)
    assert (result.status, result.result["confirmed"]) == ("changed", False)
    assert not [line for _host, line in one.typed if "schtasks" in line and "/create" in line]


def test_it_can_be_turned_off(one: Lab) -> None:
    result = one.task(POLICY, _policy(confirm=0)).one(POLICY)
    assert (result.status, result.result["confirmed"]) == ("changed", False)
    assert not [line for _host, line in one.typed if "/create" in line]
    assert one.task(POLICY, _policy(confirm=4)).one(POLICY).message.startswith("confirm: must be 0 or from 5")


def test_without_a_task_scheduler_nothing_is_changed(one: Lab) -> None:
    one.host("fe1").services.items["schedule"].state = 1
    result = one.task(POLICY, _policy()).one(POLICY)
    assert result.status == "failed"
    assert "nothing was changed" in result.message
    assert "Task Scheduler" in result.message
    assert one.policies("fe1")["assigned"] is None
    _tidy(one)


def test_no_key_on_a_command_line_or_in_the_batch_file(one: Lab) -> None:
    key = "Kartoffelsalat-17"
    rules = copy.deepcopy(MAIL["rules"])
    rules[0]["authentication"] = [{"method": "psk", "psk": key}]
    assert one.task(POLICY, _policy(rules=rules)).exit_code == 0
    changed = copy.deepcopy(rules)
    changed[0]["filter_list"]["filters"].pop()
    assert one.task(POLICY, _policy(rules=changed)).exit_code == 0
    assert [line for _host, line in one.typed if "schtasks /create" in line]
    hidden = key.encode("utf-16-le").hex()
    assert not [line for _host, line in one.typed if key in line or hidden in line]


def test_another_run_is_kept_out(one: Lab) -> None:
    one.type("fe1", rf"md {FOLDER}& (echo run {int(time.time())} 180 77 other.example.org 0badcafe .)>{FOLDER}\owner")
    one.type("fe1", rf"(echo armed)>{FOLDER}\armed")
    result = one.task(POLICY, _policy()).one(POLICY)
    assert result.status == "failed"
    assert "another run is in progress on this host since 20" in result.message
    assert "controller other.example.org, process 77" in result.message
    assert one.policies("fe1")["objects"] == 0
    checked = one.task(POLICY, _policy(), "--check")
    assert checked.exit_code == 0
    assert "another run is in progress" in " ".join(checked.output.split())


@pytest.mark.parametrize(("module", "options"), [
    pytest.param(POLICY, {"confirm": 0}, id="policy-without-countdown"),
    pytest.param(OAKLEY, {"nlbs_flags": "1"}, id="oakley"),
])
def test_another_run_keeps_out_what_has_no_countdown(one: Lab, module: str, options: dict[str, Any]) -> None:
    one.type("fe1", rf"md {FOLDER}& (echo run {int(time.time())} 0 77 other.example.org 0badcafe .)>{FOLDER}\owner")
    before = one.dump("fe1")
    given = _policy(**options) if module == POLICY else options
    result = one.task(module, given).one(module)
    assert result.status == "failed"
    assert "its lock counts on its own controller no more, and on others until 20" in result.message
    assert one.dump("fe1") == before
    checked = one.task(module, given, "--check")
    assert checked.exit_code == 0
    assert "another run is in progress" in " ".join(checked.output.split())


@pytest.mark.parametrize("words", [[], ["owner"], ["owner", "armed"], ["owner", "kept"], ["owner", "back"]])
def test_what_a_run_long_ago_left_is_cleared_up(one: Lab, words: list[str]) -> None:
    one.type("fe1", f"md {FOLDER}")
    for word in words:
        text = "run 1700000000 180 77 other.example.org 0badcafe ." if word == "owner" else word
        one.type("fe1", rf"(echo {text})>{FOLDER}\{word}")
    if words:
        batch = rf"if not exist {FOLDER}\back exit&echo rd /s /q {FOLDER}^&schtasks /delete /tn exchange.ipsec /f"
        one.type("fe1", rf"(echo {batch})>{FOLDER}\0badcafe.cmd")
        one.type("fe1", rf"schtasks /create /tn exchange.ipsec /tr {FOLDER}\0badcafe.cmd /sc onstart /ru SYSTEM")
    result = one.task(POLICY, _policy())
    assert result.one(POLICY).status == "changed", result.output
    assert one.policies("fe1")["assigned"] == "Mail"
    _tidy(one)


def test_a_restart_while_armed(one: Lab) -> None:
    assert one.task(POLICY, _policy()).exit_code == 0
    former = one.policies("fe1")["policies"]["Mail"]
    restarted = threading.Timer(5.0, lambda: one.handle.reboot("fe1"))
    host = one.host("fe1")
    start = host.start

    def begins(line: str, *arguments: Any, **keywords: Any) -> Any:
        if "/create" in line:
            restarted.start()
        return start(line, *arguments, **keywords)

    host.start = begins  # type: ignore[method-assign]
    result = one.task(POLICY, _blocking()).one(POLICY)
    restarted.join()
    assert result.status == "failed"
    assert "is in force as before" in result.message
    assert one.policies("fe1")["policies"]["Mail"] == former
    _tidy(one)


def _killed_at(lab: Lab, request: int, options: dict[str, Any]) -> bool:
    """Run the task and kill all of it at its n-th request; says whether it came that far."""
    lab.tasks([{"name": "The task", POLICY: options}], "--syntax-check")
    path = max(lab.folder.glob("play*.yml"), key=lambda one: one.stat().st_mtime)
    command = ["ansible-playbook", "-i", str(lab.inventory()), str(path)]
    return run_killed(command, lab.folder, [lab.handle.host("fe1")], request).killed


@pytest.mark.parametrize("request_number", KILL_POINTS)
def test_killed_at_a_request(one: Lab, request_number: int) -> None:
    assert one.task(POLICY, _policy()).exit_code == 0
    former = one.policies("fe1")["policies"]["Mail"]
    rules = copy.deepcopy(MAIL["rules"])
    rules[0]["name"] = "Other"
    rules[0]["filter_list"]["filters"].pop()
    wanted = _policy(rules=rules)
    _killed_at(one, request_number, wanted)
    found = one.policies("fe1")
    assert found["assigned"] == "Mail"
    assert found["policies"]["Mail"] == former or set(found["policies"]["Mail"]["rules"]) == {"Other"}
    assert one.handle.flow("controller", "fe1", "tcp", 5985).passes
    again = one.task(POLICY, wanted)
    assert again.exit_code == 0, again.output
    stands = one.policies("fe1")
    assert list(stands["policies"]) == ["Mail"]
    assert set(stands["policies"]["Mail"]["rules"]) == {"Other"}
    _tidy(one)
    assert one.task(POLICY, wanted).one(POLICY).status == "ok"
