# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List the security associations of a host with given peers, or drop them."""

from __future__ import annotations

import time
from ipaddress import IPv4Address
from typing import Any

from ..module_utils.associations.association import peers_from_text, plain
from ..module_utils.associations.means import Means, refuse_restart
from ..module_utils.errors import SpecError
from ..module_utils.operate.drop_associations import Drop, carry_out, plan_drop
from ..module_utils.operate.look_at_associations import Look, look
from ..plugin_utils.declared import site_of
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import SA_SPEC


class ActionModule(IpsecAction):
    """Read once; drop, verify and read again in a second command where that is asked for."""

    argument_spec = SA_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Say which associations there are, or bring about that there are none of before."""
        wanted = None if args["means"] == "auto" else Means(args["means"])
        refuse_restart(wanted, args["accept_gap"])
        peers = _peers(args, task_vars)
        host = self.host
        before = after = look(host, peers)
        drop = Drop()
        if args["state"] == "dropped":
            drop = plan_drop(before, wanted, args["accept_gap"])
            if drop.steps and not self.check_mode:
                after = carry_out(drop, before, host)
        return self._describe(drop, before, after)

    def _describe(self, drop: Drop, before: Look, after: Look) -> dict[str, Any]:
        """Give the result."""
        dropped = [str(peer) for peer in drop.peers]
        gap = drop.gap
        result: dict[str, Any] = {
            "changed": bool(drop.steps),
            "associations": plain(after.found),
            "dropped": dropped,
            "peers": [str(peer) for peer in before.peers],
            "means": drop.means.value if drop.means else None,
            "gap": {"protected": gap.protected, "scope": gap.scope, "told": gap.told} if gap else None,
            "plan": list(drop.steps),
            "windows": before.survey.windows,
            "seen": time.time(),
        }
        warnings = [*after.warnings, *_interrupted(after)]
        if gap is not None and not gap.protected:
            warnings.append(f"packets may leave in clear: {gap.told}")
        if warnings:
            result["warnings"] = warnings
        if self.diff_mode:
            kept = [one for one in plain(before.found) if one["peer"] not in dropped]
            result["diff"] = {"before": _text(plain(before.found)), "after": _text(kept)}
        return result


def _peers(args: dict[str, Any], task_vars: dict[str, Any]) -> tuple[IPv4Address, ...]:
    """Give the peers that are meant: those that are named, or the virtual addresses of the site."""
    if args["peers"] is None:
        found = site_of(args["site"], task_vars["groups"], task_vars["hostvars"]).virtual_addresses
        if not found:
            raise SpecError("peers", "the inventory names no ipsec_virtual_addresses, so say which peers are meant")
        return found
    if not args["peers"] and args["state"] == "dropped":
        raise SpecError("peers", "an empty list would mean every peer; name those whose associations are to be dropped")
    return peers_from_text(args["peers"])


def _interrupted(seen: Look) -> list[str]:
    if seen.interrupted is None:
        return []
    return [f"a run was interrupted while it blocked: state: dropped puts policy {seen.interrupted!r} back in force"]


def _text(found: list[dict[str, Any]]) -> str:
    """Write associations one a line, for a diff."""
    return "".join(f"{one['peer']}: {', '.join(one['modes'])}\n" for one in found)
