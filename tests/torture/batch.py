# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch of cases: one fleet, one run of ansible-playbook with a play for each, and what came of them."""

from __future__ import annotations

import dataclasses
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.playbooks.run import environment
from tests.torture.cases import Case, case
from tests.torture.field import Field, running_field
from tests.torture.judge import Verdicts, ends
from tests.torture.play import CHANGE, GUARD, plays
from tests.torture.role_cases import RoleCase
from tests.torture.watch import Watch
from tests.torture.words import expected, seen

_TIMEOUT = 900.0


@dataclasses.dataclass
class Result:
    """What one case came to; `way` is applied, refused or failed, `unheld` why no verdict was held against the lab."""

    number: int
    kind: str
    way: str = "failed"
    healed: bool = False
    restarted: bool = False
    in_doubt: bool = False
    unheld: str = ""
    lost: list[str] = dataclasses.field(default_factory=list)
    verdicts: Verdicts = dataclasses.field(default_factory=Verdicts)
    said: str = ""


def run_batch(numbers: Sequence[int], seed: int) -> list[Result]:
    """Take the cases of these numbers through the product."""
    cases = [case(number, seed) for number in numbers]
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        with running_field([one.site for one in cases], folder) as field:
            former = {one.number: begin(field, one) for one in cases}
            playbook = folder / "play.yml"
            playbook.write_text(yaml.safe_dump(plays(cases), sort_keys=False), encoding="utf-8")
            record = folder / "record.jsonl"
            record.touch()
            with Watch(field, cases, record) as watch:
                output = _play(playbook, field.inventory([one.site for one in cases]), record)
            return [_judged(field, one, watch, former[one.number], output) for one in cases]


def begin(field: Field, case: Case | RoleCase) -> dict[str, dict[str, Any]]:
    """Bring the site of a case to where it begins; returns what stands there."""
    for short, commands in (case.typed if isinstance(case, Case) else {}).items():
        for command in commands:
            field.type(case.site.name(short), command)
        field.handle.reboot(case.site.name(short))
    for short, spec in case.before.items():
        name = case.site.name(short)
        field.put(name, spec)
        if not field.admits(name):  # nobody could manage it, so nobody could have brought it there
            field.type(name, "netsh ipsec static delete all")
    return {name: field.policies(name) for name in case.site.names}


def _play(playbook: Path, inventory: Path, record: Path) -> str:
    done = subprocess.run(
        ["ansible-playbook", "-i", str(inventory), str(playbook)], cwd=playbook.parent,
        env=environment(RECORD_FILE=str(record)), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, timeout=_TIMEOUT,
    )  # fmt: skip
    return done.stdout + done.stderr


def _judged(field: Field, case: Case, watch: Watch, former: dict[str, dict[str, Any]], output: str) -> Result:
    result, lines = Result(case.number, case.kind), watch.lines[case.number]
    if GUARD not in lines or case.number not in watch.outcomes:
        result.lost.append(f"the run did not come so far; {output[-2000:]}")
        return result
    refused = lines[GUARD]["status"] == "ignored"
    result.way = "refused" if refused else "applied"
    cells, outcomes = watch.matrix(case), watch.outcomes[case.number]
    result.verdicts.compare(cells, outcomes)
    if refused:
        result.in_doubt = not result.verdicts.refusal(lines[GUARD]["result"].get("findings", ()), cells, outcomes)
    said = []
    for short, spec in case.wanted.items():
        name = case.site.name(short)
        change = lines.get(f"{CHANGE} {name}", {"status": "missing", "result": {}})
        status = "failed" if change["status"] == "ignored" else change["status"]
        said.append(f"{name} {status}: {change['result'].get('msg', '')}"[:600])
        result.lost += _hosts_end(field, name, spec, former[name], status)
        healed = "put its former state back" in str(change["result"].get("msg", ""))
        result.healed = result.healed or healed
        result.restarted = result.restarted or (healed and case.restart)
        if status not in ("ok", "changed") and not healed:
            result.lost.append(f"{name}: {status}: {change['result'].get('msg', '')}"[:900])
        if healed and not refused:
            result.verdicts.wrong.append(f"the forecast let pass what shut the controller out of {name}")
    for name in set(case.site.names) - {case.site.name(short) for short in case.wanted}:
        result.lost += ends(field, name, former[name], new=False, status="")
    result.said = "; ".join(said)
    return result


def _hosts_end(
    field: Field, name: str, spec: dict[str, Any], former: dict[str, Any], status: str
) -> list[str]:
    """Say what is wrong with a host that was to be changed."""
    stands = field.policies(name)
    there = seen(stands, spec["name"])
    if spec.get("state") == "absent":
        new = there is None
    else:
        in_force = stands["assigned"] == spec["name"]
        new = there == expected(spec) and in_force == spec["assigned"]
    return ends(field, name, former, new, status, built=spec["name"])
