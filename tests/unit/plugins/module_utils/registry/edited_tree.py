# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry tree that tests can change: each change gives another tree."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue


class EditedTree(RegistryTree):
    """A tree with methods that give it back changed; paths and names are taken as they were written."""

    def with_key(self, path: str, values: Mapping[str, RegistryValue]) -> EditedTree:
        """Add a key, or values to the key that is there."""
        return EditedTree({**self, path: {**self.get(path, {}), **values}})

    def with_value(self, path: str, name: str, value: RegistryValue) -> EditedTree:
        """Set one value; its key is made where it is missing."""
        return self.with_key(path, {name: value})

    def without_value(self, path: str, name: str) -> EditedTree:
        """Take one value away; KeyError where it is not there."""
        values = dict(self[path])
        del values[name]
        return EditedTree({**self, path: values})

    def without_key(self, path: str) -> EditedTree:
        """Take a key away; KeyError where it is not there."""
        keys = dict(self)
        del keys[path]
        return EditedTree(keys)
