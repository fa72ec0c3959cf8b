# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A part of the Windows registry as a value: keys, named values, and lookup without regard to case."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Union

_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}

Data = Union[str, int, bytes, tuple[str, ...]]  # noqa: UP007
"""Text (REG_SZ, REG_EXPAND_SZ, REG_LINK), a number (REG_DWORD and its kin, REG_QWORD), a list of texts (REG_MULTI_SZ),
and bytes for everything else, also for a value whose bytes are not what its type promises."""


@dataclasses.dataclass(frozen=True)
class RegistryValue:
    """A value: its type by the name that reg.exe prints (``REG_SZ``; ``0x99`` for a type without a name), its data.

    The data is left out of the repr: it may hold a pre-shared key.
    """

    kind: str
    data: Data = dataclasses.field(repr=False)


class RegistryTree(Mapping[str, Mapping[str, RegistryValue]]):
    r"""Keys by their full path, each with its values by name; ``""`` is the name of a default value.

    Paths have the long hive name (``HKEY_LOCAL_MACHINE\…``; a short one is spelled out) and no ``\`` at the end.
    Keys and names are found without regard to case and keep the case in which they were first seen. A tree never
    changes.
    """

    def __init__(self, keys: Mapping[str, Mapping[str, RegistryValue]] | None = None) -> None:
        """Copy the given keys; of two spellings of one key, the values come together, the later ones win."""
        self._keys: dict[str, tuple[str, dict[str, tuple[str, RegistryValue]]]] = {}
        for path, values in (keys or {}).items():
            self._add(path, values)

    @classmethod
    def merged(cls, trees: Iterable[RegistryTree]) -> RegistryTree:
        """Put several trees into one; where two hold the same value, the later one wins."""
        result = cls()
        for tree in trees:
            for path, values in tree.items():
                result._add(path, values)
        return result

    def __getitem__(self, path: str) -> Mapping[str, RegistryValue]:
        """Give the values of a key by name, in their own order; KeyError where there is no such key."""
        return dict(self._keys[fold(long_path(path))][1].values())

    def __iter__(self) -> Iterator[str]:
        """Go through the key paths in order."""
        return (path for path, _unused in self._keys.values())

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._keys)

    def __contains__(self, path: object) -> bool:
        """Say whether a key is there, in any case."""
        return isinstance(path, str) and fold(long_path(path)) in self._keys

    def __eq__(self, other: object) -> bool:
        """Compare keys, names, types and data, without regard to the case of keys and names, or to order."""
        return isinstance(other, RegistryTree) and self._compared() == other._compared()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Say how much is in it, and none of it."""
        return f"RegistryTree({len(self)} keys)"

    def value(self, path: str, name: str) -> RegistryValue | None:
        """Give one value, None where the key or the value is not there."""
        entry = self._keys.get(fold(long_path(path)))
        found = entry[1].get(fold(name)) if entry else None
        return found[1] if found else None

    def keys_below(self, path: str) -> tuple[str, ...]:
        """List the keys below a key, however deep, without the key itself."""
        start = fold(long_path(path)) + "\\"
        return tuple(shown for folded, (shown, _unused) in self._keys.items() if folded.startswith(start))

    def _add(self, path: str, values: Mapping[str, RegistryValue]) -> None:
        path = long_path(path)
        _unused, known = self._keys.setdefault(fold(path), (path, {}))
        for name, value in values.items():
            folded = fold(name)
            known[folded] = (known[folded][0] if folded in known else name, value)

    def _compared(self) -> dict[str, dict[str, RegistryValue]]:
        return {
            path: {name: value for name, (_unused, value) in values.items()}
            for path, (_unused, values) in self._keys.items()
        }


def long_path(path: str) -> str:
    r"""Spell a short hive name out: ``HKLM\SOFTWARE`` is ``HKEY_LOCAL_MACHINE\SOFTWARE``."""
    hive, separator, rest = path.partition("\\")
    return _HIVES.get(hive.upper(), hive) + separator + rest.rstrip("\\") if separator else _HIVES.get(hive, hive)


def fold(text: str) -> str:
    """Write a key or name in the one case that all its spellings share: upper, character by character, as Windows."""
    if text.isascii():
        return text.upper()
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in text)
