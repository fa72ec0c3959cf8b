# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry a plan out like a router's confirmed commit: arm, change, come back over a new connection, confirm.

Whatever happens after the arming, the host ends in the state that was planned or in the one before: either this run
confirms, or the host puts the former state back by itself and this run waits until it has.
"""

from __future__ import annotations

import dataclasses
import time

from ..compliance.state import Service
from ..errors import HostError
from ..host import countdown
from ..host.port import HostPort
from ..host.reading import read_host
from ..model.policy import Policy, PolicyStore
from ..netsh.from_steps import lines_for
from ..netsh.render import script
from ..oakley.settings import OAKLEY_KEY
from ..plan.planner import Plan
from ..plan.steps import Step
from ..plan.verify import unmet
from ..store.keys import LOCAL_STORE_KEY
from .apply_plan import apply_plan, shortfall, write
from .held import in_progress, write_held
from .probing import Probe, failures
from .survey import Survey, survey, survey_from

_STARTED = "the countdown has not started, so nothing was changed; is the service Task Scheduler (Schedule) running?"
_FAILS_ALREADY = "a probe fails before the change already, so nothing was changed"
_MEND = "See to what it asks for, or drop the probe"


@dataclasses.dataclass(frozen=True)
class Terms:
    """Whose commit it is, with its countdown in seconds (0: none).

    ``lost`` are the exceptions that mean a lost connection, ``probes`` what must work before the change and after it.
    """

    owner: countdown.Owner
    lost: tuple[type[Exception], ...]
    probes: tuple[Probe, ...] = ()

    @property
    def seconds(self) -> int:
        """The countdown."""
        return self.owner.seconds


def needs_confirmation(plan: Plan) -> int | None:
    """Tell which half of a plan first changes what is in force: 0 the build, 1 the switch, None neither."""
    states = [_in_force(store) for store in (plan.have, plan.built, plan.after)]
    return next((half for half in (0, 1) if states[half] != states[half + 1]), None)


def apply_confirmed(plan: Plan, before: Survey, host: HostPort, terms: Terms) -> Survey:
    """Write a plan to a host and give what stands there then, confirmed over a new connection.

    A plan that changes nothing in force, or terms without a countdown, are carried out as they are. HostError when the
    host is held by another run, when a probe fails before the change or the countdown cannot start (nothing is changed
    then), or when the change was not confirmed: its text says what was lost and what stands now.
    """
    first = needs_confirmation(plan)
    if first is None or not terms.seconds:
        return apply_plan(plan, host, terms.owner)
    failed = failures(terms.probes, host)
    if failed:
        raise HostError(f"{host.name}: {_FAILS_ALREADY}: {failed}. {_MEND}")
    if first == 0:
        commit = _Commit(plan.after, plan.have, host, terms)
        return commit.carry_out(plan.build, plan.built, plan.switch, snapshot_of(before))
    if plan.build:
        before = write(plan.build, plan.built, host, terms.owner, keep=True)
    commit = _Commit(plan.after, plan.built, host, terms, held=bool(plan.build))
    return commit.carry_out(plan.switch, plan.after, (), snapshot_of(before))


def snapshot_of(found: Survey) -> countdown.Snapshot:
    """Give what there is to put back on a host."""
    below = found.registry.keys_below
    return countdown.Snapshot(
        policy=LOCAL_STORE_KEY in found.registry or bool(below(LOCAL_STORE_KEY)),
        oakley=OAKLEY_KEY in found.registry or bool(below(OAKLEY_KEY)),
        running=found.state.service is Service.RUNNING,
    )


def _in_force(store: PolicyStore) -> Policy | None:
    return store.policy(store.assigned) if store.assigned else None


@dataclasses.dataclass
class _Commit:
    """One commit under way: what must stand at its end, or else again; ``held`` when it has the lock already."""

    wanted: PolicyStore
    former: PolicyStore
    host: HostPort
    terms: Terms
    held: bool = False
    reason: str = ""
    failed: str = ""

    def carry_out(
        self, steps: tuple[Step, ...], expected: PolicyStore, rest: tuple[Step, ...], snapshot: countdown.Snapshot
    ) -> Survey:
        """Arm and write in one command line, write the rest, and come back to confirm."""
        sure = False
        try:
            found = self._write_armed(steps, snapshot)
            self.reason = shortfall(expected, found)
            if rest and not self.reason:
                found = write_held(self.host, self.terms.owner, "netsh", _script(rest), held=True, keep=True)
                self.reason = shortfall(self.wanted, found)
            sure = not self.reason
        except self.terms.lost as exc:  # pylint: disable=catching-non-exception
            if isinstance(exc, _Refused):
                raise
            self.reason = f"the host did not answer any more ({exc})"
        return self._settle(sure)

    def _write_armed(self, steps: tuple[Step, ...], snapshot: countdown.Snapshot) -> Survey:
        reading = read_host(
            self.host,
            prepare=countdown.arm(self.terms.owner, snapshot, taken=self.held),
            before=countdown.guarded(self.terms.owner, "netsh"),
            stdin=_script(steps),
            also=(countdown.LOOK,),
        )
        found = survey_from(reading)
        if found.prepared:
            return found
        owner = found.standing.owner
        if owner is not None and owner.token != self.terms.owner.token:
            raise _Refused(in_progress(self.host.name, found.standing, owner))
        survey(self.host, before=countdown.CLEAR if owner else countdown.CLEAR_UNARMED)
        raise _Refused(f"{self.host.name}: {_STARTED}")

    def _settle(self, sure: bool) -> Survey:
        """Read over new connections until the change is confirmed or the former state stands again."""
        end = time.monotonic() + self.terms.seconds + countdown.MARGIN
        while True:
            self.host.close()
            try:
                found = self._decide(sure)
            except self.terms.lost as exc:  # pylint: disable=catching-non-exception
                self.reason = self.reason or f"a new connection got no answer ({exc})"
                if time.monotonic() > end:
                    raise HostError(f"{self.host.name}: {self.reason}; {_never(self.terms.seconds)}") from exc  # pylint: disable=bad-exception-cause
                found = None
            if found is not None and self._over(found):
                break
            if found is not None and time.monotonic() > end:
                raise HostError(f"{self.host.name}: {self.reason}; {_never(self.terms.seconds)}")
            time.sleep(min(5.0, max(0.5, self.terms.seconds / 20)))
        if not self.failed and not unmet(self.wanted, found.store):
            return found
        raise HostError(f"{self.host.name}: {self.reason or 'the countdown ran out'}; {self._stands(found)}")

    def _over(self, found: Survey) -> bool:
        """Say whether nothing of this commit is left on the host; another run may have begun since."""
        owner = found.standing.owner
        return found.standing.free or (owner is not None and owner.token != self.terms.owner.token)

    def _decide(self, sure: bool) -> Survey:
        """Confirm what is as wanted, and have put back what is not."""
        owner = self.terms.owner
        if sure and not self.terms.probes:
            return survey(self.host, before=countdown.confirm(owner), countdown=True)
        found = survey(self.host, countdown=True)
        if self._over(found) or "back" in found.standing.words:
            return found
        good = "armed" in found.standing.words and not unmet(self.wanted, found.store)
        if good:
            good = self._probed()
        else:
            self.reason = shortfall(self.wanted, found) or self.reason
        order = countdown.confirm(owner) if good else countdown.put_back_now(owner)
        if "armed" not in found.standing.words:
            order = countdown.CLEAR if "kept" in found.standing.words else countdown.CLEAR_UNARMED
        return survey(self.host, before=order, countdown=True)

    def _probed(self) -> bool:
        """Ask the probes, until one of them has failed once: tell whether the change may stay."""
        if not self.failed:
            try:
                self.failed = failures(self.terms.probes, self.host)
            except self.terms.lost as exc:  # pylint: disable=catching-non-exception
                self.failed = f"their commands got no answer ({exc})"
        if self.failed:
            self.reason = f"a probe fails since the change: {self.failed}"
        return not self.failed

    def _stands(self, found: Survey) -> str:
        """Say whether the former state stands again."""
        missing = unmet(self.former, found.store)
        if missing:
            return f"the former state does not stand again: {'; '.join(missing[:3])}. Restore the backup"
        force = self.former.assigned
        stands = f"policy {force!r} is in force as before" if force else "no policy is in force, as before"
        return f"the host put its former state back: {stands}. Nothing else is lost; mend the policy and run again"


class _Refused(HostError):
    """The change was not begun."""


def _script(steps: tuple[Step, ...]) -> str:
    return script([line for step in steps for line in lines_for(step, reveal=True)])


def _never(seconds: int) -> str:
    return (
        f"it did not come back within {seconds + countdown.MARGIN} s, although it puts its former state back by "
        "itself. Go to its console: the job 'exchange.ipsec' of its Task Scheduler does it"
    )
