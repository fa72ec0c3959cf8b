# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what stands and what is wanted to an ordered, minimal list of steps that never halves a policy in force."""

from __future__ import annotations

import dataclasses

from ..errors import PlanError
from ..model.policy import Policy, PolicyStore
from . import steps as s
from .aside import STAGING, build_aside, recover
from .draft import Draft
from .edit import can_edit_in_place, edit_in_place, orphan_deletions
from .effects import apply_steps


@dataclasses.dataclass(frozen=True)
class Plan:
    """Steps in two halves: ``build`` leaves what is in force whole, ``switch`` puts the result in force.

    Between the halves the store is read again and held against ``built``; ``after`` is what must stand at the end.
    """

    have: PolicyStore
    build: tuple[s.Step, ...]
    switch: tuple[s.Step, ...]

    @property
    def steps(self) -> tuple[s.Step, ...]:
        """All steps in order; empty when nothing differs."""
        return self.build + self.switch

    @property
    def built(self) -> PolicyStore:
        """The store expected after the build."""
        return apply_steps(self.have, self.build)

    @property
    def after(self) -> PolicyStore:
        """The store expected at the end."""
        return apply_steps(self.have, self.steps)


def plan_present(want: Policy, have: PolicyStore, *, assigned: bool | None) -> Plan:
    """Plan to make ``want`` stand exactly so; ``assigned`` None leaves the assignment as it is.

    Raises PlanError where a filter list or action would have to change under a policy that is not ours.
    """
    if want.name.endswith(STAGING):
        raise PlanError(f"policy {want.name!r}: the ending {STAGING!r} is kept for policies under construction")
    draft = Draft(have)
    recover(draft, want.name)
    if assigned is False and draft.in_force(want.name):
        draft.add(s.Unassign(want.name))
    old = draft.store.policy(want.name)
    if old is None or can_edit_in_place(draft, want):
        edit_in_place(draft, want)
    else:
        build_aside(draft, want, old, put_in_force=bool(assigned) or draft.in_force(want.name))
    if assigned and not draft.in_force(want.name):
        draft.then(s.Assign(want.name))
    return _writable(Plan(have, tuple(draft.build), tuple(draft.switch)), want)


def plan_in_place_of(want: Policy, old: Policy, have: PolicyStore) -> Plan:
    """Plan to put ``want`` in force in place of ``old``, which goes; they may share lists that differ.

    No policy of the name of ``want`` stands, unless it is ``old``.
    """
    draft = Draft(have)
    build_aside(draft, want, old, put_in_force=True)
    return _writable(Plan(have, tuple(draft.build), tuple(draft.switch)), want)


def _writable(plan: Plan, want: Policy) -> Plan:
    """Give the plan, unless netsh cannot write a rule of it; a rule that stands already need not be written."""
    unnamed = next((rule for rule in want.rules if not rule.name), None)
    if unnamed and any(isinstance(step, s.AddRule) and not step.rule.name for step in plan.steps):
        raise PlanError(f"policy {want.name!r}: the rule for {unnamed.filter_list.name!r} needs a name to be written")
    return plan


def plan_restored(name: str, backup: PolicyStore, have: PolicyStore) -> Plan:
    """Plan to put one policy back as it stands in a backup, its absence included, and the assignment with it.

    Another policy that was assigned then is assigned again where it still stands.
    """
    want = backup.policy(name)
    was_assigned = (backup.assigned or "").casefold()
    if want is None:
        plan = plan_absent(name, have)
    else:
        plan = plan_present(want, have, assigned=was_assigned == name.casefold())
    other = plan.after.policy(was_assigned)
    if other is None or (plan.after.assigned or "").casefold() == was_assigned:
        return plan
    return dataclasses.replace(plan, switch=(*plan.switch, s.Assign(other.name)))


def plan_absent(name: str, have: PolicyStore) -> Plan:
    """Plan to remove a policy with the lists and actions that only it uses; one in force is unassigned first."""
    draft = Draft(have)
    recover(draft, name)
    found = draft.store.policy(name)
    if found is not None:
        if draft.in_force(name):
            draft.add(s.Unassign(found.name))
        draft.add(s.DeletePolicy(found.name))
        for step in orphan_deletions(draft, found, kept=None):
            draft.add(step)
    return Plan(have, tuple(draft.build), ())
