# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set Oakley and IKE values of the registry, with a backup before and a proof after."""

from __future__ import annotations

from typing import Any

from ..module_utils.oakley.bounds import failover_bounds
from ..module_utils.oakley.plan import SettingChange, needs_restart, plan_settings, settings_in_backup, touched_keys
from ..module_utils.oakley.settings import SERVICES_KEY
from ..module_utils.operate.apply_settings import apply_settings, restart_commands
from ..module_utils.operate.survey import Survey, survey
from ..plugin_utils.backup import backup_of, read_backup, write_backup
from ..plugin_utils.commit import this_run
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import OAKLEY_SPEC
from ..plugin_utils.wanted_settings import wanted_settings


class ActionModule(IpsecAction):
    """Read, back up, write in one command, read again."""

    argument_spec = OAKLEY_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Bring the values to what is wanted, or say what would change."""
        backup = read_backup(args["restore"], about=SERVICES_KEY) if args["restore"] else None
        want = {} if backup else wanted_settings(args)
        host = self.host
        before, notes = self.undisturbed(survey(host, countdown=True), host)
        version = before.state.version
        doubts = backup.doubts(before.computer) if backup else []
        if backup:
            want = settings_in_backup(backup.contents, version)
        changes = plan_settings(before.state.settings, want, version)
        restart = restart_commands(changes, before) if args["restart"] else ()
        result = self._describe(changes, restart, before)
        if changes and not self.check_mode:
            if args["backup"]:
                kept = backup_of(before.registry, touched_keys(changes), before.computer)
                result["backup_file"] = write_backup(kept, "oakley", args, task_vars)
            apply_settings(changes, restart, host, this_run())
        return {**result, "warnings": [*doubts, *notes]}

    def _describe(self, changes: tuple[SettingChange, ...], restart: tuple[str, ...], before: Survey) -> dict[str, Any]:
        """Give the result as it is once the changes are made."""
        previous = dict(before.state.settings)
        after = {**previous, **{change.name: change.after for change in changes}}
        bounds = failover_bounds(before.state.version, after.get("NLBSFlags"), after.get("NlbsIdleTime"))
        result = {
            "changed": bool(changes),
            "settings": after,
            "previous": previous,
            "commands": [*(change.command for change in changes), *restart],
            "restart_needed": needs_restart(changes).name.lower(),
            "restarted": bool(restart) and not self.check_mode,
            "failover": bounds.to_dict(),
            "windows": before.windows,
        }
        if self.diff_mode:
            result["diff"] = {"before": _text(previous), "after": _text(after)}
        return result


def _text(settings: dict[str, int | None]) -> str:
    """Write settings one a line, for a diff."""
    return "".join(f"{name}: {'absent' if value is None else value}\n" for name, value in settings.items())
