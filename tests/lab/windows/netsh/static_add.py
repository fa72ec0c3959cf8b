# SPDX-License-Identifier: GPL-3.0-or-later
"""`netsh ipsec static add`: policies, filter lists, filters, filter actions, rules."""

from __future__ import annotations

import dataclasses
import ipaddress
import uuid

from .. import packer, parts
from ..parts import Algorithm, MainMode, MainModeMethod, Method, Offer, RuleBody
from ..registry import Key
from . import errors, store, values
from .errors import NetshError
from .store import LocalStore
from .words import Arguments

LONGEST_NAME = 255
_ESP_3DES_SHA1 = Algorithm(parts.THREE_DES, parts.SHA1, parts.ESP)
_AH_SHA1 = Algorithm(parts.SHA1, 0, parts.AH)


def default_main_methods(generation: str, lifetime: int, quick_modes: int) -> list[MainModeMethod]:
    """Return the main-mode offers of a policy that names none.

    "vista": read off a dump of netsh's work; "xp": those of Microsoft's own policies (for netsh: not proven).
    """
    triple = MainModeMethod(parts.THREE_DES, parts.SHA1, 2, lifetime, quick_modes)
    if generation == "vista":
        return [triple, dataclasses.replace(triple, group=3)]
    single = dataclasses.replace(triple, encryption=parts.DES, group=1)
    return [offer for sha in (triple, single) for offer in (sha, dataclasses.replace(sha, hash=parts.MD5))]


def default_offers(generation: str, pfs: bool = False) -> list[Offer]:
    """Return the quick-mode offers where none are named; sources as for the main mode."""
    if generation == "vista":
        algorithms = [_ESP_3DES_SHA1, _AH_SHA1]
    else:
        hashes = (parts.SHA1, parts.MD5)
        algorithms = [Algorithm(c, h, parts.ESP) for c in (parts.THREE_DES, parts.DES) for h in hashes]
        algorithms += [Algorithm(h, 0, parts.AH) for h in hashes]
    return [Offer([algorithm], pfs=pfs) for algorithm in algorithms]


def new_name(objects: LocalStore, kind: str, name: str, number: int) -> str:
    """Return a name that no object of the class has yet."""
    if len(name) > LONGEST_NAME:
        raise NetshError(errors.NAME_TOO_LONG, name=name)
    if objects.find(kind, name):
        raise NetshError(number, name=name)
    return name


def main_mode(args: Arguments, generation: str, old: MainMode | None = None) -> MainMode:
    """Build the main mode that the arguments ask for, over the old one where they are silent."""
    pfs = args.flag("mmpfs", old.pfs if old else False) or False
    minutes = args.integer("mmlifetime", 1, 71582788)
    lifetime = minutes * 60 if minutes is not None else (old.lifetime if old else 28800)
    limit = args.integer("qmpermm", 0, 2147483647)
    per_mode = limit if limit is not None else (old.quick_modes if old else 0)
    per_mode = 1 if pfs else per_mode
    text = args.get("mmsecmethods")
    if text is not None:
        methods = values.read_main_methods(text, lifetime, per_mode)
    elif old is not None:
        methods = [dataclasses.replace(m, lifetime=lifetime, quick_modes=per_mode) for m in old.methods]
    else:
        methods = default_main_methods(generation, lifetime, per_mode)
    return MainMode(methods, pfs, per_mode, lifetime)


def add_policy(objects: LocalStore, args: Arguments) -> None:
    """`add policy`: with its main mode and its default response rule."""
    (name,) = args.need("name")
    new_name(objects, store.POLICY, name, errors.POLICY_EXISTS)
    mode = main_mode(args, objects.generation)
    interval = args.integer("pollinginterval", 1, 71582788)
    active = args.flag("activatedefaultrule", objects.generation == "xp") or False
    assign = args.flag("assign", False)
    guid = objects.host.new_guid()
    mode_guid = objects.host.new_guid()
    mode_key = objects.create(store.MAIN_MODE, mode_guid)
    objects.finish(mode_key, packer.pack_main_mode(mode, uuid.UUID(mode_guid), objects.generation))
    policy = objects.create(store.POLICY, guid, name, args.get("description") or "")
    blob = packer.pack_policy((interval or 180) * 60)
    objects.finish(policy, blob, single={store.MAIN_MODE_OF: mode_key})
    mode_key.put_texts(store.OWNERS, [objects.reference(policy)])
    kinds = {store.ACTION_KIND: objects.kind_guid("negotiate"), store.ACTION_TYPE: store.DEFAULT_RULE}
    action = objects.create(store.ACTION, objects.host.new_guid(), extra=kinds)
    objects.finish(action, packer.pack_action(default_offers(objects.generation), objects.generation))
    body = RuleBody([Method(parts.KERBEROS)], active=active)
    link_rule(objects, policy, objects.create(store.RULE, objects.host.new_guid()), body, action, None)
    if assign:
        objects.assign(policy)


def link_rule(objects: LocalStore, policy: Key, rule: Key, body: RuleBody, action: Key, filters: Key | None) -> None:
    """Write a new rule and tie it to its policy, action and filter list, both ways."""
    lists = {store.FILTERS: filters} if filters else {}
    blob = packer.pack_rule(body, objects.generation)
    objects.finish(rule, blob, single={store.ACTION_OF: action}, lists=lists)
    rule.put_texts(store.OWNERS, [objects.reference(policy)])
    objects.add_reference(policy, store.RULES, rule)
    objects.touch(policy)
    for used in [action, *([filters] if filters else [])]:
        objects.add_reference(used, store.OWNERS, rule)


def add_filterlist(objects: LocalStore, args: Arguments) -> None:
    """`add filterlist`: an empty one."""
    (name,) = args.need("name")
    new_name(objects, store.LIST, name, errors.LIST_EXISTS)
    make_list(objects, name, args.get("description") or "")


def make_list(objects: LocalStore, name: str, description: str = "") -> Key:
    """Make an empty filter list."""
    key = objects.create(store.LIST, objects.host.new_guid(), name, description)
    objects.finish(key, packer.pack_filters([], objects.generation))
    return key


def add_filter(objects: LocalStore, args: Arguments) -> None:
    """`add filter`: makes the list too when there is none of that name."""
    spec = values.read_filter(args, objects.host.new_guid())
    name = args.get("filterlist") or ""
    key = objects.find(store.LIST, name)
    if key is None:
        key = make_list(objects, new_name(objects, store.LIST, name, errors.LIST_EXISTS))
    filters = packer.unpack_filters(objects.blob(key))
    if any(spec.same_traffic(other) for other in filters):
        raise NetshError(errors.FILTER_EXISTS, name=name)
    objects.set_blob(key, packer.pack_filters([*filters, spec], objects.generation))


def offers_of(args: Arguments, generation: str, pfs: bool, soft: bool) -> list[Offer]:
    """Return the offers that the arguments name, else the defaults; soft adds the empty offer at the end."""
    text = args.get("qmsecmethods")
    offers = values.read_offers(text, pfs) if text is not None else default_offers(generation, pfs)
    return [*offers, Offer([])] if soft else offers


def add_filteraction(objects: LocalStore, args: Arguments) -> None:
    """`add filteraction`: negotiate unless said otherwise; methods count only for negotiate."""
    (name,) = args.need("name")
    new_name(objects, store.ACTION, name, errors.ACTION_EXISTS)
    kind = args.choice("action", ["permit", "block", "negotiate"], "negotiate") or "negotiate"
    pfs, soft, inpass = (bool(args.flag(tag, False)) for tag in ("qmpfs", "soft", "inpass"))
    offers = offers_of(args, objects.generation, pfs, soft) if kind == "negotiate" else []
    shown = "inpass" if kind == "negotiate" and inpass else kind
    kinds = {store.ACTION_KIND: objects.kind_guid(shown), store.ACTION_TYPE: store.ORDINARY}
    key = objects.create(store.ACTION, objects.host.new_guid(), name, args.get("description") or "", kinds)
    objects.finish(key, packer.pack_action(offers, objects.generation))


def tunnel_of(args: Arguments) -> bytes | None:
    """Return the tunnel endpoint's address, None when none is named."""
    text = args.get("tunnel")
    if text is None:
        return None
    try:
        return ipaddress.IPv4Address(text).packed
    except ValueError:
        raise NetshError(errors.BAD_VALUE, tag="tunnel", value=text) from None


def find_rule(objects: LocalStore, policy: Key, name: str) -> Key | None:
    """Return the rule of a policy with that name, whatever its case."""
    rules = objects.many(policy, store.RULES)
    return next((rule for rule in rules if name and objects.name_of(rule).casefold() == name.casefold()), None)


def needed(objects: LocalStore, kind: str, name: str, number: int) -> Key:
    """Return an object that must be there."""
    key = objects.find(kind, name)
    if key is None:
        raise NetshError(number, name=name)
    return key


def add_rule(objects: LocalStore, args: Arguments) -> None:
    """`add rule`: Kerberos when no authentication is named."""
    name, policy_name, list_name, action_name = args.need("name", "policy", "filterlist", "filteraction")
    policy = needed(objects, store.POLICY, policy_name, errors.NO_POLICY)
    if find_rule(objects, policy, name):
        raise NetshError(errors.RULE_EXISTS, name=name, policy=policy_name)
    filters = needed(objects, store.LIST, list_name, errors.NO_LIST)
    action = needed(objects, store.ACTION, action_name, errors.NO_ACTION)
    if not packer.unpack_filters(objects.blob(filters)):
        raise NetshError(errors.EMPTY_LIST, name=list_name)
    if len(name) > LONGEST_NAME:
        raise NetshError(errors.NAME_TOO_LONG, name=name)
    methods = values.read_authentication(args) or [Method(parts.KERBEROS)]
    tunnel = tunnel_of(args)
    body = RuleBody(
        methods,
        parts.CONNECTIONS[args.choice("conntype", ["lan", "dialup", "all"], "all") or "all"],
        tunnel or bytes(4),
        tunnel is not None,
        bool(args.flag("activate", True)),
    )
    rule = objects.create(store.RULE, objects.host.new_guid(), name, args.get("description") or "")
    link_rule(objects, policy, rule, body, action, filters)
