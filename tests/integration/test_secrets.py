# SPDX-License-Identifier: GPL-3.0-or-later
"""A pre-shared key is seen by nobody: not in output at any verbosity, not in a diff, a failure or a process list."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.conftest import ROLES, SITE, Lab, LabMaker
from tests.integration.test_policy import MAIL
from tests.playbooks.run import PlaybookRun, run_command

KEY = "Zaubernuss-4711"
POLICY = "exchange.ipsec.policy"
SHAPES = (KEY, KEY.encode("utf-16-le").hex(), KEY.encode().hex(), "Zaubernuss")


def _with_key(**changes: Any) -> dict[str, Any]:
    want = copy.deepcopy(MAIL) | changes
    want["rules"][0]["authentication"] = [{"method": "psk", "psk": KEY}]
    return want


def _texts(lab: Lab, run: PlaybookRun) -> Iterator[tuple[str, str]]:
    yield "what Ansible printed", run.output
    yield "results", str(run.results)
    yield "command lines on the host", "\n".join(line for _unused, line in lab.typed)
    for path in lab.folder.rglob("*"):
        if path.is_file() and path.parent.name != "backup" and not path.name.startswith("play"):
            yield path.name, path.read_text(encoding="utf-8", errors="replace")


def _unseen(lab: Lab, run: PlaybookRun) -> None:
    for where, text in _texts(lab, run):
        for shape in SHAPES:
            assert shape.lower() not in text.lower(), f"{shape} in {where}"


def test_the_key_reaches_the_host_and_nothing_else(lab: Lab) -> None:
    for arguments in (("-vvvv", "--check", "--diff"), ("-vvvv", "--diff"), ("-vvvv", "--diff")):
        _unseen(lab, lab.task(POLICY, _with_key(), *arguments))
    rule = lab.policies("fe1")["policies"]["Mail"]["rules"]["POP3"]
    assert rule["authentication"] == [f"psk:{KEY}"]


def test_another_key_is_a_change_that_does_not_show_either(lab: Lab) -> None:
    assert lab.task(POLICY, _with_key()).exit_code == 0
    want = _with_key()
    want["rules"][0]["authentication"][0]["psk"] = "Another-0815"
    run = lab.task(POLICY, want, "-vvvv", "--diff")
    assert run.one(POLICY).status == "changed"
    assert "Another-0815" not in run.output
    _unseen(lab, run)
    assert lab.policies("fe1")["policies"]["Mail"]["rules"]["POP3"]["authentication"] == ["psk:Another-0815"]


def test_compliance_does_not_show_the_key_it_found(lab: Lab) -> None:
    assert lab.task(POLICY, _with_key()).exit_code == 0
    run = lab.task("exchange.ipsec.compliance", MAIL, "-vvvv", "--diff")
    assert run.exit_code != 0
    _unseen(lab, run)


def test_info_does_not_show_the_key_it_found(lab: Lab) -> None:
    assert lab.task(POLICY, _with_key()).exit_code == 0
    run = lab.task("exchange.ipsec.policy_info", {"evidence": True}, "-vvvv")
    assert run.exit_code == 0
    _unseen(lab, run)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param({"assigned": "perhaps"}, id="bad-argument"),
        pytest.param({"main_mode": {"lifetime": -1}}, id="bad-value"),
        pytest.param({"name": "line\nbreak"}, id="name-that-netsh-cannot-take"),
    ],
)
def test_a_failure_does_not_show_the_key(lab: Lab, spoil: dict[str, Any]) -> None:
    run = lab.task(POLICY, _with_key(**spoil), "-vvvv", "--diff")
    assert run.exit_code != 0
    _unseen(lab, run)


def test_a_key_that_netsh_cannot_take_is_not_shown(lab: Lab) -> None:
    want = _with_key()
    want["rules"][0]["authentication"][0]["psk"] = f"{KEY}\n{KEY}"
    run = lab.task(POLICY, want, "-vvvv", "--diff")
    assert run.exit_code != 0
    _unseen(lab, run)


def test_netsh_that_fails_does_not_show_the_key(lab: Lab) -> None:
    lab.host("fe1").has_program = lambda name: name != "netsh"  # type: ignore[method-assign]
    run = lab.task(POLICY, _with_key(), "-vvvv", "--diff")
    assert run.one(POLICY).status == "failed"
    assert "Mail" in run.one(POLICY).message
    _unseen(lab, run)


@pytest.mark.parametrize("kind", ["drop", "truncate", "die"])
def test_a_broken_connection_does_not_show_the_key(lab: Lab, kind: str) -> None:
    lab.handle.fault("fe1", kind, {"drop": "8", "truncate": "300", "die": "1"}[kind])
    run = lab.task(POLICY, _with_key(), "-vvvv", "--diff")
    assert run.exit_code != 0
    assert "Traceback" not in run.one(POLICY).message
    _unseen(lab, run)


def test_the_backup_of_the_policy_is_for_its_owner_only(lab: Lab) -> None:
    """The one file that must hold the key to be of use is readable for nobody else."""
    assert lab.task(POLICY, _with_key()).exit_code == 0
    changed = _with_key()
    changed["rules"][0]["filter_list"]["filters"].pop()
    assert lab.task(POLICY, changed).exit_code == 0
    backups = sorted((lab.folder / "backup").glob("fe1_policy_*.reg"))
    assert len(backups) == 2
    assert [path.stat().st_mode & 0o777 for path in (backups[0].parent, *backups)] == [0o700, 0o600, 0o600]
    folded = backups[1].read_bytes().decode("utf-16").replace("\\\r\n  ", "").replace(",", "")
    assert KEY.encode("utf-16-le").hex() in folded


def test_a_whole_site_with_a_key_from_a_vault(make_lab: LabMaker) -> None:
    """Through roles, whose arguments Ansible validates and shows on its own; judged compliant afterwards."""
    site = make_lab(SITE)
    authentication = [{"method": "psk", "psk": "{{ vaulted_key }}"}]
    site.variables |= {f"{role}_authentication": authentication for role in ROLES}
    password, vault = site.folder / "password", site.folder / "vault.yml"
    password.write_text("open sesame", encoding="utf-8")
    vault.write_text(f"vaulted_key: {KEY}\n", encoding="utf-8")
    secrets = ("--vault-password-file", str(password))
    assert run_command(["ansible-vault", "encrypt", *secrets, str(vault)]).exit_code == 0
    assert KEY not in vault.read_text(encoding="utf-8")
    arguments = ("-e", f"@{vault}", *secrets, "-vvvv", "--diff")
    for playbook, code in (("harden", 0), ("harden", 0), ("comply", 0)):
        run = site.run(playbook, *arguments)
        assert run.exit_code == code, run.output
        _unseen(site, run)
    rules = site.policies("be1")["policies"]["Exchange IPsec"]["rules"]
    assert rules["Exchange: front end to back end"]["authentication"] == [f"psk:{KEY}"]
