# SPDX-License-Identifier: GPL-3.0-or-later
"""A small store to damage: policy "Mail" with one rule and a default response rule, written by hand."""

from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import Data, RegistryValue
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import LOCAL_STORE_KEY
from tests.unit.plugins.module_utils.registry.edited_tree import EditedTree

POLICY, MAIN_MODE, RULE, RESPONSE, ACTION, OFFERS, LIST = (
    f"{kind}{{{number}1111111-1111-1111-1111-111111111111}}"
    for number, kind in enumerate([
        "ipsecPolicy", "ipsecISAKMPPolicy", "ipsecNFA", "ipsecNFA", "ipsecNegotiationPolicy",
        "ipsecNegotiationPolicy", "ipsecFilter",
    ])
)  # fmt: skip

_START = "SOFTWARE\\Policies\\Microsoft\\Windows\\IPSEC\\Policy\\Local\\"
_NEGOTIATE = "{8a171dd3-77e3-11d1-8659-a04f00000000}"
_ESP = "01000000 03000000 02000000 02000000" + "00" * 48

BLOBS = {
    POLICY: "63212022 4c4f d111 863b 00a0248d3021 04000000 302a0000 00",
    MAIN_MODE: (
        f"b820dc80 c82e d111 a89e 00a0248d3021 80000000 {'00' * 32} 00000000 80700000 {'00' * 20} 01000000"
        f"00000000 03000000 {'00' * 8} 02000000 {'00' * 24} 02000000 {'00' * 8} 80700000 00000000 00"
    ),
    RULE: (
        "00acbb11 8d49 d111 8639 00a0248d3021 2a000000 01000000 05000000 02000000 0000 fdffffff"
        "02000000 0000 00000000 00000000 01000000 02000000 0000 00"
    ),
    ACTION: f"b920dc80 c82e d111 a89e 00a0248d3021 54000000 01000000 {'00' * 16} {_ESP} 00",
    LIST: (
        "b520dc80 c82e d111 a89e 00a0248d3021 46000000 01000000 02000000 0000 02000000 0000 02000000 0000"
        f"{'22' * 16} 01000000 00000000 ffffffff c0000207 ffffffff 00000000 06000000 0000 6e00 00 00 0000"
    ),
}
BLOBS[RESPONSE], BLOBS[OFFERS] = BLOBS[RULE], BLOBS[ACTION]


def reference(*names: str) -> RegistryValue:
    """Refer to objects as Windows does."""
    return RegistryValue("REG_MULTI_SZ", tuple(_START + name for name in names))


def text(data: str) -> RegistryValue:
    """Make a text value."""
    return RegistryValue("REG_SZ", data)


def one_reference(name: str) -> RegistryValue:
    """Refer to one object as Windows does."""
    return text(_START + name)


_VALUES: dict[str, dict[str, RegistryValue]] = {
    POLICY: {
        "ipsecName": text("Mail"),
        "ipsecISAKMPReference": one_reference(MAIN_MODE),
        "ipsecNFAReference": reference(RULE, RESPONSE),
    },
    MAIN_MODE: {"ipsecOwnersReference": reference(POLICY)},
    RULE: {
        "ipsecName": text("POP3"),
        "ipsecNegotiationPolicyReference": one_reference(ACTION),
        "ipsecFilterReference": reference(LIST),
        "ipsecOwnersReference": reference(POLICY),
    },
    RESPONSE: {
        "ipsecNegotiationPolicyReference": one_reference(OFFERS),
        "ipsecOwnersReference": reference(POLICY),
    },
    ACTION: {
        "ipsecName": text("Require"),
        "ipsecNegotiationPolicyAction": text(_NEGOTIATE),
        "ipsecNegotiationPolicyType": text("{62F49E10-6C37-11D1-864C-14A300000000}"),
        "ipsecOwnersReference": reference(RULE),
    },
    OFFERS: {
        "ipsecNegotiationPolicyAction": text(_NEGOTIATE),
        "ipsecNegotiationPolicyType": text("{62f49e13-6c37-11d1-864c-14a300000000}"),
        "ipsecOwnersReference": reference(RESPONSE),
    },
    LIST: {"ipsecName": text("POP3 clients"), "ipsecOwnersReference": reference(RULE)},
}


def key(name: str) -> str:
    """Give the full path of an object's key."""
    return f"{LOCAL_STORE_KEY}\\{name}"


def object_values(name: str, like: str | None = None) -> dict[str, RegistryValue]:
    """Give all values of an object, or of another one under a new name."""
    like = like or name
    guid = name[name.index("{") :]
    common: dict[str, Data] = {"className": name[: name.index("{")], "name": name, "ipsecID": guid}
    return {
        **{label: RegistryValue("REG_SZ", data) for label, data in common.items()},
        "ipsecDataType": RegistryValue("REG_DWORD", 256),
        "ipsecData": RegistryValue("REG_BINARY", bytes.fromhex(BLOBS[like])),
        **_VALUES[like],
    }


def small_store() -> EditedTree:
    """Make the whole store, "Mail" assigned."""
    keys: dict[str, dict[str, RegistryValue]] = {LOCAL_STORE_KEY: {"ActivePolicy": one_reference(POLICY)}}
    return EditedTree({**keys, **{key(name): object_values(name) for name in _VALUES}})


def patched(name: str, at: int, data: str) -> EditedTree:
    """Make the store with some bytes of one blob replaced."""
    blob, new = bytes.fromhex(BLOBS[name]), bytes.fromhex(data)
    changed = blob[:at] + new + blob[at + len(new) :]
    return small_store().with_value(key(name), "ipsecData", RegistryValue("REG_BINARY", changed))
