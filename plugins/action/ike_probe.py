# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask the IKE of an address, from the controller, what it takes; no login, nothing changed."""

from __future__ import annotations

from typing import Any

from ..module_utils.ike.probe import Manners, probe
from ..module_utils.ike.transforms import combinations
from ..module_utils.ike.udp import udp_line
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import IKE_PROBE_SPEC


class ActionModule(IpsecAction):
    """Send as few messages as the question needs."""

    argument_spec = IKE_PROBE_SPEC
    _requires_connection = False

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Give what the address answered."""
        offers = combinations(args["encryption"], args["integrity"], args["dh_groups"], args["authentication"])
        manners = Manners(timeout=args["timeout"], pause=args["pause"])
        with udp_line(args["address"], args["port"], args["source_port"]) as line:
            found = probe(line, offers, sweep=args["sweep"], manners=manners)
        return {"changed": False, "address": args["address"], **found.to_dict()}
