# SPDX-License-Identifier: GPL-3.0-or-later
"""How a call of netsh is peeled out of a line of a batch file."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.batch import is_batch, peel
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.words import IgnoredLine, Line


def calls(text: str) -> list[str]:
    """The arguments of every call of netsh that can be followed."""
    return [item.text.strip() for item in peel(text, "s") if isinstance(item, Line)]


@pytest.mark.parametrize(("text", "found"), [
    pytest.param("netsh a b", ["a b"], id="plain"),
    pytest.param("@netsh.exe a", ["a"], id="at-sign-and-ending"),
    pytest.param("  (NETSH a", ["a"], id="parenthesis"),
    pytest.param('"C:\\Windows\\System32\\netsh.exe" a', ["a"], id="quoted-path"),
    pytest.param("%SystemRoot%\\system32\\netsh a", ["a"], id="path-by-variable"),
    pytest.param("set N=netsh ipsec\n%N% a", ["ipsec a"], id="netsh-by-variable"),
    pytest.param("netsh a >nul 2>&1", ["a"], id="redirections"),
    pytest.param("netsh a 2>>x.log <y.txt", ["a"], id="redirection-to-a-file"),
    pytest.param('netsh a> "b c.txt"', ["a"], id="redirection-to-a-quoted-file"),
    pytest.param("netsh a port=2>nul", ["a port=2"], id="digit-that-is-no-handle"),
    pytest.param('netsh "a > b & c | d ^ e"', ['"a > b & c | d ^ e"'], id="plain-inside-quotes"),
    pytest.param("netsh a ^& b ^^ c", ["a & b ^ c"], id="carets"),
    pytest.param("netsh a & netsh b && netsh c | more", ["a", "b", "c"], id="chain"),
    pytest.param("echo y| netsh a", ["a"], id="behind-a-pipe"),
    pytest.param("netsh a ^\n  b ^\n  c", ["a   b   c"], id="continued"),
    pytest.param("netsh a ^", ["a"], id="continued-into-nothing"),
    pytest.param('netsh "a^\nb"', ['"a^', ], id="no-continuation-inside-quotes"),
    pytest.param("netsh a b^^\nnetsh c", ["a b^", "c"], id="escaped-caret-at-the-end"),
    pytest.param("netsh 100%%", ["100%"], id="percent"),
    pytest.param("set X=1\nset X=\nset Y=2\nnetsh %Y%%X%", ["2"], id="variable-set-to-nothing"),
    pytest.param("set A=1\nset B=%A%2\nnetsh %b%", ["12"], id="variable-of-a-variable"),
    pytest.param("REM netsh a\n::netsh b\n:netsh\nrem. netsh c", [], id="remarks-and-labels"),
    pytest.param("echo netshx\nnetshx a\nnetsh-x", [], id="other-programs"),
])
def test_the_calls_in_a_text(text: str, found: list[str]) -> None:
    assert calls(text) == found


@pytest.mark.parametrize(("text", "reason"), [
    pytest.param("if exist x netsh a", "depends on a condition or a loop of the batch file", id="if"),
    pytest.param("if x (\nif y (\nx\n)\nnetsh a\n)", "depends on a condition or a loop of the batch file", id="nested"),
    pytest.param("echo netsh a", "netsh is not what this command runs", id="echo"),
    pytest.param("cd x || netsh a", "runs only after a failure", id="after-a-failure"),
    pytest.param("netsh a %1", "the value of %1 is not known here", id="argument"),
    pytest.param("set A=%RANDOM%\nnetsh a %A%", "the value of %A% is not known here", id="unknown-variable"),
    pytest.param("set A=1\nset /a A=2\nnetsh a %A%", "the value of %A% is not known here", id="computed-variable"),
    pytest.param("set A=1\nif x set A=2\nnetsh a %A%", "the value of %A% is not known here", id="conditional-variable"),
])
def test_a_call_that_cannot_be_followed(text: str, reason: str) -> None:
    (found,) = peel(text, "s")
    assert found == IgnoredLine(found.line if isinstance(found, IgnoredLine) else 0, reason)


def test_characters_know_where_they_stand() -> None:
    (line,) = peel("set V=value\nnetsh a ^\n  %V% b", "s")
    assert isinstance(line, Line)
    assert line.text == " a   value b"
    assert [line.places[line.text.index(part)] for part in ("a", "value", "b")] == [(2, 7), (3, 3), (3, 7)]


@pytest.mark.parametrize(("text", "batch"), [
    pytest.param("@echo off\nipsec static", True, id="echo-off"),
    pytest.param("rem x\n  netsh.exe -c x", True, id="call"),
    pytest.param("# netsh -f x\npushd ipsec static", False, id="script"),
    pytest.param("", False, id="nothing"),
])
def test_a_batch_file_is_told_from_a_script(text: str, batch: bool) -> None:
    assert is_batch(text) is batch
