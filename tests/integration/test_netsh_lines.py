# SPDX-License-Identifier: GPL-3.0-or-later
"""What the library writes for netsh, run by the netsh of a simulated host, and found by the reader of its store."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

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
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Certificate,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import ConnectionType, Policy, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.outcome import faults
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.render import render_policy
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.compare import differences
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.query_text import parse_query
from ansible_collections.exchange.ipsec.plugins.module_utils.store.reader import read_policies
from tests.lab.windows.host import WindowsHost

STORE = r"reg query HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec /s"
STRONG = QuickModeOffer(Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
NETWORK = Subnet(IPv4Network("198.51.100.0/24"))
MAIL = FilterList("Mail & web, 100%", (
    Filter(Me(), Subnet(IPv4Network("192.0.2.21/32")), 6, destination_port=110, description="POP3 <in>"),
    Filter(NETWORK, Me(), 17, source_port=53, mirrored=False),
    Filter(Me(), DnsName("be1.example.com"), 1),
), "what users read")  # fmt: skip
NAMES = FilterList("Names", (Filter(Me(), Server(ServerKind.DNS), 50), Filter(AnyAddress(), Me())))
REQUIRE = FilterAction("Require (ESP)", ActionKind.NEGOTIATE, (
    STRONG,
    QuickModeOffer(ah=Integrity.SHA1, lifetime_seconds=3600, lifetime_kilobytes=100_000),
    QuickModeOffer(Esp(Encryption.DES, Integrity.NONE), Integrity.MD5, lifetime_seconds=900),
), pfs=True, soft=True, inbound_passthrough=True, description="always")  # fmt: skip
MAIN_MODE = MainMode((
    MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH),
    MainModeOffer(Encryption.DES, Integrity.MD5, DhGroup.LOW),
), 7200, quick_modes=3)  # fmt: skip


def policy(name: str) -> Policy:
    """A policy that has a bit of everything."""
    methods = (Certificate('CN="Big" Root, O=Example'), PresharedKey(Secret("a b%c^d")), Kerberos())
    return Policy(name, (
        Rule("Mail rule", MAIL, REQUIRE, methods, ConnectionType.LAN, True, "first", IPv4Address("192.0.2.1")),
        Rule("Names", NAMES, FilterAction("Block", ActionKind.BLOCK), active=False),
    ), MAIN_MODE, description="both sides", polling_minutes=30)  # fmt: skip


@pytest.mark.parametrize(("profile", "name", "code_page"), [
    pytest.param("server2003", "Exchange", "cp437", id="server-2003"),
    pytest.param("server2003-ko", "메일 보호", "cp949", id="server-2003-korean"),
    pytest.param("server2022", "Exchange", "cp437", id="server-2022"),
])
def test_the_reader_finds_what_the_lines_made(profile: str, name: str, code_page: str) -> None:
    host = WindowsHost("be1", profile)
    wanted = policy(name)
    _unused, output, _unused = host.run("netsh", render_policy(wanted, assigned=True, reveal=True).encode(code_page))
    assert faults(output) == ()
    _unused, printed, _unused = host.run(STORE)
    store = read_policies(parse_query(printed))
    assert (store.problems, store.assigned) == ((), name)
    assert differences(wanted, store.policies[0]) == ()


def test_a_second_run_meets_what_the_first_one_made() -> None:
    host = WindowsHost("be1", "server2022")
    lines = render_policy(policy("Exchange"), assigned=True, reveal=True).encode()
    host.run("netsh", lines)
    _unused, output, _unused = host.run("netsh", lines)
    assert {5010, 5014} <= {fault.number for fault in faults(output)}
