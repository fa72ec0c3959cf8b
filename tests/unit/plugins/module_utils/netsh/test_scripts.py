# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts of the shapes found in public make of an empty store."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    AnyAddress,
    DnsName,
    Me,
    Server,
    ServerKind,
    Subnet,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Kerberos, PresharedKey, Secret
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    Encryption,
    Esp,
    Integrity,
    MainMode,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.parse import ParsedScript, parse_script

from . import scripts


def ignored(parsed: ParsedScript) -> list[tuple[int, str]]:
    """Line and reason of all that had no effect."""
    return [(one.line, one.reason) for one in parsed.ignored]


def offers_of(main_mode: MainMode) -> list[str]:
    """The offers in short."""
    return [str(offer) for offer in main_mode.offers]


def test_a_file_with_contexts() -> None:
    parsed = parse_script(scripts.NETSH_FILE)
    (policy,) = parsed.store.policies
    assert (policy.name, parsed.store.assigned, policy.default_response) == ("Only updates", "Only updates", None)
    (rule,) = policy.rules
    assert (rule.name, rule.authentication, rule.filter_action.kind) == ("Names", (Kerberos(),), ActionKind.PERMIT)
    assert parsed.store.filter_lists == (
        FilterList("Names", (Filter(Me(), Server(ServerKind.DNS), 17, destination_port=53),)),
        FilterList("Updates", (
            Filter(Me(), DnsName("UPDATES.EXAMPLE.COM"), 6, destination_port=443, mirrored=False),
        ), "To the update server"),
    )  # fmt: skip
    assert ignored(parsed) == [(4, "'ipsec dynamic' changes what is in force, not the policies")]


def test_what_exchange_2007_writes() -> None:
    parsed = parse_script(scripts.EXCHANGE_2007)
    (policy,) = parsed.store.policies
    assert (policy.name, parsed.store.assigned, parsed.ignored) == ("Security Policy (Exchange 2007)", None, ())
    assert offers_of(policy.main_mode) == ["3des-sha1-dh2", "3des-sha1-dh14"]
    (rule,) = policy.rules
    assert rule.filter_list.filters == (Filter(AnyAddress(), Me(), 6, destination_port=139, description="TCP 139"),)
    assert rule.filter_action == FilterAction(
        "Require", ActionKind.NEGOTIATE, (QuickModeOffer(Esp(Encryption.TRIPLE_DES, Integrity.SHA1)),),
        inbound_passthrough=True, description="Require.  Always.",
    )  # fmt: skip


def test_a_batch_file_of_2003() -> None:
    parsed = parse_script(scripts.BATCH_2003.encode(), version=SERVER_2003)
    (policy,) = parsed.store.policies
    assert (parsed.store.assigned, parsed.ignored, parsed.encoding) == (None, (), "utf-8")
    assert policy.default_response == DefaultResponse(active=False)
    assert offers_of(policy.main_mode) == ["3des-sha1-dh2", "3des-sha1-dh14"]
    assert (policy.main_mode.lifetime_seconds, policy.polling_minutes) == (28_800, 180)
    (rule,) = policy.rules
    assert rule.authentication == (PresharedKey(Secret("my Key")),)
    assert rule.filter_list.filters == (Filter(Subnet(IPv4Network("10.0.0.0/8")), Me()),)
    assert rule.filter_action == FilterAction("AH_Only", ActionKind.NEGOTIATE, (
        QuickModeOffer(ah=Integrity.MD5, lifetime_kilobytes=100_000, lifetime_seconds=1000),
        QuickModeOffer(ah=Integrity.SHA1, lifetime_kilobytes=100_000, lifetime_seconds=1000),
    ), pfs=True, inbound_passthrough=True)  # fmt: skip


def test_a_chinese_batch_file() -> None:
    parsed = parse_script(scripts.CHINESE_GBK.encode("gb18030"))
    (policy,) = parsed.store.policies
    assert (policy.name, parsed.store.assigned, parsed.encoding) == ("屏蔽危险端口", "屏蔽危险端口", "gb18030")
    (rule,) = policy.rules
    assert (rule.name, rule.filter_action) == ("规则1", FilterAction("阻止", ActionKind.BLOCK))
    assert rule.filter_list.filters == (
        Filter(AnyAddress(), Me(), 6, destination_port=445, description="所有地址"),
    )  # fmt: skip


def test_a_korean_batch_file() -> None:
    parsed = parse_script(scripts.KOREAN_CP949.encode("cp949"))
    (policy,) = parsed.store.policies
    assert (policy.name, policy.description, parsed.encoding) == ("차단목록", "주소 차단", "cp949")
    blocked, local = parsed.store.filter_lists
    net = Subnet(IPv4Network("203.0.113.0/24"))
    assert blocked == FilterList("blocked", (Filter(net, AnyAddress(), description="203.0.113.0"),))
    assert local.filters == (Filter(Me(), DnsName("localhost")),)
    assert policy.rules[0].filter_list == blocked
    assert ignored(parsed) == [
        (2, "there is no policy '차단목록'"),
        (7, "filter list 'blocked' holds this filter already"),
    ]


def test_words_without_tags() -> None:
    parsed = parse_script(scripts.POSITIONAL)
    (policy,) = parsed.store.policies
    assert (policy.name, parsed.store.assigned, parsed.ignored) == ("netbc", "netbc", ())
    (rule,) = policy.rules
    assert rule.filter_list.filters == (Filter(AnyAddress(), Me(), 6, destination_port=445, description="445"),)


def test_the_examples_of_the_help() -> None:
    parsed = parse_script(scripts.HELP_EXAMPLES)
    (policy,) = parsed.store.policies
    assert (parsed.store.assigned, policy.main_mode.pfs, policy.main_mode.quick_modes) == ("Policy1", True, 1)
    assert offers_of(policy.main_mode) == ["3des-sha1-dh14", "des-md5-dh14", "3des-md5-dh2"]
    (action,) = parsed.store.filter_actions
    assert action == FilterAction("Blocker", ActionKind.BLOCK, description="Blocks all traffic")
    (listed,) = parsed.store.filter_lists
    assert listed.filters == (
        Filter(Subnet(IPv4Network("192.0.2.0/24")), Subnet(IPv4Network("198.51.100.45/32"))),
        Filter(Server(ServerKind.DHCP), Me(), 1),
    )


def test_variables_conditions_and_chains() -> None:
    parsed = parse_script(scripts.VARIABLES)
    (policy,) = parsed.store.policies
    assert policy.name == "Block Policy"
    assert [one.name for one in parsed.store.filter_actions] == ["My Action"]
    assert [one.name for one in parsed.store.filter_lists] == ["100%", "a & b", "c&d", "last"]
    assert ignored(parsed) == [
        (7, "the value of %policy_name:~0,3% is not known here"),
        (10, "depends on a condition or a loop of the batch file"),
        (13, "depends on a condition or a loop of the batch file"),
        (15, "depends on a condition or a loop of the batch file"),
        (17, "the value of %LIST% is not known here"),
        (18, "runs only after a failure"),
        (23, "the value of %~1 is not known here"),
        (25, "netsh is called with -f"),
        (26, "is no command of netsh ipsec"),
    ]


@pytest.mark.parametrize(("version", "response"), [
    pytest.param(SERVER_2003, DefaultResponse(active=True), id="server-2003"),
    pytest.param(None, None, id="later"),
])
def test_the_default_response_rule_where_the_command_is_silent(version: object, response: object) -> None:
    parsed = parse_script("ipsec static add policy P", version=version)  # type: ignore[arg-type]
    assert parsed.store.policies[0].default_response == response
