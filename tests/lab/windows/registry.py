# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry in memory: keys and typed values that keep their case and are found without it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

REG_NONE, REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD, REG_DWORD_BE = range(6)
REG_LINK, REG_MULTI_SZ, REG_QWORD = 6, 7, 11
TYPE_NAMES = {
    REG_NONE: "REG_NONE",
    REG_SZ: "REG_SZ",
    REG_EXPAND_SZ: "REG_EXPAND_SZ",
    REG_BINARY: "REG_BINARY",
    REG_DWORD: "REG_DWORD",
    REG_DWORD_BE: "REG_DWORD_BIG_ENDIAN",
    REG_MULTI_SZ: "REG_MULTI_SZ",
    REG_QWORD: "REG_QWORD",
}
HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_LONG = {long: long for long in HIVES.values()}


def encode_text(text: str) -> bytes:
    """Encode a string value: UTF-16LE with its closing NUL."""
    return (text + "\0").encode("utf-16-le", "surrogatepass")


def encode_list(texts: list[str]) -> bytes:
    """Encode a list of strings: each with a NUL, one more NUL at the end."""
    return ("".join(text + "\0" for text in texts) + "\0").encode("utf-16-le", "surrogatepass")


class Value(NamedTuple):
    """A value as the registry keeps it: raw bytes with a type number."""

    name: str
    type: int
    data: bytes

    @property
    def text(self) -> str:
        """The data read as a string, up to its first NUL."""
        return self.raw_text.split("\0", 1)[0]

    @property
    def raw_text(self) -> str:
        """The data read as UTF-16 with every NUL kept."""
        whole = self.data[: len(self.data) // 2 * 2]
        return whole.decode("utf-16-le", "surrogatepass")

    @property
    def texts(self) -> list[str]:
        """The data read as a list of strings."""
        return [part for part in self.raw_text.split("\0") if part]

    @property
    def number(self) -> int:
        """The data read as a little-endian number; a big-endian type is read as such."""
        order = "big" if self.type == REG_DWORD_BE else "little"
        return int.from_bytes(self.data, "big" if order == "big" else "little")


class Key:
    """One key: its values in the order of creation, its subkeys in the order of their names."""

    __slots__ = ("keys", "name", "values")

    def __init__(self, name: str) -> None:
        """Make an empty key of that name."""
        self.name = name
        self.values: dict[str, Value] = {}
        self.keys: dict[str, Key] = {}

    def get(self, name: str) -> Value | None:
        """Return a value, None when there is none of that name."""
        return self.values.get(name.casefold())

    def put(self, name: str, kind: int, data: bytes) -> None:
        """Write a value; one that exists keeps its place and the case of its name."""
        old = self.values.get(name.casefold())
        self.values[name.casefold()] = Value(old.name if old else name, kind, data)

    def put_text(self, name: str, text: str) -> None:
        """Write a REG_SZ."""
        self.put(name, REG_SZ, encode_text(text))

    def put_texts(self, name: str, texts: list[str]) -> None:
        """Write a REG_MULTI_SZ."""
        self.put(name, REG_MULTI_SZ, encode_list(texts))

    def put_number(self, name: str, number: int) -> None:
        """Write a REG_DWORD."""
        self.put(name, REG_DWORD, struct.pack("<I", number))

    def drop(self, name: str) -> bool:
        """Delete a value; say whether it was there."""
        return self.values.pop(name.casefold(), None) is not None

    def subkeys(self) -> list[Key]:
        """Return the subkeys as Windows lists them: by name."""
        return [self.keys[name] for name in sorted(self.keys)]

    def child(self, name: str, create: bool = False) -> Key | None:
        """Return the subkey of that name; make it first if asked to."""
        found = self.keys.get(name.casefold())
        if found is None and create:
            found = self.keys[name.casefold()] = Key(name)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the key and all below as plain values; data in hexadecimal."""
        return {
            "name": self.name,
            "values": [[v.name, v.type, v.data.hex()] for v in self.values.values()],
            "keys": [key.to_json() for key in self.subkeys()],
        }

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Key:
        """Rebuild what to_json gave."""
        key = cls(state["name"])
        for name, kind, data in state["values"]:
            key.values[name.casefold()] = Value(name, kind, bytes.fromhex(data))
        for child in state["keys"]:
            key.keys[child["name"].casefold()] = cls.from_json(child)
        return key


class Registry:
    """The five hives of a host."""

    def __init__(self) -> None:
        """Make the hives, empty."""
        self.hives = {name: Key(name) for name in HIVES.values()}

    @staticmethod
    def split(path: str) -> tuple[str, list[str]] | None:
        """Split a path into the long hive name and the rest; None when the hive is none."""
        hive, *rest = path.strip("\\").split("\\")
        long = HIVES.get(hive.upper()) or _LONG.get(hive.upper())
        return None if long is None else (long, [part for part in rest if part])

    @classmethod
    def canonical(cls, path: str) -> str | None:
        """Return the path with its long hive name; None when the hive is none."""
        parts = cls.split(path)
        return None if parts is None else "\\".join([parts[0], *parts[1]])

    def open(self, path: str, create: bool = False) -> Key | None:
        """Return the key at a path, None when missing; make the whole path first if asked to."""
        parts = self.split(path)
        if parts is None:
            return None
        key: Key | None = self.hives[parts[0]]
        for name in parts[1]:
            key = key.child(name, create) if key else None
        return key

    def create(self, path: str) -> Key:
        """Return the key at a path, made first where it is missing."""
        key = self.open(path, create=True)
        if key is None:
            raise ValueError(f"no hive in {path!r}")
        return key

    def delete(self, path: str) -> bool:
        """Delete a key and all below; say whether it was there."""
        parts = self.split(path)
        if parts is None or not parts[1]:
            return False
        parent = self.open("\\".join([parts[0], *parts[1][:-1]]))
        return parent is not None and parent.keys.pop(parts[1][-1].casefold(), None) is not None

    def value(self, path: str, name: str) -> Value | None:
        """Return the value of a key, None when key or value is missing."""
        key = self.open(path)
        return key.get(name) if key else None

    def walk(self, path: str) -> Iterator[tuple[str, Key]]:
        """Yield a key and all below with their full paths, parents first."""
        key = self.open(path)
        stack = [(self.canonical(path) or "", key)] if key else []
        while stack:
            where, here = stack.pop()
            yield where, here
            stack.extend((f"{where}\\{sub.name}", sub) for sub in reversed(here.subkeys()))

    def to_json(self) -> list[dict[str, Any]]:
        """Return all hives as plain values."""
        return [key.to_json() for key in self.hives.values()]

    @classmethod
    def from_json(cls, state: list[dict[str, Any]]) -> Registry:
        """Rebuild what to_json gave."""
        registry = cls()
        registry.hives.update({hive["name"]: Key.from_json(hive) for hive in state})
        return registry
