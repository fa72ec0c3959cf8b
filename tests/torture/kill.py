# SPDX-License-Identifier: GPL-3.0-or-later
"""The run that hardens a site, killed at each of its requests: what stands afterwards, and what the next run says."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.checkout import COLLECTIONS, NAME
from tests.playbooks.killing import run_killed
from tests.playbooks.run import PlaybookRun, environment, run_playbook
from tests.torture.field import Field, running_field
from tests.torture.judge import in_force
from tests.torture.site import CONTROLLER, ROLES, Site
from tests.torture.words import CERTIFICATE

CONFIRM = 180
POLICY = "Exchange IPsec"
HARDEN = COLLECTIONS.joinpath(*NAME.split(".")) / "playbooks" / "harden.yml"


@dataclasses.dataclass
class KillPoint:
    """One run, killed at one request; `wrong` is what was not as it should be.

    `nameless` are shells that a host had opened when the run died before it could note so: no later run can know of
    them, and the host ends them by its idle time-out, where it has one (MS-WSMV notes <23>, <27>).
    """

    at: int
    killed: bool = False
    new: int = 0
    nameless: list[str] = dataclasses.field(default_factory=list)
    wrong: list[str] = dataclasses.field(default_factory=list)


def variables(folder: Path) -> dict[str, Any]:
    """What the roles are told."""
    found: dict[str, Any] = {}
    for role in set(ROLES.values()):
        found |= {
            f"{role}_tier": "everything",
            f"{role}_authentication": [CERTIFICATE],
            f"{role}_management": [CONTROLLER],
            f"{role}_confirm": CONFIRM,
            f"{role}_backup_dir": str(folder / "backup"),
        }
    return found


def count_requests(profiles: dict[str, str]) -> int:
    """How many requests the run makes when nobody kills it."""
    site = Site(900, profiles)
    with tempfile.TemporaryDirectory(prefix="torture-") as name, running_field([site], Path(name)) as field:
        return _kill(field, site, 0).requests


def kill_at(points: Sequence[int], profiles: dict[str, str]) -> list[KillPoint]:
    """Kill one run at each of these requests, each at a site of its own, and mend all of the sites in one run."""
    sites = {at: Site(at, profiles) for at in points}
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        with running_field(list(sites.values()), folder) as field:
            former = {one: field.policies(one) for site in sites.values() for one in site.names}
            found = [_killed(field, site, at, former) for at, site in sites.items()]
            after = {one: field.policies(one) for one in former}
            _mend(field, sites, found)
            for point in found:
                _hold(field, sites[point.at], point, former, after)
    return found


def _kill(field: Field, site: Site, at: int) -> Any:
    inventory = field.inventory([site], **variables(field.folder))
    command = ["ansible-playbook", "-i", str(inventory), str(HARDEN)]
    return run_killed(command, field.folder, [field.handle.host(name) for name in site.names], at)


def _killed(field: Field, site: Site, at: int, former: dict[str, Any]) -> KillPoint:
    """Kill a run, and let the clocks of its site pass the end of every countdown."""
    point = KillPoint(at, _kill(field, site, at).killed)
    noted = noted_shells()
    for name in site.names:
        point.nameless += sorted(_shells(field, name) - noted)
        field.wake(name, CONFIRM + 60)
        if not field.reachable(name):
            point.wrong.append(f"{name} is out of reach")
        if field.armed(name):
            point.wrong.append(f"{name} still counts down")
    return point


def _mend(field: Field, sites: dict[int, Site], found: Sequence[KillPoint]) -> None:
    """One more run must converge, and another one must have nothing to do."""
    inventory = field.inventory(list(sites.values()), **variables(field.folder))
    for expected in ({"ok", "changed"}, {"ok"}):
        run = run_playbook(HARDEN, inventory, cwd=field.folder)
        for point in found:
            for name in sites[point.at].names:
                said = run.statuses().get(name, "missing")
                if said not in expected:
                    point.wrong.append(f"{name}: a later run says {said}: {_messages(run, name)}")


def _messages(run: PlaybookRun, name: str) -> str:
    told = [f"{one.task}: {one.status} {one.message}" for one in run.results if one.host == name and one.status != "ok"]
    return " | ".join(told)[:800] or run.output[-800:]


def _hold(field: Field, site: Site, point: KillPoint, former: dict[str, Any], after: dict[str, Any]) -> None:
    """Hold what stood after the killing against what stood before and what stands in the end."""
    for name in site.names:
        final = field.policies(name)
        if final["assigned"] != POLICY:
            point.wrong.append(f"{name}: {final['assigned']} is in force in the end")
        states = [in_force(one, POLICY) for one in (former[name], final)]
        if in_force(after[name], POLICY) not in states:
            point.wrong.append(f"{name} was neither in its former nor in its new state")
        point.new += in_force(after[name], POLICY) == states[1]
        point.wrong += [f"{name}: left over: {one}" for one in field.leftovers(name)]
        shells = _shells(field, name).difference(point.nameless)
        if shells:
            point.wrong.append(f"{name}: {len(shells)} shells are open")


def _shells(field: Field, name: str) -> set[str]:
    """The ids of a host's open shells."""
    return {one.id for one in field.handle.call(field.handle.host(name).shells.all)}


def noted_shells() -> set[str]:
    """The ids of the shells that runs have noted; half a note is none."""
    found = set()
    for note in Path(environment()["ANSIBLE_HOME"]).glob("exchange.ipsec/shells/*/*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            found.add(str(json.loads(note.read_text(encoding="utf-8"))["shell_id"]))
    return found
