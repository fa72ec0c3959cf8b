# SPDX-License-Identifier: GPL-3.0-or-later
"""Associations read by addresses only, and the command lines that delete single ones."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.associations.association import (
    Association,
    Mode,
    peers_from_text,
    peers_of,
    plain,
    towards,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.associations.deletion import delete_command, dropped_peers
from ansible_collections.exchange.ipsec.plugins.module_utils.associations.listing import (
    DYNAMIC,
    MONITOR,
    addresses,
    associations_in,
    questions_of,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.associations.means import (
    Means,
    means_for,
    refuse_restart,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.errors import PlanError, SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import WindowsVersion

VIRTUAL, NODE, OWN = IPv4Address("192.0.2.30"), IPv4Address("192.0.2.21"), IPv4Address("192.0.2.11")
SERVER_2003, SERVER_2008, SERVER_2022 = WindowsVersion(5, 2, 3790), WindowsVersion(6, 0), WindowsVersion(10, 0, 20348)

SPOKEN = (
    "Local IP Address: 192.0.2.11\r\nRemote IP Address: 192.0.2.30\r\nCookie Pair: 00000001:00000002\r\nOk.\r\n",
    "로컬 IP 주소: 192.0.2.11\r\n원격 IP 주소: 192.0.2.30\r\n확인됨\r\n",
    "<192.0.2.11>(255.255.255.255) -> <192.0.2.30>(255.255.255.255), 0.0.0.0, 224.0.0.1, 127.0.0.1\r\n",
)


@pytest.mark.parametrize("text", SPOKEN, ids=["english", "korean", "with-masks"])
def test_addresses_are_read_whatever_stands_around_them(text: str) -> None:
    assert addresses(text) == (OWN, VIRTUAL)
    found = associations_in(text, "", (), [OWN])
    assert found == (Association(VIRTUAL, Mode.MAIN),)
    assert associations_in(text, text, [VIRTUAL], ()) == (
        Association(VIRTUAL, Mode.MAIN), Association(VIRTUAL, Mode.QUICK),
    )  # fmt: skip
    assert associations_in(text, text, [NODE], ()) == ()


@pytest.mark.parametrize("text", ["192.0.2.300", "1192.0.2.30", "192.0.2.30.1", "10.192.0.2.30", "192.0.2", ""])
def test_what_only_looks_like_the_address_is_none(text: str) -> None:
    assert VIRTUAL not in addresses(text)


def test_selection_and_plain_values() -> None:
    found = [Association(VIRTUAL, Mode.QUICK), Association(NODE, Mode.MAIN), Association(VIRTUAL, Mode.MAIN)]
    assert towards(found, [VIRTUAL]) == (found[0], found[2])
    assert towards(found, []) == tuple(found)
    assert peers_of(found) == (NODE, VIRTUAL)
    assert plain(found) == [
        {"peer": "192.0.2.21", "modes": ["main"]}, {"peer": "192.0.2.30", "modes": ["main", "quick"]},
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "mail.example", "192.0.2.0/24", "0.0.0.0", "224.0.0.5", "127.0.0.1", "::1"])  # noqa: S104
def test_a_peer_is_the_address_of_one_host(text: str) -> None:
    with pytest.raises(SpecError, match=r"^peers\[1\]: "):
        peers_from_text(["192.0.2.30", text])
    assert peers_from_text([" 192.0.2.30", "192.0.2.30"]) == (VIRTUAL,)


def test_each_version_is_asked_in_its_own_words() -> None:
    assert questions_of(SERVER_2003) == DYNAMIC
    assert questions_of(SERVER_2008) == questions_of(SERVER_2022) == MONITOR


@pytest.mark.parametrize(("version", "wanted", "means"), [
    (SERVER_2003, None, Means.POLICY), (SERVER_2003, Means.RESTART, Means.RESTART),
    (SERVER_2008, None, Means.ASSOCIATIONS), (SERVER_2022, Means.ASSOCIATIONS, Means.ASSOCIATIONS),
])  # fmt: skip
def test_means_of_a_version(version: WindowsVersion, wanted: Means | None, means: Means) -> None:
    assert means_for(version, wanted) is means


@pytest.mark.parametrize(("version", "wanted", "says"), [
    (WindowsVersion(5, 0, 2195), None, "Windows 2000 has no command"), (WindowsVersion(5, 1), None, "no command"),
    (SERVER_2003, Means.ASSOCIATIONS, "no command that deletes single"),
    (SERVER_2022, Means.RESTART, "is for Windows Server 2003"), (SERVER_2008, Means.POLICY, "is for Windows Server"),
])  # fmt: skip
def test_means_that_a_version_has_not(version: WindowsVersion, wanted: Means | None, says: str) -> None:
    with pytest.raises(PlanError, match=says):
        means_for(version, wanted)


def test_a_restart_needs_somebody_who_accepts_the_gap() -> None:
    with pytest.raises(SpecError, match="accept_gap: true"):
        refuse_restart(Means.RESTART, accept_gap=False)
    refuse_restart(Means.RESTART, accept_gap=True)
    refuse_restart(Means.POLICY, accept_gap=False)


def test_deletion_says_for_whom_it_worked() -> None:
    command = delete_command([OWN], [VIRTUAL])
    assert command == (
        "netsh advfirewall monitor delete qmsa 192.0.2.11 192.0.2.30&&echo exchange.ipsec-dropped 192.0.2.30&"
        "netsh advfirewall monitor delete mmsa 192.0.2.11 192.0.2.30&&echo exchange.ipsec-dropped 192.0.2.30"
    )
    said = "Ok.\r\nexchange.ipsec-dropped 192.0.2.30\r\nNo SAs match with 192.0.2.21\r\n"
    assert dropped_peers(said) == {VIRTUAL}
