# SPDX-License-Identifier: GPL-3.0-or-later
"""Code pages by their Windows numbers, there and back."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleError

from ansible_collections.exchange.ipsec.plugins.plugin_utils.code_pages import codec, decode, encode


@pytest.mark.parametrize(
    ("codepage", "data", "text"),
    [
        pytest.param(437, b"\x81", "ü", id="us"),
        pytest.param(850, b"\xb5", "Á", id="western"),
        pytest.param(1252, b"\x80", "€", id="windows-western"),
        pytest.param(932, b"\x93\xfa", "日", id="japanese"),
        pytest.param(936, b"\xd6\xd0", "中", id="chinese"),
        pytest.param(949, b"\xc1\xa4", "정", id="korean"),
        pytest.param(65001, b"\xe2\x82\xac", "€", id="utf-8"),
    ],
)
def test_both_ways(codepage: int, data: bytes, text: str) -> None:
    assert decode(data, codepage, "fe1") == text
    assert encode(text, codepage, "fe1") == data


@pytest.mark.parametrize("codepage", [77777, 0, -1])
def test_an_unknown_code_page_names_the_variable(codepage: int) -> None:
    with pytest.raises(AnsibleError, match=rf"Code page {codepage} is not known: set ansible_winrs_codepage"):
        codec(codepage)


def test_undecodable_output_names_place_page_and_variable() -> None:
    with pytest.raises(AnsibleError) as caught:
        decode(b"ab\xc1\xa4\xff\r\n", 65001, "fe2")
    assert str(caught.value) == (
        "fe2: byte 2 of the output (c1 a4 ff 0d) is no text of code page 65001: set ansible_winrs_codepage to the code"
        " page that the host writes in (chcp prints it)."
    )


def test_a_character_without_a_byte_is_not_shown() -> None:
    with pytest.raises(
        AnsibleError, match=r"^fe1: character 3 of the input \(U\+C815\) does not exist in code page 437"
    ):
        encode("abc정", 437, "fe1")
