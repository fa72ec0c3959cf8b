# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make an IPsec policy stand on a host exactly as declared."""

from __future__ import annotations

from typing import Any

from ..module_utils.model.weakness import weaknesses
from ..module_utils.operate.apply_plan import apply_plan, commands_for
from ..module_utils.operate.survey import Survey, survey
from ..module_utils.plan.diff import show_policy
from ..module_utils.plan.planner import Plan, plan_absent, plan_present
from ..plugin_utils.declared import declaration
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import POLICY_SPEC


class ActionModule(IpsecAction):
    """Read, plan and, outside check mode, write and read again."""

    argument_spec = POLICY_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Bring the host to the declared policy, or say what would change."""
        declared = declaration(args, task_vars) if args["state"] == "present" else None
        before = survey(self.host)
        want = declared.policy(before.state.version) if declared else None
        if want:
            plan = plan_present(want, before.store, assigned=args["assigned"])
        else:
            plan = plan_absent(args["name"], before.store)
        after = apply_plan(plan, self.host) if plan.steps and not self.check_mode else before
        return {
            **self._change(args["name"], plan, after),
            "previously_assigned": before.store.assigned,
            "warnings": list(weaknesses(want)) if want else [],
        }

    def _change(self, name: str, plan: Plan, after: Survey) -> dict[str, Any]:
        """Give the part of the result that says what changed and whether it is in force."""
        result = {
            "changed": bool(plan.steps),
            "plan": [str(step) for step in plan.steps],
            "commands": commands_for(plan.steps),
            "assigned": plan.after.assigned,
            "obstacle": after.obstacle(plan.after.assigned),
            "windows": after.windows,
        }
        result["effective"] = not result["obstacle"]
        if self.diff_mode:
            before_text, after_text = show_policy(plan.have, name), show_policy(plan.after, name)
            result["diff"] = {"before": before_text, "after": after_text, "before_header": name, "after_header": name}
        return result
