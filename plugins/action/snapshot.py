# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Take, list, remove and put back snapshots of a host's IPsec state."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..module_utils.host.port import HostPort
from ..module_utils.model.policy import PolicyStore
from ..module_utils.oakley.plan import SettingChange, plan_settings, settings_in_backup
from ..module_utils.operate.apply_settings import apply_settings
from ..module_utils.operate.confirmed import Terms, apply_confirmed, needs_confirmation
from ..module_utils.operate.survey import Survey, survey
from ..module_utils.plan.diff import show_policy
from ..module_utils.plan.whole import plan_store
from ..module_utils.store.reader import read_policies
from ..plugin_utils.commit import declared_probes, terms, this_run, told
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.snapshots import choose, contents, listed, take
from ..plugin_utils.specs import SNAPSHOT_SPEC


class ActionModule(IpsecAction):
    """Read the host where the state asks for it, and either the controller or the host is changed."""

    argument_spec = SNAPSHOT_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Do what the state says and give all snapshots of the host."""
        folder = Path(args["folder"] or "backup")
        name = str(task_vars.get("inventory_hostname", "host"))
        result = getattr(self, f"_{args['state']}")(args, folder, name)
        return {**result, "snapshots": [one.to_dict() for one in listed(folder, name)]}

    def _listed(self, _args: dict[str, Any], _folder: Path, _name: str) -> dict[str, Any]:
        return {"changed": False}

    def _present(self, args: dict[str, Any], folder: Path, name: str) -> dict[str, Any]:
        """Take a snapshot; it is always a new one."""
        found = survey(self.host)
        if self.check_mode:
            return {"changed": True}
        taken = take(found.registry, found.computer, name, args["name"] or "", folder)
        return {"changed": True, "snapshot": taken.to_dict()}

    def _absent(self, args: dict[str, Any], folder: Path, name: str) -> dict[str, Any]:
        """Remove the snapshots of a name."""
        doomed = [one for one in listed(folder, name) if one.name == (args["name"] or "")]
        for one in doomed if not self.check_mode else ():
            Path(one.path).unlink()
        return {"changed": bool(doomed)}

    def _restored(self, args: dict[str, Any], folder: Path, name: str) -> dict[str, Any]:
        """Put back every policy, the assignment and the settings; what is as in the snapshot is left alone."""
        agree = functools.partial(terms, args["confirm"], declared_probes(args["probes"], self.address))
        agree()
        chosen = choose(folder, name, args["name"], args["time"])
        host = self.host
        before = survey(host, countdown=True)
        backup = contents(chosen, before.computer)
        wanted = read_policies(backup.tree)
        before, notes = self.undisturbed(before, host)
        version = before.state.version
        changes = plan_settings(before.state.settings, settings_in_backup(backup, version), version)
        plan, confirmed, after = self._policies(wanted, before, host, agree)
        if changes and not self.check_mode:
            apply_settings(changes, (), host, this_run())
        result = {
            "changed": bool(plan or changes),
            "plan": plan,
            "commands": [change.command for change in changes],
            "confirmed": confirmed,
            "snapshot": chosen.to_dict(),
            "warnings": notes,
        }
        if self.diff_mode:
            result["diff"] = _diff(before, after, changes, chosen.path)
        return result

    def _policies(
        self, wanted: PolicyStore, before: Survey, host: HostPort, agree: Callable[[], Terms]
    ) -> tuple[list[str], bool, PolicyStore]:
        """Put the whole store back; give the steps and the store then."""
        steps: list[str] = []
        confirmed, found, store = False, before, before.store
        for plan in plan_store(wanted, before.store):
            conditions = agree()
            steps += told(plan, conditions)
            confirmed |= bool(conditions.seconds) and needs_confirmation(plan) is not None
            if not self.check_mode:
                found = apply_confirmed(plan, found, host, conditions)
            store = plan.after
        return steps, confirmed, store


def _diff(before: Survey, after: PolicyStore, changes: tuple[SettingChange, ...], path: str) -> dict[str, str]:
    """Give what stands and what will stand, keys starred."""
    names = sorted({one.name for one in (*before.store.policies, *after.policies)})
    old = "".join(show_policy(before.store, name) for name in names)
    new = "".join(show_policy(after, name) for name in names)
    old += "".join(f"{one.name}: {before.state.settings.get(one.name)}\n" for one in changes)
    new += "".join(f"{one.name}: {one.after}\n" for one in changes)
    return {"before": old, "after": new, "before_header": "now", "after_header": path}
