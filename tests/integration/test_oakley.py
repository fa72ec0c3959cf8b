# SPDX-License-Identifier: GPL-3.0-or-later
"""exchange.ipsec.oakley against the lab: values, backups, restarts, and the way back."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.integration.conftest import OAKLEY, Lab, LabMaker

MODULE = "exchange.ipsec.oakley"


def test_five_beats(lab: Lab) -> None:
    want = {"nlbs_flags": "1", "backup_dir": str(lab.backups)}
    checked = lab.task(MODULE, want, "--check", "--diff").one(MODULE)
    assert checked.status == "changed"
    assert checked.result["previous"]["NLBSFlags"] is None
    assert checked.result["settings"]["NLBSFlags"] == 1
    assert lab.number("fe1", "NLBSFlags") is None
    assert not lab.backups.exists()

    applied = lab.task(MODULE, want).one(MODULE)
    assert applied.status == "changed"
    assert lab.number("fe1", "NLBSFlags") == 1
    assert applied.result["restart_needed"] == "service"
    assert applied.result["restarted"] is False
    assert applied.result["failover"]["unplanned"] == 120

    backup = Path(applied.result["backup_file"])
    assert backup.parent == lab.backups
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert stat.S_IMODE(lab.backups.stat().st_mode) == 0o700
    assert "Oakley" in backup.read_text(encoding="utf-16")

    before = lab.dump("fe1")
    again = lab.task(MODULE, want).one(MODULE)
    assert again.status == "ok"
    assert again.result["commands"] == []
    assert lab.dump("fe1") == before
    assert list(lab.backups.iterdir()) == [backup]


def test_the_way_back_also_where_there_was_nothing(lab: Lab) -> None:
    applied = lab.task(MODULE, {"nlbs_flags": "1", "backup_dir": str(lab.backups)}).one(MODULE)
    back = lab.task(MODULE, {"restore": applied.result["backup_file"], "backup": False})
    assert back.one(MODULE).status == "changed", back.output
    assert lab.number("fe1", "NLBSFlags") is None
    assert lab.task(MODULE, {"restore": applied.result["backup_file"], "backup": False}).one(MODULE).status == "ok"


def test_the_way_back_to_another_value(lab: Lab) -> None:
    lab.type("fe1", rf"reg add {OAKLEY} /v NLBSFlags /t REG_DWORD /d 0 /f")
    applied = lab.task(MODULE, {"nlbs_flags": "1", "backup_dir": str(lab.backups)}).one(MODULE)
    assert lab.number("fe1", "NLBSFlags") == 1
    assert lab.task(MODULE, {"restore": applied.result["backup_file"], "backup": False}).one(MODULE).status == "changed"
    assert lab.number("fe1", "NLBSFlags") == 0


def test_absent_and_unmanaged(lab: Lab) -> None:
    lab.type("fe1", rf"reg add {OAKLEY} /v NLBSFlags /t REG_DWORD /d 1 /f")
    assert lab.task(MODULE, {"nlbs_flags": "unmanaged"}).one(MODULE).status == "ok"
    assert lab.task(MODULE, {"nlbs_flags": "absent", "backup": False}).one(MODULE).status == "changed"
    assert lab.number("fe1", "NLBSFlags") is None
    assert lab.task(MODULE, {"nlbs_flags": "absent", "backup": False}).one(MODULE).status == "ok"


def test_restart_when_asked(lab: Lab) -> None:
    done = lab.task(MODULE, {"nlbs_flags": "1", "restart": True, "backup": False}).one(MODULE)
    assert done.result["restarted"] is True
    assert "RUNNING" in lab.type("fe1", "sc query PolicyAgent")
    assert [line for _unused, line in lab.typed if "net stop PolicyAgent" in line]


def test_a_value_unknown_to_the_windows_version_is_refused(make_lab: LabMaker) -> None:
    lab = make_lab({"hosts": {"dc1": {"profile": "server2022", "addresses": ["192.0.2.41"]}}})
    before = lab.dump("dc1")
    run = lab.task(MODULE, {"settings": {"EnableLoging": 1}, "backup": False})
    assert run.one(MODULE).status == "failed"
    assert "EnableLoging" in run.one(MODULE).message
    assert "Traceback" not in run.output
    assert lab.dump("dc1") == before


def test_no_backup_no_change(lab: Lab) -> None:
    lab.backups.write_text("a file where the folder should be", encoding="utf-8")
    run = lab.task(MODULE, {"nlbs_flags": "1", "backup_dir": str(lab.backups)})
    assert run.one(MODULE).status == "failed"
    assert "nothing was changed" in run.one(MODULE).message
    assert lab.number("fe1", "NLBSFlags") is None


def test_korean_host(make_lab: LabMaker) -> None:
    lab = make_lab({"hosts": {"fe1": {"profile": "server2003-ko", "addresses": ["192.0.2.11"]}}})
    assert lab.task(MODULE, {"nlbs_flags": "1", "backup": False, "restart": True}).one(MODULE).status == "changed"
    assert lab.number("fe1", "NLBSFlags") == 1
