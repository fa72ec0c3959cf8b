# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's policies as plain values without GUIDs and times: to compare two hosts, and to read aloud."""

from __future__ import annotations

import ipaddress
from typing import Any

from . import packer, parts
from .host import WindowsHost
from .netsh import store
from .netsh.store import LocalStore
from .parts import FilterSpec, Method, Offer
from .registry import Key

_CIPHERS = {parts.NO_ALGORITHM: "none", parts.DES: "des", parts.THREE_DES: "3des"}
_HASHES = {0: "none", parts.MD5: "md5", parts.SHA1: "sha1"}
_METHODS = {parts.PRE_SHARED_KEY: "psk", parts.CERTIFICATE: "certificate", parts.KERBEROS: "kerberos"}
_CONNECTIONS = {number: name for name, number in parts.CONNECTIONS.items()}


def policies_of(host: WindowsHost) -> dict[str, Any]:
    """Return the assigned policy's name, and every policy, filter list and filter action by name."""
    objects = LocalStore(host)
    assigned = objects.assigned()
    named = {kind: [key for key in objects.all(kind) if objects.name_of(key)] for kind in (store.LIST, store.ACTION)}
    return {
        "assigned": objects.name_of(assigned) if assigned else None,
        "policies": {objects.name_of(key): _policy(objects, key) for key in objects.all(store.POLICY)},
        "lists": {objects.name_of(key): _list(objects, key) for key in named[store.LIST]},
        "actions": {objects.name_of(key): _action(objects, key) for key in named[store.ACTION]},
        "objects": len(objects.root.subkeys()),
    }


def _described(key: Key) -> str:
    value = key.get("description")
    return value.text if value else ""


def _policy(objects: LocalStore, key: Key) -> dict[str, Any]:
    mode_key = objects.one(key, store.MAIN_MODE_OF)
    mode = packer.unpack_main_mode(objects.blob(mode_key)) if mode_key else None
    rules = objects.many(key, store.RULES)
    return {
        "description": _described(key),
        "polling": packer.unpack_policy(objects.blob(key)),
        "main_mode": [f"{_CIPHERS[m.encryption]}-{_HASHES[m.hash]}-{m.group}" for m in mode.methods] if mode else [],
        "lifetime": mode.lifetime if mode else 0,
        "quick_modes": mode.quick_modes if mode else 0,
        "main_mode_pfs": mode.pfs if mode else False,
        "rules": {objects.name_of(rule): _rule(objects, rule) for rule in rules if rule.get(store.FILTERS)},
        "default_rules": [_rule(objects, rule) for rule in rules if not rule.get(store.FILTERS)],
    }


def _rule(objects: LocalStore, key: Key) -> dict[str, Any]:
    body = packer.unpack_rule(objects.blob(key))
    filters, action = objects.one(key, store.FILTERS), objects.one(key, store.ACTION_OF)
    return {
        "description": _described(key),
        "list": objects.name_of(filters) if filters else None,
        "action": (objects.name_of(action) or _action(objects, action)) if action else None,
        "active": body.active,
        "connection": _CONNECTIONS.get(body.interface),
        "tunnel": str(ipaddress.IPv4Address(body.tunnel)) if body.tunneled else None,
        "authentication": [_method(method) for method in body.methods],
    }


def _method(method: Method) -> str:
    return ":".join([_METHODS[method.kind], *([method.text] if method.text else []), *["flags"] * bool(method.flags)])


def _list(objects: LocalStore, key: Key) -> dict[str, Any]:
    specs = packer.unpack_filters(objects.blob(key))
    return {"description": _described(key), "filters": [_filter(spec) for spec in specs]}


def _filter(spec: FilterSpec) -> str:
    """Say a filter: `me:0 > 192.0.2.21:110 tcp mirrored`, the protocol by number."""
    ends = (
        _end(spec.source, spec.source_mask, spec.source_name, spec.source_port),
        _end(spec.target, spec.target_mask, spec.target_name, spec.target_port),
    )
    words = [" > ".join(ends), f"protocol {spec.protocol}", *["mirrored"] * spec.mirrored]
    words += [f"special {spec.special}"] * bool(spec.special) + [spec.description] * bool(spec.description)
    return " ".join(words)


def _end(address: bytes, mask: bytes, name: str, port: int) -> str:
    shown = name or ("me" if (address, mask) == (bytes(4), b"\xff" * 4) else "")
    if not shown:
        shown = str(ipaddress.IPv4Network((address, str(ipaddress.IPv4Address(mask)))))
    return f"{shown.removesuffix('/32')}:{port}"


def _action(objects: LocalStore, key: Key) -> dict[str, Any]:
    offers = packer.unpack_action(objects.blob(key))
    return {"description": _described(key), "kind": objects.action_kind(key), "offers": [_offer(one) for one in offers]}


def _offer(offer: Offer) -> str:
    names = [
        f"ah[{_HASHES[one.id]}]" if one.kind == parts.AH else f"esp[{_CIPHERS[one.id]},{_HASHES[one.integrity]}]"
        for one in offer.algorithms
    ]
    return f"{'+'.join(names) or 'in clear'} {offer.kilobytes}k/{offer.seconds}s{' pfs' * offer.pfs}"
