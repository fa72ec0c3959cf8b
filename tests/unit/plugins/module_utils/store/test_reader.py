# SPDX-License-Identifier: GPL-3.0-or-later
"""From a registry to policies: what is whole is shown whole, what is not is named, and nothing is rounded."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import Me, Subnet
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
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.query_text import parse_query
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import ASSIGNMENT_KEY, LOCAL_STORE_KEY
from ansible_collections.exchange.ipsec.plugins.module_utils.store.reader import read_domain_assignment, read_policies
from tests.unit.plugins.module_utils.registry.edited_tree import EditedTree
from tests.unit.plugins.module_utils.store.small_store import (
    ACTION,
    BLOBS,
    LIST,
    MAIN_MODE,
    OFFERS,
    POLICY,
    RESPONSE,
    RULE,
    key,
    object_values,
    one_reference,
    patched,
    reference,
    small_store,
    text,
)
from tests.unit.work import calls_made_by

STORE = small_store()
GUID = "99999999-9999-9999-9999-999999999999"
OFFER = QuickModeOffer(Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
POP3_LIST = FilterList("POP3 clients", (Filter(Me(), Subnet(IPv4Network("192.0.2.7/32")), 6, 0, 110),))
REQUIRE = FilterAction("Require", ActionKind.NEGOTIATE, (OFFER,))
MAIL = Policy(
    "Mail",
    (Rule("POP3", POP3_LIST, REQUIRE),),
    MainMode((MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MEDIUM),)),
    DefaultResponse(active=True, offers=(OFFER,)),
)


def test_a_whole_store() -> None:
    assert read_policies(STORE) == PolicyStore((MAIL,), (POP3_LIST,), (REQUIRE,), "Mail", ())


@pytest.mark.parametrize("tree", [
    pytest.param(RegistryTree(), id="no-key-at-all"),
    pytest.param(RegistryTree({LOCAL_STORE_KEY: {}}), id="empty-store"),
])  # fmt: skip
def test_a_host_without_policies(tree: RegistryTree) -> None:
    assert read_policies(tree) == PolicyStore()


def test_nothing_assigned() -> None:
    assert read_policies(STORE.without_value(LOCAL_STORE_KEY, "ActivePolicy")).assigned is None


def test_an_assigned_policy_that_is_not_there() -> None:
    store = read_policies(STORE.with_value(LOCAL_STORE_KEY, "ActivePolicy", text("ipsecPolicy{gone}")))
    assert store.assigned is None
    assert store.policies == (MAIL,)
    assert store.problems == ("ActivePolicy: refers to 'ipsecPolicy{gone}', which is no policy of this store",)
    assert store.unread == store.problems


@pytest.mark.parametrize(("tree", "problem"), [
    pytest.param(patched(LIST, 66, "ff00ff00"), f"{LIST}\\ipsecData at byte 66: filter 1 has the mask", id="holes"),
    pytest.param(patched(LIST, 20, "02000000"), f"{LIST}\\ipsecData at byte 20: the number of filters is 2",
                 id="too-many-filters"),
    pytest.param(patched(LIST, 0, "00"), f"{LIST}\\ipsecData at byte 0: the type GUID is", id="another-type"),
    pytest.param(patched(ACTION, 44, "02000000"), f"{ACTION}\\ipsecData at byte 44: the encryption", id="encryption"),
    pytest.param(patched(RULE, 24, "09000000"), f"{RULE}\\ipsecData at byte 24: method 1 is of the unknown kind",
                 id="authentication"),
    pytest.param(STORE.without_value(key(LIST), "ipsecData"), f"{LIST}\\ipsecData: the value is missing", id="no-data"),
    pytest.param(STORE.with_value(key(LIST), "ipsecData", text("x")), f"{LIST}\\ipsecData: the value is a REG_SZ",
                 id="data-of-another-type"),
    pytest.param(STORE.with_value(key(ACTION), "ipsecNegotiationPolicyAction", text("{x}")),
                 f"{ACTION}\\ipsecNegotiationPolicyAction: '{{x}}' is no GUID", id="action-without-a-guid"),
    pytest.param(STORE.with_value(key(ACTION), "ipsecNegotiationPolicyAction", text(f"{{{GUID}}}")),
                 f"{ACTION}\\ipsecNegotiationPolicyAction: {{{GUID}}} is no known action", id="unknown-action"),
    pytest.param(STORE.without_value(key(LIST), "ipsecName"), f"{LIST}: the name of a filter list must not be empty",
                 id="list-without-a-name"),
    pytest.param(STORE.with_value(key(RULE), "ipsecFilterReference", reference(LIST, LIST.replace("6", "7", 1)))
                 .with_key(key(LIST.replace("6", "7", 1)), object_values(LIST.replace("6", "7", 1), LIST)),
                 f"{RULE}: leads to 2 filter lists and 1 filter actions", id="two-lists"),
])  # fmt: skip
def test_a_broken_rule_leaves_the_rest_of_its_policy(tree: RegistryTree, problem: str) -> None:
    store = read_policies(tree)
    assert any(one.startswith(problem) for one in store.problems)
    assert [policy.name for policy in store.policies] == ["Mail"]
    assert store.policies[0].rules == ()
    assert store.policies[0].default_response == MAIL.default_response
    assert store.assigned == "Mail"


def test_a_rule_that_is_left_out_is_named() -> None:
    problems = read_policies(patched(LIST, 20, "02000000")).problems
    assert problems[-1] == f"{RULE}: its filter list cannot be read; rule 'POP3' was left out"


def test_what_is_in_force_and_could_not_be_read() -> None:
    broken = patched(LIST, 20, "02000000")
    assert read_policies(STORE).unread == ()
    assert read_policies(broken).unread == (f"{RULE}: its filter list cannot be read; rule 'POP3' was left out",)
    assert read_policies(broken.without_value(LOCAL_STORE_KEY, "ActivePolicy")).unread == ()
    nameless = read_policies(STORE.without_value(key(POLICY), "ipsecName"))
    assert (nameless.assigned, nameless.unread) == (None, (f"{POLICY}: the policy in force has no name",))


@pytest.mark.parametrize(("tree", "problem"), [
    pytest.param(patched(MAIN_MODE, 88, "09"), f"{MAIN_MODE}\\ipsecData at byte 88: the encryption", id="main"),
    pytest.param(patched(POLICY, 20, "5a00"), f"{POLICY}\\ipsecData at byte 20: the polling interval", id="polling"),
    pytest.param(STORE.without_key(key(MAIN_MODE)), f"{POLICY}\\ipsecISAKMPReference: leads to 0 main", id="none"),
])  # fmt: skip
def test_a_policy_that_cannot_be_read_hides_no_list_and_no_action(tree: RegistryTree, problem: str) -> None:
    store = read_policies(tree)
    assert any(one.startswith(problem) for one in store.problems)
    assert store.policies == ()
    assert store.filter_lists == (POP3_LIST,)
    assert store.filter_actions == (REQUIRE,)
    assert store.assigned == "Mail"


def test_a_default_response_rule_that_does_more_than_negotiate() -> None:
    block = text("{3f91a819-7647-11d1-864d-d46a00000000}")
    store = read_policies(STORE.with_value(key(OFFERS), "ipsecNegotiationPolicyAction", block))
    assert store.policies[0].default_response is None
    assert store.policies[0].rules == MAIL.rules
    assert len(store.problems) == 1
    assert store.problems[0].startswith(f"{OFFERS}\\ipsecNegotiationPolicyAction: a default response rule")


def test_inbound_passthrough_is_an_action_of_its_own() -> None:
    action = text("{3F91A81A-7647-11D1-864D-D46A00000000}")
    store = read_policies(STORE.with_value(key(ACTION), "ipsecNegotiationPolicyAction", action))
    assert store.filter_actions == (FilterAction("Require", ActionKind.NEGOTIATE, (OFFER,), inbound_passthrough=True),)


@pytest.mark.parametrize(("guid", "kind"), [
    pytest.param("{3F91A819-7647-11D1-864D-D46A00000000}", ActionKind.BLOCK, id="block"),
    pytest.param("{8a171dd2-77e3-11d1-8659-a04f00000000}", ActionKind.PERMIT, id="permit"),
])  # fmt: skip
def test_offers_of_what_does_not_negotiate_mean_nothing(guid: str, kind: ActionKind) -> None:
    store = read_policies(STORE.with_value(key(ACTION), "ipsecNegotiationPolicyAction", text(guid)))
    assert store.filter_actions == (FilterAction("Require", kind),)
    assert store.problems == ()


def test_a_rule_of_the_snap_in_has_no_name() -> None:
    store = read_policies(STORE.without_value(key(RULE), "ipsecName"))
    assert store.policies[0].rules[0].name == ""
    assert store.problems == ()


SECOND_RULE = RULE.replace("2", "8", 1)


def with_second_rule(values: dict[str, RegistryValue]) -> RegistryTree:
    owners = reference(RULE, SECOND_RULE)
    return (
        STORE.with_key(key(SECOND_RULE), {**object_values(SECOND_RULE, RULE), **values})
        .with_value(key(POLICY), "ipsecNFAReference", reference(RULE, SECOND_RULE, RESPONSE))
        .with_value(key(ACTION), "ipsecOwnersReference", owners)
        .with_value(key(LIST), "ipsecOwnersReference", owners)
    )


def test_two_default_response_rules() -> None:
    store = read_policies(with_second_rule({"ipsecFilterReference": reference()}))
    assert store.policies[0].rules == MAIL.rules
    assert f"{RESPONSE}: a second default response rule of one policy; it was left out" in store.problems


def test_a_default_response_rule_without_offers() -> None:
    store = read_policies(STORE.without_value(key(RESPONSE), "ipsecNegotiationPolicyReference"))
    assert store.policies[0].default_response is None
    assert f"{RESPONSE}: the default response rule leads to 0 filter actions, not to one" in store.problems


def test_two_rules_of_one_name() -> None:
    store = read_policies(with_second_rule({"ipsecName": text("pop3")}))
    assert store.policies == (MAIL,)
    assert store.problems == (
        f"{SECOND_RULE}: the policy has another rule called 'pop3'; rule 'pop3' was left out",
    )  # fmt: skip


def test_a_filter_list_that_two_rules_share() -> None:
    store = read_policies(with_second_rule({"ipsecName": text("Second")}))
    assert [rule.name for rule in store.policies[0].rules] == ["POP3", "Second"]
    assert store.policies[0].filter_lists == (POP3_LIST,)
    assert store.problems == ()


def test_two_filter_lists_of_one_name() -> None:
    second = LIST.replace("6", "7", 1)
    store = read_policies(STORE.with_key(key(second), {
        **object_values(second, LIST), "ipsecOwnersReference": reference(),
    }))  # fmt: skip
    assert store.filter_lists == (POP3_LIST,)
    assert store.problems == (f"{second}: a second filter list called 'POP3 clients'",)


def test_of_two_policies_of_one_name_the_assigned_one_counts() -> None:
    first = "ipsecPolicy{00000000-1111-1111-1111-111111111111}"
    values = {**object_values(first, POLICY), "ipsecNFAReference": reference()}
    keys = {LOCAL_STORE_KEY: STORE[LOCAL_STORE_KEY], key(first): values, **STORE}
    tree = EditedTree(keys).with_value(key(MAIN_MODE), "ipsecOwnersReference", reference(POLICY, first))
    store = read_policies(tree)
    assert store.policies == (MAIL,)
    assert store.problems == (f"{first}: a second policy called 'Mail'; it was left out",)


def test_a_filter_that_stands_twice_counts_once_and_is_named() -> None:
    blob = bytes.fromhex(BLOBS[LIST])
    twice = blob[:16] + (140).to_bytes(4, "little") + (2).to_bytes(4, "little") + blob[24:] * 2
    store = read_policies(STORE.with_value(key(LIST), "ipsecData", RegistryValue("REG_BINARY", twice)))
    assert store.policies == (MAIL,)
    same = "filter 2 (tcp me <-> 192.0.2.7:110) says the same as filter 1"
    assert store.problems == (f"{LIST}\\ipsecData at byte 94: {same}",)


def test_a_description_of_several_lines_is_left_out_and_named() -> None:
    store = read_policies(STORE.with_value(key(LIST), "description", text("one\r\ntwo")))
    assert store.policies == (MAIL,)
    assert len(store.problems) == 1
    assert store.problems[0].startswith(f"{LIST}\\description: ")
    assert store.problems[0].endswith("it was left out")


@pytest.mark.parametrize(("values", "name"), [
    pytest.param({}, None, id="none"),
    pytest.param({"DSIPSECPolicyPath": text("LDAP://CN=ipsecPolicy{x}"), "DSIPSECPolicyName": text("Domain")}, "Domain",
                 id="name"),
    pytest.param({"DSIPSECPolicyPath": text("LDAP://CN=ipsecPolicy{x}")}, "LDAP://CN=ipsecPolicy{x}", id="path-alone"),
    pytest.param({"DSIPSECPolicyName": text(" ")}, None, id="blank"),
])  # fmt: skip
def test_domain_assignment(values: dict[str, RegistryValue], name: str | None) -> None:
    assert read_domain_assignment(RegistryTree({ASSIGNMENT_KEY: values})) == name
    assert read_domain_assignment(RegistryTree()) is None


def test_a_key_shows_in_no_problem() -> None:
    secret = "Open-Sesame\0".encode("utf-16-le")
    data = bytes.fromhex(BLOBS[RULE])
    with_key = data[:24] + b"\1\0\0\0" + len(secret).to_bytes(4, "little") + secret + data[34:]
    for cut in range(len(with_key)):
        for blob in (with_key[:cut], with_key[:cut] + b"\xff\xdc" + with_key[cut + 2 :]):
            store = read_policies(STORE.with_value(key(RULE), "ipsecData", RegistryValue("REG_BINARY", blob)))
            assert "Sesame" not in repr(store)
            assert "53006500" not in repr(store)


@given(name=st.sampled_from(sorted(BLOBS)), junk=st.binary(max_size=40), at=st.integers(0, 130))
def test_no_damage_raises_or_hides_the_other_objects(name: str, junk: bytes, at: int) -> None:
    blob = bytes.fromhex(BLOBS[name])
    for data in (blob[:at], blob[:at] + junk + blob[at + len(junk) :]):
        store = read_policies(STORE.with_value(key(name), "ipsecData", RegistryValue("REG_BINARY", data)))
        assert store.assigned == "Mail"
        assert name == LIST or store.filter_lists == (POP3_LIST,)
        assert name == ACTION or store.filter_actions == (REQUIRE,)
        assert name in (POLICY, MAIN_MODE) or len(store.policies) == 1


@given(
    name=st.sampled_from(sorted(BLOBS)),
    value=st.sampled_from([
        "ipsecName", "ipsecID", "description", "ipsecOwnersReference", "ipsecNFAReference", "ipsecISAKMPReference",
        "ipsecFilterReference", "ipsecNegotiationPolicyReference", "ipsecNegotiationPolicyType",
        "ipsecNegotiationPolicyAction", "ipsecData",
    ]),
    data=st.one_of(
        st.text(max_size=20), st.integers(0, 9), st.binary(max_size=20), st.sampled_from(sorted(BLOBS)),
        st.lists(st.sampled_from(sorted(BLOBS)), max_size=3).map(tuple),
    ),
    kind=st.sampled_from(["REG_SZ", "REG_MULTI_SZ", "REG_DWORD", "REG_BINARY"]),
)  # fmt: skip
def test_no_value_of_any_type_raises(name: str, value: str, data: str | int | bytes, kind: str) -> None:
    store = read_policies(STORE.with_value(key(name), value, RegistryValue(kind, data)))
    assert isinstance(store, PolicyStore)


def test_twice_the_rules_are_twice_the_work() -> None:
    few, many = big_query_text(30), big_query_text(60)
    store = read_policies(parse_query(many))
    assert len(store.policies[0].rules) == 60
    assert store.problems == ()
    assert calls_made_by(lambda: read_policies(parse_query(many))) < 2.2 * calls_made_by(
        lambda: read_policies(parse_query(few))
    )


def big_query_text(count: int) -> str:
    """Print a store with so many rules, each with a filter list of its own, as Vista and later do."""
    rules = [RULE.replace("21111111", f"a{number:07d}") for number in range(count)]
    lists = [LIST.replace("61111111", f"b{number:07d}") for number in range(count)]
    keys = {
        path: dict(values) for path, values in STORE.items() if path.rsplit("\\", 1)[-1] not in (RULE, LIST)
    }  # fmt: skip
    keys[key(POLICY)]["ipsecNFAReference"] = reference(RESPONSE, *rules)
    keys[key(ACTION)]["ipsecOwnersReference"] = reference(*rules)
    for number, (rule, filter_list) in enumerate(zip(rules, lists, strict=True)):
        keys[key(rule)] = {
            **object_values(rule, RULE), "ipsecName": text(f"Rule {number}"),
            "ipsecFilterReference": reference(filter_list),
        }  # fmt: skip
        keys[key(filter_list)] = {
            **object_values(filter_list, LIST), "ipsecName": text(f"List {number}"),
            "ipsecOwnersReference": reference(rule),
        }  # fmt: skip
    lines = []
    for path, values in keys.items():
        lines += ["", path]
        lines += [f"    {name}    {value.kind}    {_printed(value)}" for name, value in values.items()]
    return "\r\n".join([*lines, "", ""])


def _printed(value: RegistryValue) -> str:
    if isinstance(value.data, bytes):
        return value.data.hex().upper()
    if isinstance(value.data, tuple):
        return "\\0".join(value.data)
    return f"0x{value.data:x}" if isinstance(value.data, int) else value.data


def test_one_reference_of_a_rule_may_be_a_single_text() -> None:
    assert read_policies(STORE.with_value(key(RULE), "ipsecFilterReference", one_reference(LIST))).policies == (MAIL,)
