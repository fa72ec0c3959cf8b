# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make an IPsec policy stand on a host exactly as declared."""

from __future__ import annotations

from typing import Any

from ..module_utils.host.port import HostPort
from ..module_utils.model.weakness import weaknesses
from ..module_utils.oakley.settings import OAKLEY_KEY
from ..module_utils.operate.apply_plan import commands_for
from ..module_utils.operate.confirmed import Terms, apply_confirmed, needs_confirmation
from ..module_utils.operate.survey import Survey, survey
from ..module_utils.plan.diff import show_policy
from ..module_utils.plan.planner import Plan, plan_absent, plan_present, plan_restored
from ..module_utils.store.keys import LOCAL_STORE_KEY
from ..module_utils.store.reader import read_policies
from ..plugin_utils.backup import Backup, backup_of, read_backup, write_backup
from ..plugin_utils.commit import declared_probes, terms, told
from ..plugin_utils.declared import declaration
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import POLICY_SPEC


class ActionModule(IpsecAction):
    """Read, plan and, outside check mode, write and read again."""

    argument_spec = POLICY_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Bring the host to the declared policy, or say what would change."""
        backup = read_backup(args["restore"], about=LOCAL_STORE_KEY) if args["restore"] else None
        declared = declaration(args, task_vars) if args["state"] == "present" and not backup else None
        conditions = terms(args["confirm"], declared_probes(args["probes"], self.address))
        host = self.host
        before, notes = self._standing(host, backup)
        want = declared.policy(before.state.version) if declared else None
        if backup:
            plan = plan_restored(args["name"], read_policies(backup.contents.tree), before.store)
        elif want:
            plan = plan_present(want, before.store, assigned=args["assigned"])
        else:
            plan = plan_absent(args["name"], before.store)
        result = self._carry_out(plan, before, (host, conditions), args, task_vars)
        if declared and not want:
            result.update(effective=True, obstacle="")
        notes += declared.doubts if declared else []
        return {**result, "warnings": [*notes, *before.store.problems, *(weaknesses(want) if want else ())]}

    def _standing(self, host: HostPort, backup: Backup | None) -> tuple[Survey, list[str]]:
        """Read the host, hold the backup against it, and see that no other run is at work there."""
        found = survey(host, countdown=True)
        doubts = backup.doubts(found.computer) if backup else []
        found, notes = self.undisturbed(found, host)
        return found, [*doubts, *notes]

    def _carry_out(
        self,
        plan: Plan,
        before: Survey,
        commit: tuple[HostPort, Terms],
        args: dict[str, Any],
        task_vars: dict[str, Any],
    ) -> dict[str, Any]:
        """Make the plan true, outside check mode, and give the result."""
        after, result = before, {}
        if plan.steps and not self.check_mode:
            if args["backup"]:
                keys = [LOCAL_STORE_KEY, OAKLEY_KEY] if args["confirm"] else [LOCAL_STORE_KEY]
                kept = backup_of(before.registry, keys, before.computer)
                result["backup_file"] = write_backup(kept, "policy", args, task_vars)
            after = apply_confirmed(plan, before, *commit)
        confirmed = bool(args["confirm"]) and needs_confirmation(plan) is not None
        described = self._describe(args["name"], plan, after)
        return {**result, **described, "plan": told(plan, commit[1]), "confirmed": confirmed}

    def _describe(self, name: str, plan: Plan, after: Survey) -> dict[str, Any]:
        """Give the part of the result that says what changed and whether it is in force."""
        obstacle = after.obstacle(plan.after.assigned)
        result = {
            "changed": bool(plan.steps),
            "commands": commands_for(plan.steps),
            "assigned": plan.after.assigned,
            "previously_assigned": plan.have.assigned,
            "effective": not obstacle,
            "obstacle": obstacle,
            "windows": after.windows,
        }
        if self.diff_mode:
            header = f"policy {name}"
            result["diff"] = {
                "before": show_policy(plan.have, name),
                "after": show_policy(plan.after, name),
                "before_header": header,
                "after_header": header,
            }
        return result
