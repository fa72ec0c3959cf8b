# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: registry backups on the controller, each of one computer, for their owner only."""

from __future__ import annotations

import dataclasses
import datetime
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.registry.reg_file import RegFile, parse_reg_file, render_reg_file
from ..module_utils.registry.tree import RegistryTree, fold
from .origin import signed, told_of

_KIND = "backup"
_TRUST = "take its second line out to use it all the same"


def backup_of(registry: RegistryTree, keys: Sequence[str], computer: str) -> bytes:
    """Make a backup of keys with all below them, which says of which computer it is.

    A key that does not exist is written as one to delete, so that importing the file restores its absence.
    """
    missing = [key for key in keys if key not in registry and not registry.keys_below(key)]
    kept = [one for key in keys for one in (key, *registry.keys_below(key)) if one in registry]
    data = render_reg_file(RegistryTree({key: registry[key] for key in kept}), deleted_keys=missing)
    return signed(data, _KIND, {"computer": computer})


def write_backup(data: bytes, what: str, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> str:
    """Write a backup to a new file ``HOST_WHAT_TIME.reg`` and give its path.

    Without ``backup_dir`` the folder is ``backup`` where ansible-playbook was started: the folder of the playbook may
    be the installed collection. The folder is made with mode 0700, the file with 0600. SpecError when it cannot be
    written: then nothing may be changed.
    """
    folder = Path(args["backup_dir"] or "backup")
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"{task_vars.get('inventory_hostname', 'host')}_{what}_{stamp}.reg"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except OSError as exc:
        raise SpecError("backup_dir", f"the backup cannot be written ({exc}); nothing was changed") from exc
    return str(path)


@dataclasses.dataclass(frozen=True)
class Backup:
    """A backup that was read: its file, what importing it does, of which computer it is (empty: it does not say)."""

    path: str
    contents: RegFile
    computer: str

    def doubts(self, computer: str) -> list[str]:
        """Give warnings about restoring it to a computer; SpecError where it is known to be of another one."""
        if not (self.computer and computer):
            return [f"{self.path} does not say of which computer it is; it is taken to be of this one"]
        if self.computer.casefold() != computer.casefold():
            problem = f"{self.path} is a backup of {self.computer}, and this host is {computer}; it was not touched"
            raise SpecError("restore", problem)
        return []


def read_backup(path: str, *, about: str) -> Backup:
    """Read a backup from the controller, one of regedit too.

    SpecError where there is none, where it says nothing about the key ``about`` or is not as it was written, TextError
    where it cannot be understood.
    """
    try:
        data = Path(path).read_bytes()
        told = told_of(data, _KIND) or {}
    except OSError as exc:
        raise SpecError("restore", f"the backup cannot be read ({exc})") from exc
    except ValueError as exc:
        problem = f"{path} is damaged or edited: it is not as it was written; {_TRUST}"
        raise SpecError("restore", problem) from exc
    found = parse_reg_file(data)
    keys = [fold(key) for key in (*found.tree, *found.deleted_keys)]
    if not any(key == fold(about) or key.startswith(fold(about) + "\\") for key in keys):
        raise SpecError("restore", f"{path} is no backup of {about}; it says nothing about that key")
    return Backup(path, found, str(told.get("computer", "")))
