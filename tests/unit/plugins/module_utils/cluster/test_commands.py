# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed to ask for a cluster group and to move it, and what is read out of the answers."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.cluster.commands import (
    check_addresses,
    check_group,
    check_node,
    move,
    move_script,
    owner_in,
    state_in,
    status_script,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError

ENGLISH = (
    "Listing status for resource group 'Exchange Group':\r\n\r\n"
    "Group                Node            Status\r\n-------------------- --------------- ------\r\n"
    "Exchange Group       BE1             Partially Online\r\n\r\n"
)
KOREAN = (
    "리소스 그룹 'Exchange Group'의 상태 목록:\r\n\r\n그룹                 노드            상태\r\n"
    "-------------------- --------------- ------\r\nExchange Group       BE2             온라인\r\n\r\n"
)
NAMED_GROUP = (
    "Group                Node            Status\r\n-------------------- --------------- ------\r\n"
    "Group                BE2             Online\r\n"
)
LONG = "-------------------- --------------- ------\r\nMail of the northern BE1             Online\r\n"
WHOLE = "-------------------- --------------- ------\r\nMail of the northern plants BE1             Online\r\n"


@pytest.mark.parametrize(("listing", "group", "owner"), [
    pytest.param(ENGLISH, "exchange group", "BE1", id="english"),
    pytest.param(KOREAN, "Exchange Group", "BE2", id="korean"),
    pytest.param(NAMED_GROUP, "Group", "BE2", id="named-like-the-heading"),
    pytest.param(LONG, "Mail of the northern plants", "BE1", id="cut-to-the-column"),
    pytest.param(WHOLE, "Mail of the northern plants", "BE1", id="wider-than-the-column"),
    pytest.param("", "Exchange Group", None, id="nothing"),
])  # fmt: skip
def test_the_owner_stands_behind_the_name_of_the_group(listing: str, group: str, owner: str | None) -> None:
    assert owner_in(listing, group) == owner


@pytest.mark.parametrize(("output", "state"), [
    pytest.param("BE1\r\nOnline\r\n", ("BE1", "Online"), id="online"),
    pytest.param("\r\nBE2\r\nPending\r\n\r\n", ("BE2", "Pending"), id="blank-lines"),
    pytest.param("BE1\r\n", None, id="no-state"),
    pytest.param("a b\r\nOnline\r\n", None, id="no-name"),
])  # fmt: skip
def test_what_powershell_answers(output: str, state: tuple[str, str] | None) -> None:
    assert state_in(output) == state


def test_the_move_of_both_generations() -> None:
    assert move("Exchange Group", "be2", 90) == 'cluster.exe group "Exchange Group" /moveto:be2 /wait:90'
    program, encoded = move_script("Bob's", "be2", 90).removesuffix(" <nul").rsplit(" ", 1)
    assert program == "powershell.exe -NoProfile -NonInteractive -EncodedCommand"
    script = base64.b64decode(encoded).decode("utf-16-le").splitlines()
    assert script[0] == "$ErrorActionPreference = 'Stop'"
    assert script[-1] == "try { Move-ClusterGroup -Name 'Bob''s' -Node 'be2' -Wait 90 | Out-Null } catch { exit 6 }"


@pytest.mark.parametrize("quote", ["\u2018", "\u2019", "\u201a", "\u201b"])
def test_a_typographic_quote_ends_no_text_of_powershell(quote: str) -> None:
    """Its language takes four more characters for the single quote: language specification 3.0, section 2.3.5.2."""
    encoded = status_script(f"Groupe d{quote}Exchange").removesuffix(" <nul").rsplit(" ", 1)[1]
    assert f"-Name 'Groupe d{quote}{quote}Exchange' }}" in base64.b64decode(encoded).decode("utf-16-le")


def test_the_question_of_a_long_name_fits_the_command_line() -> None:
    assert len(status_script("x" * 1000)) < 8191


@pytest.mark.parametrize("name", ["", 'a"b', "100%", "/move", "Mail*", "a\nb", "x[1]", "Mail\\"])
def test_group_names_that_cannot_be_asked_for(name: str) -> None:
    with pytest.raises(SpecError, match=r"^name: "):
        check_group(name)


@pytest.mark.parametrize("name", ["", "-x", "be2 /offline", "be2&ver", "b" * 64])
def test_node_names_that_are_none(name: str) -> None:
    with pytest.raises(SpecError, match=r"^owner: "):
        check_node(name)


def test_good_names_are_given_back() -> None:
    assert check_group("Exchange Gruppe (Süd)") == "Exchange Gruppe (Süd)"
    assert check_node("BE-2") == "BE-2"
    assert check_addresses(["192.0.2.30"]) == ("192.0.2.30",)
    with pytest.raises(SpecError, match=r"^virtual_addresses\[1\]: '192.0.2' is no IPv4 address$"):
        check_addresses(["192.0.2.30", "192.0.2"])
