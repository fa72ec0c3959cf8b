# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: snapshots of a host's IPsec state on the controller, taken, listed, chosen, read."""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
from pathlib import Path
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.oakley.settings import SERVICES_KEY
from ..module_utils.registry.reg_file import RegFile, parse_reg_file, render_reg_file
from ..module_utils.registry.tree import RegistryTree, fold
from ..module_utils.store.keys import LOCAL_STORE_KEY
from .origin import signed, told_of

_SETTINGS = tuple(
    f"{SERVICES_KEY}\\{key}" for key in ("PolicyAgent", "PolicyAgent\\Oakley", "IPSEC", "IKEEXT\\Parameters")
)
_KIND = "snapshot"
_NOBODY = "a computer without a name"
_STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """One snapshot: its file, the computer it is of, when it was taken (UTC), the name it was given."""

    path: str
    computer: str
    taken: datetime.datetime
    name: str

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**dataclasses.asdict(self), "taken": self.taken.strftime("%Y-%m-%dT%H:%M:%SZ")}


def take(registry: RegistryTree, computer: str, host: str, name: str, folder: Path) -> Snapshot:
    """Write the policy store and the keys of all settings to a new file, readable for its owner only.

    The text has a line of its own that says of which computer it is, when it was taken, and the SHA-256 of the rest.
    SpecError where it cannot be written.
    """
    taken = datetime.datetime.now(datetime.timezone.utc)
    path = folder / f"{host}_snapshot_{taken.strftime(_STAMP)}.reg"
    store = [key for key in (LOCAL_STORE_KEY, *registry.keys_below(LOCAL_STORE_KEY)) if key in registry]
    kept = [*store, *(key for key in _SETTINGS if key in registry)]
    missing = [] if store else [LOCAL_STORE_KEY]
    tree = RegistryTree({key: registry[key] for key in kept})
    told = {"computer": computer, "taken": taken.isoformat(), "name": name}
    data = signed(render_reg_file(tree, deleted_keys=missing), _KIND, told)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except OSError as exc:
        raise SpecError("folder", f"the snapshot cannot be written ({exc})") from exc
    return Snapshot(str(path), computer, taken, name)


def listed(folder: Path, host: str) -> list[Snapshot]:
    """Give the snapshots of a host in a folder, the oldest first; SpecError where one of them is damaged."""
    return [_read(path)[0] for path in sorted(folder.glob(f"{_literal(host)}_snapshot_*.reg"))]


def choose(folder: Path, host: str, name: str | None, at: str | None) -> Snapshot:
    """Give the newest snapshot of that name, or the newest that was taken until then; SpecError where there is none."""
    found = listed(folder, host)
    fitting = [one for one in found if name is None or one.name == name]
    if at is not None:
        moment = _moment(at)
        fitting = [one for one in fitting if one.taken <= moment]
    if not fitting:
        known = ", ".join(f"{one.taken:%Y-%m-%dT%H:%M:%SZ} {one.name}".strip() for one in found) or "none"
        asked = {"name": f" called {name!r}" if name is not None else "", "time": f" from {at} or before" if at else ""}
        place = next((option for option, words in asked.items() if words), "folder")
        raise SpecError(place, f"{folder} holds no snapshot of {host}{''.join(asked.values())}; there are: {known}")
    return fitting[-1]


def contents(chosen: Snapshot, computer: str) -> RegFile:
    """Read a snapshot for a computer; SpecError where it is of another one, or damaged."""
    known, data = _read(Path(chosen.path))
    if known.computer.casefold() != computer.casefold():
        problem = f"{chosen.path} is a snapshot of {known.computer or _NOBODY}, and this host is {computer or _NOBODY}"
        problem += "; it was not touched"
        raise SpecError("name", problem)
    found = parse_reg_file(data)
    if not any(fold(key).startswith(fold(LOCAL_STORE_KEY)) for key in (*found.tree, *found.deleted_keys)):
        raise SpecError("name", f"{chosen.path} says nothing about {LOCAL_STORE_KEY}")
    return found


def _read(path: Path) -> tuple[Snapshot, bytes]:
    """Read a file and hold it against its digest."""
    damaged = SpecError("folder", f"{path} is damaged: it is not as it was written. Nothing was changed")
    try:
        data = path.read_bytes()
        told = told_of(data, _KIND)
        if told is None:
            raise damaged
        taken = datetime.datetime.fromisoformat(str(told["taken"]))
        return Snapshot(str(path), str(told["computer"]), taken, str(told["name"])), data
    except OSError as exc:
        raise SpecError("folder", f"the snapshot cannot be read ({exc})") from exc
    except (ValueError, KeyError) as exc:
        raise damaged from exc


def _moment(text: str) -> datetime.datetime:
    """Read a time; one without a zone is UTC."""
    try:
        found = datetime.datetime.fromisoformat(re.sub(r"Z$", "+00:00", text))
    except ValueError as exc:
        raise SpecError("time", f"{text!r} is no time such as 2026-01-02T03:04:05Z") from exc
    return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)


def _literal(host: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", host)
