# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that change and delete, and errors that say where."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import TextError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import AnyAddress, Me
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Certificate,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import (
    ConnectionType,
    DefaultResponse,
    PolicyStore,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import Integrity
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.parse import ParsedScript, parse_script

START = """\
pushd ipsec static
add filterlist L
add filter L me any
add filter L any me
add filteraction A action=negotiate qmsec=ESP[3DES,SHA1] description=old
add policy P description=old poll=30 mml=60
add rule R P L A
"""


def after(*commands: str) -> ParsedScript:
    """What stands after the start and some commands."""
    return parse_script(START + "\n".join(commands))


def rule_names(store: PolicyStore) -> list[str]:
    return [rule.name for policy in store.policies for rule in policy.rules]


def test_a_renamed_list_keeps_its_rules() -> None:
    (policy,) = after('set filterlist L newname=M description="of me"').store.policies
    assert (policy.rules[0].filter_list.name, policy.rules[0].filter_list.description) == ("M", "of me")


def test_an_action_changes_under_its_rule() -> None:
    parsed = after("set filteraction A newname=B qmpfs=y soft=yes", "set filteraction B qmsec=AH[MD5] desc=")
    (policy,) = parsed.store.policies
    action = policy.rules[0].filter_action
    assert (action.name, action.description, action.pfs, action.soft) == ("B", "", True, True)
    assert [offer.ah for offer in action.offers] == [Integrity.MD5]


def test_an_action_that_no_longer_negotiates_loses_its_offers() -> None:
    (action,) = after("set filteraction A action=block").store.filter_actions
    assert (action.kind, action.offers, action.description) == (ActionKind.BLOCK, (), "old")


def test_a_policy_changes_where_the_command_speaks() -> None:
    parsed = after("set policy P newname=Q mmsec=DES-MD5-1 assign=yes activatedefaultrule=yes")
    (policy,) = parsed.store.policies
    assert (policy.name, policy.description, policy.polling_minutes) == ("Q", "old", 30)
    assert [str(offer) for offer in policy.main_mode.offers] == ["des-md5-dh1"]
    assert (policy.main_mode.lifetime_seconds, parsed.store.assigned) == (3600, "Q")
    assert policy.default_response == DefaultResponse(active=True)


def test_an_assignment_follows_a_new_name_and_ends() -> None:
    assert after("set policy P assign=y", "set policy P newname=Q").store.assigned == "Q"
    assert after("set policy P assign=y", "set policy P assign=n").store.assigned is None
    assert after("set policy P assign=y", "add policy Q assign=yes").store.assigned == "Q"


def test_a_rule_changes_where_the_command_speaks() -> None:
    parsed = after(
        "add filterlist M",
        "set rule R P newname=S desc=new filterlist=M conn=lan act=no tunnel=192.0.2.9 "
        "rootca=\"CN=\\'Big\\' Root excludecaname:yes certmap:no\" kerberos=yes psk=\"a b\"",
    )
    (rule,) = parsed.store.policies[0].rules
    assert (rule.name, rule.description, rule.filter_list.name) == ("S", "new", "M")
    assert (rule.connection, rule.active, rule.tunnel) == (ConnectionType.LAN, False, IPv4Address("192.0.2.9"))
    assert rule.authentication == (
        Certificate('CN="Big" Root', exclude_ca_name=True), Kerberos(), PresharedKey(Secret("a b")),
    )  # fmt: skip


def test_the_default_response_rule_changes() -> None:
    parsed = after("set defaultrule P act=yes qmpfs=yes qmsec=\"ESP[3DES, SHA1] + AH[MD5]\"", "set defaultrule P psk=k")
    assert parsed.ignored == ()
    response = parsed.store.policies[0].default_response
    assert response is not None
    assert (response.active, response.pfs, response.authentication) == (True, True, (PresharedKey(Secret("k")),))
    assert [str(offer) for offer in response.offers] == ["AH[md5]+ESP[3des,sha1]"]


def test_a_filter_is_deleted_by_what_it_matches() -> None:
    (listed,) = after("delete filter L any me mirrored=yes").store.filter_lists
    assert [(one.source, one.destination) for one in listed.filters] == [(Me(), AnyAddress())]


@pytest.mark.parametrize(("command", "left"), [
    pytest.param("delete rule R P", (1, 1, 1, 0), id="rule"),
    pytest.param("delete rule all P", (1, 1, 1, 0), id="all-rules"),
    pytest.param("delete policy P", (0, 1, 1, 0), id="policy"),
    pytest.param("delete policy all", (0, 1, 1, 0), id="all-policies"),
    pytest.param("delete all", (0, 0, 0, 0), id="all"),
    pytest.param("delete filterlist all", (1, 1, 1, 1), id="all-lists-spare-the-used"),
    pytest.param("delete filteraction all", (1, 1, 1, 1), id="all-actions-spare-the-used"),
])
def test_what_is_left(command: str, left: tuple[int, int, int, int]) -> None:
    store = after(command).store
    assert (len(store.policies), len(store.filter_lists), len(store.filter_actions), len(rule_names(store))) == left


@pytest.mark.parametrize(("command", "reason"), [
    pytest.param("add filterlist L", "a filter list 'L' exists already", id="list-again"),
    pytest.param("add filteraction a", "a filter action 'a' exists already", id="action-again"),
    pytest.param("add policy p", "a policy 'p' exists already", id="policy-again"),
    pytest.param("add rule r P L A", "policy 'P' has a rule 'r' already", id="rule-again"),
    pytest.param("delete filterlist L", "a rule uses filter list 'L'", id="list-in-use"),
    pytest.param("delete filteraction A", "a rule uses filter action 'A'", id="action-in-use"),
    pytest.param("delete filter L dns me", "filter list 'L' does not hold this filter", id="no-filter"),
    pytest.param("delete rule X P", "policy 'P' has no rule of that name here", id="no-rule"),
    pytest.param("delete rule id=1 policy=P", "policy 'P' has no rule of that name here", id="rule-by-number"),
    pytest.param("delete rule all X", "there is no policy 'X'", id="rules-of-no-policy"),
    pytest.param("set rule R X newname=Y", "there is no policy 'X'", id="rule-of-no-policy"),
    pytest.param("set defaultrule X activate=no", "there is no policy 'X'", id="default-rule-of-no-policy"),
    pytest.param("set policy X assign=n", "there is no policy 'X'", id="no-policy"),
    pytest.param("set policy guid={1} assign=n", "a policy is known here by its name only", id="by-guid"),
    pytest.param("set policy P gponame=G", "a policy of the domain is assigned to a group policy object; the local "
                 "store is not changed", id="group-policy"),
    pytest.param("add filterlist M\nset filterlist M newname=L", "another object has that name already", id="taken"),
    pytest.param("set store domain example.com\nadd policy Q", "goes to the domain store, which is not read",
                 id="domain-store"),
    pytest.param("importpolicy x.ipsec", "'importpolicy' reads another file", id="import"),
    pytest.param("interface ip show config", "is no command of netsh ipsec", id="other-context"),
])
def test_a_command_without_effect_is_named_with_its_reason(command: str, reason: str) -> None:
    lead = "popd\n" if command.startswith("interface") else ""
    parsed = after(lead + command)
    assert [one.reason for one in parsed.ignored] == [reason]
    assert rule_names(parsed.store) == ["R"]


@pytest.mark.parametrize(("command", "column", "problem"), [
    pytest.param("frobnicate", 1, "'frobnicate' is no command of netsh ipsec static", id="verb"),
    pytest.param("add widget x", 5, "'add' takes filter, filteraction, filterlist, policy, rule", id="subject"),
    pytest.param("add", 1, "'add' takes filter, filteraction, filterlist, policy, rule", id="verb-alone"),
    pytest.param("add filterlist colour=red", 16, "'add filterlist' has no argument 'colour'; it takes name, "
                 "description", id="tag"),
    pytest.param("add filterlist a b c", 20, "'add filterlist' was given one word too many", id="too-many"),
    pytest.param("add filterlist name=a n=b", 23, "'add filterlist' was given 'name' before", id="twice"),
    pytest.param("add filterlist description=x", 1, "'add filterlist' needs name=", id="missing"),
    pytest.param('add filterlist "a b', 16, "this double quote is never closed", id="open-quote"),
    pytest.param("add filter L 1.2.3 me", 14, "'1.2.3' is no IPv4 address or mask", id="address"),
    pytest.param("add filter L 1.2.3 me srcmask=24", 14, "'1.2.3' is no IPv4 address or mask", id="masked-address"),
    pytest.param("add filter L 192.0.2.1 me srcmask=0.0.0.255", 27, "'0.0.0.255' is no IPv4 address or mask",
                 id="wildcard-mask"),
    pytest.param("add filter L 2001:db8::1 me", 14, "'2001:db8::1' is an IPv6 address or a range; filters here hold "
                 "IPv4 addresses and subnets", id="ipv6"),
    pytest.param("add filter L 192.0.2.1-192.0.2.9 me", 14, "'192.0.2.1-192.0.2.9' is an IPv6 address or a range; "
                 "filters here hold IPv4 addresses and subnets", id="range"),
    pytest.param("add filter L a!b me", 14, "'a!b' is not a host name; filters here hold IPv4 addresses and subnets",
                 id="host-name"),
    pytest.param("add filter L me any proto=tcpip", 21, "'tcpip' is no protocol; allowed are any, icmp, tcp, udp, "
                 "raw or a number up to 255", id="protocol"),
    pytest.param("add filter L me any dstport=25", 1, "destination_port: only tcp and udp have ports, not any",
                 id="port-of-any"),
    pytest.param("add filter L me any dstport=x", 21, "'x' is no dstport; netsh takes a whole number", id="port"),
    pytest.param("add filter L me any mirrored=perhaps", 21, "'perhaps' is no mirrored; netsh takes yes, no",
                 id="yes-or-no"),
    pytest.param("add filteraction B qmsec=ESP[AES,SHA1]", 20, "'esp[aes,sha1]' is no quick-mode offer such as "
                 "ESP[3DES,SHA1]:100000k/3600s", id="offer"),
    pytest.param("add filteraction B qmsec=AH[MD5]:5k", 20, "'ah[md5]:5k': 5 kilobytes is out of range "
                 "(20480 to 2147483647, 0 for Windows' default)", id="lifetime"),
    pytest.param("add policy Q mmsec=3DES-SHA1-9", 14, "'3DES-SHA1-9' is no list of main-mode offers such as "
                 "3DES-SHA1-3 3DES-SHA1-2", id="main-mode"),
    pytest.param("add policy Q mml=99999999999", 14, "'99999999999' is no mmlifetime; netsh takes a whole number",
                 id="number"),
    pytest.param("add policy Q poll=99999", 1, "polling_minutes: 99999 is out of range (1 to 28800)", id="polling"),
    pytest.param("add policy Q mml=4000000000", 14, "4000000000 is too large for mmlifetime", id="large-number"),
    pytest.param("add policy Q mmsec=", 14, "'' is no list of main-mode offers such as 3DES-SHA1-3 3DES-SHA1-2",
                 id="no-offers-of-main-mode"),
    pytest.param("add filteraction B qmsec=", 20, "the list of quick-mode offers is empty", id="no-offers"),
    pytest.param("add rule S P L A psk=", 18, "a pre-shared key must not be empty", id="empty-key"),
    pytest.param("add rule S X L A", 1, "the policy 'X' is not made in this script", id="no-policy"),
    pytest.param("add rule S P X A", 1, "the filter list 'X' is not made in this script", id="no-list"),
    pytest.param("add rule S P L X", 1, "the filter action 'X' is not made in this script", id="no-action"),
    pytest.param("add rule S P L A tunnel=gw.example.com", 18, "tunnel 'gw.example.com' is no IPv4 address",
                 id="tunnel"),
    pytest.param("add rule S P L A psk=********", 18, "these stars stand for a key that was left out of the script; "
                 "put the key in", id="redacted-key"),
    pytest.param("add rule S P L A rootca=certmap:yes", 18, "the root authority of a certificate must not be empty",
                 id="no-authority"),
])
def test_an_error_says_where(command: str, column: int, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        after(command)
    assert (caught.value.line, caught.value.column, caught.value.problem) == (8, column, problem)


def test_an_error_in_a_continued_line_points_into_the_right_one() -> None:
    with pytest.raises(TextError) as caught:
        parse_script("netsh ipsec static add filterlist a ^\n   colour=red", "old.cmd")
    assert str(caught.value).startswith("old.cmd, line 2, column 4: 'add filterlist' has no argument 'colour'")


def test_a_key_never_stands_in_an_error_or_among_the_ignored() -> None:
    with pytest.raises(TextError) as caught:
        after('add rule S P L A psk="hush" psk="hush"')
    assert "hush" not in str(caught.value)
    assert "hush" not in repr(after('add rule R P L A psk="hush"').ignored)


def test_absolute_lines_and_contexts_mix() -> None:
    text = "ipsec static\nadd filterlist a\nipsec static add filterlist b\n..\nstatic add filterlist c\nshow all\n"
    with pytest.raises(TextError, match="line 6, column 1: 'show' is no command of netsh ipsec"):
        parse_script(text)
    parsed = parse_script(text.removesuffix("show all\n"))
    assert [one.name for one in parsed.store.filter_lists] == ["a", "b", "c"]
