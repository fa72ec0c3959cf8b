# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Forecast what the policies of a play would do to every flow of its sites; change nothing, ask no host."""

from __future__ import annotations

from typing import Any

from ..module_utils.forecast.findings import together
from ..module_utils.model.severity import Severity
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.role_declarations import RoleVariables
from ..plugin_utils.site_forecast import PlayForecast
from ..plugin_utils.specs import FORECAST_SPEC

_FOR_READING = ("safe", "findings", "outcomes", "limit", "hosts", "taken_along")
_INCLUDE = "To take the counterparts along: --limit '{}'; or, with harden, ipsec_with_counterparts instead of --limit"


class ActionModule(IpsecAction):
    """Run once for all hosts of the play, and fail where the findings are bad enough."""

    argument_spec = FORECAST_SPEC
    BYPASS_HOST_LOOP = True
    _requires_connection = False

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Give the matrix now and after, what becomes worse, and what speaks against it."""
        forecast = PlayForecast(args, task_vars, RoleVariables(self._templar.template))
        found = forecast.result()
        level = args["fail_on"]
        failed = level != "never" and not found.safe(Severity[level.upper()])
        limit = forecast.limit(found)
        result = {
            **found.to_dict(args["pairs"]),
            "limit": limit,
            "hosts": forecast.hosts,
            "taken_along": [one.to_dict() for one in forecast.taken_along],
        }
        if failed:  # what Ansible prints of a failed task is for reading
            result = {key: value for key, value in result.items() if key in _FOR_READING}
        along = ", ".join(one.host for one in forecast.taken_along)
        notes = (f"Taken along: {along}" if along else "", _INCLUDE.format(limit) if limit else "")
        told = "\n".join(filter(None, (found.summary, *notes)))
        warnings = [] if failed else [str(one) for one in together(found.findings) if one.severity >= Severity.MEDIUM]
        return {"changed": False, **result, "failed": failed, "msg": told, "warnings": warnings}
