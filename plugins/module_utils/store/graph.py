# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of a policy store and the references between them, checked in both directions.

Nothing here stops at the first fault: what is wrong becomes a problem sentence, and the other objects stay readable.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from uuid import UUID

from ..errors import StoreFormatError
from ..registry.data import value_to_bytes
from ..registry.tree import RegistryTree, RegistryValue, fold
from .keys import (
    LOCAL_STORE_KEY,
    OWNERS_REFERENCE,
    POLICY_REFERENCES,
    REFERENCE_TARGETS,
    RULE_REFERENCES,
    ObjectClass,
)

_NAME = re.compile(r"([A-Za-z]+)\{([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}")
_CLASSES = {fold(kind.value): kind for kind in ObjectClass}


@dataclasses.dataclass(frozen=True, eq=False)
class StoreObject:
    """One object: the name of its key (``ipsecFilter{…}``), its class and GUID, its values by upper-case name."""

    name: str
    kind: ObjectClass
    guid: UUID
    values: Mapping[str, RegistryValue] = dataclasses.field(repr=False)

    @property
    def what(self) -> str:
        """The binary value as errors call it."""
        return f"{self.name}\\ipsecData"

    def text(self, name: str) -> str:
        """Give a value as one text, empty where it is not there."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a value as a list of texts: references come as REG_MULTI_SZ or, from some exports, as REG_SZ."""
        value = self.values.get(fold(name))
        if value is None:
            return ()
        if isinstance(value.data, tuple):
            return value.data
        if isinstance(value.data, str):
            return (value.data,) if value.data else ()
        return _raw_texts(value)

    def blob(self) -> bytes:
        """Give the binary data; StoreFormatError where there is none."""
        value = self.values.get("IPSECDATA")
        if value is None:
            raise StoreFormatError(self.what, "the value is missing")
        if not isinstance(value.data, bytes):
            raise StoreFormatError(self.what, f"the value is a {value.kind}, expected REG_BINARY")
        return value.data

    def guid_value(self, name: str) -> UUID:
        """Give a value that is a GUID in braces; StoreFormatError where it is none."""
        text = self.text(name).strip()
        match = re.fullmatch(r"\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?", text)
        if match is None:
            raise StoreFormatError(f"{self.name}\\{name}", f"{text!r} is no GUID" if text else "the value is missing")
        return UUID(match[1])


class Graph:
    """The objects of a store by name, and the sentences about what is wrong between them."""

    def __init__(self, tree: RegistryTree) -> None:
        """Take the objects of the local store and check their references."""
        self.problems: list[str] = []
        self._objects: dict[str, StoreObject] = {}
        start = len(LOCAL_STORE_KEY) + 1
        for path in tree.keys_below(LOCAL_STORE_KEY):
            self._add(path, path[start:], tree)
        self._check_references()

    def of_class(self, kind: ObjectClass) -> Iterator[StoreObject]:
        """Go through the objects of a class in the order of the registry."""
        return (one for one in self._objects.values() if one.kind is kind)

    def find(self, reference: str) -> StoreObject | None:
        """Find the object at the end of a reference: a key path or, in the directory's form, a DN. None: it dangles."""
        return self._objects.get(fold(_leaf(reference)))

    def follow(self, one: StoreObject, name: str) -> tuple[StoreObject, ...]:
        """Give the objects that a value refers to, each once; what leads nowhere is left out (a problem says so)."""
        found = (self.find(reference) for reference in one.texts(name))
        return tuple(dict.fromkeys(target for target in found if target and target.kind is REFERENCE_TARGETS[name]))

    def _add(self, path: str, name: str, tree: RegistryTree) -> None:
        match = _NAME.fullmatch(name)
        if match is None or fold(match[1]) not in _CLASSES:
            if "\\" not in name:
                self.problems.append(f"{name}: this key is none of a policy store; it was passed over")
            return
        values = {fold(value_name): value for value_name, value in tree[path].items()}
        one = StoreObject(name, _CLASSES[fold(match[1])], UUID(match[2]), values)
        data = values.get("IPSECDATA")
        if data and isinstance(data.data, bytes) and data.data.startswith(one.guid.bytes_le):
            return  # version information: an object whose data begins with its own GUID instead of its class's
        self._objects[fold(name)] = one

    def _check_references(self) -> None:
        edges: dict[str, set[str]] = {}
        for one in self._objects.values():
            if one.kind is ObjectClass.POLICY:
                self._check_list(one, POLICY_REFERENCES, edges)
            elif one.kind is ObjectClass.RULE:
                self._check_list(one, RULE_REFERENCES, edges)
        for one in self._objects.values():
            self._check_identity(one)
            self._check_owners(one, edges)

    def _check_list(self, one: StoreObject, names: tuple[str, ...], edges: dict[str, set[str]]) -> None:
        for name in names:
            references = one.texts(name)
            for reference in references:
                target = self.find(reference)
                if target is None:
                    self.problems.append(f"{one.name}\\{name}: refers to {_leaf(reference)}, which is not there")
                elif target.kind is not REFERENCE_TARGETS[name]:
                    self.problems.append(f"{one.name}\\{name}: {_wrong_way(one, target, REFERENCE_TARGETS[name])}")
                else:
                    edges.setdefault(fold(target.name), set()).add(fold(one.name))
            if len({fold(reference) for reference in references}) < len(references):
                self.problems.append(f"{one.name}\\{name}: refers to the same object twice")

    def _check_identity(self, one: StoreObject) -> None:
        """Report an object whose ipsecID is not the GUID of its key: two objects may then pass for one."""
        shown = one.text("ipsecID").strip("{} ")
        if shown and shown.lower() != str(one.guid):
            other = next((two for two in self._objects.values() if str(two.guid) == shown.lower()), None)
            problem = f"{one.name}\\ipsecID: is {{{shown}}}, not the GUID of its key"
            self.problems.append(f"{problem}; {other.name} has that" if other else problem)

    def _check_owners(self, one: StoreObject, edges: dict[str, set[str]]) -> None:
        """Hold the owners that an object names against those that refer to it."""
        named = {fold(_leaf(reference)): _leaf(reference) for reference in one.texts(OWNERS_REFERENCE)}
        owners = edges.get(fold(one.name), set())
        for folded, leaf in named.items():
            if folded not in self._objects:
                self.problems.append(f"{one.name}\\{OWNERS_REFERENCE}: names {leaf}, which is not there")
            elif folded not in owners:
                self.problems.append(f"{one.name}\\{OWNERS_REFERENCE}: names {leaf}, which does not refer to it")
        for owner in sorted(owners - set(named)):
            shown = self._objects[owner].name
            self.problems.append(f"{one.name}\\{OWNERS_REFERENCE}: does not name {shown}, which refers to it")


def _leaf(reference: str) -> str:
    """Give the name of the object that a reference ends in; the text itself where it names none."""
    match = _NAME.search(reference)
    return match[0] if match else reference


def _wrong_way(one: StoreObject, target: StoreObject, expected: ObjectClass) -> str:
    """Say what is wrong with a reference to an object of the wrong class: such a one can close a loop."""
    loop = target.kind is ObjectClass.POLICY or target.kind is one.kind
    text = f"refers to {target.name}, expected an object of the class {expected.value}"
    return f"{text}; references in a loop" if loop else text


def _raw_texts(value: RegistryValue) -> tuple[str, ...]:
    raw = value_to_bytes(value)
    if value.kind not in ("REG_SZ", "REG_MULTI_SZ", "REG_EXPAND_SZ"):
        return ()
    text = raw[: len(raw) // 2 * 2].decode("utf-16-le", "surrogatepass")
    return tuple(part for part in text.split("\0") if part)
