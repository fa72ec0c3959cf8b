# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbered errors, found in any language and code page."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.outcome import NetshFault, faults


@pytest.mark.parametrize(("output", "found"), [
    pytest.param("netsh>\r\nERR IPsec[05072] : There are no policies in the store\r\n", ((5072, 2),), id="english"),
    pytest.param("ERR IPsec[05014] : 이름이 있습니다\r\n\r\nERR IPsec [05010] : x".encode("cp949"),
                 ((5014, 1), (5010, 3)), id="korean-bytes"),
    pytest.param("Ok. [05072] is not an error\r\nnetsh>", (), id="number-alone"),
    pytest.param("", (), id="nothing"),
])
def test_the_numbers_in_what_netsh_printed(output: bytes | str, found: tuple[tuple[int, int], ...]) -> None:
    assert faults(output) == tuple(NetshFault(number, line) for number, line in found)


def test_a_number_is_explained_where_its_meaning_is_known() -> None:
    assert str(NetshFault(5010, 1)) == "error 05010 (a filter list of that name exists already)"
    assert str(NetshFault(5099, 1)) == "error 05099"
