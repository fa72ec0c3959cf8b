# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judge what stands on a host; change nothing."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..module_utils.compliance.checks import judge
from ..module_utils.compliance.report import Severity
from ..module_utils.compliance.state import Wanted
from ..module_utils.operate.survey import survey
from ..plugin_utils.declared import declaration
from ..plugin_utils.ike_interview import Interview
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import COMPLIANCE_SPEC
from ..plugin_utils.wanted_settings import wanted_settings


class ActionModule(IpsecAction):
    """Read once, judge, and fail where the findings are bad enough."""

    argument_spec = COMPLIANCE_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Give every finding of the host."""
        declared = declaration(args, task_vars)
        interview = Interview(args["ike_probe"], task_vars["hostvars"][task_vars["inventory_hostname"]])
        found = survey(self.host)
        want = declared.policy(found.state.version)
        wanted = Wanted(
            want,
            assigned=args["assigned"] if want else None,
            settings=wanted_settings(args),
            absent=None if want else args["name"],
        )
        state = dataclasses.replace(found.state, ike=interview.ask())
        report = judge(state, wanted).without(args["skip_checks"])
        level = args["fail_on"]
        return {
            "changed": False,
            **report.to_dict(),
            "windows": found.windows,
            "ike": [asked.to_dict() for asked in state.ike],
            "failed": level != "never" and report.reaches(Severity[level.upper()]),
            "msg": report.summary,
            "warnings": declared.doubts,
        }
