# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
import itertools
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.agreement import agree
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import AnyAddress, DnsName, Me, Subnet
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Authentication,
    Certificate,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, WindowsVersion
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.design import Design, Tier
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.site import Role, Site, SiteHost
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.tiers import has_part, policy_for

A = IPv4Address("192.0.2.1")
B = IPv4Address("192.0.2.2")
MAIN = MainMode((MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH),))
ESP = QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
SECURE = FilterAction("secure", ActionKind.NEGOTIATE, (ESP,))
PERMIT = FilterAction("permit", ActionKind.PERMIT)
BLOCK = FilterAction("block", ActionKind.BLOCK)
WHOLE = Subnet(IPv4Network("192.0.2.0/24"))


def host(address: IPv4Address) -> Subnet:
    return Subnet(IPv4Network(f"{address}/32"))


def rule(name: str, one: Filter, action: FilterAction = SECURE, *methods: Authentication) -> Rule:
    return Rule(name, FilterList(name, (one,)), action, methods or (Kerberos(),))


def policy(*rules: Rule, main_mode: MainMode = MAIN) -> Policy:
    return Policy("p", rules, main_mode)


AT_A = rule("pop3", Filter(Me(), host(B), 6, destination_port=110))
AT_B = rule("pop3", Filter(host(A), Me(), 6, destination_port=110))


def test_two_ends_of_one_conversation_agree() -> None:
    assert agree(policy(AT_A), A, policy(AT_B), B) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        pytest.param(policy(), "protected at 192.0.2.1, clear at 192.0.2.2", id="one-end-has-no-rule"),
        pytest.param(
            policy(dataclasses.replace(AT_B, active=False)), "protected at 192.0.2.1, clear", id="inactive-rule"
        ),
        pytest.param(
            policy(dataclasses.replace(AT_B, filter_action=BLOCK)), "protected at 192.0.2.1, blocked", id="blocked"
        ),
        pytest.param(
            policy(rule("pop3", Filter(host(A), Me(), 6, destination_port=110, mirrored=False))),
            "tcp 192.0.2.2:110 -> 192.0.2.1:1025: protected at 192.0.2.1, clear",
            id="not-mirrored",
        ),
        pytest.param(
            policy(rule("pop3", Filter(host(A), Me(), 6, destination_port=143))), ":110: protected", id="another-port"
        ),
        pytest.param(
            policy(rule("pop3", Filter(host(A), Me(), 6))), "clear at 192.0.2.1, protected at 192.0.2.2", id="wider"
        ),
        pytest.param(
            policy(dataclasses.replace(AT_B, authentication=(Certificate("CN=Root"),))),
            "no authentication method in common",
            id="authentication",
        ),
        pytest.param(
            policy(dataclasses.replace(AT_B, filter_action=dataclasses.replace(SECURE, pfs=True))),
            "perfect forward secrecy on one end only",
            id="pfs",
        ),
        pytest.param(
            policy(
                dataclasses.replace(
                    AT_B, filter_action=dataclasses.replace(SECURE, offers=(QuickModeOffer(ah=Integrity.SHA1),))
                )
            ),
            "no quick-mode offer in common",
            id="offers",
        ),
        pytest.param(
            policy(AT_B, main_mode=MainMode((MainModeOffer(Encryption.DES, Integrity.MD5, DhGroup.LOW),))),
            "no main-mode offer in common",
            id="main-mode",
        ),
        pytest.param(
            policy(dataclasses.replace(AT_B, tunnel=IPv4Address("192.0.2.9"))), "a tunnel on one end", id="tunnel"
        ),
        pytest.param(
            policy(AT_B, rule("dns", Filter(DnsName("x.example.org"), Me()))),
            "depends on what the host resolves",
            id="a-name-cannot-be-judged",
        ),
    ],
)
def test_every_way_to_disagree_is_said(other: Policy, said: str) -> None:
    found = agree(policy(AT_A), A, other, B)
    assert found
    assert any(said in sentence for sentence in found)


def test_pre_shared_keys_agree_only_when_equal_and_are_never_shown() -> None:
    def with_key(one: Rule, key: str) -> Policy:
        return policy(dataclasses.replace(one, authentication=(PresharedKey(Secret(key)),)))

    assert agree(with_key(AT_A, "open sesame"), A, with_key(AT_B, "open sesame"), B) == []
    found = agree(with_key(AT_A, "open sesame"), A, with_key(AT_B, "close sesame"), B)
    assert found == ["rules 'pop3' and 'pop3': the pre-shared keys differ"]


def test_lifetimes_and_order_do_not_matter() -> None:
    short = dataclasses.replace(SECURE, offers=(QuickModeOffer(ah=Integrity.SHA1),
                                                dataclasses.replace(ESP, lifetime_seconds=600)))  # fmt: skip
    assert agree(policy(AT_A), A, policy(dataclasses.replace(AT_B, filter_action=short)), B) == []


def test_the_narrower_filter_wins() -> None:
    wide_permit = rule("permit", Filter(WHOLE, Me(), 6, destination_port=110), PERMIT)
    assert agree(policy(AT_A), A, policy(wide_permit, AT_B), B) == []


def test_any_is_wider_than_a_subnet() -> None:
    block_all = rule("block", Filter(AnyAddress(), Me()), BLOCK)
    permit_ours = rule("permit", Filter(WHOLE, Me()), PERMIT)
    assert agree(policy(), A, policy(block_all, permit_ours), B) == []


def test_filters_that_are_each_narrower_in_something_are_unclear() -> None:
    everything = rule("all", Filter(host(A), Me()))
    management = rule("manage", Filter(WHOLE, Me(), 6, destination_port=5985), PERMIT)
    found = agree(policy(rule("all", Filter(Me(), host(B)))), A, policy(everything, management), B)
    assert found
    assert all("rules 'all' and 'manage' match alike and ask for different things" in one for one in found)


ADDRESSES = st.lists(st.integers(1, 200), min_size=8, max_size=8, unique=True)
METHODS: tuple[tuple[Authentication, ...], ...] = (
    (Certificate("CN=Root"),),
    (PresharedKey(Secret("k")), Certificate("CN=Root")),
)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    pool = iter([IPv4Address(f"192.0.2.{number}") for number in draw(ADDRESSES)])

    def hosts(prefix: str, least: int, most: int) -> tuple[SiteHost, ...]:
        return tuple(SiteHost(f"{prefix}{n}", (next(pool),)) for n in range(draw(st.integers(least, most))))

    front, back = hosts("fe", 1, 2), hosts("node", 1, 2)
    virtual = tuple(itertools.islice(pool, draw(st.integers(0, 2))))
    return Site(front, back, virtual, hosts("dc", 0, 2))


@st.composite
def designs(draw: st.DrawFn) -> Design:
    return Design(
        tier=draw(st.sampled_from(list(Tier))),
        authentication=draw(st.sampled_from(METHODS)),
        management=tuple(draw(st.sets(st.sampled_from([IPv4Network("198.51.100.0/24"), IPv4Network("192.0.2.250")])))),
        management_ports=draw(st.sampled_from([(5985,), (80, 3389)])),
        permit_icmp=draw(st.booleans()),
        exempt_domain_controllers=draw(st.booleans()),
        offers=draw(st.sampled_from([(ESP,), (QuickModeOffer(ah=Integrity.SHA1), ESP)])),
        pfs=draw(st.booleans()),
        soft=draw(st.booleans()),
    )


def ends(site: Site, design: Design) -> list[tuple[IPv4Address, Policy | None]]:
    """Every address that answers, with the policy of a host that may hold it; None where the tier asks nothing."""
    found: list[tuple[IPv4Address, Policy | None]] = []
    for role in Role:
        version = WindowsVersion(10, 0, 20348) if role is Role.DOMAIN_CONTROLLER else SERVER_2003
        for one in site.hosts(role):
            own = policy_for(site, one.name, design, version) if has_part(site, one.name, design) else None
            held = site.virtual_addresses if role is Role.BACK_END else ()
            found.extend((address, own) for address in (*one.addresses, *held))
    return found


@settings(max_examples=25, deadline=None)
@given(site=sites(), design=designs())
def test_every_pair_of_hosts_of_every_site_agrees(site: Site, design: Design) -> None:
    nothing = policy()
    for (one, first), (other, second) in itertools.combinations(ends(site, design), 2):
        if one != other:
            assert agree(first or nothing, one, second or nothing, other) == []


@settings(max_examples=25, deadline=None)
@given(site=sites(), design=designs())
def test_the_front_end_protects_what_the_tier_promises(site: Site, design: Design) -> None:
    own = policy_for(site, "fe0", design, SERVER_2003)
    clear = policy()
    for address in site.addresses(Role.BACK_END):
        told = " ".join(agree(own, site.front_ends[0].addresses[0], clear, address))
        for port in (110, 143):
            assert f"{address}:{port}: protected" in told or design.tier is Tier.EVERYTHING
        assert (f"{address}:80: protected" in told) == (design.tier is Tier.MESSAGE_STREAM) or (
            design.tier is Tier.EVERYTHING and "protected at" in told
        )
