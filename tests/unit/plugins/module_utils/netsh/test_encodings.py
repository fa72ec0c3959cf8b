# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes of scripts from all over the world, and the encoding they are read as."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import TextError
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.encodings import decode_script

KOREAN = "REM 로컬 트래픽 허용\r\nREM 중국 주소 차단\r\n"
CHINESE = "rem 创建策略名称 限制访问来源\r\nrem 激活该策略 添加规则\r\n"
FRENCH = "rem Sécurité du trafic, règle créée\r\n"


@pytest.mark.parametrize(("data", "text", "encoding"), [
    pytest.param(KOREAN.encode("cp949"), KOREAN, "cp949", id="korean"),
    pytest.param(CHINESE.encode("gb18030"), CHINESE, "gb18030", id="chinese"),
    pytest.param(FRENCH.encode("cp1252"), FRENCH, "cp1252", id="french"),
    pytest.param(KOREAN.encode(), KOREAN, "utf-8", id="utf-8"),
    pytest.param(b"\xef\xbb\xbf" + CHINESE.encode(), CHINESE, "utf-8-sig", id="utf-8-with-mark"),
    pytest.param(KOREAN.encode("utf-16"), KOREAN, "utf-16", id="utf-16-with-mark"),
    pytest.param("netsh".encode("utf-16-le"), "netsh", "utf-16-le", id="utf-16-little-endian"),
    pytest.param("netsh".encode("utf-16-be"), "netsh", "utf-16-be", id="utf-16-big-endian"),
    pytest.param(b"", "", "utf-8", id="empty"),
])
def test_the_encoding_is_found(data: bytes, text: str, encoding: str) -> None:
    assert decode_script(data, "ipsec.cmd") == (text, encoding)


def test_the_encoding_that_is_given_wins() -> None:
    assert decode_script("허용".encode("cp949"), "ipsec.cmd", "gb18030")[0] != "허용"


@pytest.mark.parametrize(("data", "encoding", "problem"), [
    pytest.param(b"ab\ncd\xff\xff", "ascii", "s, line 2, column 3: byte 0xff is not ascii", id="named"),
    pytest.param(b"a\x81b", None, "s, line 1, column 2: byte 0x81 is not cp1252; name its encoding", id="found"),
    pytest.param(b"a", "klingon", "s, line 1, column 1: 'klingon' is no encoding that Python knows", id="unknown"),
    pytest.param(b"a", "a\0b", "s, line 1, column 1: the bytes are not 'a\\x00b'", id="no-name-at-all"),
])
def test_bytes_that_do_not_fit(data: bytes, encoding: str | None, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        decode_script(data, "s", encoding)
    assert str(caught.value) == problem
