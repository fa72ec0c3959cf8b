# SPDX-License-Identifier: GPL-3.0-or-later
"""exchange.ipsec.compliance and policy_info against the lab: each kind of drift made by hand is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import OAKLEY, ONE, Lab
from tests.integration.test_policy import FOREIGN, MAIL
from tests.lab.fleet import running_fleet

MODULE = "exchange.ipsec.compliance"
INFO = "exchange.ipsec.policy_info"
WANT = MAIL | {"nlbs_flags": "1"}
DOMAIN = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\GPTIPSECPolicy"
SAME_LIST = 'policy="Mail" filterlist="POP3 to the back end"'
DRIFTS = [
    pytest.param(['netsh ipsec static set policy name="Mail" assign=no'], "policy.assigned", "high", id="unassigned"),
    pytest.param(['netsh ipsec static delete policy name="Mail"'], "policy.missing", "high", id="deleted"),
    pytest.param(
        ['netsh ipsec static delete filter filterlist="POP3 to the back end" srcaddr=me dstaddr=192.0.2.22 '
         "protocol=tcp dstport=110"],
        "policy.drift.rule", "high", id="filter-gone",
    ),
    pytest.param(
        ['netsh ipsec static set filteraction name="Require ESP" qmsecmethods="ESP[DES,MD5]"'],
        "offer.weak", "medium", id="weak-offer",
    ),
    pytest.param(
        ['netsh ipsec static set filteraction name="Require ESP" soft=yes'], "action.soft", "medium", id="soft",
    ),
    pytest.param(
        ['netsh ipsec static add filteraction name="Let it pass" action=permit',
         f'netsh ipsec static add rule name="For a while" {SAME_LIST} filteraction="Let it pass"'],
        "policy.foreign.permit", "high", id="foreign-permit",
    ),
    pytest.param(
        ['netsh ipsec static add filteraction name="Let nothing pass" action=block',
         f'netsh ipsec static add rule name="Closed" {SAME_LIST} filteraction="Let nothing pass"'],
        "policy.foreign.block", "medium", id="foreign-block",
    ),
    pytest.param(
        [f'netsh ipsec static add rule name="With a key" {SAME_LIST} filteraction="Require ESP" psk="not a secret"'],
        "psk.in_use", "medium", id="preshared-key",
    ),
    pytest.param(["net stop PolicyAgent /y"], "service.stopped", "high", id="service-stopped"),
    pytest.param(["sc config PolicyAgent start= disabled"], "service.disabled", "high", id="service-disabled"),
    pytest.param([rf"reg delete {OAKLEY} /v NLBSFlags /f"], "oakley.nlbs_flags", "medium", id="oakley-value"),
    pytest.param(
        [rf"reg add {DOMAIN} /v DSIPSECPolicyPath /t REG_SZ /d LDAP://CN=ipsecPolicy /f",
         rf"reg add {DOMAIN} /v DSIPSECPolicyName /t REG_SZ /d Everywhere /f",
         rf"reg add {DOMAIN} /v DSIPSECPolicyFlags /t REG_DWORD /d 0 /f"],
        "domain.overrides", "high", id="domain-policy",
    ),
    pytest.param(
        ['netsh ipsec static set policy name="Mail" mmsecmethods="DES-MD5-1"'],
        "policy.drift.main_mode", "medium", id="main-mode",
    ),
    pytest.param([FOREIGN[0]], "policy.assigned", "high", id="another-policy-in-force"),
]  # fmt: skip


@pytest.fixture(scope="module")
def hardened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Any]]:
    """A host with the wanted policy in force, and the state of it to come back to."""
    folder = Path(tmp_path_factory.mktemp("compliance"))
    with running_fleet(ONE) as handle:
        lab = Lab(handle, folder, dict(ONE), [], [])
        run = lab.tasks(
            [
                {"name": "Policy", "exchange.ipsec.policy": MAIL},
                {"name": "Value", "exchange.ipsec.oakley": {"nlbs_flags": "1", "backup": False}},
            ]
        )
        assert run.exit_code == 0, run.output
        yield lab, handle.call(handle.fleet.computers.save)


@pytest.fixture
def good(hardened: tuple[Lab, Any]) -> Lab:
    """That host, with whatever another test did to it undone."""
    lab, state = hardened
    lab.handle.call(lab.handle.fleet.load, state)
    return lab


def test_a_good_host_is_compliant_and_untouched(good: Lab) -> None:
    before = good.dump("fe1")
    run = good.task(MODULE, WANT)
    judged = run.one(MODULE)
    assert judged.status == "ok", run.output
    assert judged.result["compliant"] is True
    assert judged.result["findings"] == []
    assert "policy.assigned" in judged.result["checks"]
    assert good.dump("fe1") == before


@pytest.mark.parametrize(("typed", "check", "severity"), DRIFTS)
def test_a_drift_is_found(good: Lab, typed: list[str], check: str, severity: str) -> None:
    for command in typed:
        good.type("fe1", command)
    drifted = good.dump("fe1")
    run = good.task(MODULE, WANT)
    judged = run.one(MODULE)
    assert judged.status == "failed", run.output
    assert run.exit_code == 2
    finding = next(one for one in judged.result["findings"] if one["check"] == check)
    assert finding["severity"] == severity
    assert all(finding[key] for key in ("expected", "found", "evidence", "remedy"))
    assert finding["found"] in run.output.replace("\\\\", "\\")
    assert good.dump("fe1") == drifted


def test_report_only_does_not_fail(good: Lab) -> None:
    good.type("fe1", 'netsh ipsec static set policy name="Mail" assign=no')
    judged = good.task(MODULE, WANT | {"fail_on": "never"}).one(MODULE)
    assert judged.status == "ok"
    assert judged.result["compliant"] is False


def test_a_damaged_object_is_named_and_hides_nothing(good: Lab) -> None:
    good.type("fe1", 'netsh ipsec static add filterlist name="Broken"')
    store = good.host("fe1").registry.open(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local")
    assert store is not None
    key = next(one for one in store.subkeys() if (name := one.get("ipsecName")) and name.text == "Broken")
    key.put("ipsecData", 3, b"\x00" * 7)
    judged = good.task(MODULE, WANT).one(MODULE)
    (finding,) = judged.result["findings"]
    assert finding["check"] == "store.damaged"
    assert key.name.lower() in finding["found"].lower()
    info = good.task(INFO, {}).one(INFO)
    assert [one["name"] for one in info.result["policies"]] == ["Mail"]
    assert key.name.lower() in info.result["problems"][0].lower()


def test_info_gives_what_policy_accepts(good: Lab) -> None:
    run = good.tasks(
        [
            {"name": "Read", INFO: {}, "register": "found"},
            {
                "name": "Write the same again",
                "exchange.ipsec.policy": {
                    "name": "{{ found.policies[0].name }}",
                    "rules": "{{ found.policies[0].rules }}",
                    "main_mode": "{{ found.policies[0].main_mode }}",
                    "assigned": "{{ found.policies[0].assigned }}",
                },
            },
        ]
    )
    assert run.one("exchange.ipsec.policy").status == "ok", run.output
    info = run.one(INFO).result
    assert info["assigned"] == "Mail"
    assert info["source"] == "local"
    assert info["service"] == {"state": "running", "start": "automatic"}
    assert info["settings"]["NLBSFlags"] == 1
    assert info["problems"] == []


def test_info_in_check_mode_reads_as_ever(good: Lab) -> None:
    assert good.task(INFO, {}, "--check").one(INFO).result["assigned"] == "Mail"


def test_info_evidence_is_the_registry_with_keys_cut_out(good: Lab) -> None:
    good.type(
        "fe1",
        'netsh ipsec static add rule name="With a key" policy="Mail" filterlist="POP3 to the back end" '
        'filteraction="Require ESP" psk="Zaubernuss"',
    )
    run = good.task(INFO, {"evidence": True}, "-vvvv")
    evidence = run.one(INFO).result["evidence"]
    assert any(key.endswith(r"\Oakley") for key in evidence)
    assert "Zaubernuss" not in run.output
    assert "Zaubernuss".encode("utf-16-le").hex() not in run.output.lower()
    assert "Zaubernuss" not in str(run.results)
    assert "Zaubernuss".encode("utf-16-le").hex() not in str(run.results).lower()
