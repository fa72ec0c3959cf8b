# SPDX-License-Identifier: GPL-3.0-or-later
"""Registration files: every type of value, deletions, encodings, and the way regedit folds lines."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import TextError
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.reg_file import (
    is_reg_file,
    parse_reg_file,
    render_reg_file,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue

KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example"

WRITTEN = (
    "Windows Registry Editor Version 5.00\r\n"
    "\r\n"
    f"[{KEY}]\r\n"
    '@="the default"\r\n'
    '"say \\"a\\\\b\\""="\\"quoted\\" \\\\ 것"\r\n'
    '"Start"=dword:00000002\r\n'
    '"ipsecData"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,\\\r\n'
    "  15,16,17,18,19,1a,1b,1c,1d,1e,1f,20,21,22,23,24,25,26,27,28,29,2a,2b,2c,2d,\\\r\n"
    "  2e,2f\r\n"
    '"none"=hex(0):\r\n'
    '"expand"=hex(2):25,00,61,00,00,00\r\n'
    '"list"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n'
    '"big"=hex(b):01,00,00,00,00,00,00,80\r\n'
    '"lines"=hex(1):61,00,0d,00,0a,00,62,00,00,00\r\n'
    '"other"=hex(99):07\r\n'
    "\r\n"
    f"[{KEY}\\Sub [x]]\r\n"
    "\r\n"
)
MEANT = RegistryTree({
    KEY: {
        "": RegistryValue("REG_SZ", "the default"),
        'say "a\\b"': RegistryValue("REG_SZ", '"quoted" \\ 것'),
        "Start": RegistryValue("REG_DWORD", 2),
        "ipsecData": RegistryValue("REG_BINARY", bytes(range(0x30))),
        "none": RegistryValue("REG_NONE", b""),
        "expand": RegistryValue("REG_EXPAND_SZ", "%a"),
        "list": RegistryValue("REG_MULTI_SZ", ("a", "b")),
        "big": RegistryValue("REG_QWORD", 0x8000000000000001),
        "lines": RegistryValue("REG_SZ", "a\r\nb"),
        "other": RegistryValue("0x99", b"\7"),
    },
    KEY + "\\Sub [x]": {},
})  # fmt: skip


def test_written_byte_for_byte() -> None:
    assert render_reg_file(MEANT) == b"\xff\xfe" + WRITTEN.encode("utf-16-le")


@pytest.mark.parametrize("data", [
    pytest.param(b"\xff\xfe" + WRITTEN.encode("utf-16-le"), id="utf-16-le"),
    pytest.param(b"\xfe\xff" + WRITTEN.encode("utf-16-be"), id="utf-16-be"),
    pytest.param(b"\xef\xbb\xbf" + WRITTEN.encode(), id="utf-8-with-mark"),
    pytest.param(WRITTEN.encode(), id="utf-8"),
    pytest.param(WRITTEN.replace("\r\n", "\n").encode(), id="utf-8-lf"),
    pytest.param(WRITTEN, id="text"),
])  # fmt: skip
def test_every_encoding_is_read(data: bytes | str) -> None:
    assert parse_reg_file(data).tree == MEANT


def test_comments_blanks_and_case_mean_nothing() -> None:
    start = f"\n; a comment\nREGEDIT4 ; old\n\n [{KEY}] ; the key\n"
    text = start + '\t"a" = DWORD:0000000F ; fifteen\n"b"=HEX: 01, 02 ,\\  ; more\n  03\n'
    found = parse_reg_file(text).tree
    assert dict(found[KEY]) == {"a": RegistryValue("REG_DWORD", 15), "b": RegistryValue("REG_BINARY", b"\1\2\3")}


def test_old_files_have_texts_in_a_code_page() -> None:
    text = f'REGEDIT4\r\n\r\n[{KEY}]\r\n"이름"="값"\r\n"e"=hex(2):b0,aa,00\r\n"m"=hex(7):61,00,b0,aa,00,00\r\n'
    found = parse_reg_file(text.encode("cp949"), "cp949").tree
    assert dict(found[KEY]) == {
        "이름": RegistryValue("REG_SZ", "값"),
        "e": RegistryValue("REG_EXPAND_SZ", "값"),
        "m": RegistryValue("REG_MULTI_SZ", ("a", "값")),
    }


def test_a_text_may_hold_line_breaks() -> None:
    found = parse_reg_file(f'REGEDIT4\r\n\r\n[{KEY}]\r\n"a"="one\r\ntwo"\r\n"b"="x"\r\n').tree
    assert found.value(KEY, "a") == RegistryValue("REG_SZ", "one\r\ntwo")
    assert found.value(KEY, "b") == RegistryValue("REG_SZ", "x")


def test_escaped_line_breaks_are_read() -> None:
    found = parse_reg_file(f'REGEDIT4\r\n\r\n[{KEY}]\r\n"a"="one\\r\\ntwo\\\\n"\r\n').tree
    assert found.value(KEY, "a") == RegistryValue("REG_SZ", "one\r\ntwo\\n")


def test_deletions_come_first_and_what_was_set_before_them_is_gone() -> None:
    text = f'REGEDIT4\n\n[{KEY}\\Sub\\Deep]\n"a"="1"\n\n[-{KEY}\\sub]\n\n[{KEY}]\n"b"="2"\n"B"=-\n@=-\n"c"="3"\n'
    found = parse_reg_file(text)
    assert found.tree == RegistryTree({KEY: {"c": RegistryValue("REG_SZ", "3")}})
    assert found.deleted_keys == (KEY + "\\sub",)
    assert found.deleted_values == ((KEY, "B"), (KEY, ""))


@pytest.mark.parametrize(("text", "line", "column", "problem"), [
    pytest.param("", 1, 1, "begins with", id="empty"),
    pytest.param("Hello", 1, 1, "begins with", id="something-else"),
    pytest.param('REGEDIT4\n"a"="b"', 2, 1, "expected a key", id="value-without-a-key"),
    pytest.param("REGEDIT4\n[]", 2, 1, "needs a name", id="nameless-key"),
    pytest.param("REGEDIT4\n[A]\nhello", 3, 1, "expected a key", id="neither-key-nor-value"),
    pytest.param('REGEDIT4\n[A]\n"a"=hello', 3, 5, "expected a text in quotes", id="unknown-data"),
    pytest.param('REGEDIT4\n[A]\n"a"=dword:123456789', 3, 5, "expected a text in quotes", id="long-dword"),
    pytest.param('REGEDIT4\r\n[A]\r\n"a"="b" c', 3, 9, "more on this line", id="more-behind-a-text"),
    pytest.param('REGEDIT4\n[A]\n"a"=hex:0,123', 3, 5, "pairs of hexadecimal digits", id="long-byte"),
    pytest.param('REGEDIT4\n[A]\n"a"=hex:00,\\', 3, 12, "more on this line", id="fold-at-the-end"),
    pytest.param('REGEDIT4\n[A]\n"a"="open', 3, 5, "expected a text in quotes", id="open-quote"),
    pytest.param('REGEDIT4\n[-A]\n"a"="b"', 3, 1, "expected a key", id="value-of-a-deleted-key"),
])  # fmt: skip
def test_errors_name_line_and_column(text: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(TextError, match=problem) as caught:
        parse_reg_file(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(("data", "line", "column"), [
    pytest.param(b"Windows Registry Editor Version 5.00\r\n[A\xff]\r\n", 2, 3, id="not-utf-8"),
    pytest.param(b"\xff\xfeR\0E\0G", 1, 3, id="half-a-utf-16-unit"),
])  # fmt: skip
def test_bytes_that_are_no_text(data: bytes, line: int, column: int) -> None:
    with pytest.raises(TextError, match="no UTF-") as caught:
        parse_reg_file(data)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_deleted_keys_are_written_first_and_read_back() -> None:
    data = render_reg_file(RegistryTree({KEY: {"a": RegistryValue("REG_DWORD", 1)}}), deleted_keys=[KEY])
    text = f'Windows Registry Editor Version 5.00\r\n\r\n[-{KEY}]\r\n\r\n[{KEY}]\r\n"a"=dword:00000001\r\n\r\n'
    assert data == b"\xff\xfe" + text.encode("utf-16-le")
    found = parse_reg_file(data)
    assert found.deleted_keys == (KEY,)
    assert found.tree.value(KEY, "a") == RegistryValue("REG_DWORD", 1)


@pytest.mark.parametrize(("text", "answer"), [
    pytest.param(WRITTEN, True, id="version-5"),
    pytest.param("\ufeff\r\nREGEDIT4\r\n", True, id="version-4"),
    pytest.param(f"\r\n{KEY}\r\n", False, id="what-reg-query-prints"),
    pytest.param("", False, id="nothing"),
])  # fmt: skip
def test_which_texts_are_registration_files(text: str, answer: bool) -> None:
    assert is_reg_file(text) is answer


def test_an_encoding_that_is_none() -> None:
    with pytest.raises(TextError, match="'klingon' is no encoding"):
        parse_reg_file(b"REGEDIT4\r\n", "klingon")


def test_no_error_shows_data() -> None:
    with pytest.raises(TextError) as caught:
        parse_reg_file('REGEDIT4\n[A]\n"ipsecData"=hex:4f,00,Open-Sesame\n')
    assert "Sesame" not in str(caught.value)


@given(text=st.text(alphabet=st.sampled_from('\r\n\t \\;[]-@"=hex()dword:0123456789abz,'), max_size=80))
def test_no_text_makes_another_error(text: str) -> None:
    with contextlib.suppress(TextError):
        parse_reg_file("REGEDIT4\r\n[A]\r\n" + text)


@given(data=st.binary(max_size=60))
def test_no_bytes_make_another_error(data: bytes) -> None:
    with pytest.raises(TextError):
        parse_reg_file(data)


NAMES = st.text(st.characters(exclude_characters="\\\0\r\n"), min_size=1, max_size=8).filter(
    lambda name: name.strip() == name
)
TEXTS = st.text(max_size=12).filter(lambda text: "\0" not in text)
VALUES = st.one_of(
    st.builds(RegistryValue, st.sampled_from(["REG_SZ", "REG_EXPAND_SZ", "REG_LINK"]), TEXTS),
    st.builds(RegistryValue, st.just("REG_DWORD"), st.integers(0, 0xFFFFFFFF)),
    st.builds(RegistryValue, st.just("REG_QWORD"), st.integers(0, 0xFFFFFFFFFFFFFFFF)),
    st.builds(RegistryValue, st.sampled_from(["REG_BINARY", "REG_NONE", "0xff"]), st.binary(max_size=60)),
    st.builds(RegistryValue, st.just("REG_MULTI_SZ"), st.lists(TEXTS.filter(bool), max_size=3).map(tuple)),
)


@given(keys=st.dictionaries(NAMES.map(lambda name: KEY + "\\" + name), st.dictionaries(NAMES, VALUES, max_size=3)))
def test_what_is_written_is_read_back(keys: dict[str, dict[str, RegistryValue]]) -> None:
    tree = RegistryTree(keys)
    found = parse_reg_file(render_reg_file(tree))
    assert found.tree == tree
    assert found.deleted_keys == ()
