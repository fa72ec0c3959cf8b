# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the model that a store can hold, for properties."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import (
    Address,
    AnyAddress,
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
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import ConnectionType
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)

TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=16)
NAMES = TEXTS.filter(lambda text: bool(text.strip()))

MAIN_MODES = st.builds(
    MainMode,
    offers=st.lists(
        st.builds(
            MainModeOffer,
            st.sampled_from([Encryption.DES, Encryption.TRIPLE_DES]),
            st.sampled_from([Integrity.MD5, Integrity.SHA1]),
            st.sampled_from(DhGroup),
        ),
        min_size=1,
        max_size=5,
        unique=True,
    ).map(tuple),
    lifetime_seconds=st.integers(300, 172_740),
    quick_modes=st.integers(0, 2_147_483_647),
    pfs=st.booleans(),
)

ESPS = st.builds(lambda pair: Esp(*pair), st.sampled_from([
    (encryption, integrity)
    for encryption in Encryption
    for integrity in Integrity
    if (encryption, integrity) != (Encryption.NONE, Integrity.NONE)
]))  # fmt: skip
_AH = st.sampled_from([Integrity.MD5, Integrity.SHA1])
OFFERS = st.one_of(
    *(
        st.builds(
            QuickModeOffer,
            esp,
            ah,
            st.just(0) | st.integers(300, 172_799),
            st.just(0) | st.integers(20_480, 2_147_483_647),
        )
        for esp, ah in ((ESPS, st.none()), (st.none(), _AH), (ESPS, _AH))
    )
)
OFFER_LISTS = st.lists(OFFERS, min_size=1, max_size=4, unique=True).map(tuple)

ACTIONS = st.one_of(
    st.builds(FilterAction, NAMES, st.sampled_from([ActionKind.PERMIT, ActionKind.BLOCK]), description=TEXTS),
    st.builds(
        FilterAction,
        NAMES,
        st.just(ActionKind.NEGOTIATE),
        OFFER_LISTS,
        st.booleans(),
        st.booleans(),
        st.booleans(),
        TEXTS,
    ),
)


def _subnet(bits: int, length: int) -> Address:
    network = IPv4Network((bits >> (32 - length) << (32 - length), length))
    return Me() if int(network.network_address) == 0 and length == 32 else Subnet(network)


PLAIN_ADDRESSES = st.one_of(
    st.just(Me()), st.just(AnyAddress()), st.builds(_subnet, st.integers(0, 0xFFFFFFFF), st.integers(1, 32))
)
SERVERS = st.builds(Server, st.sampled_from(ServerKind))
PORTS = st.integers(0, 65535)


def _filter(ends: tuple[Address, Address], ports: tuple[int, int, int], mirrored: bool, description: str) -> Filter:
    return Filter(*ends, *ports, mirrored, description)


FILTERS = st.builds(
    _filter,
    st.tuples(PLAIN_ADDRESSES, PLAIN_ADDRESSES)
    | st.tuples(SERVERS, PLAIN_ADDRESSES)
    | st.tuples(PLAIN_ADDRESSES, SERVERS),
    st.tuples(st.integers(0, 255), st.just(0), st.just(0)) | st.tuples(st.sampled_from([6, 17]), PORTS, PORTS),
    st.booleans(),
    TEXTS,
)
FILTER_LISTS = st.builds(
    FilterList,
    NAMES,
    st.lists(FILTERS, max_size=4, unique_by=lambda one: one.matches).map(tuple),
    TEXTS,
)

METHODS: st.SearchStrategy[Authentication] = st.one_of(
    st.just(Kerberos()),
    st.builds(Certificate, NAMES, st.booleans(), st.booleans()),
    st.builds(PresharedKey, st.builds(Secret, TEXTS.filter(bool))),
)
METHOD_LISTS = st.lists(METHODS, min_size=1, max_size=3, unique=True).map(tuple)
CONNECTIONS = st.sampled_from(ConnectionType)
TUNNELS = st.none() | st.builds(IPv4Address, st.integers(1, 0xFFFFFFFF))
