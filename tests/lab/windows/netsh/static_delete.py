# SPDX-License-Identifier: GPL-3.0-or-later
"""`netsh ipsec static delete`."""

from __future__ import annotations

from .. import packer
from ..registry import Key
from . import errors, store, values
from .errors import NetshError
from .static_add import find_rule, needed
from .static_change import ordinary_rules
from .store import LocalStore
from .words import Arguments


def _drop_rule(objects: LocalStore, policy: Key, rule: Key) -> None:
    """Delete a rule and every trace of it in others; an unnamed action that nobody else uses goes too."""
    for filters in objects.many(rule, store.FILTERS):
        objects.drop_reference(filters, store.OWNERS, rule)
    for action in objects.many(rule, store.ACTION_OF):
        objects.drop_reference(action, store.OWNERS, rule)
        if not objects.name_of(action) and action.get(store.OWNERS) is None:
            objects.delete(action)
    objects.drop_reference(policy, store.RULES, rule)
    objects.delete(rule)


def delete_policy(objects: LocalStore, args: Arguments) -> None:
    """`delete policy`: one or all, with their rules; filter lists and filter actions stay."""
    for policy in _chosen(objects, args, store.POLICY, errors.NO_POLICY):
        _drop_policy(objects, policy)


_NONE = {store.POLICY: errors.NO_POLICIES, store.LIST: errors.NO_LISTS, store.ACTION: errors.NO_ACTIONS}


def _chosen(objects: LocalStore, args: Arguments, kind: str, missing: int) -> list[Key]:
    """Return the object that is named, or every named object for `all`."""
    if "all" in args:
        keys = [key for key in objects.all(kind) if objects.name_of(key)]
        if not keys:
            raise NetshError(_NONE[kind])
        return keys
    (name,) = args.need("name")
    return [needed(objects, kind, name, missing)]


def _drop_policy(objects: LocalStore, policy: Key) -> None:
    objects.unassign(policy)
    for rule in objects.many(policy, store.RULES):
        _drop_rule(objects, policy, rule)
    for mode in objects.many(policy, store.MAIN_MODE_OF):
        objects.delete(mode)
    objects.delete(policy)


def _delete_unused(objects: LocalStore, keys: list[Key], in_use: int) -> None:
    """Delete what no rule uses, then fail if something was left."""
    used = [key for key in keys if objects.many(key, store.OWNERS)]
    for key in keys:
        if key not in used:
            objects.delete(key)
    if used:
        raise NetshError(in_use, name=objects.name_of(used[0]))


def delete_filterlist(objects: LocalStore, args: Arguments) -> None:
    """`delete filterlist`: one or all; refused while a rule uses it."""
    _delete_unused(objects, _chosen(objects, args, store.LIST, errors.NO_LIST), errors.LIST_IN_USE)


def delete_filteraction(objects: LocalStore, args: Arguments) -> None:
    """`delete filteraction`: one or all; refused while a rule uses it."""
    _delete_unused(objects, _chosen(objects, args, store.ACTION, errors.NO_ACTION), errors.ACTION_IN_USE)


def delete_filter(objects: LocalStore, args: Arguments) -> None:
    """`delete filter`: every filter of the list that matches the same traffic."""
    spec = values.read_filter(args, objects.host.new_guid())
    name = args.get("filterlist") or ""
    key = needed(objects, store.LIST, name, errors.NO_LIST)
    filters = packer.unpack_filters(objects.blob(key))
    rest = [other for other in filters if not spec.same_traffic(other)]
    if len(rest) == len(filters):
        raise NetshError(errors.NO_FILTER, name=name)
    objects.set_blob(key, packer.pack_filters(rest, objects.generation))


def delete_rule(objects: LocalStore, args: Arguments) -> None:
    """`delete rule`: by name, by id, or all of a policy; the default response rule stays."""
    (policy_name,) = args.need("policy")
    policy = needed(objects, store.POLICY, policy_name, errors.NO_POLICY)
    rules = ordinary_rules(objects, policy)
    number = args.integer("id", 1, 1_000_000)
    if "all" in args:
        chosen = rules
    elif number is not None:
        chosen = rules[number - 1 : number]
    else:
        (name,) = args.need("name")
        found = find_rule(objects, policy, name)
        chosen = [found] if found else []
    if not chosen and "all" not in args:
        raise NetshError(errors.NO_RULE, name=args.get("name") or number, policy=policy_name)
    for rule in chosen:
        _drop_rule(objects, policy, rule)
    objects.touch(policy)


def delete_all(objects: LocalStore, args: Arguments) -> None:
    """`delete all`: policies, filter lists and filter actions."""
    for policy in objects.all(store.POLICY):
        _drop_policy(objects, policy)
    for kind in (store.LIST, store.ACTION):
        for key in objects.all(kind):
            objects.delete(key)
