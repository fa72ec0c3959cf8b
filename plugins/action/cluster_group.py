# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tell which node of a cluster has a group, and move it."""

from __future__ import annotations

from typing import Any

from ..module_utils.cluster.commands import check_addresses, check_group, check_node
from ..module_utils.cluster.group import ClusterGroup, Group, Move, Standing
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import CLUSTER_GROUP_SPEC


class ActionModule(IpsecAction):
    """Look, and outside check mode move what is elsewhere."""

    argument_spec = CLUSTER_GROUP_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Give where the group is, moved there or not."""
        group = Group(check_group(args["name"]), check_addresses(args["virtual_addresses"]))
        wanted = check_node(args["owner"]) if args["owner"] else ""
        cluster = ClusterGroup(self.host, group)
        before = cluster.look()
        if args["state"] == "queried":
            return _result(before)
        owner = wanted or before.node
        if before.is_on(owner):
            found = before if self.check_mode else cluster.wait(before, owner, args["timeout"])
            return _result(found)
        if self.check_mode:
            result = {**_result(before), "changed": True}
        else:
            moved = cluster.move(owner, args["timeout"])
            result = {**_result(moved.standing, moved), "changed": True}
        result["previous_owner"] = before.owner
        if self.diff_mode:
            result["diff"] = {"before": _shown(group, before.owner), "after": _shown(group, owner)}
        return result


def _result(found: Standing, moved: Move | None = None) -> dict[str, Any]:
    return {
        "changed": False,
        "node": found.node,
        "owner": found.owner,
        "here": found.here,
        "online": found.online,
        "addresses": list(found.addresses),
        "began": moved.began if moved else None,
        "seconds": round(moved.seconds, 3) if moved else 0.0,
    }


def _shown(group: Group, owner: str | None) -> str:
    return f"{group.name}: {owner or 'another node'}\n"
