# SPDX-License-Identifier: GPL-3.0-or-later
"""The three policies that Microsoft ships with every domain: read to what they are documented to mean, written back.

Their bytes come from Windows 2000, uninitialised memory included.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import AnyAddress, Me
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Kerberos
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse, Policy, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree
from ansible_collections.exchange.ipsec.plugins.module_utils.store import (
    action_blob,
    filter_blob,
    filter_meaning,
    mainmode_blob,
    policy_blob,
    rule_blob,
    rule_settings,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import Generation
from ansible_collections.exchange.ipsec.plugins.module_utils.store.reader import read_policies
from tests.unit.plugins.module_utils.store.directory import PROVISION, read_store

pytestmark = pytest.mark.skipif(
    not PROVISION.exists(),
    reason=f"{PROVISION} is missing: apt-get install --no-install-recommends samba-ad-provision",
)

DES, TRIPLE_DES, MD5, SHA1 = Encryption.DES, Encryption.TRIPLE_DES, Integrity.MD5, Integrity.SHA1

MAIN_MODE = MainMode(
    (
        MainModeOffer(TRIPLE_DES, SHA1, DhGroup.MEDIUM),
        MainModeOffer(TRIPLE_DES, MD5, DhGroup.MEDIUM),
        MainModeOffer(DES, SHA1, DhGroup.LOW),
        MainModeOffer(DES, MD5, DhGroup.LOW),
    ),
    lifetime_seconds=28800,
)
RESPONSE = DefaultResponse(
    active=True,
    offers=(
        QuickModeOffer(Esp(TRIPLE_DES, SHA1)),
        QuickModeOffer(Esp(TRIPLE_DES, MD5)),
        QuickModeOffer(Esp(DES, SHA1)),
        QuickModeOffer(Esp(DES, MD5)),
        QuickModeOffer(ah=SHA1),
        QuickModeOffer(ah=MD5),
    ),
    authentication=(Kerberos(),),
)
ALL_TRAFFIC = (Filter(Me(), AnyAddress(), mirrored=True),)
ALL_ICMP = (Filter(Me(), AnyAddress(), 1, mirrored=True, description="ICMP"),)
REQUEST_OFFERS = (
    QuickModeOffer(Esp(TRIPLE_DES, SHA1), None, 900, 100_000),
    QuickModeOffer(Esp(DES, SHA1), None, 900, 100_000),
    QuickModeOffer(None, SHA1, 300, 100_000),
    QuickModeOffer(None, MD5, 300, 100_000),
)
REQUIRE_OFFERS = (
    QuickModeOffer(Esp(TRIPLE_DES, SHA1), None, 900, 100_000),
    QuickModeOffer(Esp(TRIPLE_DES, MD5), None, 900, 100_000),
    QuickModeOffer(Esp(DES, SHA1), None, 900, 100_000),
    QuickModeOffer(Esp(DES, MD5), None, 900, 100_000),
)


@pytest.fixture(scope="module")
def tree() -> RegistryTree:
    return read_store()


def found(tree: RegistryTree, name: str) -> Policy:
    policy = read_policies(tree).policy(name)
    assert policy is not None
    return policy


def test_three_policies_two_lists_three_actions_and_no_problem(tree: RegistryTree) -> None:
    store = read_policies(tree)
    names = ["Server (Request Security)", "Client (Respond Only)", "Secure Server (Require Security)"]
    assert [one.name for one in store.policies] == names
    assert [one.name for one in store.filter_lists] == ["All IP Traffic", "All ICMP Traffic"]
    assert [one.name for one in store.filter_actions] == ["Request Security (Optional)", "Permit", "Require Security"]
    assert store.assigned is None
    assert store.problems == ()


def test_client_respond_only_has_the_default_response_rule_alone(tree: RegistryTree) -> None:
    client = found(tree, "Client (Respond Only)")
    assert client.rules == ()
    assert client.default_response == RESPONSE
    assert client.main_mode == MAIN_MODE
    assert client.polling_minutes == 180


def rule_named(policy: Policy, name: str) -> Rule:
    return next(rule for rule in policy.rules if rule.name == name)


def test_server_request_security_asks_and_falls_back_to_clear_text(tree: RegistryTree) -> None:
    server = found(tree, "Server (Request Security)")
    permit, request = "Permit unsecure ICMP packets to pass through.", "Request Security (Optional) Rule"
    assert [rule.name for rule in server.rules] == [permit, request]
    assert server.default_response == RESPONSE
    assert server.main_mode == MAIN_MODE
    action = rule_named(server, request).filter_action
    assert (action.name, action.kind) == ("Request Security (Optional)", ActionKind.NEGOTIATE)
    assert action.offers == REQUEST_OFFERS
    assert (action.soft, action.inbound_passthrough, action.pfs) == (True, True, False)
    assert rule_named(server, request).filter_list.filters == ALL_TRAFFIC
    assert rule_named(server, request).authentication == (Kerberos(),)
    assert rule_named(server, permit).filter_action.kind is ActionKind.PERMIT
    assert rule_named(server, permit).filter_list.filters == ALL_ICMP


def test_secure_server_requires_security_and_never_falls_back(tree: RegistryTree) -> None:
    server = found(tree, "Secure Server (Require Security)")
    permit, require = "Permit unsecure ICMP packets to pass through.", "Require Security"
    assert [rule.name for rule in server.rules] == [permit, require]
    action = rule_named(server, require).filter_action
    assert action.offers == REQUIRE_OFFERS
    assert (action.soft, action.inbound_passthrough, action.pfs) == (False, True, False)
    assert rule_named(server, require).filter_list.filters == ALL_TRAFFIC
    assert rule_named(server, permit).filter_list.filters == ALL_ICMP
    assert all(rule.active for rule in server.rules)


def blobs(tree: RegistryTree, kind: str) -> dict[str, bytes]:
    """Give the binary data of every object of a class, without the version information object."""
    result = {}
    for key in tree:
        name = key.rsplit("\\", 1)[-1]
        value = tree.value(key, "ipsecData")
        assert value is not None
        assert isinstance(value.data, bytes)
        if name.startswith(kind + "{") and "6A1F5C6F" not in name:
            result[name] = value.data
    return result


def test_every_blob_is_written_as_it_was_junk_included(tree: RegistryTree) -> None:
    codecs: dict[str, Callable[[bytes], bytes]] = {
        "ipsecPolicy": lambda data: policy_blob.encode_policy_blob(policy_blob.decode_policy_blob(data, "x")),
        "ipsecISAKMPPolicy": lambda data: mainmode_blob.encode_main_mode_blob(
            mainmode_blob.decode_main_mode_blob(data, "x")
        ),
        "ipsecNFA": lambda data: rule_blob.encode_rule_blob(rule_blob.decode_rule_blob(data, "x")),
        "ipsecNegotiationPolicy": lambda data: action_blob.encode_action_blob(
            action_blob.decode_action_blob(data, "x")
        ),
        "ipsecFilter": lambda data: filter_blob.encode_filter_blob(filter_blob.decode_filter_blob(data, "x")),
    }
    counts = {}
    for kind, again in codecs.items():
        found_blobs = blobs(tree, kind)
        counts[kind] = len(found_blobs)
        for name, data in found_blobs.items():
            assert again(data) == data, name
    assert counts == {
        "ipsecPolicy": 3, "ipsecISAKMPPolicy": 3, "ipsecNFA": 7, "ipsecNegotiationPolicy": 6, "ipsecFilter": 2,
    }  # fmt: skip


def masked(data: bytes, meaningless: list[tuple[int, int]]) -> bytes:
    """Blank bytes that mean nothing, given as (start, length)."""
    result = bytearray(data)
    for start, length in meaningless:
        result[start : start + length] = bytes(length)
    return bytes(result)


OLD = Generation.SERVER_2003


def test_policies_and_rules_written_from_their_meaning_are_the_same_bytes(tree: RegistryTree) -> None:
    for name, data in blobs(tree, "ipsecPolicy").items():
        minutes = policy_blob.polling_minutes(policy_blob.decode_policy_blob(data, name), name)
        assert policy_blob.encode_policy_blob(policy_blob.policy_blob(minutes)) == data
    for name, data in blobs(tree, "ipsecNFA").items():
        settings = rule_settings.settings_from_blob(rule_blob.decode_rule_blob(data, name), name)
        assert rule_blob.encode_rule_blob(rule_settings.blob_from_settings(settings, OLD)) == data


def test_filters_written_from_their_meaning_are_the_same_bytes(tree: RegistryTree) -> None:
    for name, data in blobs(tree, "ipsecFilter").items():
        decoded = filter_blob.decode_filter_blob(data, name)
        filters = filter_meaning.filters_from_blob(decoded, name)
        records = [
            filter_meaning.record_from_filter(one, record.guid)
            for one, record in zip(filters, decoded.filters, strict=True)
        ]
        assert filter_blob.encode_filter_blob(filter_blob.filter_blob(records, OLD)) == data


def test_main_modes_written_from_their_meaning_differ_in_nothing_that_means_something(tree: RegistryTree) -> None:
    junk = [(84 + 64 * index + start, length) for index in range(4) for start, length in ((2, 2), (37, 7), (60, 4))]
    for name, data in blobs(tree, "ipsecISAKMPPolicy").items():
        decoded = mainmode_blob.decode_main_mode_blob(data, name)
        again = mainmode_blob.main_mode_blob(mainmode_blob.main_mode_from_blob(decoded, name), OLD, decoded.instance)
        assert masked(mainmode_blob.encode_main_mode_blob(again), junk) == masked(data, junk)


def test_offers_written_from_their_meaning_differ_in_nothing_that_means_something(tree: RegistryTree) -> None:
    for name, data in blobs(tree, "ipsecNegotiationPolicy").items():
        decoded = action_blob.decode_action_blob(data, name)
        again = action_blob.action_blob(action_blob.negotiation_from_blob(decoded, name), OLD)
        junk = [
            (24 + 80 * index + 20 + 20 * slot, 20)
            for index, offer in enumerate(decoded.offers)
            for slot in range(offer.count, 3)
        ]
        assert masked(action_blob.encode_action_blob(again), junk) == masked(data, junk)


def test_the_version_information_object_is_no_rule(tree: RegistryTree) -> None:
    assert any("ipsecNFA{6A1F5C6F" in key for key in tree)
    assert not any("6A1F5C6F" in problem for problem in read_policies(tree).problems)


def test_the_names_say_what_the_model_says(tree: RegistryTree) -> None:
    store = read_policies(tree)
    permit = next(one for one in store.filter_actions if one.name == "Permit")
    assert dataclasses.replace(permit, description="") == FilterAction("Permit", ActionKind.PERMIT)
    icmp = next(one for one in store.filter_lists if one.name == "All ICMP Traffic")
    assert dataclasses.replace(icmp, description="") == FilterList("All ICMP Traffic", ALL_ICMP)
