# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's default policies in the directory's form (LDIF), as the registry tree of a store."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import LOCAL_STORE_KEY

PROVISION = Path("/usr/share/samba/setup/provision.ldif")
"""From Debian's samba-ad-provision: what every Active Directory domain starts with."""


def read_store(ldif: Path = PROVISION) -> RegistryTree:
    """Give the objects below CN=IP Security as keys of a local store; references stay DNs."""
    keys: dict[str, dict[str, RegistryValue]] = {}
    for block in re.sub(r"\n ", "", ldif.read_text(encoding="utf-8")).split("\n\n"):
        match = re.search(r"^dn: CN=(ipsec\w+\{[^}]*\}),CN=IP Security", block, re.MULTILINE)
        if match:
            keys[f"{LOCAL_STORE_KEY}\\{match[1]}"] = _values(block)
    return RegistryTree(keys)


def _values(block: str) -> dict[str, RegistryValue]:
    texts: dict[str, list[str]] = {}
    values: dict[str, RegistryValue] = {}
    for name, encoded, text in re.findall(r"^(\w+)(::?) (.*)$", block, re.MULTILINE):
        if encoded == "::" and name == "ipsecData":
            values[name] = RegistryValue("REG_BINARY", base64.b64decode(text))
        elif encoded == "::":
            texts.setdefault(name, []).append(base64.b64decode(text).decode())
        else:
            texts.setdefault(name, []).append(text)
    return {**{name: RegistryValue("REG_MULTI_SZ", tuple(found)) for name, found in texts.items()}, **values}
