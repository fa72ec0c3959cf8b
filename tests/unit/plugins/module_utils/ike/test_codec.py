# SPDX-License-Identifier: GPL-3.0-or-later
"""Question and answer as bytes, both written by hand from RFC 2408 and 2409, and everything a network may bring."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.ike.question import Question, read_answer, split
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.transforms import combinations
from ansible_collections.exchange.ipsec.plugins.module_utils.ike.wire import IkeError
from tests.unit.plugins.module_utils.ike.messages import (
    CHOSEN,
    COOKIE,
    LIFE,
    LONG,
    NAT,
    NLBS,
    NT,
    QUESTION,
    STRONG,
    STRONG_TEXT,
    WEAK_TEXT,
    association,
    message,
    notification,
    vendor,
)

GOOD = message(association() + vendor(NT, "0d") + vendor(NLBS, "0d") + vendor(NAT))


def test_the_first_message() -> None:
    """Header, one proposal, two transforms, four vendor IDs that say nothing of Microsoft."""
    assert QUESTION.to_bytes() == message(
        f"0d 00 005c 00000001 00000001 00 00 0050 01 01 00 02 {STRONG_TEXT} {WEAK_TEXT}"
        + vendor(NAT, "0d") + vendor("90cb80913ebb696e086381b5ec427b1f", "0d")
        + vendor("4048b7d56ebce88525e7de7f00d6c2d3", "0d") + vendor("afcad71368a1f1c96b8696fc7757 0100"),
        responder="0000000000000000",
    )  # fmt: skip


def test_a_key_length_and_the_private_number_of_kerberos() -> None:
    written = Question(COOKIE, (LONG,)).to_bytes()
    assert bytes.fromhex(f"80010007 80020002 8003fde9 80040002 800e0100 {LIFE}") in written


def test_what_was_chosen_and_who_says_so() -> None:
    answer = read_answer(GOOD, QUESTION)
    assert answer.chosen == STRONG
    assert answer.refusal == ""
    assert (answer.vendors.windows, answer.vendors.fast_failover) == ("Windows Server 2003", True)
    assert (answer.vendors.nat_traversal, answer.vendors.dead_peer_detection) == (True, False)


def test_a_lifetime_of_the_responder_is_no_other_choice() -> None:
    shorter = CHOSEN.replace("00007080", "00000e10")
    assert read_answer(message(association(shorter, "00")), QUESTION).chosen == STRONG


@pytest.mark.parametrize(("kind", "word"), [
    pytest.param("000e", "NO-PROPOSAL-CHOSEN", id="no-proposal"),
    pytest.param("0018", "AUTHENTICATION-FAILED", id="authentication"),
    pytest.param("0063", "notification 99", id="unknown"),
])
def test_a_refusal(kind: str, word: str) -> None:
    answer = read_answer(message(notification(kind), first="0b", exchange="05"), QUESTION)
    assert (answer.chosen, answer.refusal) == (None, word)


@pytest.mark.parametrize(("body", "again", "word"), [
    pytest.param("00 00 0010 00000001 01 00 9c43 00003601", "", "NOTIFY_STATUS 00003601", id="status"),
    pytest.param("00 00 0014 00000001 01 04 9c43 aabbccdd 00003601", "", "NOTIFY_STATUS 00003601", id="behind-an-spi"),
    pytest.param("00 00 0014 00000001 01 00 9c44 c00c1e0000000001", "c00c1e0000000001", "", id="cookie"),
])
def test_notifications_of_windows(body: str, again: str, word: str) -> None:
    """Their numbers and data stand in [MS-IKEE] 2.2.6."""
    answer = read_answer(message(body, first="0b", exchange="05"), QUESTION)
    assert (answer.chosen, answer.refusal, answer.again.hex()) == (None, word, again)


def test_the_question_with_the_cookie_of_the_other_end() -> None:
    again = dataclasses.replace(QUESTION, responder=bytes.fromhex("c00c1e0000000001"))
    first = QUESTION.to_bytes()
    assert again.to_bytes() == first[:8] + bytes.fromhex("c00c1e0000000001") + first[16:]


@pytest.mark.parametrize(("data", "problem"), [
    pytest.param(b"", "a header has 28 bytes, 0 came", id="empty"),
    pytest.param(GOOD[:-1], "at byte 24: the header says", id="cut-off"),
    pytest.param(GOOD + b"\0", "at byte 24: the header says", id="longer"),
    pytest.param(message(association(following="00"), version="20"), "version 2.0 is not 1.0", id="ikev2"),
    pytest.param(message(association(following="00"), flags="01"), "is encrypted", id="encrypted"),
    pytest.param(message(association(following="00"), flags="04"), "has the flags 4", id="flags"),
    pytest.param(message(association(following="00"), cookie="0000000000000001"), "the cookie is not ours",
                 id="cookie"),
    pytest.param(message(association(following="00"), responder="0000000000000000"), "no second message",
                 id="no-cookie-of-its-own"),
    pytest.param(message(association(following="01") + association(following="00")), "no second message",
                 id="two-associations"),
    pytest.param(message(association(following="0d")), "announced and missing", id="announced"),
    pytest.param(message("00 00 0003"), "a payload says 3 bytes", id="length-below-its-header"),
    pytest.param(message("00 00 ffff 00"), "a payload says 65535 bytes", id="length-beyond-the-end"),
    pytest.param(message("00 01 0004"), "the reserved byte", id="reserved"),
    pytest.param(message("00 00 0004 00"), "1 bytes follow the last payload", id="rest"),
    pytest.param(message("00 00 0004"), "a security association needs 16 bytes", id="empty-association"),
    pytest.param(message(association(CHOSEN.replace("8004000e", "80040005"), "00")), "was not offered",
                 id="not-offered"),
    pytest.param(message(association(CHOSEN.replace("80020002", "80010005"), "00")), "attribute 1 comes twice",
                 id="twice"),
    pytest.param(message(association(CHOSEN.replace("000c0004", "000c0009"), "00")), "says 9 bytes, 4 are left",
                 id="attribute-beyond-the-end"),
    pytest.param(message(association("03" + CHOSEN[2:], "00")), "the transform does not fill",
                 id="two-transforms"),
    pytest.param(message(notification("000e"), first="0b", exchange="04"), "exchange 4", id="aggressive-mode"),
    pytest.param(message(notification("6002"), first="0b", exchange="05"), "is no error", id="no-error"),
    pytest.param(message("00 00 0010 00000001 01 00 9c44 c00c1e00", first="0b", exchange="05"), "40004 is no error",
                 id="half-a-cookie"),
    pytest.param(message("00 00 000c 00000001 01 ff 9c43", first="0b", exchange="05"), "40003 is no error",
                 id="status-without-data"),
    pytest.param(message("00 00 0008 00000001", first="0b", exchange="05"), "a notification needs 8 bytes",
                 id="short-notification"),
    pytest.param(message(notification("000e").replace("00000001", "00000009", 1), first="0b", exchange="05"),
                 "the domain 9", id="other-domain"),
])  # fmt: skip
def test_what_is_no_answer(data: bytes, problem: str) -> None:
    with pytest.raises(IkeError) as caught:
        read_answer(data, QUESTION)
    assert problem in str(caught.value)


@given(data=st.binary(max_size=200))
def test_noise_never_breaks_it(data: bytes) -> None:
    with pytest.raises(IkeError):
        read_answer(data, QUESTION)


@given(place=st.integers(28, len(GOOD) - 1), value=st.integers(0, 255), cut=st.integers(0, 40))
def test_a_changed_answer_is_read_or_refused(place: int, value: int, cut: int) -> None:
    """One byte changed, the end cut off and the length made to fit: an answer or an IkeError, nothing else."""
    changed = bytearray(GOOD[: len(GOOD) - cut])
    if place < len(changed):
        changed[place] = value
    changed[24:28] = len(changed).to_bytes(4, "big")
    try:
        answer = read_answer(bytes(changed), QUESTION)
    except IkeError:
        return
    assert answer.chosen in (None, *QUESTION.offered)


def test_offers_are_cut_into_lists_that_one_packet_holds() -> None:
    offers = combinations(["aes256", "aes128", "3des", "des"], ["sha1", "md5"], [14, 2, 1], ["certificate", "psk"])
    parts = split(offers, 24)
    assert [len(part) for part in parts] == [24, 24]
    assert [{one.authentication for one in part} for part in parts] == [{"certificate"}, {"psk"}]
    assert max(len(Question(COOKIE, part).to_bytes()) for part in parts) < 1200
