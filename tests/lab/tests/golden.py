# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a policy store out of a registration file and names its objects, so that two stores can be compared."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from typing import NamedTuple

SHARED = Path(os.environ.get("IPSEC_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
LOCAL = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local"
GUID = re.compile(r"\{[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}")


class Item(NamedTuple):
    """One value: its name, its type (1 text, 3 binary, 4 number, 7 list) and what it holds."""

    name: str
    type: int
    data: str | bytes | int | list[str]


def read_reg(text: str) -> dict[str, list[Item]]:
    """Read a registration file: full key path -> its values in order."""
    keys: dict[str, list[Item]] = {}
    for line in re.sub(r"\\\r?\n\s*", "", text).replace("\r", "").split("\n"):
        if line.startswith("["):
            here = keys.setdefault(line[1:-1], [])
        elif match := re.match(r'"(.*?)"="(.*)"$', line):
            here.append(Item(match[1], 1, match[2].replace("\\\\", "\\")))
        elif match := re.match(r'"(.*?)"=dword:(.*)$', line):
            here.append(Item(match[1], 4, int(match[2], 16)))
        elif match := re.match(r'"(.*?)"=hex(\(7\))?:(.*)$', line):
            data = bytes.fromhex(match[3].replace(",", ""))
            many = data.decode("utf-16-le").split("\0")[:-2] if match[2] else data
            here.append(Item(match[1], 7 if match[2] else 3, many))
    return keys


def _name(items: list[Item]) -> str:
    return next(
        (item.data for item in items if item.name == "ipsecName" and isinstance(item.data, str)), "without a name"
    )


def _labels(objects: dict[str, list[Item]]) -> dict[str, str]:
    """Name every object by its class and its ipsecName; the nameless ones are unique in the stores compared."""
    labels = {}
    for key, items in objects.items():
        kind, guid = key.split("{")[0], "{" + key.split("{")[1]
        labels[guid.lower()] = f"<{kind} {_name(items)}>"
    return labels


def _masked(kind: str, guid: str, blob: bytes) -> bytes:
    """Blank the GUIDs inside a blob: the main mode's own, and one per filter (70 bytes each, no strings)."""
    if kind == "ipsecISAKMPPolicy":
        assert blob[20:36] == uuid.UUID(guid).bytes_le
        return blob[:20] + bytes(16) + blob[36:]
    if kind == "ipsecFilter":
        data = bytearray(blob)
        for start in range(24, len(blob), 70):
            data[start + 18 : start + 34] = bytes(16)
        return bytes(data)
    return blob


def comparable(keys: dict[str, list[Item]]) -> dict[str, list[Item]]:
    """Return the store's objects by label, GUIDs replaced by labels and times by 0; "store" holds the root's values."""
    objects = {path.rsplit("\\", 1)[-1]: items for path, items in keys.items() if path.startswith(LOCAL + "\\")}
    labels = _labels(objects)

    def text(raw: str) -> str:
        return GUID.sub(lambda match: labels.get(match[0].lower(), match[0]), raw)

    def item(raw: Item, kind: str, guid: str) -> Item:
        if raw.name == "whenChanged":
            return raw._replace(data=0)
        if isinstance(raw.data, bytes):
            return raw._replace(data=_masked(kind, guid, raw.data))
        if isinstance(raw.data, list):
            return raw._replace(data=[text(part) for part in raw.data])
        return raw._replace(data=text(raw.data)) if isinstance(raw.data, str) else raw

    result = {"store": [item(raw, "", "") for raw in keys[LOCAL]]}
    for key, items in objects.items():
        kind, guid = key.split("{")[0], "{" + key.split("{")[1]
        result[labels[guid.lower()]] = [item(raw, kind, guid) for raw in items]
    return result
