# SPDX-License-Identifier: GPL-3.0-or-later
"""exchange.ipsec.snapshot and restore.yml: any earlier state, whole, once, of this host only."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from tests.integration.conftest import Lab
from tests.integration.test_policy import FOREIGN, MAIL

SNAPSHOT, POLICY = "exchange.ipsec.snapshot", "exchange.ipsec.policy"
OAKLEY_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"


def _take(lab: Lab, name: str = "") -> dict[str, Any]:
    result = lab.task(SNAPSHOT, {"folder": str(lab.backups), "name": name}).one(SNAPSHOT)
    assert result.status == "changed", result.message
    return dict(result.result["snapshot"])


def _back(lab: Lab, *arguments: str, **options: str) -> Any:
    run = lab.task(SNAPSHOT, {"state": "restored", "folder": str(lab.backups), "confirm": 6, **options}, *arguments)
    assert "Traceback" not in run.output
    return run.one(SNAPSHOT)


def test_back_to_an_earlier_state_by_name(lab: Lab) -> None:
    for command in FOREIGN:
        lab.type("fe1", command)
    former = lab.policies("fe1")["policies"]
    kept = _take(lab, "first")
    assert kept["computer"] == "FE1"
    assert Path(kept["path"]).stat().st_mode & 0o777 == 0o600
    assert lab.task(POLICY, MAIL).exit_code == 0
    lab.type("fe1", f"reg add {OAKLEY_KEY} /v NLBSFlags /t REG_DWORD /d 1 /f")
    _take(lab, "second")
    checked = _back(lab, "--check", "--diff", name="first")
    assert (checked.status, checked.result["confirmed"]) == ("changed", True)
    shown = lab.task(SNAPSHOT, {"state": "restored", "folder": str(lab.backups), "name": "first"}, "--check", "--diff")
    assert '-name: "Mail"' in shown.output
    assert "-NLBSFlags: 1" in shown.output
    assert "+NLBSFlags: None" in shown.output
    assert lab.policies("fe1")["assigned"] == "Mail"
    done = _back(lab, name="first")
    assert done.status == "changed", done.message
    assert done.result["plan"] == checked.result["plan"]
    assert lab.policies("fe1")["assigned"] == "Foreign"
    assert lab.policies("fe1")["policies"] == former
    assert lab.number("fe1", "NLBSFlags") is None
    assert _back(lab, name="first").status == "ok"
    assert [one["name"] for one in done.result["snapshots"]] == ["first", "second"]


def test_by_time_and_with_the_playbook(lab: Lab) -> None:
    lab.document = copy.deepcopy(lab.document) | {"groups": {"front_end": ["fe1"]}}
    first = _take(lab)
    assert lab.task(POLICY, MAIL).exit_code == 0
    lab.variables["ipsec_restore_dir"] = str(lab.backups)
    early = lab.run("restore", "-e", "ipsec_restore_time=2001-01-02T03:04:05Z")
    assert f"{lab.backups} holds no snapshot of fe1 from 2001-01-02T03:04:05Z or before; there are: " in early.output
    moment = f"{first['taken'][:-1]}.999999+00:00"
    for status in ("changed", "ok"):
        run = lab.run("restore", "-e", f"ipsec_restore_time={moment}")
        assert run.one(SNAPSHOT).status == status, run.output
    assert lab.policies("fe1")["policies"] == {}


def test_policies_that_share_what_has_changed_since(lab: Lab) -> None:
    for command in (
        'add filterlist name="L"',
        'add filter filterlist="L" srcaddr=me dstaddr=192.0.2.21 protocol=TCP dstport=110',
        'add filterlist name="Idle"',
        'add filter filterlist="Idle" srcaddr=me dstaddr=192.0.2.22 protocol=TCP dstport=25',
        'add filteraction name="F" action=negotiate qmsec="ESP[3DES,SHA1]"',
        'add policy name="A"',
        'add policy name="B"',
        'add rule name="RA" policy="A" filterlist="L" filteraction="F" kerberos=yes',
        'add rule name="RB" policy="B" filterlist="L" filteraction="F" kerberos=yes',
        'set policy name="A" assign=yes',
    ):
        lab.type("fe1", f"netsh ipsec static {command}")
    former = lab.policies("fe1")
    _take(lab, "first")
    for command in (
        'add filter filterlist="L" srcaddr=me dstaddr=192.0.2.21 protocol=TCP dstport=143',
        'set filteraction name="F" action=negotiate soft=yes qmsec="ESP[3DES,SHA1]"',
        'delete filterlist name="Idle"',
    ):
        lab.type("fe1", f"netsh ipsec static {command}")
    done = _back(lab, name="first")
    assert done.status == "changed", done.message
    found = lab.policies("fe1")
    assert (found["assigned"], found["policies"]) == ("A", former["policies"])
    assert (found["lists"], found["actions"]) == (former["lists"], former["actions"])
    assert _back(lab, name="first").status == "ok"


def test_of_another_host_or_damaged(lab: Lab) -> None:
    path = Path(_take(lab, "mine")["path"])
    whole = path.read_bytes()
    path.write_bytes(whole.decode("utf-16").replace('"FE1"', '"BE1"').encode("utf-16"))
    assert "is a snapshot of BE1, and this host is FE1" in _back(lab).message
    for damaged in (whole[:-40], whole.replace("Oakley".encode("utf-16-le"), "Oakleg".encode("utf-16-le")), b"", b"x"):
        path.write_bytes(damaged)
        result = _back(lab)
        assert (result.status, "is damaged" in result.message) == ("failed", True), result.message


def test_list_and_remove(lab: Lab) -> None:
    _take(lab, "a")
    _take(lab)
    listed = lab.task(SNAPSHOT, {"state": "listed", "folder": str(lab.backups)}).one(SNAPSHOT)
    assert (listed.status, [one["name"] for one in listed.result["snapshots"]]) == ("ok", ["a", ""])
    for status in ("changed", "ok"):
        gone = lab.task(SNAPSHOT, {"state": "absent", "name": "a", "folder": str(lab.backups)}).one(SNAPSHOT)
        assert (gone.status, [one["name"] for one in gone.result["snapshots"]]) == (status, [""])
