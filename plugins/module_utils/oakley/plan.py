# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the values that a host has and those it should have to the commands of reg.exe."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ..errors import SpecError
from ..model.windows import WindowsVersion
from ..registry.reg_file import RegFile
from ..registry.tree import RegistryTree, fold
from .settings import Restart, find_setting, settings_of


@dataclasses.dataclass(frozen=True)
class SettingChange:
    """One value that changes; None means absent."""

    key: str
    name: str
    before: int | None
    after: int | None
    restart: Restart

    @property
    def command(self) -> str:
        """The command line that makes the change."""
        return _command(self.key, self.name, self.after)

    def __str__(self) -> str:
        """Say the change to a person."""
        before, after = ("absent" if value is None else value for value in (self.before, self.after))
        return f"{self.name}: {before} -> {after} ({self.key})"


def read_settings(tree: RegistryTree, version: WindowsVersion) -> dict[str, int | None]:
    """Read every value that the version knows, None where it is absent.

    Windows reads a REG_DWORD or nothing, so a value of another type counts as absent.
    """
    found: dict[str, int | None] = {}
    for setting in settings_of(version):
        home = setting.home(version)
        value = tree.value(home.key, setting.name) if home else None
        data = value.data if value is not None and value.kind == "REG_DWORD" else None
        found[setting.name] = data if isinstance(data, int) else None
    return found


def plan_settings(
    have: Mapping[str, int | None], want: Mapping[str, int | None], version: WindowsVersion
) -> tuple[SettingChange, ...]:
    """List the changes from ``have`` to ``want``, in the order of the table; None in ``want`` means absent.

    Values that ``want`` does not name stay. SpecError for an unknown name, a value out of range, and a value that
    nobody documents for the version.
    """
    wanted = {find_setting(name).name: value for name, value in want.items()}
    for name, value in wanted.items():
        _check(name, value, version)
    changes = []
    for setting in settings_of(version):
        home = setting.home(version)
        before, after = have.get(setting.name), wanted.get(setting.name)
        if home and setting.name in wanted and before != after:
            changes.append(SettingChange(home.key, setting.name, before, after, home.restart))
    return tuple(changes)


def settings_in_backup(backup: RegFile, version: WindowsVersion) -> dict[str, int | None]:
    """Give the values that a backup puts back: all that the version knows in the keys the backup tells about."""
    told = {fold(key) for key in (*backup.tree, *backup.deleted_keys)}
    return {
        name: value
        for name, value in read_settings(backup.tree, version).items()
        if (home := find_setting(name).home(version)) and fold(home.key) in told
    }


def needs_restart(changes: tuple[SettingChange, ...]) -> Restart:
    """Say what has to start again before the changes are in force."""
    return max((change.restart for change in changes), default=Restart.NOTHING)


def service_to_restart(version: WindowsVersion) -> str:
    """Name the service that holds IKE: PolicyAgent up to Server 2003, IKEEXT since Vista."""
    return "IKEEXT" if version.is_vista_or_later else "PolicyAgent"


def touched_keys(changes: tuple[SettingChange, ...]) -> tuple[str, ...]:
    """Give the keys to back up before the changes, each once."""
    return tuple(dict.fromkeys(change.key for change in changes))


def _check(name: str, value: int | None, version: WindowsVersion) -> None:
    setting = find_setting(name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise SpecError(name, f"{value!r} is not a whole number")
    if setting.home(version) is None:
        raise SpecError(name, f"nobody documents this value for {version.name}; leave it out, or say absent")
    setting.check(value, version)


def _command(key: str, name: str, value: int | None) -> str:
    """Write the command of reg.exe; the key and the name come from the table and hold nothing to be quoted."""
    if value is None:
        return f"reg delete {key} /v {name} /f"
    return f"reg add {key} /v {name} /t REG_DWORD /d {value} /f"
