# SPDX-License-Identifier: GPL-3.0-or-later
"""References that dangle, loop, stand twice or on one side only: each is one sentence, and hides nothing else."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue
from ansible_collections.exchange.ipsec.plugins.module_utils.store.graph import Graph
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import LOCAL_STORE_KEY, ObjectClass
from tests.unit.plugins.module_utils.store.small_store import (
    ACTION,
    LIST,
    MAIN_MODE,
    POLICY,
    RESPONSE,
    RULE,
    key,
    object_values,
    one_reference,
    reference,
    small_store,
    text,
)

GONE = "ipsecFilter{99999999-9999-9999-9999-999999999999}"
STORE = small_store()


def test_a_whole_store_has_no_problem() -> None:
    graph = Graph(STORE)
    assert graph.problems == []
    assert [one.name for one in graph.of_class(ObjectClass.RULE)] == [RULE, RESPONSE]


@pytest.mark.parametrize("form", [
    pytest.param(LIST.upper(), id="bare-name"),
    pytest.param(f"SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec\\Policy\\Local\\{LIST}", id="key-path"),
    pytest.param(f"CN={LIST},CN=IP Security,CN=System,DC=example", id="distinguished-name"),
])  # fmt: skip
def test_every_form_of_a_reference_is_found(form: str) -> None:
    found = Graph(STORE).find(form)
    assert found is not None
    assert found.name == LIST


@pytest.mark.parametrize(("tree", "problems"), [
    pytest.param(
        STORE.with_value(key(RULE), "ipsecFilterReference", reference(GONE)),
        [
            f"{RULE}\\ipsecFilterReference: refers to {GONE}, which is not there",
            f"{LIST}\\ipsecOwnersReference: names {RULE}, which does not refer to it",
        ],
        id="dangling",
    ),
    pytest.param(
        STORE.with_value(key(RULE), "ipsecFilterReference", reference(LIST, LIST)),
        [f"{RULE}\\ipsecFilterReference: refers to the same object twice"],
        id="twice",
    ),
    pytest.param(
        STORE.with_value(key(POLICY), "ipsecNFAReference", reference(RULE, RESPONSE, POLICY)),
        [
            f"{POLICY}\\ipsecNFAReference: refers to {POLICY}, expected an object of the class ipsecNFA; "
            "references in a loop"
        ],
        id="loop",
    ),
    pytest.param(
        STORE.with_value(key(POLICY), "ipsecISAKMPReference", one_reference(LIST)),
        [
            f"{POLICY}\\ipsecISAKMPReference: refers to {LIST}, expected an object of the class ipsecISAKMPPolicy",
            f"{MAIN_MODE}\\ipsecOwnersReference: names {POLICY}, which does not refer to it",
        ],
        id="wrong-class",
    ),
    pytest.param(
        STORE.without_value(key(LIST), "ipsecOwnersReference"),
        [f"{LIST}\\ipsecOwnersReference: does not name {RULE}, which refers to it"],
        id="one-sided-from-above",
    ),
    pytest.param(
        STORE.with_value(key(LIST), "ipsecOwnersReference", reference(RULE, RESPONSE)),
        [f"{LIST}\\ipsecOwnersReference: names {RESPONSE}, which does not refer to it"],
        id="one-sided-from-below",
    ),
    pytest.param(
        STORE.with_value(key(ACTION), "ipsecOwnersReference", reference(RULE, GONE)),
        [f"{ACTION}\\ipsecOwnersReference: names {GONE}, which is not there"],
        id="dangling-owner",
    ),
    pytest.param(
        STORE.with_value(key(ACTION), "ipsecID", text("{61111111-1111-1111-1111-111111111111}")),
        [
            f"{ACTION}\\ipsecID: is {{61111111-1111-1111-1111-111111111111}}, not the GUID of its key; "
            f"{LIST} has that"
        ],
        id="duplicate-id",
    ),
    pytest.param(
        STORE.with_key(f"{LOCAL_STORE_KEY}\\ipsecFilter", object_values(LIST)),
        ["ipsecFilter: this key is none of a policy store; it was passed over"],
        id="key-without-a-guid",
    ),
])  # fmt: skip
def test_problems(tree: RegistryTree, problems: list[str]) -> None:
    graph = Graph(tree)
    assert graph.problems == problems
    assert {one.name for one in graph.of_class(ObjectClass.ACTION)} >= {ACTION}


def test_follow_gives_what_is_there_and_of_the_right_class() -> None:
    tree = STORE.with_value(key(RULE), "ipsecFilterReference", reference(GONE, LIST, POLICY, LIST))
    graph = Graph(tree)
    rule = graph.find(RULE)
    assert rule is not None
    assert [one.name for one in graph.follow(rule, "ipsecFilterReference")] == [LIST]


@pytest.mark.parametrize("value", [
    pytest.param(one_reference(LIST), id="text-instead-of-texts"),
    pytest.param(RegistryValue("REG_MULTI_SZ", LIST.encode("utf-16-le")), id="texts-without-their-nuls"),
])  # fmt: skip
def test_references_of_an_unusual_type_are_read(value: RegistryValue) -> None:
    assert Graph(STORE.with_value(key(RULE), "ipsecFilterReference", value)).problems == []


def test_version_information_is_passed_over() -> None:
    name = "ipsecFilter{AA3D274E-DA18-45C9-907D-9F6BA31AE361}"
    data = bytes.fromhex("4e273daa 18da c945 907d 9f6ba31ae361 00000100")
    tree = STORE.with_key(key(name), {"ipsecData": RegistryValue("REG_BINARY", data)})
    graph = Graph(tree)
    assert graph.problems == []
    assert graph.find(name) is None
