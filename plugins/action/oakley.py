# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set Oakley and IKE values of the registry, with a backup before and a proof after."""

from __future__ import annotations

from typing import Any

from ..module_utils.oakley.bounds import failover_bounds
from ..module_utils.oakley.plan import needs_restart, plan_settings, touched_keys
from ..module_utils.operate.apply_settings import apply_settings, restart_commands
from ..module_utils.operate.survey import Survey, survey
from ..plugin_utils.backup import read_backup, write_backup
from ..plugin_utils.declared import wanted_settings
from ..plugin_utils.ipsec_action import IpsecAction
from ..plugin_utils.specs import OAKLEY_SPEC


class ActionModule(IpsecAction):
    """Read, back up, write in one command, read again."""

    argument_spec = OAKLEY_SPEC

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Bring the values to what is wanted, or say what would change."""
        restored = read_backup(args["restore"]) if args["restore"] else None
        before = survey(self.host)
        version = before.state.version
        want = restored.settings(version) if restored else wanted_settings(args)
        changes = plan_settings(before.state.settings, want, version)
        restart = restart_commands(changes, before) if args["restart"] else ()
        result = {
            "changed": bool(changes),
            "commands": [*(change.command for change in changes), *restart],
            "restarted": bool(restart) and not self.check_mode,
            "restart_needed": needs_restart(changes).name.lower(),
        }
        after = before
        if changes and not self.check_mode:
            if args["backup"]:
                result["backup_file"] = write_backup(
                    before.registry.only(touched_keys(changes)), args["backup_dir"], task_vars
                )
            after = apply_settings(changes, restart, self.host)
