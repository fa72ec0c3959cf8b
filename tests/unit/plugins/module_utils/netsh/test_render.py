# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of netsh, written out by hand from its help, for every kind of value; and what netsh cannot express."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address, IPv4Network

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import NetshError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    AnyAddress,
    DnsName,
    Me,
    Server,
    ServerKind,
    Subnet,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Authentication,
    Certificate,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import (
    ConnectionType,
    DefaultResponse,
    Policy,
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
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh import render

BACK_END = Subnet(IPv4Network("192.0.2.21/32"))
SITE = Subnet(IPv4Network("198.51.100.0/24"))
STRONG = QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
REQUIRE = FilterAction("Require", ActionKind.NEGOTIATE, (STRONG,))
MAIN_MODE = MainMode((MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH),))
MAIL = FilterList("Mail", (Filter(Me(), BACK_END, protocol=6, destination_port=110),))


@pytest.mark.parametrize(("one", "arguments"), [
    pytest.param(Filter(Me(), BACK_END, protocol=6, destination_port=110),
                 "srcaddr=me dstaddr=192.0.2.21 protocol=TCP mirrored=yes dstmask=255.255.255.255 srcport=0 "
                 "dstport=110", id="host-and-port"),
    pytest.param(Filter(AnyAddress(), Me()), "srcaddr=any dstaddr=me protocol=ANY mirrored=yes", id="any-to-me"),
    pytest.param(Filter(SITE, DnsName("be1.example.com"), protocol=17, source_port=53, mirrored=False),
                 "srcaddr=198.51.100.0 dstaddr=be1.example.com protocol=UDP mirrored=no srcmask=255.255.255.0 "
                 "srcport=53 dstport=0", id="subnet-to-name"),
    pytest.param(Filter(Me(), Server(ServerKind.DHCP), protocol=50),
                 "srcaddr=me dstaddr=dhcp protocol=50 mirrored=yes", id="server-and-number"),
    pytest.param(Filter(Me(), AnyAddress(), protocol=1), "srcaddr=me dstaddr=any protocol=ICMP mirrored=yes",
                 id="icmp"),
])
def test_a_filter(one: Filter, arguments: str) -> None:
    assert render.add_filter("Mail", one) == f'ipsec static add filter filterlist="Mail" {arguments}'
    assert render.delete_filter("Mail", one) == f'ipsec static delete filter filterlist="Mail" {arguments}'


def test_a_description_makes_no_difference_to_the_filter_that_is_deleted() -> None:
    one = Filter(Me(), AnyAddress(), description="all of it")
    assert render.add_filter("L", one).endswith(' mirrored=yes description="all of it"')
    assert render.delete_filter("L", one).endswith(" mirrored=yes")


@pytest.mark.parametrize(("one", "problem"), [
    pytest.param(Filter(Server(ServerKind.DNS), AnyAddress()), "only towards 'me'", id="server-to-any"),
    pytest.param(Filter(Me(), DnsName("dhcp")), "would not read 'dhcp' as a host name", id="name-is-a-word"),
    pytest.param(Filter(Me(), DnsName("10.1")), "would not read '10.1' as a host name", id="name-is-digits"),
    pytest.param(Filter(Me(), Subnet(IPv4Network("0.0.0.0/0"))), "means 'any' or 'me' to Windows", id="any-as-subnet"),
    pytest.param(Filter(Me(), Subnet(IPv4Network("0.0.0.0/32"))), "means 'any' or 'me' to Windows", id="me-as-subnet"),
])
def test_a_filter_that_netsh_would_misread(one: Filter, problem: str) -> None:
    with pytest.raises(NetshError, match=problem):
        render.add_filter("Mail", one)


def test_a_filter_list_comes_before_its_filters() -> None:
    listed = FilterList("POP3 & IMAP4", (Filter(Me(), AnyAddress()), Filter(AnyAddress(), Me())), "mail of users")
    assert render.add_filter_list(listed) == [
        'ipsec static add filterlist name="POP3 & IMAP4" description="mail of users"',
        'ipsec static add filter filterlist="POP3 & IMAP4" srcaddr=me dstaddr=any protocol=ANY mirrored=yes',
        'ipsec static add filter filterlist="POP3 & IMAP4" srcaddr=any dstaddr=me protocol=ANY mirrored=yes',
    ]


def test_changes_of_lists_and_actions_by_name() -> None:
    assert render.set_filter_list("Mail ~new", "Mail") == 'ipsec static set filterlist name="Mail ~new" newname="Mail"'
    assert render.set_filter_list("Mail", description="") == 'ipsec static set filterlist name="Mail" description=""'
    assert render.delete_filter_list("Mail") == 'ipsec static delete filterlist name="Mail"'
    assert render.rename_filter_action("A ~new", "A") == 'ipsec static set filteraction name="A ~new" newname="A"'
    assert render.describe_filter_action("A", "") == 'ipsec static set filteraction name="A" description=""'
    assert render.delete_filter_action("A") == 'ipsec static delete filteraction name="A"'


@pytest.mark.parametrize(("action", "arguments"), [
    pytest.param(FilterAction("A", ActionKind.BLOCK, description="no way"), 'description="no way" action=block',
                 id="block"),
    pytest.param(FilterAction("A", ActionKind.PERMIT), "action=permit", id="permit"),
    pytest.param(FilterAction("A", ActionKind.NEGOTIATE, (STRONG,), pfs=True, soft=True, inbound_passthrough=True),
                 'qmpfs=yes inpass=yes soft=yes action=negotiate qmsecmethods="ESP[3DES,SHA1]"', id="all-options"),
    pytest.param(FilterAction("A", ActionKind.NEGOTIATE, (
        QuickModeOffer(ah=Integrity.MD5, lifetime_kilobytes=204800, lifetime_seconds=300),
        QuickModeOffer(Esp(Encryption.DES, Integrity.NONE), Integrity.SHA1, lifetime_seconds=3600),
        QuickModeOffer(Esp(Encryption.NONE, Integrity.SHA1), lifetime_kilobytes=30000),
    )), 'qmpfs=no inpass=no soft=no action=negotiate qmsecmethods="AH[MD5]:204800k/300s '
        'AH[SHA1]+ESP[DES,NONE]:3600s ESP[NONE,SHA1]:30000k"', id="offers-with-lifetimes"),
])
def test_a_filter_action(action: FilterAction, arguments: str) -> None:
    assert render.add_filter_action(action) == f'ipsec static add filteraction name="A" {arguments}'
    assert render.set_filter_action("A", action) == f'ipsec static set filteraction name="A" {arguments}'


def test_a_policy_with_all_it_holds_but_rules() -> None:
    main_mode = MainMode(
        (*MAIN_MODE.offers, MainModeOffer(Encryption.DES, Integrity.MD5, DhGroup.LOW)), 7200, quick_modes=5
    )
    policy = Policy("Exchange", (), main_mode, description="all mail", polling_minutes=30)
    assert render.add_policy(policy, assigned=True) == [
        'ipsec static add policy name="Exchange" description="all mail" mmpfs=no qmpermm=5 mmlifetime=120 '
        'mmsecmethods="3DES-SHA1-3 DES-MD5-1" activatedefaultrule=no pollinginterval=30 assign=yes'
    ]


def test_a_policy_with_a_default_response_rule() -> None:
    response = DefaultResponse(active=True, offers=(STRONG,), pfs=True, authentication=(PresharedKey(Secret("k 1")),))
    first, second = render.add_policy(Policy("P", (), MAIN_MODE, response))
    assert 'mmpfs=no mmlifetime=480 mmsecmethods="3DES-SHA1-3" activatedefaultrule=yes' in first
    assert second == (
        'ipsec static set defaultrule policy="P" qmpfs=yes activate=yes qmsecmethods="ESP[3DES,SHA1]" psk="k 1"'
    )


def test_only_what_is_given_of_a_policy_changes() -> None:
    assert render.set_policy("P", assigned=False) == 'ipsec static set policy name="P" assign=no'
    assert render.set_policy("P ~new", new_name="P", description="d", polling_minutes=5) == (
        'ipsec static set policy name="P ~new" newname="P" description="d" pollinginterval=5'
    )
    assert render.set_policy("P", main_mode=MAIN_MODE) == (
        'ipsec static set policy name="P" mmpfs=no qmpermm=0 mmlifetime=480 mmsecmethods="3DES-SHA1-3"'
    )
    assert render.delete_policy("P") == 'ipsec static delete policy name="P"'


@pytest.mark.parametrize(("main_mode", "problem"), [
    pytest.param(dataclasses.replace(MAIN_MODE, lifetime_seconds=330),
                 "the main-mode lifetime of policy 'P' is 330 seconds, and netsh takes whole minutes; "
                 "take a multiple of 60", id="half-a-minute"),
    pytest.param(dataclasses.replace(MAIN_MODE, pfs=True, quick_modes=3),
                 "policy 'P': with main-mode pfs netsh sets quick_modes to 1; leave it out", id="pfs-with-limit"),
])
def test_a_main_mode_that_netsh_cannot_express(main_mode: MainMode, problem: str) -> None:
    with pytest.raises(NetshError) as caught:
        render.add_policy(Policy("P", (), main_mode))
    assert str(caught.value) == problem


def test_a_rule_with_everything() -> None:
    methods: tuple[Authentication, ...] = (
        Certificate('CN="Big" Root, O=Example', map_to_account=True), Kerberos(), PresharedKey(Secret("a b%c")),
    )  # fmt: skip
    rule = Rule("Mail", MAIL, REQUIRE, methods, ConnectionType.LAN, False, "all mail", IPv4Address("192.0.2.1"))
    assert render.add_rule("Exchange", rule) == (
        'ipsec static add rule name="Mail" policy="Exchange" filterlist="Mail" filteraction="Require" '
        'tunnel=192.0.2.1 conntype=lan activate=no description="all mail" '
        "rootca=\"CN=\\'Big\\' Root, O=Example certmap:yes excludecaname:no\" kerberos=yes psk=\"a b%c\""
    )
    assert render.delete_rule("Exchange", "Mail") == 'ipsec static delete rule name="Mail" policy="Exchange"'


@pytest.mark.parametrize(("rule", "problem"), [
    pytest.param(Rule("", MAIL, REQUIRE), "the rule for 'Mail' has no name", id="unnamed"),
    pytest.param(Rule("R", MAIL, REQUIRE, (PresharedKey(Secret("a")), PresharedKey(Secret("b")))),
                 "rule 'R' has two pre-shared keys, and netsh takes one", id="two-keys"),
    pytest.param(Rule("R", MAIL, REQUIRE, (Certificate("CN=x certmap:yes"),)), "netsh would misread the authority",
                 id="flags-in-the-name"),
    pytest.param(Rule("R", MAIL, REQUIRE, (Certificate("CN=x "),)), "begins or ends with a blank", id="blank"),
])
def test_a_rule_that_netsh_cannot_express(rule: Rule, problem: str) -> None:
    with pytest.raises(NetshError, match=problem):
        render.add_rule("P", rule)


def test_a_key_that_cannot_be_written_is_not_shown() -> None:
    with pytest.raises(NetshError) as caught:
        render.add_rule("P", Rule("R", MAIL, REQUIRE, (PresharedKey(Secret('se"cret')),)))
    assert str(caught.value) == (
        "the pre-shared key of rule 'R' holds a double quote, which no line of netsh can express; leave it out"
    )


def test_a_script_ends_with_exit_and_fits_the_code_page() -> None:
    assert render.script(["a", "b"]) == "a\r\nb\r\nexit\r\n"
    assert render.script(['name="메일"'], "cp949") == 'name="메일"\r\nexit\r\n'
    with pytest.raises(NetshError, match=r"^the character .* does not exist in the host.s code page cp437"):
        render.script(['name="메일" psk="hidden"'], "cp437")


def test_a_whole_script_for_people_keeps_the_order_and_the_key() -> None:
    policy = Policy("Exchange", (Rule("Mail", MAIL, REQUIRE, (PresharedKey(Secret("hush")),)),), MAIN_MODE)
    lines = render.render_policy(policy, assigned=True).split("\r\n")
    assert lines[:2] == [
        "# IPsec policy 'Exchange'; run it with: netsh -f FILE",
        "# Pre-shared keys are left out: put them in where ******** stands.",
    ]
    assert [line.split(" ")[2:4] for line in lines[2:-2]] == [
        ["add", "filterlist"], ["add", "filter"], ["add", "filteraction"], ["add", "policy"], ["add", "rule"],
        ["set", "policy"],
    ]  # fmt: skip
    assert lines[6].endswith('psk="********"')
    assert lines[-2:] == ["exit", ""]
    assert 'psk="hush"' in render.render_policy(policy, assigned=False, reveal=True)
