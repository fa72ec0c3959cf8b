# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes of a confirmed commit: flows and commands that a change must leave alone, or it is put back."""

from __future__ import annotations

import contextlib
import copy
import socket
from collections.abc import Iterator
from typing import Any

from tests.integration.conftest import Lab
from tests.integration.test_commit import POLICY, _policy, _tidy, every, one
from tests.integration.test_policy import MAIL

__all__ = ["every", "one"]
SNAPSHOT = "exchange.ipsec.snapshot"
SMTP = 2525
"""The lab's port 25, which not everybody may open."""
MAIL_FLOW = {"name": "mail", "port": SMTP, "timeout": 1}


@contextlib.contextmanager
def listening(lab: Lab, port: int) -> Iterator[None]:
    """Let something listen on a host as long as its policy in force lets the controller through to it."""
    station, driver = lab.handle.host("fe1"), lab.host("fe1").driver
    reload = driver.reload
    sockets: list[socket.socket] = []

    def settle() -> None:
        for open_one in sockets:
            open_one.close()
        sockets.clear()
        if station.admits("127.0.0.1", port):
            sockets.append(socket.create_server((station.address, port)))

    def reloaded() -> None:
        reload()
        settle()

    driver.reload = reloaded  # type: ignore[method-assign]
    lab.handle.call(settle)
    try:
        yield
    finally:
        driver.reload = reload  # type: ignore[method-assign]
        for open_one in sockets:
            open_one.close()


def _without_mail() -> list[dict[str, Any]]:
    """Rules that block the port of the probe and nothing else."""
    block = {"source": "any", "destination": "me", "protocol": "tcp", "destination_port": SMTP}
    rule = {
        "name": "No mail",
        "filter_list": {"name": "Mail port", "filters": [block]},
        "filter_action": {"name": "Block", "action": "block"},
    }
    return [*copy.deepcopy(MAIL["rules"]), rule]


def test_a_flow_that_the_change_loses_undoes_it(every: Lab) -> None:
    assert every.task(POLICY, _policy()).exit_code == 0
    former = every.policies("fe1")["policies"]["Mail"]
    with listening(every, SMTP):
        result = every.task(POLICY, _policy(rules=_without_mail(), probes=[MAIL_FLOW])).one(POLICY)
        assert result.status == "failed"
        address = every.handle.host("fe1").address
        assert f"a probe fails since the change: mail (TCP {address} port {SMTP}): " in result.message
        assert "policy 'Mail' is in force as before" in result.message
        assert every.policies("fe1")["policies"]["Mail"] == former
        _tidy(every)
        kept = every.task(POLICY, _policy(rules=_without_mail()))
        assert kept.one(POLICY).status == "changed"
    assert set(every.policies("fe1")["policies"]["Mail"]["rules"]) == {"POP3", "No mail"}


def test_probes_that_answer_let_the_change_stay(every: Lab) -> None:
    probes = [MAIL_FLOW, {"command": r"reg query HKLM\SOFTWARE"}]
    with listening(every, SMTP):
        checked = every.task(POLICY, _policy(probes=probes), "--check").one(POLICY)
        done = every.task(POLICY, _policy(probes=probes)).one(POLICY)
    assert (done.status, done.result["confirmed"]) == ("changed", True), done.message
    asked = f"mail (TCP {every.handle.host('fe1').address} port {SMTP}); command 'reg query HKLM\\\\SOFTWARE'"
    assert checked.result["plan"] == done.result["plan"]
    assert done.result["plan"][0] == f"probe, before anything is changed: {asked}"
    assert done.result["plan"][-2:] == [
        f"probe again, over a new connection: {asked}",
        "confirm: read again over a new connection and end the countdown",
    ]
    assert every.policies("fe1")["assigned"] == "Mail"
    _tidy(every)


def test_a_command_that_fails_since_the_change(one: Lab) -> None:
    assert one.task(POLICY, _policy()).exit_code == 0
    key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local"
    probe = {"name": "a policy is assigned", "command": f"reg query {key} /v ActivePolicy"}
    result = one.task(POLICY, _policy(assigned=False, probes=[probe])).one(POLICY)
    assert result.status == "failed", result.message
    assert "a probe fails since the change: a policy is assigned (command " in result.message
    assert "it did not end with 0; the host put its former state back" in result.message
    assert one.policies("fe1")["assigned"] == "Mail"
    _tidy(one)


def test_a_snapshot_is_put_back_with_probes(one: Lab) -> None:
    folder = {"folder": str(one.backups)}
    assert one.task(SNAPSHOT, folder).exit_code == 0
    assert one.task(POLICY, _policy(rules=_without_mail())).exit_code == 0
    assert one.task(SNAPSHOT, {**folder, "name": "no mail"}).exit_code == 0
    restored = {**folder, "state": "restored", "confirm": 6, "probes": [MAIL_FLOW]}
    refused = one.task(SNAPSHOT, {**restored, "time": "2100-01-01"}).one(SNAPSHOT)
    assert refused.status == "ok"
    assert one.task(POLICY, _policy(state="absent")).exit_code == 0
    with listening(one, SMTP):
        result = one.task(SNAPSHOT, {**restored, "name": "no mail"}).one(SNAPSHOT)
    assert result.status == "failed"
    assert "a probe fails since the change: mail (TCP " in result.message
    assert one.policies("fe1")["assigned"] is None


def test_what_fails_before_is_not_blamed_on_the_change(one: Lab) -> None:
    probes = [MAIL_FLOW, {"name": "trust", "command": r"reg query HKLM\No\Such\Key"}]
    result = one.task(POLICY, _policy(probes=probes)).one(POLICY)
    assert result.status == "failed"
    assert "a probe fails before the change already, so nothing was changed: mail (TCP " in result.message
    assert r"trust (command 'reg query HKLM\\No\\Such\\Key'): it did not end with 0" in result.message
    assert "drop the probe" in result.message
    assert one.policies("fe1")["objects"] == 0
    assert not [line for _host, line in one.typed if "schtasks" in line and "/create" in line]


def test_probes_without_a_countdown_are_refused_before_any_request(one: Lab) -> None:
    before = one.handle.counters("fe1")["requests"]
    for module, options in ((POLICY, _policy()), (SNAPSHOT, {"state": "restored", "folder": "backup"})):
        result = one.task(module, {**options, "confirm": 0, "probes": [MAIL_FLOW]}).one(module)
        assert (result.status, result.message) == (
            "failed",
            "probes: are asked before a change is confirmed: set confirm, or leave them out",
        )
    assert one.handle.counters("fe1")["requests"] == before


def test_no_change_and_no_probes_cost_nothing(one: Lab) -> None:
    assert one.task(POLICY, _policy()).exit_code == 0
    before = one.handle.counters("fe1")["requests"]
    assert one.task(POLICY, _policy(probes=[MAIL_FLOW])).one(POLICY).status == "ok"
    assert one.handle.counters("fe1")["requests"] == before + 6
