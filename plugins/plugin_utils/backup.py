# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: registry backups on the controller, readable for their owner only."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.registry.reg_file import parse_reg_file, render_reg_file
from ..module_utils.registry.tree import RegistryTree


def write_backup(tree: RegistryTree, missing: tuple[str, ...], what: str, folder: str, task_vars: Mapping[str, Any]) -> str:
    """Write keys to a new file ``HOST_WHAT_TIME.reg`` and give its path.

    ``missing`` are keys that do not exist and are to be deleted when the file is imported. The folder is made with
    mode 0700, the file with 0600. SpecError when it cannot be written: then nothing may be changed.
    """
    directory = Path(folder) if folder else Path(str(task_vars.get("playbook_dir", "."))) / "backup"
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S%fZ")
    path = directory / f"{task_vars.get('inventory_hostname', 'host')}_{what}_{stamp}.reg"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(render_reg_file(tree, deletions=missing))
    except OSError as exc:
        raise SpecError("backup_dir", f"the backup cannot be written ({exc}); nothing was changed") from exc
    return str(path)
