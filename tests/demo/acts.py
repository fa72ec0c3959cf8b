# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts of the demo; each one tells, does, shows, and holds what happened against what was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from tests.demo import screen
from tests.demo.stage import Stage, StoryError, host_windows
from tests.playbooks.run import PlaybookRun

POLICY = "Exchange IPsec"
TAMPERING = (
    ("be1", f'netsh ipsec static add rule name="Just for the backup" policy="{POLICY}" '
     'filterlist="Exchange: front end to back end" filteraction="Exchange: permit"'),
    ("fe2", r"reg delete HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley /v NLBSFlags /f"),
)  # fmt: skip
TAMPERED = {"be1", "fe2"}
MISTAKE = ("-e", "front_end_tier=credentials")


def play(stage: Stage) -> None:
    """Tell the whole story; StoryError at the first act that does not end as told."""
    windows = host_windows()
    everybody = set(windows)
    tell = _teller(stage, windows)
    run = tell(1, "Harden: from servers without any policy to encrypted traffic among all of them", "harden")
    _expect(run, changed=everybody, succeeds=True)
    screen.good("every server has its policy, read back and compared before it was put in force")
    run = tell(2, "Harden again: nothing is left to do, so nothing is done", "harden")
    _expect(run, changed=set(), succeeds=True)
    screen.good("not one change")
    run = tell(3, "Comply: judge the fleet without touching it", "comply")
    _expect(run, changed=set(), succeeds=True)
    screen.good("compliant, in one shell per server")
    screen.act(4, "Meanwhile, late at night, somebody helps")
    for host, typed in TAMPERING:
        screen.command(stage.console_command(host, typed))
        stage.type(host, typed)
    screen.good("done past Ansible, at the consoles of two servers")
    run = tell(5, "Comply: the night's work is found, server by server, finding by finding", "comply")
    _expect(run, changed=set(), succeeds=False, failed=TAMPERED)
    screen.findings(run)
    screen.good(f"exit code {run.exit_code}, which stops a pipeline")
    run = tell(6, "Harden: repair what was found, and only that", "harden")
    _expect(run, changed=TAMPERED, succeeds=True)
    screen.good("two servers changed, three left alone")
    run = tell(7, "Comply: all is well again", "comply")
    _expect(run, changed=set(), succeeds=True)
    screen.good("compliant")
    run = tell(8, "Harden with a mistake: the front ends alone are to stop encrypting HTTP", "harden", *MISTAKE)
    _expect(run, changed=set(), succeeds=False, failed={"fe1"})
    screen.refusal(run)
    screen.good("refused by the forecast, before anything was touched")


def _teller(stage: Stage, windows: Mapping[str, str]) -> Callable[..., PlaybookRun]:
    def tell(number: int, text: str, playbook: str, *more: str) -> PlaybookRun:
        screen.act(number, text)
        screen.command(stage.playbook_command(playbook, *more))
        with screen.console.status("   running"):
            run, counted = stage.playbook(playbook, *more)
        screen.hosts(run, counted, windows)
        _no_shell_left(counted)
        return run

    return tell


def _expect(
    run: PlaybookRun, *, changed: AbstractSet[str], succeeds: bool, failed: AbstractSet[str] = frozenset()
) -> None:
    statuses = run.statuses()
    found = {status: {name for name, one in statuses.items() if one == status} for status in set(statuses.values())}
    bad = found.get("failed", set()) | found.get("unreachable", set())
    if bad != failed or found.get("changed", set()) != changed or (run.exit_code == 0) != succeeds:
        raise StoryError(
            f"told: {_names(changed)} changed, {_names(failed)} failed; "
            f"happened: {_names(found.get('changed', set()))} changed, {_names(bad)} failed, "
            f"exit code {run.exit_code}\n{run.output}"
        )
    if len(statuses) != len(host_windows()):
        raise StoryError(f"only {_names(set(statuses))} took part\n{run.output}")


def _no_shell_left(counted: Mapping[str, Mapping[str, Any]]) -> None:
    left = {name for name, figures in counted.items() if figures["shells_open"]}
    if left:
        raise StoryError(f"shells were left open on {_names(left)}")


def _names(hosts: AbstractSet[str]) -> str:
    return ", ".join(sorted(hosts)) or "nobody"
