# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Types of registry values: their numbers, their names, and their data as the registry keeps it."""

from __future__ import annotations

from typing import Literal

from .tree import Data, RegistryValue

KINDS = {
    0: "REG_NONE",
    1: "REG_SZ",
    2: "REG_EXPAND_SZ",
    3: "REG_BINARY",
    4: "REG_DWORD",
    5: "REG_DWORD_BIG_ENDIAN",
    6: "REG_LINK",
    7: "REG_MULTI_SZ",
    8: "REG_RESOURCE_LIST",
    9: "REG_FULL_RESOURCE_DESCRIPTOR",
    10: "REG_RESOURCE_REQUIREMENTS_LIST",
    11: "REG_QWORD",
}
"""Type number -> name (learn.microsoft.com, "Registry value types"; winnt.h)."""

NUMBERS = {name: number for number, name in KINDS.items()}
TEXT_KINDS = ("REG_SZ", "REG_EXPAND_SZ", "REG_LINK")
NUMBER_KINDS = {"REG_DWORD": 4, "REG_DWORD_BIG_ENDIAN": 4, "REG_QWORD": 8}
"""Name -> size in bytes of the types that hold a number."""


def kind_name(number: int) -> str:
    """Name a type; a number without a name is written as ``0x99``."""
    return KINDS.get(number, f"0x{number:x}")


def kind_number(name: str) -> int | None:
    """Give the number of a type, None where the name is none."""
    if name.lower().startswith("0x"):
        try:
            return int(name, 16)
        except ValueError:
            return None
    return NUMBERS.get(name)


def value_from_bytes(kind: str, raw: bytes) -> RegistryValue:
    """Read the bytes of a value; they stay bytes where value_to_bytes would not write the same ones."""
    data: Data = raw
    if kind in TEXT_KINDS:
        data = raw.decode("utf-16-le", "surrogatepass")[:-1] if len(raw) % 2 == 0 else raw
    elif kind == "REG_MULTI_SZ" and len(raw) % 2 == 0:
        data = tuple(raw.decode("utf-16-le", "surrogatepass").split("\0")[:-2])
    elif kind in NUMBER_KINDS:
        data = int.from_bytes(raw, _order(kind)) if len(raw) == NUMBER_KINDS[kind] else raw
    value = RegistryValue(kind, data)
    return value if value_to_bytes(value) == raw else RegistryValue(kind, raw)


def value_to_bytes(value: RegistryValue) -> bytes:
    """Write the data of a value as the registry keeps it: texts in UTF-16 with their NUL, numbers little-endian."""
    data = value.data
    if isinstance(data, bytes):
        return data
    if isinstance(data, int):
        return data.to_bytes(NUMBER_KINDS.get(value.kind, 8), _order(value.kind))
    texts = data if isinstance(data, tuple) else (data,)
    text = "".join(one + "\0" for one in texts) + ("\0" if isinstance(data, tuple) else "")
    return text.encode("utf-16-le", "surrogatepass")


def _order(kind: str) -> Literal["little", "big"]:
    return "big" if kind == "REG_DWORD_BIG_ENDIAN" else "little"
