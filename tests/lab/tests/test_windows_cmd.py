# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd.exe of a lab host: joining, redirecting, quoting, waiting."""

from __future__ import annotations

import pytest

from tests.lab.windows.clock import Clock
from tests.lab.windows.host import WindowsHost

UNKNOWN = "'nix' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
BAD_SYNTAX = "The syntax of the command is incorrect.\r\n"


@pytest.fixture
def host() -> WindowsHost:
    return WindowsHost("fe1", "server2003", ("192.0.2.11",))


@pytest.mark.parametrize(("line", "code", "out", "err"), [
    pytest.param("ver", 0, "\r\nMicrosoft Windows [Version 5.2.3790]\r\n", "", id="version"),
    pytest.param("nix", 1, "", UNKNOWN, id="unknown-command"),
    pytest.param("nix&&echo a||echo b", 0, "b\r\n", UNKNOWN, id="or-after-failure"),
    pytest.param("ver>nul&&echo #1f 0||echo #1f 1", 0, "#1f 0\r\n", "", id="and-after-success"),
    pytest.param("nix 2>nul&&echo 0||echo 1&echo 2", 0, "1\r\n2\r\n", "", id="marker-then-next"),
    pytest.param("nix 2>nul || nix 2>nul && echo x & echo y", 0, "y\r\n", "", id="and-binds-tighter-than-or"),
    pytest.param("(echo a&echo b)|findstr b", 0, "b\r\n", "", id="group-into-pipe"),
    pytest.param("echo a^&b^^ \"c&d^e\"", 0, "a&b^ \"c&d^e\"\r\n", "", id="escapes-and-quotes"),
    pytest.param("echo a>c:\\t.txt&type c:\\t.txt&echo b>>c:\\t.txt&type c:\\t.txt", 0,
                 "a\r\na\r\nb\r\n", "", id="files"),
    pytest.param("type c:\\none.txt", 1, "", "The system cannot find the file specified.\r\n", id="missing-file"),
    pytest.param("echo %COMPUTERNAME% %NIX% %COMPUTERNAME:~0,2% %COMPUTERNAME:FE=BE%", 0,
                 "FE1 %NIX% FE BE1\r\n", "", id="variables"),
    pytest.param("set A=1&call echo %A%", 0, "1\r\n", "", id="call-expands-again"),
    pytest.param("set A=1& cmd /v:on /c echo !A!", 0, "1\r\n", "", id="delayed-expansion"),
    pytest.param("cmd /c exit 5", 5, "", "", id="exit-code"),
    pytest.param("exit /b 7", 7, "", "", id="exit-b"),
    pytest.param("cmd /c \"nix\" 2>nul & if errorlevel 1 echo yes", 0, "yes\r\n", "", id="errorlevel"),
    pytest.param("if /i a==A (echo yes) else (echo no)", 0, "yes\r\n", "", id="if-else"),
    pytest.param("if not exist c:\\none (echo none)", 0, "none\r\n", "", id="if-not-exist"),
    pytest.param("if 10 gtr 9 echo more", 0, "more\r\n", "", id="if-numbers"),
    pytest.param("for %i in (a b) do @echo %i", 0, "a\r\nb\r\n", "", id="for-words"),
    pytest.param("for /l %i in (1,1,3) do @echo %i", 0, "1\r\n2\r\n3\r\n", "", id="for-numbers"),
    pytest.param("for /f \"tokens=2 delims=:\" %i in ('echo a:b') do @echo %i", 0, "b\r\n", "", id="for-lines"),
    pytest.param("echo a ) b", 0, "a ) b\r\n", "", id="a-parenthesis-outside-a-group"),
    pytest.param("& echo a", 255, "", "& was unexpected at this time.\r\n", id="syntax-error"),
    pytest.param("echo " + "x" * 8187, 1, "", "The command line is too long.\r\n", id="8192-characters"),
    pytest.param("for /l %i in (a,1,2) do echo %i", 255, "", BAD_SYNTAX, id="no-number"),
    pytest.param("findstr [<nul", 255, "", BAD_SYNTAX, id="bad-pattern"),
    pytest.param("hostname", 0, "fe1\r\n", "", id="hostname"),
    pytest.param("whoami", 0, "fe1\\administrator\r\n", "", id="whoami"),
    pytest.param("chcp", 0, "Active code page: 437\r\n", "", id="code-page"),
    pytest.param("rem a & nix", 0, "", "", id="rem-takes-the-rest"),
    pytest.param("echo.", 0, "\r\n", "", id="empty-line"),
    pytest.param("timeout 1", 1, "", UNKNOWN.replace("nix", "timeout"), id="not-on-2003"),
])  # fmt: skip
def test_line(host: WindowsHost, line: str, code: int, out: str, err: str) -> None:
    assert host.run(line) == (code, out, err)


def test_errorlevel_of_an_unknown_command_is_9009(host: WindowsHost) -> None:
    assert host.run("nix 2>nul & if errorlevel 9009 if not errorlevel 9010 echo so")[1] == "so\r\n"


def test_8191_characters_are_taken(host: WindowsHost) -> None:
    line = "echo " + "x" * 8186
    assert len(line) == 8191
    assert host.run(line) == (0, "x" * 8186 + "\r\n", "")


def test_korean_host_answers_in_its_code_page() -> None:
    host = WindowsHost("be1", "server2003-ko")
    command = host.start("nix", 949)
    expected = "'nix'은(는) 내부 또는 외부 명령, 실행할 수 있는 프로그램, 또는\r\n배치 파일이 아닙니다.\r\n"
    assert command.output() == [("stderr", expected.encode("cp949"))]
    assert command.exit_code == 1


def test_what_a_code_page_lacks_becomes_a_question_mark() -> None:
    command = WindowsHost("be1", "server2003-ko").start("chcp", 437)
    assert command.output() == [("stdout", b"?? ?? ???: 437\r\n")]


def test_a_reader_waits_for_input_and_the_rest_of_the_line_follows(host: WindowsHost) -> None:
    command = host.start("findstr b & echo after", 437)
    assert (command.output(), command.exit_code) == ([], None)
    command.feed(b"a\r\nab", end=False)
    assert command.exit_code is None
    command.feed(b"c\r\n", end=True)
    assert command.output() == [("stdout", b"abc\r\nafter\r\n")]
    assert command.exit_code == 0


def test_ping_sleeps_on_the_hosts_clock() -> None:
    clock = Clock()
    clock.freeze(1_000_000)
    command = WindowsHost("fe1", clock=clock).start("ping -n 2 192.0.2.1 & echo up", 437)
    assert command.output()[0][1].count(b"Reply") == 1
    assert command.exit_code is None
    clock.advance(1)
    assert command.output() == [("stdout", b"Reply from 192.0.2.1: bytes=32 time<1ms TTL=128\r\nup\r\n")]
    assert command.exit_code == 0


def test_terminate_ends_a_waiting_command(host: WindowsHost) -> None:
    command = host.start("sort", 437)
    command.terminate()
    assert command.exit_code == -1073741510


def test_an_unknown_code_page_is_refused(host: WindowsHost) -> None:
    with pytest.raises(LookupError):
        host.start("ver", 4711)


def test_state_survives_json(host: WindowsHost) -> None:
    host.run("reg add HKLM\\SOFTWARE\\Lab /v A /d 1 & echo x>c:\\a.txt& net stop PolicyAgent")
    again = WindowsHost.from_json(host.to_json())
    assert again.to_json() == host.to_json()
    assert again.run("type c:\\a.txt")[1] == "x\r\n"
    assert again.run("sc start PolicyAgent & sc start PolicyAgent")[0] == 1056
