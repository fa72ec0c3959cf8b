# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: registry backups on the controller, readable for their owner only."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.registry.reg_file import RegFile, parse_reg_file, render_reg_file
from ..module_utils.registry.tree import RegistryTree, fold


def write_backup(
    registry: RegistryTree, keys: Sequence[str], what: str, args: Mapping[str, Any], task_vars: Mapping[str, Any]
) -> str:
    """Write keys, with all below them, to a new file ``HOST_WHAT_TIME.reg`` and give its path.

    Without ``backup_dir`` the folder is ``backup`` where ansible-playbook was started: the folder of the playbook may
    be the installed collection. A key that does not exist is written as one to delete, so that importing the file
    restores its absence. The folder is made with mode 0700, the file with 0600. SpecError when it cannot be written:
    then nothing may be changed.
    """
    folder = Path(args["backup_dir"] or "backup")
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"{task_vars.get('inventory_hostname', 'host')}_{what}_{stamp}.reg"
    missing = [key for key in keys if key not in registry and not registry.keys_below(key)]
    kept = [one for key in keys for one in (key, *registry.keys_below(key)) if one in registry]
    data = render_reg_file(RegistryTree({key: registry[key] for key in kept}), deleted_keys=missing)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except OSError as exc:
        raise SpecError("backup_dir", f"the backup cannot be written ({exc}); nothing was changed") from exc
    return str(path)


def read_backup(path: str, *, about: str) -> RegFile:
    """Read a backup from the controller.

    SpecError where there is none or it says nothing about the key ``about``, TextError where it is damaged.
    """
    try:
        found = parse_reg_file(Path(path).read_bytes())
    except OSError as exc:
        raise SpecError("restore", f"the backup cannot be read ({exc})") from exc
    keys = [fold(key) for key in (*found.tree, *found.deleted_keys)]
    if not any(key == fold(about) or key.startswith(fold(about) + "\\") for key in keys):
        raise SpecError("restore", f"{path} is no backup of {about}; it says nothing about that key")
    return found
