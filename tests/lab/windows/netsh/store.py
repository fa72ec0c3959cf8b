# SPDX-License-Identifier: GPL-3.0-or-later
"""The local policy store in the registry: objects, their references both ways, the assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..registry import REG_BINARY, Key

if TYPE_CHECKING:
    from ..host import WindowsHost

POLICY, MAIN_MODE, RULE = "ipsecPolicy", "ipsecISAKMPPolicy", "ipsecNFA"
ACTION, LIST = "ipsecNegotiationPolicy", "ipsecFilter"
OWNERS, RULES, FILTERS, ACTION_OF = (
    "ipsecOwnersReference",
    "ipsecNFAReference",
    "ipsecFilterReference",
    "ipsecNegotiationPolicyReference",
)
MAIN_MODE_OF, ACTION_KIND, ACTION_TYPE = (
    "ipsecISAKMPReference",
    "ipsecNegotiationPolicyAction",
    "ipsecNegotiationPolicyType",
)
_KINDS = {
    "block": "{3f91a819-7647-11d1-864d-d46a00000000}",
    "permit": "{8a171dd2-77e3-11d1-8659-a04f00000000}",
    "negotiate": "{8a171dd3-77e3-11d1-8659-a04f00000000}",
    "inpass": "{3f91a81a-7647-11d1-864d-d46a00000000}",
}
ORDINARY, DEFAULT_RULE = "{62f49e10-6c37-11d1-864c-14a300000000}", "{62f49e13-6c37-11d1-864c-14a300000000}"


class LocalStore:
    """Objects are registry keys; nothing is kept beside the registry."""

    def __init__(self, host: WindowsHost) -> None:
        """Work on that host's registry."""
        self.host = host
        self.path = host.profile.policy_path
        self.generation = host.profile.generation

    @property
    def root(self) -> Key:
        """The key of the store, made when missing (its real spelling is IPSec on every Windows)."""
        return self.host.registry.create(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local")

    def reference(self, key: Key) -> str:
        """Return the reference to an object as other objects write it."""
        return f"{self.path}\\{key.name}"

    def resolve(self, reference: str) -> Key | None:
        """Return the object that a reference names, None when it is gone."""
        return self.root.child(reference.rsplit("\\", 1)[-1])

    def many(self, key: Key, name: str) -> list[Key]:
        """Return the objects that a value of references names."""
        value = key.get(name)
        found = [self.resolve(text) for text in value.texts] if value else []
        return [item for item in found if item is not None]

    def one(self, key: Key, name: str) -> Key | None:
        """Return the first object that a value of references names."""
        return next(iter(self.many(key, name)), None)

    def all(self, kind: str) -> list[Key]:
        """Return all objects of a class by key name, as Windows lists keys."""
        return [key for key in self.root.subkeys() if key.name.split("{")[0].casefold() == kind.casefold()]

    def find(self, kind: str, name: str) -> Key | None:
        """Return the object of that class and name, whatever its case."""
        return next((key for key in self.all(kind) if self.name_of(key).casefold() == name.casefold()), None)

    def by_guid(self, kind: str, guid: str) -> Key | None:
        """Return the object of that class with that identifier."""
        return self.root.child(kind + "{" + guid.strip("{}") + "}")

    @staticmethod
    def name_of(key: Key) -> str:
        """Return the name that people gave an object, "" for none."""
        value = key.get("ipsecName")
        return value.text if value else ""

    @staticmethod
    def blob(key: Key) -> bytes:
        """Return an object's binary part."""
        value = key.get("ipsecData")
        return value.data if value else b""

    def touch(self, key: Key) -> None:
        """Note the time of a change."""
        key.put_number("whenChanged", int(self.host.clock.now()))

    def set_blob(self, key: Key, blob: bytes) -> None:
        """Replace an object's binary part."""
        key.put("ipsecData", REG_BINARY, blob)
        self.touch(key)

    def create(
        self, kind: str, guid: str, name: str = "", description: str = "", extra: dict[str, str] | None = None
    ) -> Key:
        """Make an object with its values in netsh's order; binary part and references follow through finish()."""
        key = self.root.child(kind + guid, create=True)
        if key is None:
            raise AssertionError("a child that create= makes")
        key.put_text("ClassName" if self.generation == "xp" else "className", kind)
        if description:
            key.put_text("description", description)
        key.put_text("name", key.name)
        if name:
            key.put_text("ipsecName", name)
        key.put_text("ipsecID", guid)
        for value, text in (extra or {}).items():
            key.put_text(value, text)
        key.put_number("ipsecDataType", 0x100)
        return key

    def finish(
        self, key: Key, blob: bytes, single: dict[str, Key] | None = None, lists: dict[str, Key] | None = None
    ) -> None:
        """Write an object's binary part, its references and the time, in netsh's order."""
        key.put("ipsecData", REG_BINARY, blob)
        for value, other in (single or {}).items():
            key.put_text(value, self.reference(other))
        for value, other in (lists or {}).items():
            key.put_texts(value, [self.reference(other)])
        self.touch(key)

    def add_reference(self, key: Key, name: str, other: Key) -> None:
        """Put a reference at the head of a list: netsh writes the newest first."""
        old = key.get(name)
        rest = [text for text in (old.texts if old else []) if not self._same(text, other)]
        key.put_texts(name, [self.reference(other), *rest])

    def drop_reference(self, key: Key, name: str, other: Key) -> None:
        """Take a reference out of a list; an empty list goes altogether."""
        old = key.get(name)
        rest = [text for text in (old.texts if old else []) if not self._same(text, other)]
        if rest:
            key.put_texts(name, rest)
        else:
            key.drop(name)

    @staticmethod
    def _same(reference: str, key: Key) -> bool:
        return reference.rsplit("\\", 1)[-1].casefold() == key.name.casefold()

    def delete(self, key: Key) -> None:
        """Remove an object's key."""
        self.root.keys.pop(key.name.casefold(), None)

    def action_kind(self, key: Key) -> str:
        """Return block, permit, negotiate or inpass."""
        value = key.get(ACTION_KIND)
        low = value.text.casefold() if value else ""
        return next((name for name, guid in _KINDS.items() if guid == low), "negotiate")

    @staticmethod
    def kind_guid(kind: str) -> str:
        """Return the identifier that stands for block, permit, negotiate or inpass."""
        return _KINDS[kind]

    def assigned(self) -> Key | None:
        """Return the assigned policy, None when there is none."""
        value = self.root.get("ActivePolicy")
        return self.resolve(value.text) if value else None

    def assign(self, policy: Key) -> None:
        """Make a policy the host's only active one."""
        self.root.put_text("ActivePolicy", self.reference(policy))

    def unassign(self, policy: Key) -> None:
        """Take a policy out of force, if it is the active one."""
        if self.assigned() is policy:
            self.root.drop("ActivePolicy")
