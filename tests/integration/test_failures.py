# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads when a host cannot be reached, refuses, or answers half: one sentence, through a module."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.integration.conftest import Lab, LabMaker
from tests.integration.test_policy import MAIL
from tests.playbooks.run import TaskResult

POLICY, INFO = "exchange.ipsec.policy", "exchange.ipsec.policy_info"
CONNECTIONS = [pytest.param("exchange.ipsec.winrs", id="winrs"), pytest.param("winrm", id="winrm")]


def _outcome(lab: Lab, module: str = INFO, options: dict[str, Any] | None = None) -> TaskResult:
    run = lab.task(module, options or {})
    assert "Traceback" not in run.output
    assert run.exit_code != 0
    return run.one(module)


def test_an_option_of_the_wrong_kind_is_named_before_anybody_is_asked(lab: Lab) -> None:
    one = _outcome(lab, POLICY, {"name": "Mail", "rules": [{"name": "POP3", "filter_list": True}]})
    assert one.message == "rules[0].filter_list: must be a dict, not true or false"
    assert lab.asked == []


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_wrong_password(lab: Lab, connection: str) -> None:
    lab.variables |= {"ansible_connection": connection, "ansible_password": "Zaubernuss"}
    one = _outcome(lab)
    assert one.status == "unreachable"
    assert "password" in one.message
    assert "Zaubernuss" not in one.message


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_nobody_there(lab: Lab, connection: str) -> None:
    lab.variables |= {"ansible_connection": connection}
    lab.host_variables["fe1"] = {"ansible_port": 1}
    one = _outcome(lab)
    assert one.status == "unreachable"
    assert lab.handle.host("fe1").address in one.message


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_no_shell_free(lab: Lab, connection: str) -> None:
    lab.variables |= {"ansible_connection": connection}
    lab.handle.fault("fe1", "quota")
    one = _outcome(lab)
    assert one.status == "unreachable"
    assert "remote shells" in one.message
    assert "refused the user name or the password" not in one.message


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_output_that_stops_in_the_middle(lab: Lab, connection: str) -> None:
    lab.variables |= {"ansible_connection": connection}
    lab.handle.fault("fe1", "truncate", "200")
    one = _outcome(lab)
    assert one.status in ("failed", "unreachable")
    assert re.search("stops|cut|middle", one.message), one.message


def test_the_host_dies_after_the_read_and_nothing_is_claimed(lab: Lab) -> None:
    lab.handle.fault("fe1", "die", "1")
    one = _outcome(lab, POLICY, MAIL)
    assert one.status in ("failed", "unreachable")
    lab.handle.fault("fe1", "clear")
    assert lab.task(POLICY, MAIL).exit_code == 0
    assert lab.policies("fe1")["assigned"] == "Mail"


def test_connection_of_another_kind(lab: Lab) -> None:
    lab.variables["ansible_connection"] = "local"
    one = _outcome(lab)
    assert one.status == "failed"
    assert "ansible_connection" in one.message


def test_a_code_page_that_does_not_fit_is_named(make_lab: LabMaker) -> None:
    lab = make_lab({"hosts": {"fe1": {"profile": "server2003-ko", "addresses": ["192.0.2.11"]}}})
    lab.host_variables["fe1"] = {"ansible_winrs_codepage": 12345}
    one = _outcome(lab)
    assert "ansible_winrs_codepage" in one.message


def test_a_host_that_is_slow_is_waited_for(lab: Lab) -> None:
    lab.handle.fault("fe1", "slow", "0.3")
    assert lab.task(INFO, {}).exit_code == 0


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_a_loop_over_delegated_hosts_leaves_no_shell_open(site: Lab, connection: str) -> None:
    site.variables |= {"ansible_connection": connection}
    hosts = ["fe1", "be1", "be2"]
    loop = {"name": "Ask the others", INFO: {}, "delegate_to": "{{ item }}", "loop": hosts, "run_once": True}
    assert site.tasks([loop]).exit_code == 0
    counted = {name: site.handle.counters(name) for name in hosts}
    assert {name: (one["shells_created"], one["shells_open"]) for name, one in counted.items()} == dict.fromkeys(
        hosts, (1, 0)
    )
