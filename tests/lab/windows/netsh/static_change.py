# SPDX-License-Identifier: GPL-3.0-or-later
"""`netsh ipsec static set` and `delete`."""

from __future__ import annotations

import dataclasses
import uuid

from .. import packer, parts
from ..parts import Offer
from ..registry import Key
from . import errors, store, values
from .errors import NetshError
from .static_add import default_offers, find_rule, main_mode, needed, new_name, tunnel_of
from .store import LocalStore
from .words import Arguments


def _target(objects: LocalStore, args: Arguments, kind: str, number: int) -> Key:
    """Return the object named by name= or guid=."""
    guid = args.get("guid")
    if guid is not None:
        key = objects.by_guid(kind, guid)
        if key is None:
            raise NetshError(number, name=guid)
        return key
    (name,) = args.need("name")
    return needed(objects, kind, name, number)


def _rename(objects: LocalStore, args: Arguments, key: Key, kind: str, number: int) -> None:
    name, description = args.get("newname"), args.get("description")
    if name:
        if name.casefold() != objects.name_of(key).casefold():
            new_name(objects, kind, name, number)
        key.put_text("ipsecName", name)
    if description:
        key.put_text("description", description)
    elif description == "":
        key.drop("description")
    objects.touch(key)


def set_policy(objects: LocalStore, args: Arguments) -> None:
    """`set policy`: name, description, main mode, polling, default rule, assignment."""
    if args.get("gponame"):
        raise NetshError(errors.NOT_DOMAIN)
    policy = _target(objects, args, store.POLICY, errors.NO_POLICY)
    mode_key = objects.one(policy, store.MAIN_MODE_OF)
    if mode_key is not None and any(tag in args for tag in ("mmpfs", "qmpermm", "mmlifetime", "mmsecmethods")):
        mode = main_mode(args, objects.generation, packer.unpack_main_mode(objects.blob(mode_key)))
        guid = uuid.UUID(mode_key.name[len(store.MAIN_MODE) :])
        objects.set_blob(mode_key, packer.pack_main_mode(mode, guid, objects.generation))
    interval = args.integer("pollinginterval", 1, 71582788)
    active, assign = args.flag("activatedefaultrule"), args.flag("assign")
    _rename(objects, args, policy, store.POLICY, errors.POLICY_EXISTS)
    if interval is not None:
        objects.set_blob(policy, packer.pack_policy(interval * 60))
    if active is not None:
        _set_active(objects, default_rule(objects, policy), active)
    if assign:
        objects.assign(policy)
    elif assign is False:
        objects.unassign(policy)


def default_rule(objects: LocalStore, policy: Key) -> Key:
    """Return a policy's default response rule: the one without filters."""
    rules = objects.many(policy, store.RULES)
    found = next((rule for rule in rules if rule.get(store.FILTERS) is None), None)
    if found is None:
        raise NetshError(errors.NO_RULE, name="default", policy=objects.name_of(policy))
    return found


def _set_active(objects: LocalStore, rule: Key, active: bool) -> None:
    body = dataclasses.replace(packer.unpack_rule(objects.blob(rule)), active=active)
    objects.set_blob(rule, packer.pack_rule(body, objects.generation))


def set_filterlist(objects: LocalStore, args: Arguments) -> None:
    """`set filterlist`: name and description."""
    key = _target(objects, args, store.LIST, errors.NO_LIST)
    _rename(objects, args, key, store.LIST, errors.LIST_EXISTS)


def _offers_changed(objects: LocalStore, args: Arguments, old: list[Offer], kind: str) -> list[Offer]:
    """Return the offers after qmpfs, soft, action and qmsecmethods have had their say."""
    if kind not in ("negotiate", "inpass"):
        return []
    was_soft = bool(old) and not old[-1].algorithms
    plain = [offer for offer in old if offer.algorithms]
    pfs = args.flag("qmpfs")
    pfs = any(offer.pfs for offer in plain) if pfs is None else pfs
    soft = args.flag("soft", was_soft)
    text = args.get("qmsecmethods")
    if text is not None:
        plain = values.read_offers(text, pfs)
    plain = [dataclasses.replace(o, pfs=pfs) for o in plain] or default_offers(objects.generation, pfs)
    return [*plain, Offer([])] if soft else plain


def set_filteraction(objects: LocalStore, args: Arguments) -> None:
    """`set filteraction`: what is not named stays."""
    key = _target(objects, args, store.ACTION, errors.NO_ACTION)
    kind = objects.action_kind(key)
    chosen = args.choice("action", ["permit", "block", "negotiate"])
    if chosen and not (chosen == "negotiate" and kind == "inpass"):
        kind = chosen
    inpass = args.flag("inpass")
    if kind in ("negotiate", "inpass") and inpass is not None:
        kind = "inpass" if inpass else "negotiate"
    offers = _offers_changed(objects, args, packer.unpack_action(objects.blob(key)), kind)
    _rename(objects, args, key, store.ACTION, errors.ACTION_EXISTS)
    key.put_text(store.ACTION_KIND, objects.kind_guid(kind))
    objects.set_blob(key, packer.pack_action(offers, objects.generation))


def ordinary_rules(objects: LocalStore, policy: Key) -> list[Key]:
    """Return a policy's rules without the default one, in the order that `id` counts."""
    return [rule for rule in objects.many(policy, store.RULES) if rule.get(store.FILTERS) is not None]


def _rule(objects: LocalStore, args: Arguments, policy: Key, policy_name: str) -> Key:
    number = args.integer("id", 1, 1_000_000)
    if number is not None:
        rules = ordinary_rules(objects, policy)
        if number > len(rules):
            raise NetshError(errors.NO_RULE, name=number, policy=policy_name)
        return rules[number - 1]
    (name,) = args.need("name")
    rule = find_rule(objects, policy, name)
    if rule is None:
        raise NetshError(errors.NO_RULE, name=name, policy=policy_name)
    return rule


def set_rule(objects: LocalStore, args: Arguments) -> None:
    """`set rule`: what is not named stays; naming authentication replaces all of it."""
    (policy_name,) = args.need("policy")
    policy = needed(objects, store.POLICY, policy_name, errors.NO_POLICY)
    rule = _rule(objects, args, policy, policy_name)
    name, list_name, action_name = args.get("newname"), args.get("filterlist"), args.get("filteraction")
    if name and name.casefold() != objects.name_of(rule).casefold() and find_rule(objects, policy, name):
        raise NetshError(errors.RULE_EXISTS, name=name, policy=policy_name)
    filters = needed(objects, store.LIST, list_name, errors.NO_LIST) if list_name else None
    action = needed(objects, store.ACTION, action_name, errors.NO_ACTION) if action_name else None
    body = _changed_body(objects, args, rule)
    _rename_rule(objects, args, rule)
    if filters:
        _relink(objects, rule, store.FILTERS, filters)
    if action:
        _relink(objects, rule, store.ACTION_OF, action)
    objects.set_blob(rule, packer.pack_rule(body, objects.generation))
    objects.touch(policy)


def _changed_body(objects: LocalStore, args: Arguments, rule: Key) -> parts.RuleBody:
    body = packer.unpack_rule(objects.blob(rule))
    tunnel, active = tunnel_of(args), args.flag("activate")
    kind = args.choice("conntype", ["lan", "dialup", "all"])
    body.methods = values.read_authentication(args) or body.methods
    if kind:
        body.interface = parts.CONNECTIONS[kind]
    if tunnel is not None:
        body.tunnel, body.tunneled = tunnel, any(tunnel)
    if active is not None:
        body.active = active
    return body


def _rename_rule(objects: LocalStore, args: Arguments, rule: Key) -> None:
    if name := args.get("newname"):
        rule.put_text("ipsecName", name)
    if description := args.get("description"):
        rule.put_text("description", description)


def _relink(objects: LocalStore, rule: Key, value: str, new: Key) -> None:
    for old in objects.many(rule, value):
        objects.drop_reference(old, store.OWNERS, rule)
    if value == store.FILTERS:
        rule.put_texts(value, [objects.reference(new)])
    else:
        rule.put_text(value, objects.reference(new))
    objects.add_reference(new, store.OWNERS, rule)


def set_defaultrule(objects: LocalStore, args: Arguments) -> None:
    """`set defaultrule`: the response rule of a policy."""
    (policy_name,) = args.need("policy")
    policy = needed(objects, store.POLICY, policy_name, errors.NO_POLICY)
    rule = default_rule(objects, policy)
    body = packer.unpack_rule(objects.blob(rule))
    active = args.flag("activate")
    body.active = body.active if active is None else active
    body.methods = values.read_authentication(args) or body.methods
    action = objects.one(rule, store.ACTION_OF)
    if action is not None and ("qmpfs" in args or "qmsecmethods" in args):
        offers = _offers_changed(objects, args, packer.unpack_action(objects.blob(action)), "negotiate")
        objects.set_blob(action, packer.pack_action(offers, objects.generation))
    objects.set_blob(rule, packer.pack_rule(body, objects.generation))


def set_store(objects: LocalStore, args: Arguments) -> None:
    """`set store`: the lab has the local one only."""
    if args.choice("location", ["local", "domain"], "local") == "domain":
        raise NetshError(errors.NOT_DOMAIN)


def set_batch(objects: LocalStore, args: Arguments) -> None:
    """`set batch`: taken, without effect: the lab's store has no cache to switch."""
    args.need("mode")
    args.choice("mode", ["enable", "disable"])
