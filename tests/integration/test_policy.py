# SPDX-License-Identifier: GPL-3.0-or-later
"""exchange.ipsec.policy against the lab: what it changes, what it leaves alone, what it says."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.integration.conftest import Lab

POLICY = "exchange.ipsec.policy"
MAIL: dict[str, Any] = {
    "name": "Mail",
    "assigned": True,
    "rules": [
        {
            "name": "POP3",
            "filter_list": {
                "name": "POP3 to the back end",
                "filters": [
                    {"source": "me", "destination": "192.0.2.21", "protocol": "tcp", "destination_port": 110},
                    {"source": "me", "destination": "192.0.2.22", "protocol": "tcp", "destination_port": 110},
                ],
            },
            "filter_action": {"name": "Require ESP", "action": "negotiate"},
            "authentication": [{"method": "certificate", "ca": "CN=Example Root, O=Example"}],
        }
    ],
}
FOREIGN = (
    'netsh ipsec static add policy name="Foreign" assign=yes',
    'netsh ipsec static add filter filterlist="Foreign list" srcaddr=any dstaddr=me protocol=tcp dstport=8080',
    'netsh ipsec static add filteraction name="Foreign block" action=block',
    'netsh ipsec static add rule name="Foreign rule" policy="Foreign" filterlist="Foreign list" '
    'filteraction="Foreign block"',
)  # fmt: skip


def _mail(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(MAIL) | changes


def test_five_beats(lab: Lab) -> None:
    checked = lab.task(POLICY, MAIL, "--check", "--diff")
    assert checked.one(POLICY).status == "changed"
    assert checked.one(POLICY).result["assigned"] == "Mail"
    assert "+" in checked.output
    assert "192.0.2.22" in checked.output
    assert lab.policies("fe1")["objects"] == 0

    applied = lab.task(POLICY, MAIL)
    assert applied.one(POLICY).status == "changed", applied.output
    assert applied.one(POLICY).result["plan"] == checked.one(POLICY).result["plan"]
    stands = lab.policies("fe1")
    assert stands["assigned"] == "Mail"
    assert list(stands["policies"]) == ["Mail"]
    assert stands["policies"]["Mail"]["main_mode"] == ["3des-sha1-3", "3des-sha1-2"]
    assert stands["policies"]["Mail"]["rules"]["POP3"]["authentication"] == ["certificate:CN=Example Root, O=Example"]
    assert stands["lists"]["POP3 to the back end"]["filters"] == [
        "me:0 > 192.0.2.21:110 protocol 6 mirrored",
        "me:0 > 192.0.2.22:110 protocol 6 mirrored",
    ]
    assert stands["actions"]["Require ESP"] == {
        "description": "", "kind": "negotiate", "offers": ["esp[3des,sha1] 0k/0s"]
    }  # fmt: skip
    assert not any(rule["active"] for rule in stands["policies"]["Mail"]["default_rules"])

    before = lab.dump("fe1")
    again = lab.task(POLICY, MAIL)
    assert again.one(POLICY).status == "ok"
    assert again.one(POLICY).result["plan"] == []
    assert lab.dump("fe1") == before


def test_a_changed_rule_is_built_aside_and_the_rest_stays(lab: Lab) -> None:
    for command in FOREIGN:
        lab.type("fe1", command)
    first = lab.task(POLICY, MAIL).one(POLICY)
    assert first.result["previously_assigned"] == "Foreign"
    foreign = lab.policies("fe1")["policies"]["Foreign"]
    want = _mail()
    want["rules"][0]["filter_list"]["filters"].append(
        {"source": "me", "destination": "192.0.2.30", "protocol": "tcp", "destination_port": 110}
    )
    run = lab.task(POLICY, want, "--diff")
    assert run.one(POLICY).status == "changed", run.output
    added = [line for line in run.output.splitlines() if line.startswith("+") and "192.0.2.30" in line]
    assert len(added) == 1, run.output
    stands = lab.policies("fe1")
    assert stands["policies"]["Foreign"] == foreign
    assert stands["assigned"] == "Mail"
    assert len(stands["lists"][stands["policies"]["Mail"]["rules"]["POP3"]["list"]]["filters"]) == 3
    assert set(stands["policies"]) == {"Mail", "Foreign"}
    assert lab.task(POLICY, want).one(POLICY).status == "ok"


def test_what_is_not_declared_goes(lab: Lab) -> None:
    lab.task(POLICY, MAIL)
    lab.type(
        "fe1",
        'netsh ipsec static add rule name="Extra" policy="Mail" filterlist="POP3 to the back end" '
        'filteraction="Require ESP"',
    )
    assert set(lab.policies("fe1")["policies"]["Mail"]["rules"]) == {"POP3", "Extra"}
    assert lab.task(POLICY, MAIL).one(POLICY).status == "changed"
    assert set(lab.policies("fe1")["policies"]["Mail"]["rules"]) == {"POP3"}


def test_absent_removes_the_policy_and_only_what_it_alone_used(lab: Lab) -> None:
    for command in FOREIGN:
        lab.type("fe1", command)
    lab.task(POLICY, MAIL)
    with_both = lab.policies("fe1")
    checked = lab.task(POLICY, {"name": "Mail", "state": "absent"}, "--check")
    assert checked.one(POLICY).status == "changed"
    assert lab.policies("fe1") == with_both
    gone = lab.task(POLICY, {"name": "Mail", "state": "absent"})
    assert gone.one(POLICY).status == "changed", gone.output
    stands = lab.policies("fe1")
    assert stands["policies"] == {"Foreign": with_both["policies"]["Foreign"]}
    assert set(stands["lists"]) == {"Foreign list"}
    assert set(stands["actions"]) == {"Foreign block"}
    assert stands["assigned"] is None
    assert lab.task(POLICY, {"name": "Mail", "state": "absent"}).one(POLICY).status == "ok"


@pytest.mark.parametrize("assigned", [pytest.param(None, id="left-out"), pytest.param(False, id="false")])
def test_not_put_in_force_unless_asked(lab: Lab, assigned: bool | None) -> None:
    lab.type("fe1", FOREIGN[0])
    want = {name: value for name, value in _mail(assigned=assigned).items() if value is not None}
    run = lab.task(POLICY, want)
    assert run.one(POLICY).result["assigned"] == "Foreign", run.output
    assert lab.policies("fe1")["assigned"] == "Foreign"


def test_a_filter_list_of_another_policy_is_not_changed_but_named(lab: Lab) -> None:
    for command in FOREIGN:
        lab.type("fe1", command)
    before = lab.policies("fe1")
    want = _mail()
    want["rules"][0]["filter_list"]["name"] = "Foreign list"
    run = lab.task(POLICY, want)
    failed = run.one(POLICY)
    assert failed.status == "failed"
    assert "Foreign list" in failed.message
    assert "'Foreign'" in failed.message
    assert "Traceback" not in run.output
    assert lab.policies("fe1") == before


def test_a_host_without_the_service_names_the_obstacle(lab: Lab) -> None:
    lab.type("fe1", "net stop PolicyAgent /y")
    done = lab.task(POLICY, MAIL).one(POLICY)
    assert done.result["effective"] is False
    assert "PolicyAgent" in done.result["obstacle"]


def test_netsh_reads_names_on_standard_input_only(lab: Lab) -> None:
    lab.task(POLICY, MAIL)
    lines = [line for _unused, line in lab.typed]
    assert lines
    assert not [line for line in lines if "Mail" in line or "POP3" in line]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"rules": []}, "", id="no-rule-at-all"),
        pytest.param({"name": 'with "quotes"'}, "", id="quotes"),
        pytest.param({"name": "line\nbreak"}, "", id="line-break"),
        pytest.param({"rules": None}, "either rules or topology", id="neither-rules-nor-topology"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(lab: Lab, change: dict[str, Any], said: str) -> None:
    want = {name: value for name, value in _mail(**change).items() if value is not None}
    run = lab.task(POLICY, want)
    one = run.one(POLICY)
    if one.status == "failed":
        assert one.message
        assert said in one.message
        assert lab.policies("fe1")["objects"] == 0
    else:
        assert not said
        assert lab.task(POLICY, want).one(POLICY).status == "ok"
    assert "Traceback" not in run.output


def test_netsh_that_fails_is_named_with_its_number(lab: Lab) -> None:
    """A filter list that cannot be read is not seen by the plan; netsh, which knows its name, refuses another one."""
    lab.type("fe1", 'netsh ipsec static add filterlist name="POP3 to the back end"')
    store = lab.host("fe1").registry.open(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local")
    assert store is not None
    (damaged,) = store.subkeys()
    damaged.put("ipsecData", 3, b"\x00" * 7)
    run = lab.task(POLICY, MAIL)
    failed = run.one(POLICY)
    assert failed.status == "failed", run.output
    assert "pop3" in failed.message.lower()
    assert "05010" in failed.message
    assert "Traceback" not in run.output
    assert lab.task("exchange.ipsec.policy_info", {}).one("exchange.ipsec.policy_info").result["assigned"] is None


def test_korean_names_and_answers(make_lab: Any) -> None:
    lab = make_lab({"hosts": {"fe1": {"profile": "server2003-ko", "addresses": ["192.0.2.11"]}}})
    want = _mail(name="메일 암호화", description="앞단과 뒷단")
    assert lab.task(POLICY, want).one(POLICY).status == "changed"
    stands = lab.policies("fe1")
    assert stands["assigned"] == "메일 암호화"
    assert stands["policies"]["메일 암호화"]["description"] == "앞단과 뒷단"
    assert lab.task(POLICY, want).one(POLICY).status == "ok"


def test_server_2022_writes_the_store_of_its_generation(make_lab: Any) -> None:
    lab = make_lab({"hosts": {"dc1": {"profile": "server2022", "addresses": ["192.0.2.41"]}}})
    assert lab.task(POLICY, MAIL).one(POLICY).status == "changed"
    assert lab.policies("dc1")["assigned"] == "Mail"
    assert lab.task(POLICY, MAIL).one(POLICY).status == "ok"
