# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases through playbooks/harden.yml: as a user runs it, then without the forecast, then in a copy that cuts nobody."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.checkout import COLLECTIONS, NAME
from tests.playbooks.run import PlaybookRun, TaskResult, run_playbook
from tests.torture.batch import Result, begin
from tests.torture.field import Field, running_field
from tests.torture.judge import in_force
from tests.torture.role_cases import BLIND, RoleCase, role_case
from tests.torture.site import ROLES

HARDEN = COLLECTIONS.joinpath(*NAME.split(".")) / "playbooks" / "harden.yml"
FORECAST = "exchange.ipsec.forecast"
POLICY = "Exchange IPsec"
UNGUARDED = ("-e", "ipsec_forecast_fail_on=never")
CONFIRM = 10


def run_roles(numbers: Sequence[int], seed: int) -> list[Result]:
    """Take the cases of these numbers through the roles."""
    cases = [role_case(number, seed) for number in numbers]
    sites = [case.site for case in cases]
    with tempfile.TemporaryDirectory(prefix="torture-") as name, running_field(sites, Path(name)) as field:
        return [_Taken(field, case).result() for case in cases]


class _Healer:
    """Lets the clock of a host that is shut off pass the end of its countdown."""

    def __init__(self, field: Field, names: Sequence[str]) -> None:
        self._field, self._names = field, names
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_unused: object) -> None:
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stop.wait(0.1):
            for name in self._names:
                if self._field.armed(name) and not self._field.admits(name):
                    self._field.wake(name, CONFIRM + 5)


class _Taken:
    """One case on its way."""

    def __init__(self, field: Field, case: RoleCase) -> None:
        self._field, self._case, self._site = field, case, case.site
        self._result = Result(case.number, f"harden: {case.kind}")
        self._former = begin(field, case)
        self._saved = self._save()

    def result(self) -> Result:
        run, result = self._run(), self._result
        forecast = next(iter(run.of(FORECAST)), None)
        if self._case.kind in BLIND:
            self._blind(forecast)
            return result
        if run.exit_code == 0 and forecast is not None:
            result.way = "applied"
            cells = forecast.result["matrix"]
            result.verdicts.compare(cells, self._field.outcomes(self._site, cells))
            self._hold({name: self._field.policies(name) for name in self._site.names})
            return result
        if any(one.status == "changed" and one.action != "ansible.builtin.group_by" for one in run.results):
            result.lost.append(f"the run failed after it had begun: {run.output[-1500:]}")
            return result
        result.way = "refused"
        self._untouched()
        if forecast is None or "findings" not in forecast.result:
            result.unheld = "refused as declared"
            result.said = f"refused as declared: {forecast.message if forecast else run.output[-500:]}"
            return result
        self._without_forecast(forecast.result["findings"])
        return result

    def _blind(self, forecast: TaskResult | None) -> None:
        """Judge an inventory with a wrong address: refused as such; without a forecast no host is lost either."""
        result = self._result
        named = {one["check"] for one in forecast.result["findings"]} if forecast else set()
        if "host.addresses" not in named:
            result.lost.append(f"the wrong address was let pass: {sorted(named)}")
        self._untouched()
        run = self._run(*UNGUARDED)
        result.way, result.healed, result.unheld = "refused", _healed(run), "wrong addresses"
        if run.exit_code and not result.healed:
            result.lost.append(f"the run failed otherwise: {run.output[-1500:]}")
        stands = {name: self._field.policies(name) for name in self._site.names}
        for name, is_now in stands.items():
            if not self._field.reachable(name):
                result.lost.append(f"{name} is out of reach")
            old = in_force(is_now, POLICY) == in_force(self._former[name], POLICY)
            if is_now["assigned"] != POLICY and not old:
                result.lost.append(f"{name} is neither in its former nor in its new state")

    def _without_forecast(self, findings: Sequence[dict[str, Any]]) -> None:
        """Do what was refused: to the hosts themselves, who must heal, and to a copy, whose flows are compared."""
        result = self._result
        run = self._run(*UNGUARDED)
        result.healed = _healed(run)
        if run.exit_code and not result.healed:
            result.lost.append(f"the run without forecast failed otherwise: {run.output[-1500:]}")
        stands = {name: self._field.policies(name) for name in self._site.names}
        for name in self._site.names:
            if not self._field.reachable(name):
                result.lost.append(f"{name} is out of reach")
        cells, final = self._copy() if run.exit_code else (self._matrix(run), stands)
        outcomes = self._field.outcomes(self._site, cells)
        result.verdicts.compare(cells, outcomes)
        result.in_doubt = not result.verdicts.refusal(findings, cells, outcomes)
        self._hold(final, stands)

    def _copy(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Do it to hosts that enforce nothing, so that it comes to its end: the matrix, and what stands then."""
        boundary = self._field.handle.fleet.boundary
        self._field.handle.call(self._field.handle.fleet.load, self._saved)
        boundary.enforced = False
        try:
            run = self._run(*UNGUARDED, confirm=0)
        finally:
            boundary.enforced = True
        if run.exit_code:
            self._result.lost.append(f"the copy failed: {run.output[-1500:]}")
        return self._matrix(run), {name: self._field.policies(name) for name in self._site.names}

    @staticmethod
    def _matrix(run: PlaybookRun) -> list[dict[str, Any]]:
        return [cell for one in run.of(FORECAST) for cell in one.result["matrix"]]

    def _hold(self, final: dict[str, Any], stands: dict[str, Any] | None = None) -> None:
        """Every host is in its former or in its new state, and nothing lies about."""
        for name, is_now in (stands or final).items():
            known = [in_force(one, POLICY) for one in (self._former[name], final[name])]
            if in_force(is_now, POLICY) not in known:
                self._result.lost.append(f"{name} is neither in its former nor in its new state")
            left = [one for one in self._field.leftovers(name) if not one.endswith(" ~new'")]
            self._result.lost += [f"{name}: left over: {one}" for one in left]

    def _untouched(self) -> None:
        for name in self._site.names:
            if self._field.policies(name) != self._former[name]:
                self._result.lost.append(f"{name} was changed by a run that was refused")

    def _save(self) -> dict[str, Any]:
        state = self._field.handle.call(self._field.handle.fleet.computers.save)
        own = {name: state["hosts"][name] for name in self._site.names}
        clusters = {name: one for name, one in state["clusters"].items() if name == self._site.group}
        return {"hosts": own, "clusters": clusters}

    def _run(self, *arguments: str, confirm: int = CONFIRM) -> PlaybookRun:
        given: dict[str, Any] = dict(self._case.variables)
        for role in set(ROLES.values()):
            given |= {f"{role}_confirm": confirm, f"{role}_backup_dir": str(self._field.folder / "backup")}
        inventory = self._field.inventory([self._site], self._case.of_hosts, **given)
        with _Healer(self._field, self._site.names):
            return run_playbook(HARDEN, inventory, *self._case.arguments, *arguments, cwd=self._field.folder)


def _healed(run: PlaybookRun) -> bool:
    return any("put its former state back" in one.message for one in run.results)
