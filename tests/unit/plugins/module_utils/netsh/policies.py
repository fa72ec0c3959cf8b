# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of every kind that netsh can express, drawn at random."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    Address,
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

_PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters='"'), max_size=30)
_TEXTS = _PLAIN.filter(lambda text: text == text.strip() and not text.endswith("\\"))
NAMES = _TEXTS.filter(lambda text: text != "" and text.casefold() != "all")
_YES = st.booleans()
_NETWORKS = st.builds(
    lambda number, prefix: Subnet(IPv4Network((number, prefix), strict=False)),
    st.integers(1 << 31, (1 << 32) - 1),
    st.integers(1, 32),
)
_ADDRESSES: st.SearchStrategy[Address] = st.one_of(
    st.just(Me()), st.just(AnyAddress()), _NETWORKS, st.sampled_from([DnsName("be1.example.com"), DnsName("be_2")])
)
_HASHES = st.sampled_from([Integrity.MD5, Integrity.SHA1])
_SECONDS = st.just(0) | st.integers(300, 172_799)
_KILOBYTES = st.just(0) | st.integers(20_480, 2_147_483_647)
_ESP = st.builds(Esp, st.sampled_from([Encryption.DES, Encryption.TRIPLE_DES]), st.sampled_from(Integrity)) | st.builds(
    Esp, st.just(Encryption.NONE), _HASHES
)
_QUICK = st.builds(QuickModeOffer, _ESP, st.none() | _HASHES, _SECONDS, _KILOBYTES) | st.builds(
    QuickModeOffer, st.none(), _HASHES, _SECONDS, _KILOBYTES
)
_OFFERS = st.lists(_QUICK, min_size=1, max_size=3, unique=True).map(tuple)
_CIPHERS = st.sampled_from([Encryption.DES, Encryption.TRIPLE_DES])
_MAIN_OFFERS = st.lists(
    st.builds(MainModeOffer, _CIPHERS, _HASHES, st.sampled_from(DhGroup)), min_size=1, max_size=3, unique=True
).map(tuple)
_MAIN_MODES = st.builds(
    lambda offers, minutes, limit, pfs: MainMode(offers, minutes * 60, 1 if pfs else limit, pfs),
    _MAIN_OFFERS,
    st.integers(5, 2879),
    st.integers(0, 99),
    _YES,
)
_AUTHORITIES = st.sampled_from(["CN=Root, O=Example", 'CN="Big" Root', "CN=루트"])
KEYS = st.text("abc &|%^'=길", min_size=1, max_size=12).filter(lambda text: text == text.strip())


@st.composite
def _methods(draw: st.DrawFn) -> tuple[Authentication, ...]:
    certificates = draw(st.lists(st.builds(Certificate, _AUTHORITIES, _YES, _YES), max_size=2, unique=True))
    others: list[Authentication] = []
    if draw(_YES):
        others.append(PresharedKey(Secret(draw(KEYS))))
    if not (certificates or others) or draw(_YES):
        others.append(Kerberos())
    return tuple(draw(st.permutations([*certificates, *others])))


@st.composite
def _filters(draw: st.DrawFn) -> Filter:
    protocol = draw(st.sampled_from([0, 1, 6, 17, 50, 255]))
    ports = (draw(st.integers(0, 65_535)), draw(st.integers(0, 65_535))) if protocol in (6, 17) else (0, 0)
    sides = (draw(_ADDRESSES), draw(_ADDRESSES))
    if draw(st.integers(0, 4)) == 0:
        server = Server(draw(st.sampled_from(ServerKind)))
        sides = (Me(), server) if draw(_YES) else (server, Me())
    return Filter(sides[0], sides[1], protocol, *ports, mirrored=draw(_YES), description=draw(_TEXTS))


@st.composite
def _actions(draw: st.DrawFn, name: str) -> FilterAction:
    kind = draw(st.sampled_from(ActionKind))
    if kind is not ActionKind.NEGOTIATE:
        return FilterAction(name, kind, description=draw(_TEXTS))
    return FilterAction(name, kind, draw(_OFFERS), draw(_YES), draw(_YES), draw(_YES), draw(_TEXTS))


@st.composite
def _lists(draw: st.DrawFn, name: str) -> FilterList:
    filters = draw(st.lists(_filters(), max_size=3, unique_by=lambda one: one.matches))
    return FilterList(name, tuple(filters), draw(_TEXTS))


def _unique(count: int) -> st.SearchStrategy[list[str]]:
    return st.lists(NAMES, min_size=count, max_size=count, unique_by=str.casefold)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw a policy that netsh can express."""
    lists = [draw(_lists(name)) for name in draw(_unique(2))]
    actions = [draw(_actions(name)) for name in draw(_unique(2))]
    rules = tuple(
        Rule(
            name=name,
            filter_list=draw(st.sampled_from(lists)),
            filter_action=draw(st.sampled_from(actions)),
            authentication=draw(_methods()),
            connection=draw(st.sampled_from(ConnectionType)),
            active=draw(_YES),
            description=draw(_TEXTS),
            tunnel=draw(st.none() | st.just(IPv4Address("192.0.2.9"))),
        )
        for name in draw(_unique(draw(st.integers(0, 3))))
    )
    response = st.builds(DefaultResponse, _YES, st.just(()) | _OFFERS, _YES, _methods())
    return Policy(
        name=draw(NAMES),
        rules=rules,
        main_mode=draw(_MAIN_MODES),
        default_response=draw(st.none() | response),
        description=draw(_TEXTS),
        polling_minutes=draw(st.integers(1, 28_800)),
    )
