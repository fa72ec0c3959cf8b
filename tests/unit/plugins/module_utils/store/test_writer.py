# SPDX-License-Identifier: GPL-3.0-or-later
"""A fresh store in the form of either generation: every value, every reference on both of its ends."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from ipaddress import IPv4Address
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import AnyAddress, DnsName, Me
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Certificate
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import (
    DefaultResponse,
    Policy,
    PolicyStore,
    Rule,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import LOCAL_STORE_KEY, Generation
from ansible_collections.exchange.ipsec.plugins.module_utils.store.reader import read_policies
from ansible_collections.exchange.ipsec.plugins.module_utils.store.writer import write_policies
from tests.unit.plugins.module_utils.store import strategies

NOW = 0x69EF7ADD
BLOCK = FilterAction("BlockAction", ActionKind.BLOCK, description="Block traffic")
PERMIT = FilterAction("PermitAction", ActionKind.PERMIT)
LIST = FilterList("Inbound", (Filter(AnyAddress(), Me(), 6, 0, 27017, mirrored=False),))
MAIN_MODE = MainMode((MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MEDIUM),))
RESPONSE = DefaultResponse(active=False, offers=(QuickModeOffer(Esp(Encryption.TRIPLE_DES, Integrity.SHA1)),))
POLICY = Policy("Mail", (Rule("Block", LIST, BLOCK),), MAIN_MODE, RESPONSE)
STORE = PolicyStore((POLICY,), (LIST,), (BLOCK, PERMIT), "Mail")


def guids() -> Callable[[], UUID]:
    numbers = itertools.count(1)
    return lambda: UUID(int=next(numbers))


def written(store: PolicyStore, generation: Generation) -> RegistryTree:
    return write_policies(store, generation, guid_source=guids(), now=NOW)


def one_of(tree: RegistryTree, kind: str, name: str) -> tuple[str, dict[str, RegistryValue]]:
    """Find an object by class and name; give its reference and its values."""
    for key, values in tree.items():
        leaf = key.rsplit("\\", 1)[-1]
        if leaf.startswith(kind + "{") and values.get("ipsecName", RegistryValue("REG_SZ", "")).data == name:
            return leaf, dict(values)
    raise AssertionError(f"no {kind} called {name}")


START = "SOFTWARE\\Policies\\Microsoft\\Windows\\IPSEC\\Policy\\Local\\"


def test_values_of_vista_stand_as_netsh_writes_them() -> None:
    tree = written(STORE, Generation.VISTA)
    policy, values = one_of(tree, "ipsecPolicy", "Mail")
    # the order of windows11-netsh/store.reg
    assert list(values) == [
        "className", "name", "ipsecName", "ipsecID", "ipsecDataType", "ipsecData", "ipsecISAKMPReference",
        "ipsecNFAReference", "whenChanged",
    ]  # fmt: skip
    assert values["className"] == RegistryValue("REG_SZ", "ipsecPolicy")
    assert values["name"] == RegistryValue("REG_SZ", policy)
    assert values["ipsecID"] == RegistryValue("REG_SZ", policy[len("ipsecPolicy") :])
    assert values["ipsecDataType"] == RegistryValue("REG_DWORD", 0x100)
    assert values["whenChanged"] == RegistryValue("REG_DWORD", NOW)
    assert tree.value(LOCAL_STORE_KEY, "ActivePolicy") == RegistryValue("REG_SZ", START + policy)


def test_every_reference_has_its_owner() -> None:
    tree = written(STORE, Generation.VISTA)
    policy, policy_values = one_of(tree, "ipsecPolicy", "Mail")
    rule, rule_values = one_of(tree, "ipsecNFA", "Block")
    filter_list, list_values = one_of(tree, "ipsecFilter", "Inbound")
    action, action_values = one_of(tree, "ipsecNegotiationPolicy", "BlockAction")
    main_mode, main_mode_values = one_of(tree, "ipsecISAKMPPolicy", "")
    response, response_values = one_of(tree, "ipsecNFA", "")
    offers, offers_values = one_of(tree, "ipsecNegotiationPolicy", "")
    assert policy_values["ipsecISAKMPReference"] == RegistryValue("REG_SZ", START + main_mode)
    assert policy_values["ipsecNFAReference"] == RegistryValue("REG_MULTI_SZ", (START + response, START + rule))
    assert rule_values["ipsecNegotiationPolicyReference"] == RegistryValue("REG_SZ", START + action)
    assert rule_values["ipsecFilterReference"] == RegistryValue("REG_MULTI_SZ", (START + filter_list,))
    assert response_values["ipsecNegotiationPolicyReference"] == RegistryValue("REG_SZ", START + offers)
    assert "ipsecFilterReference" not in response_values
    owners = [(main_mode_values, policy), (rule_values, policy), (response_values, policy), (list_values, rule)]
    owners += [(action_values, rule), (offers_values, response)]
    for values, owner in owners:
        assert values["ipsecOwnersReference"] == RegistryValue("REG_MULTI_SZ", (START + owner,))


def test_what_nothing_uses_has_no_owner() -> None:
    tree = written(STORE, Generation.VISTA)
    assert "ipsecOwnersReference" not in one_of(tree, "ipsecNegotiationPolicy", "PermitAction")[1]
    assert "ipsecOwnersReference" not in one_of(tree, "ipsecPolicy", "Mail")[1]


def test_types_and_actions_of_each_generation() -> None:
    for generation, block in (
        (Generation.VISTA, "{3f91a819-7647-11d1-864d-d46a00000000}"),
        (Generation.SERVER_2003, "{3F91A819-7647-11D1-864D-D46A00000000}"),
    ):
        tree = written(STORE, generation)
        values = one_of(tree, "ipsecNegotiationPolicy", "BlockAction")[1]
        assert values["ipsecNegotiationPolicyAction"].data == block
        assert values["description"].data == "Block traffic"
        offers = one_of(tree, "ipsecNegotiationPolicy", "")[1]
        kind = offers["ipsecNegotiationPolicyType"].data
        assert isinstance(kind, str)
        assert kind.lower() == "{62f49e13-6c37-11d1-864c-14a300000000}"


def test_server_2003_spells_its_paths_otherwise() -> None:
    reference = written(STORE, Generation.SERVER_2003).value(LOCAL_STORE_KEY, "ActivePolicy")
    assert reference is not None
    assert str(reference.data).startswith("SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec\\Policy\\Local\\ipsecPolicy{")


@pytest.mark.parametrize("generation", Generation)
def test_it_is_read_back(generation: Generation) -> None:
    assert read_policies(written(STORE, generation)) == STORE
    assert read_policies(written(PolicyStore(), generation)) == PolicyStore()


def test_a_list_and_an_action_that_two_rules_share_stand_once() -> None:
    policy = dataclasses.replace(POLICY, rules=(*POLICY.rules, Rule("Again", LIST, BLOCK)))
    tree = written(PolicyStore((policy,)), Generation.VISTA)
    owners = one_of(tree, "ipsecFilter", "Inbound")[1]["ipsecOwnersReference"].data
    assert owners == (START + one_of(tree, "ipsecNFA", "Block")[0], START + one_of(tree, "ipsecNFA", "Again")[0])


def certificates(*methods: Certificate) -> PolicyStore:
    action = FilterAction("Require", ActionKind.NEGOTIATE, RESPONSE.offers)
    rules = tuple(Rule(f"Rule {number}", LIST, action, (one,)) for number, one in enumerate(methods))
    return PolicyStore((Policy("Mail", rules, MAIN_MODE),), (LIST,), (action,))


def test_server_2003_keeps_the_options_of_certificates_in_the_main_mode() -> None:
    store = certificates(Certificate("CN=A", map_to_account=True), Certificate("CN=B", map_to_account=True))
    tree = written(store, Generation.SERVER_2003)
    blob = one_of(tree, "ipsecISAKMPPolicy", "")[1]["ipsecData"].data
    assert isinstance(blob, bytes)
    assert blob[44:48] == b"\1\0\0\0"
    assert read_policies(tree) == store


def test_server_2003_has_no_room_for_certificates_that_differ() -> None:
    store = certificates(Certificate("CN=A", map_to_account=True), Certificate("CN=B"))
    assert read_policies(written(store, Generation.VISTA)) == store
    with pytest.raises(SpecError, match="before Windows Vista; policy 'Mail' has certificates that differ"):
        written(store, Generation.SERVER_2003)


@pytest.mark.parametrize(("store", "message"), [
    pytest.param(dataclasses.replace(STORE, assigned="Other"), "assigned: 'Other' is none of the policies",
                 id="assigned-is-not-there"),
    pytest.param(dataclasses.replace(STORE, filter_lists=(FilterList("INBOUND"),)),
                 "filter_lists: filter list 'Inbound' is given twice", id="two-lists-of-one-name"),
    pytest.param(dataclasses.replace(STORE, filter_actions=(dataclasses.replace(PERMIT, name="blockaction"),)),
                 "filter_actions: filter action 'BlockAction' is given twice", id="two-actions-of-one-name"),
    pytest.param(PolicyStore(filter_lists=(FilterList("DNS", (Filter(Me(), DnsName("mail.example")),)),)),
                 "names a host; the store also wants its address", id="host-name"),
])  # fmt: skip
def test_what_no_store_can_hold(store: PolicyStore, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        written(store, Generation.VISTA)


@given(
    lists=st.lists(strategies.FILTER_LISTS, min_size=1, max_size=2, unique_by=lambda one: one.name.casefold()),
    actions=st.lists(strategies.ACTIONS, min_size=1, max_size=2, unique_by=lambda one: one.name.casefold()),
    names=st.lists(strategies.NAMES, max_size=2, unique_by=str.casefold),
    methods=strategies.METHOD_LISTS,
    tunnel=strategies.TUNNELS,
    main_mode=strategies.MAIN_MODES,
)
def test_every_store_comes_back(
    lists: list[FilterList], actions: list[FilterAction], names: list[str], methods: tuple[Certificate, ...],
    tunnel: IPv4Address | None, main_mode: MainMode,
) -> None:  # fmt: skip
    rules = tuple(Rule(name, lists[0], actions[-1], methods, tunnel=tunnel) for name in names)
    policy = Policy("Example", rules, main_mode, description="An example")
    store = PolicyStore((policy,), tuple(lists), tuple(actions), "Example")
    found = read_policies(written(store, Generation.VISTA))
    assert found.policies == store.policies
    assert {one.name: one for one in found.filter_lists} == {one.name: one for one in lists}
    assert {one.name: one for one in found.filter_actions} == {one.name: one for one in actions}
    assert (found.assigned, found.problems) == ("Example", ())
