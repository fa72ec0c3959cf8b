# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy that blocks for a second, the guards around it, and rules that would fall back to clear."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.associations import guard
from ansible_collections.exchange.ipsec.plugins.module_utils.associations.fallback import soft_rule
from ansible_collections.exchange.ipsec.plugins.module_utils.associations.interlude import (
    build_lines,
    check_name,
    finish,
    former_of,
    interlude,
    interlude_policy,
    listed_meanwhile,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.errors import PlanError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind
from ansible_collections.exchange.ipsec.plugins.module_utils.model.from_spec import policy_from_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, PolicyStore
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003

VIRTUAL = IPv4Address("192.0.2.30")
KEY = "the key of the mail"


def rule(name: str, *destinations: str, action: str = "negotiate", **more: Any) -> dict[str, Any]:
    kind = {"name": f"{name} action", "action": action, **({"soft": True} if more.pop("soft", False) else {})}
    return {
        "name": name,
        "filter_list": {"name": name, "filters": [
            {"source": "me", "destination": one, "protocol": "tcp", "destination_port": 110} for one in destinations
        ]},
        "filter_action": kind, "authentication": [{"method": "psk", "psk": KEY}], **more,
    }  # fmt: skip


def policy(*rules: dict[str, Any], name: str = "Mail") -> Policy:
    return policy_from_spec({"name": name, "rules": list(rules)}, SERVER_2003)


MAIL = policy(rule("POP3", "192.0.2.30", "192.0.2.21"), rule("Manage", "198.51.100.0/24", action="permit"))


def test_it_blocks_what_the_other_negotiates_and_permits_what_it_permits() -> None:
    other = interlude_policy(MAIL)
    assert other.name == "Mail ~drop"
    assert [(one.name, one.filter_action.kind) for one in other.rules] == [
        ("POP3", ActionKind.BLOCK), ("Manage", ActionKind.PERMIT),
    ]  # fmt: skip
    assert [one.filter_list for one in other.rules] == [one.filter_list for one in MAIL.rules]
    assert KEY not in str(other)


def test_rules_out_of_use_stay_out_and_nameless_ones_get_a_name() -> None:
    idle = policy(rule("POP3", "192.0.2.30"), rule("IMAP4", "192.0.2.30", active=False))
    assert [one.name for one in interlude_policy(idle).rules] == ["POP3"]
    nameless = dataclasses.replace(MAIL, rules=(dataclasses.replace(MAIL.rules[0], name=""),))
    assert [one.name for one in interlude_policy(nameless).rules] == ["rule 1"]


def test_the_lines_of_netsh_hold_no_key_and_clear_what_a_killed_run_left() -> None:
    lines = build_lines(MAIL, PolicyStore((MAIL,), assigned="Mail"))
    assert lines == [
        'ipsec static add filteraction name="Mail ~drop" action=block',
        'ipsec static add policy name="Mail ~drop" mmpfs=no mmlifetime=480 mmsecmethods="3DES-SHA1-3 3DES-SHA1-2" '
        "activatedefaultrule=no pollinginterval=180 assign=no",
        'ipsec static add rule name="POP3" policy="Mail ~drop" filterlist="POP3" filteraction="Mail ~drop" '
        "conntype=all activate=yes kerberos=yes",
        'ipsec static add rule name="Manage" policy="Mail ~drop" filterlist="Manage" filteraction="Manage action" '
        "conntype=all activate=yes kerberos=yes",
        'ipsec static set policy name="Mail ~drop" assign=yes',
    ]
    other = interlude_policy(MAIL)
    left = PolicyStore((MAIL, other), filter_actions=(other.rules[0].filter_action,), assigned="Mail")
    assert build_lines(MAIL, left)[:2] == [
        'ipsec static delete policy name="Mail ~drop"', 'ipsec static delete filteraction name="Mail ~drop"',
    ]  # fmt: skip


def test_the_command_line_puts_the_guards_up_first_and_the_policy_back_whatever_happens() -> None:
    command = interlude("UP", "DOWN", "Mail")
    assert command == (
        "(DOWN)>nul 2>nul&(UP&&(netsh&ping -n 2 -w 1000 127.0.0.1>nul&echo exchange.ipsec-interlude&"
        "netsh ipsec dynamic show mmsas all&netsh ipsec dynamic show qmsas all&echo exchange.ipsec-over))&"
        f"{finish('Mail')}&DOWN&ver>nul"
    )
    assert finish("Mail") == (
        'netsh ipsec static set policy name="Mail" assign=yes&netsh ipsec static delete policy name="Mail ~drop"&'
        'netsh ipsec static delete filteraction name="Mail ~drop"'
    )


@pytest.mark.parametrize(("printed", "listed"), [
    ("netsh>\r\nexchange.ipsec-interlude\r\n192.0.2.30\r\nexchange.ipsec-over\r\n192.0.2.21\r\n", "192.0.2.30"),
    ("netsh>exchange.ipsec-interlude\r\nexchange.ipsec-over\r\n", ""),
    ("192.0.2.30\r\n", None), ("exchange.ipsec-interlude\r\n192.0.2.30\r\n", None),
])  # fmt: skip
def test_what_was_listed_meanwhile(printed: str, listed: str | None) -> None:
    found = listed_meanwhile(printed)
    assert found == listed if listed is None else found is not None and found.strip() == listed


@pytest.mark.parametrize("name", ["Mail & more", "50%", 'a"b', "a^b", "a|b", "a>b", "x" * 201, "a\nb", ""])
def test_names_that_cannot_stand_on_a_command_line(name: str) -> None:
    with pytest.raises(PlanError):
        check_name(name)


@pytest.mark.parametrize("name", ["Exchange IPsec", "메일 정책", "Mail (front end), no. 1+2-3_4"])
def test_names_that_can(name: str) -> None:
    check_name(name)
    assert former_of(name + " ~drop") == name
    assert former_of(name) is former_of(None) is None


@pytest.mark.parametrize(("destinations", "guards"), [
    pytest.param(("192.0.2.30",), ["192.0.2.30/31"], id="host"),
    pytest.param(("192.0.2.30", "192.0.2.31"), ["192.0.2.30/31"], id="neighbours"),
    pytest.param(("192.0.2.30", "192.0.2.30/31"), ["192.0.2.28/30"], id="never-the-same-as-a-filter"),
    pytest.param(("192.0.2.0/24",), ["192.0.2.0/23"], id="subnet"),
])  # fmt: skip
def test_a_guard_is_a_little_wider_than_what_it_guards(destinations: tuple[str, ...], guards: list[str]) -> None:
    assert [str(one) for one in guard.guards_for(policy(rule("POP3", *destinations)))] == guards


def test_many_guards_are_joined_and_still_cover_everything() -> None:
    peers = [f"10.0.{number}.7" for number in range(0, 120, 3)]
    found = guard.guards_for(policy(rule("POP3", *peers)))
    assert len(found) <= guard.MOST
    assert all(any(IPv4Address(peer) in one for one in found) for peer in peers)
    assert len(interlude(guard.up(found), guard.down(found), "Mail")) < 6000


def test_what_is_permitted_or_out_of_use_needs_no_guard() -> None:
    idle = policy(rule("A", "any", action="permit"), rule("B", "any", active=False), rule("C", "192.0.2.30"))
    assert [str(one) for one in guard.guards_for(idle)] == ["192.0.2.30/31"]


@pytest.mark.parametrize("destination", ["any", "dns", "mail.example", "128.0.0.0/1"])
def test_what_cannot_be_guarded_is_refused(destination: str) -> None:
    with pytest.raises(PlanError, match="nothing was changed"):
        guard.guards_for(policy(rule("POP3", destination)))


def test_the_command_lines_of_the_guards() -> None:
    networks = guard.guards_for(policy(rule("POP3", "192.0.2.30")))
    traffic = "srcaddr=me dstaddr=192.0.2.30 dstmask=31 protocol=any srcport=0 dstport=0 mirrored=yes conntype=all"
    assert guard.up(networks) == (
        'netsh ipsec dynamic add mmpolicy name=exchange.ipsec mmsecmethods="3DES-SHA1-2"&&'
        f"netsh ipsec dynamic add rule {traffic} mmpolicy=exchange.ipsec actioninbound=block actionoutbound=block"
    )
    assert guard.down(networks) == (
        f"netsh ipsec dynamic delete rule {traffic}&&echo exchange.ipsec-unguarded&"
        "netsh ipsec dynamic delete mmpolicy name=exchange.ipsec&&echo exchange.ipsec-unguarded"
    )
    assert guard.all_gone("exchange.ipsec-unguarded\r\nexchange.ipsec-unguarded\r\n", networks)
    assert not guard.all_gone("exchange.ipsec-unguarded\r\n", networks)


@pytest.mark.parametrize(("given", "name"), [
    pytest.param([rule("POP3", "192.0.2.30")], None, id="hard"),
    pytest.param([rule("POP3", "192.0.2.30", soft=True)], "POP3", id="soft"),
    pytest.param([rule("POP3", "192.0.2.21", soft=True)], None, id="soft-for-another"),
    pytest.param([rule("POP3", "192.0.2.0/24", soft=True)], "POP3", id="soft-subnet"),
    pytest.param([rule("POP3", "any", soft=True)], "POP3", id="soft-any"),
    pytest.param([rule("POP3", "mail.example", soft=True)], "POP3", id="soft-name"),
    pytest.param([rule("POP3", "192.0.2.30", soft=True, active=False)], None, id="out-of-use"),
])  # fmt: skip
def test_rules_that_fall_back_to_clear(given: list[dict[str, Any]], name: str | None) -> None:
    assert soft_rule(policy(*given), [VIRTUAL]) == name
