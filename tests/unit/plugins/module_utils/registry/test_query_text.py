# SPDX-License-Identifier: GPL-3.0-or-later
"""What reg query prints, of both generations, and texts that are no such thing."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import TextError
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.query_text import parse_query
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import Data, RegistryTree, RegistryValue
from tests.unit.work import calls_made_by

KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example"

VISTA = "\r\n".join([
    "",
    KEY,
    "    (Standard)    REG_SZ    the default",
    "    two words    REG_SZ    a  b    c",
    "    REG_SZ    REG_SZ    REG_SZ",
    "    empty    REG_SZ    ",
    "    stripped    REG_SZ",
    "    설명    REG_EXPAND_SZ    %SystemRoot%\\것",
    "    Start    REG_DWORD    0x2",
    "    Big    REG_QWORD    0x8000000000000000",
    "    ipsecData    REG_BINARY    00ACBB11",
    "    none    REG_NONE    ",
    "    list    REG_MULTI_SZ    one\\0two three",
    "    one    REG_MULTI_SZ    one",
    "    no list    REG_MULTI_SZ    ",
    "",
    KEY + "\\Empty",
    "",
    KEY + "\\Sub [x] y",
    "    v    REG_DWORD    0xffffffff",
    "",
    "",
])  # fmt: skip

SERVER_2003 = "\r\n".join([
    "",
    "! REG.EXE VERSION 3.0",
    "",
    KEY,
    "    <NO NAME>\tREG_SZ\tthe default",
    "    two words\tREG_SZ\ta  b    c",
    "    REG_SZ\tREG_SZ\tREG_SZ",
    "    empty\tREG_SZ\t",
    "    stripped\tREG_SZ",
    "    설명\tREG_EXPAND_SZ\t%SystemRoot%\\것",
    "    Start\tREG_DWORD\t0x2",
    "    Big\tREG_QWORD\t0x8000000000000000",
    "    ipsecData\tREG_BINARY\t00ACBB11",
    "    none\tREG_NONE\t",
    "    list\tREG_MULTI_SZ\tone\\0two three\\0\\0",
    "    one\tREG_MULTI_SZ\tone\\0\\0",
    "    no list\tREG_MULTI_SZ\t\\0\\0",
    "",
    KEY + "\\Empty",
    "",
    KEY + "\\Sub [x] y",
    "    v\tREG_DWORD\t0xffffffff",
    "",
    "",
])  # fmt: skip

MEANT = RegistryTree({
    KEY: {
        "": RegistryValue("REG_SZ", "the default"),
        "two words": RegistryValue("REG_SZ", "a  b    c"),
        "REG_SZ": RegistryValue("REG_SZ", "REG_SZ"),
        "empty": RegistryValue("REG_SZ", ""),
        "stripped": RegistryValue("REG_SZ", ""),
        "설명": RegistryValue("REG_EXPAND_SZ", "%SystemRoot%\\것"),
        "Start": RegistryValue("REG_DWORD", 2),
        "Big": RegistryValue("REG_QWORD", 0x8000000000000000),
        "ipsecData": RegistryValue("REG_BINARY", b"\x00\xac\xbb\x11"),
        "none": RegistryValue("REG_NONE", b""),
        "list": RegistryValue("REG_MULTI_SZ", ("one", "two three")),
        "one": RegistryValue("REG_MULTI_SZ", ("one",)),
        "no list": RegistryValue("REG_MULTI_SZ", ()),
    },
    KEY + "\\Empty": {},
    KEY + "\\Sub [x] y": {"v": RegistryValue("REG_DWORD", 0xFFFFFFFF)},
})  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(VISTA, id="vista"), pytest.param(SERVER_2003, id="server-2003")])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_both_generations_say_the_same(text: str, ends: str) -> None:
    found = parse_query(text.replace("\r\n", ends))
    assert found == MEANT
    assert list(found[KEY]) == list(MEANT[KEY])


@pytest.mark.parametrize("word", ["(Default)", "(기본값)", "(値の設定なし)"])
def test_the_default_value_is_found_in_every_language(word: str) -> None:
    found = parse_query(f"{KEY}\n    {word}    REG_SZ    x\n    (other)    REG_SZ    y\n")
    assert dict(found[KEY]) == {"": RegistryValue("REG_SZ", "x"), "(other)": RegistryValue("REG_SZ", "y")}


def test_korean_server_2003_names_its_default_value_in_angle_brackets() -> None:
    found = parse_query(f"! REG.EXE VERSION 3.0\n\n{KEY}\n    <이름 없음>\tREG_SZ\tx\n    (a)\tREG_SZ\ty\n")
    assert dict(found[KEY]) == {"": RegistryValue("REG_SZ", "x"), "(a)": RegistryValue("REG_SZ", "y")}


def test_a_value_with_line_breaks_goes_on_to_the_next_value() -> None:
    text = (
        f"{KEY}\r\n    a    REG_SZ    one\r\ntwo\r\n\r\n  three\r\n    b    REG_DWORD    0x1\r\n\r\n{KEY}\\Sub\r\n\r\n"
    )
    found = parse_query(text)
    assert found.value(KEY, "a") == RegistryValue("REG_SZ", "one\ntwo\n\n  three")
    assert found.value(KEY, "b") == RegistryValue("REG_DWORD", 1)
    assert KEY + "\\Sub" in found


def test_what_an_old_reg_prints_for_a_type_it_does_not_know_stays_text() -> None:
    found = parse_query(f"{KEY}\n    q    REG_QWORD    (null)\n    r    REG_RESOURCE_LIST    01 02\n")
    assert found.value(KEY, "q") == RegistryValue("REG_QWORD", "(null)")
    assert found.value(KEY, "r") == RegistryValue("REG_RESOURCE_LIST", "01 02")


def test_several_answers_in_one_text() -> None:
    text = f"\r\n{KEY}\r\n    a    REG_SZ    1\r\n\r\n\r\nHKEY_USERS\\B\r\n    b    REG_SZ    2\r\n\r\n"
    assert list(parse_query(text)) == [KEY, "HKEY_USERS\\B"]


@pytest.mark.parametrize("text", ["", "\r\n\r\n", "! REG.EXE VERSION 3.0\r\n\r\n"])
def test_nothing_is_an_empty_tree(text: str) -> None:
    assert len(parse_query(text)) == 0


@pytest.mark.parametrize(("text", "line", "column", "problem"), [
    pytest.param("ERROR: Access is denied.\r\n", 1, 1, "neither a registry key nor a value", id="message"),
    pytest.param("\r\n    a    REG_SZ    x\r\n", 2, 1, "before any key", id="value-without-a-key"),
    pytest.param(f"{KEY}\n    a    REG_DWORD    zwei\n", 2, 23, "REG_DWORD must be a number", id="dword-in-words"),
    pytest.param(f"{KEY}\n    a    REG_DWORD    0x100000000\n", 2, 23, "must be a number", id="dword-of-33-bits"),
    pytest.param(f"{KEY}\n    ab    REG_BINARY    0A1\n", 2, 25, "pairs of hexadecimal", id="half-a-byte"),
    pytest.param(f"! REG.EXE VERSION 3.0\n\n{KEY}\n    a\tREG_DWORD\t\n", 4, 17, "must be a number", id="no-number"),
])  # fmt: skip
def test_errors_name_line_and_column(text: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(TextError, match=problem) as caught:
        parse_query(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_no_error_shows_data() -> None:
    with pytest.raises(TextError) as caught:
        parse_query(f"{KEY}\n    ipsecData    REG_BINARY    4f00700065006e00Sesame\n")
    assert "Sesame" not in str(caught.value)
    assert "4f00" not in str(caught.value)


@given(text=st.text(alphabet=st.sampled_from("\r\n\t \\0x1(a)<>!REG_SZDWORDMULTIBINARYHKEY_ÄXEVION3."), max_size=120))
def test_no_text_makes_another_error(text: str) -> None:
    with contextlib.suppress(TextError):
        parse_query(text)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=12).filter(
    lambda name: "REG_" not in name and name.strip(" \t()<>") == name
)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)
VALUES = st.one_of(
    st.builds(RegistryValue, st.sampled_from(["REG_SZ", "REG_EXPAND_SZ"]), TEXTS),
    st.builds(RegistryValue, st.just("REG_DWORD"), st.integers(0, 0xFFFFFFFF)),
    st.builds(RegistryValue, st.just("REG_BINARY"), st.binary(max_size=40)),
    st.builds(
        RegistryValue,
        st.just("REG_MULTI_SZ"),
        st.lists(TEXTS.filter(lambda text: bool(text) and "\\" not in text), max_size=3).map(tuple),
    ),
)


def shown(data: Data, *, old: bool) -> str:
    if isinstance(data, tuple):
        return "\\0".join(data) + ("\\0\\0" if old else "")
    if isinstance(data, int):
        return f"0x{data:x}"
    return data.hex().upper() if isinstance(data, bytes) else data


@pytest.mark.parametrize("old", [False, True])
@given(values=st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_is_printed_is_read_back(old: bool, values: dict[str, RegistryValue]) -> None:
    gap = "\t" if old else "    "
    lines = [f"    {name}{gap}{value.kind}{gap}{shown(value.data, old=old)}" for name, value in values.items()]
    text = "\r\n".join(["! REG.EXE VERSION 3.0" if old else "", "", KEY, *lines, "", ""])
    assert parse_query(text) == RegistryTree({KEY: values})


def query_text(keys: int) -> str:
    """Print so many keys, of 1.5 KB each."""
    names = "".join(f"    name{number}    REG_SZ    some text of a policy\r\n" for number in range(8))
    blob = f"    value    REG_BINARY    {'AB' * 600}\r\n"
    return "".join(f"HKEY_LOCAL_MACHINE\\Key{number}\r\n{names}{blob}\r\n" for number in range(keys))


def test_twice_the_text_is_twice_the_work() -> None:
    few, many = query_text(100), query_text(200)
    assert len(parse_query(many)) == 200
    assert calls_made_by(lambda: parse_query(many)) < 2.2 * calls_made_by(lambda: parse_query(few))
