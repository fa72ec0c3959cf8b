# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the IPsec policies of a host; change nothing."""

from __future__ import annotations

from typing import Any

from ..module_utils.operate.report import describe, evidence
from ..module_utils.operate.survey import survey
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import POLICY_INFO_SPEC


class ActionModule(IpsecAction):
    """Read once and describe."""

    argument_spec = POLICY_INFO_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Give every policy of the host as structured data."""
        virtual = args["virtual_addresses"]
        found = survey(self.host, addresses=bool(virtual) or args["addresses"])
        result = {"changed": False, **describe(found, only=args["name"])}
        if virtual:
            result["node"] = "owner" if set(virtual) & set(found.quads) else "passive"
        if args["addresses"]:
            result["addresses"] = list(found.quads)
        if args["evidence"]:
            result["evidence"] = evidence(found)
        return result
