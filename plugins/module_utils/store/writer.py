# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From policies to a fresh store in the registry, as one generation of Windows would write it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from ..errors import SpecError
from ..model.actions import ActionKind, FilterAction
from ..model.authentication import Certificate
from ..model.filters import FilterList
from ..model.policy import DefaultResponse, Policy, PolicyStore, Rule
from ..registry.tree import RegistryTree, RegistryValue, fold
from . import keys
from .action_blob import Negotiation, action_blob, encode_action_blob
from .filter_blob import encode_filter_blob, filter_blob
from .filter_meaning import record_from_filter
from .keys import LOCAL_STORE_KEY, Generation, ObjectClass
from .mainmode_blob import encode_main_mode_blob, main_mode_blob
from .policy_blob import encode_policy_blob, policy_blob
from .rule_blob import encode_rule_blob
from .rule_settings import RuleSettings, blob_from_settings, certificate_flags

_ACTIONS = {
    ActionKind.BLOCK: keys.ACTION_BLOCK,
    ActionKind.PERMIT: keys.ACTION_PERMIT,
    ActionKind.NEGOTIATE: keys.ACTION_NEGOTIATE,
}


def write_policies(
    store: PolicyStore, generation: Generation, *, guid_source: Callable[[], UUID], now: int
) -> RegistryTree:
    """Write a whole local store; ``now`` is in seconds since 1970, ``guid_source`` gives a new GUID at every call.

    Filter lists and actions are shared by name, as Windows does. SpecError where the store has no room for what a
    policy says: a host name in a filter, one policy whose certificates differ in their options on Server 2003.
    """
    return _Writing(generation, guid_source, now).tree(store)


class _Entry:
    """An object in the making: its values, and who refers to it."""

    def __init__(self, kind: ObjectClass, guid: UUID) -> None:
        self.kind = kind
        self.guid = guid
        self.name = f"{kind.value}{{{guid}}}"
        self.heading = ("", "")
        self.extra: dict[str, RegistryValue] = {}
        self.blob = b""
        self.references: dict[str, list[_Entry]] = {}
        self.owners: list[_Entry] = []

    def refer(self, name: str, target: _Entry) -> None:
        """Refer to another object, and let it name this one as its owner."""
        self.references.setdefault(name, []).append(target)
        if self not in target.owners:
            target.owners.append(self)


class _Writing:
    """One store in the making."""

    def __init__(self, generation: Generation, guid_source: Callable[[], UUID], now: int) -> None:
        self.generation = generation
        self._guid_source = guid_source
        self._now = now
        self._entries: list[_Entry] = []
        self._lists: dict[str, tuple[FilterList, _Entry]] = {}
        self._actions: dict[str, tuple[FilterAction, _Entry]] = {}

    def tree(self, store: PolicyStore) -> RegistryTree:
        """Make all objects, then the keys and values."""
        for filter_list in store.filter_lists:
            self._filter_list(filter_list)
        for action in store.filter_actions:
            self._action(action)
        policies = {fold(policy.name): self._policy(policy) for policy in store.policies}
        root: dict[str, RegistryValue] = {}
        if store.assigned is not None:
            if fold(store.assigned) not in policies:
                raise SpecError("assigned", f"{store.assigned!r} is none of the policies of this store")
            root["ActivePolicy"] = RegistryValue("REG_SZ", self._path(policies[fold(store.assigned)]))
        found = {LOCAL_STORE_KEY: root}
        for entry in sorted(self._entries, key=lambda entry: entry.name):
            found[f"{LOCAL_STORE_KEY}\\{entry.name}"] = self._values(entry)
        return RegistryTree(found)

    def _policy(self, policy: Policy) -> _Entry:
        entry = self._new(ObjectClass.POLICY, policy.name, policy.description)
        entry.blob = encode_policy_blob(policy_blob(policy.polling_minutes))
        main_mode = self._new(ObjectClass.MAIN_MODE)
        options = self._options(policy)
        blob = main_mode_blob(policy.main_mode, self.generation, main_mode.guid, options)
        main_mode.blob = encode_main_mode_blob(blob)
        entry.refer("ipsecISAKMPReference", main_mode)
        if policy.default_response:
            entry.refer("ipsecNFAReference", self._response(policy.default_response))
        for rule in policy.rules:
            entry.refer("ipsecNFAReference", self._rule(rule))
        return entry

    def _options(self, policy: Policy) -> int:
        """Give the ISAKMP-Options: before Vista they hold what later stands beside each certificate."""
        response = policy.default_response
        methods = [method for rule in policy.rules for method in rule.authentication]
        methods += response.authentication if response else ()
        options = {certificate_flags(method) for method in methods if isinstance(method, Certificate)}
        if self.generation is Generation.VISTA or not options:
            return 0
        if len(options) > 1:
            problem = "map_to_account and exclude_ca_name hold for all certificates of a policy before Windows Vista"
            raise SpecError("authentication", f"{problem}; policy {policy.name!r} has certificates that differ in them")
        return options.pop()

    def _rule(self, rule: Rule) -> _Entry:
        entry = self._new(ObjectClass.RULE, rule.name, rule.description)
        settings = RuleSettings(rule.authentication, rule.connection, rule.active, rule.tunnel)
        entry.blob = encode_rule_blob(blob_from_settings(settings, self.generation))
        entry.refer("ipsecNegotiationPolicyReference", self._action(rule.filter_action))
        entry.refer("ipsecFilterReference", self._filter_list(rule.filter_list))
        return entry

    def _response(self, response: DefaultResponse) -> _Entry:
        entry = self._new(ObjectClass.RULE)
        settings = RuleSettings(response.authentication, active=response.active)
        entry.blob = encode_rule_blob(blob_from_settings(settings, self.generation))
        action = self._new(ObjectClass.ACTION)
        self._negotiate(action, Negotiation(response.offers, response.pfs), keys.ACTION_NEGOTIATE)
        action.extra["ipsecNegotiationPolicyType"] = self._guid(keys.TYPE_DEFAULT_RESPONSE)
        entry.refer("ipsecNegotiationPolicyReference", action)
        return entry

    def _filter_list(self, one: FilterList) -> _Entry:
        known, entry = self._lists.get(fold(one.name), (one, None))
        if known != one:
            raise SpecError("filter_lists", f"filter list {one.name!r} is given twice with different content")
        if entry is None:
            entry = self._new(ObjectClass.FILTER_LIST, one.name, one.description)
            records = [record_from_filter(each, self._guid_source()) for each in one.filters]
            entry.blob = encode_filter_blob(filter_blob(records, self.generation))
            self._lists[fold(one.name)] = (one, entry)
        return entry

    def _action(self, one: FilterAction) -> _Entry:
        known, entry = self._actions.get(fold(one.name), (one, None))
        if known != one:
            raise SpecError("filter_actions", f"filter action {one.name!r} is given twice with different content")
        if entry is None:
            entry = self._new(ObjectClass.ACTION, one.name, one.description)
            action = keys.ACTION_NEGOTIATE_INBOUND_PASSTHROUGH if one.inbound_passthrough else _ACTIONS[one.kind]
            self._negotiate(entry, Negotiation(one.offers, one.pfs, one.soft), action)
            self._actions[fold(one.name)] = (one, entry)
        return entry

    def _negotiate(self, entry: _Entry, negotiation: Negotiation, action: UUID) -> None:
        entry.blob = encode_action_blob(action_blob(negotiation, self.generation))
        entry.extra["ipsecNegotiationPolicyAction"] = self._guid(action)
        entry.extra["ipsecNegotiationPolicyType"] = self._guid(keys.TYPE_ORDINARY)

    def _new(self, kind: ObjectClass, name: str = "", description: str = "") -> _Entry:
        entry = _Entry(kind, self._guid_source())
        entry.heading = (name, description)
        self._entries.append(entry)
        return entry

    def _guid(self, value: UUID) -> RegistryValue:
        """Write a GUID in braces, in the case of the generation."""
        text = str(value) if self.generation is Generation.VISTA else str(value).upper()
        return RegistryValue("REG_SZ", f"{{{text}}}")

    def _path(self, entry: _Entry) -> str:
        """Write a reference: the key path without the hive, spelled as the generation does."""
        word = "IPSEC" if self.generation is Generation.VISTA else "IPSec"
        return f"SOFTWARE\\Policies\\Microsoft\\Windows\\{word}\\Policy\\Local\\{entry.name}"

    def _values(self, entry: _Entry) -> dict[str, RegistryValue]:
        """Write the values of an object in the order in which netsh writes them."""
        name, description = entry.heading
        values = {"className" if self.generation is Generation.VISTA else "ClassName": _text(entry.kind.value)}
        values |= {"description": _text(description)} if description else {}
        values["name"] = _text(entry.name)
        values |= {"ipsecName": _text(name)} if name else {}
        values["ipsecID"] = _text(f"{{{entry.guid}}}")
        values |= entry.extra
        values["ipsecDataType"] = RegistryValue("REG_DWORD", 0x100)
        values["ipsecData"] = RegistryValue("REG_BINARY", entry.blob)
        for reference, targets in entry.references.items():
            many = reference in ("ipsecNFAReference", "ipsecFilterReference")
            paths = tuple(self._path(target) for target in targets)
            values[reference] = RegistryValue("REG_MULTI_SZ", paths) if many else _text(paths[0])
        values["whenChanged"] = RegistryValue("REG_DWORD", self._now & 0xFFFFFFFF)
        if entry.owners:
            owners = tuple(self._path(owner) for owner in entry.owners)
            values[keys.OWNERS_REFERENCE] = RegistryValue("REG_MULTI_SZ", owners)
        return values


def _text(text: str) -> RegistryValue:
    return RegistryValue("REG_SZ", text)
