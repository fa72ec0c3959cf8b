# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch files and the file commands of a lab host's cmd.exe."""

from __future__ import annotations

import pytest

from tests.lab.windows.clock import Clock
from tests.lab.windows.host import WindowsHost

NOT_FOUND = "The system cannot find the file specified.\r\n"
NO_PATH = "The system cannot find the path specified.\r\n"


@pytest.fixture
def host() -> WindowsHost:
    clock = Clock()
    clock.freeze(1_700_049_600)
    return WindowsHost("fe1", "server2003", ("192.0.2.11",), clock=clock)


def put(host: WindowsHost, name: str, *lines: str) -> None:
    host.files[name.casefold()] = (name, "\r\n".join(("@echo off", *lines)).encode())


@pytest.mark.parametrize(("lines", "call", "code", "out"), [
    pytest.param(["echo %1-%2-%*-%~3"], 'C:\\a.cmd x "y z" "q"', 0, 'x-"y z"-x "y z" "q"-q\r\n', id="arguments"),
    pytest.param(["echo [%NIX%] 100%%"], "C:\\a.cmd", 0, "[] 100%\r\n", id="undefined-and-percent"),
    pytest.param(["echo %~dp0 %~nx0"], "C:\\a.cmd", 0, "C:\\ a.cmd\r\n", id="own-place"),
    pytest.param(["goto end", "echo no", ":end", "echo yes"], "C:\\a.cmd", 0, "yes\r\n", id="goto"),
    pytest.param([":top", "set /a N=N+1 >nul", "if %N% LSS 3 goto top", "echo %N%"],
                 "C:\\a.cmd", 0, "3\r\n", id="loop"),
    pytest.param(["call :sub one", "echo %ERRORLEVEL%", "goto :EOF", ":sub", "echo %1", "exit /b 4"],
                 "C:\\a.cmd", 4, "one\r\n4\r\n", id="subroutine"),
    pytest.param(["nix 2>nul", "if errorlevel 1 (", "  echo bad", "  exit /b 5", ") else (", "  echo good", ")",
                  "echo never"], "C:\\a.cmd", 5, "bad\r\n", id="block-and-exit-b"),
    pytest.param(["for %%i in (a b) do (", "  echo %%i", "  echo.", ")"], "C:\\a.cmd", 0,
                 "a\r\n\r\nb\r\n\r\n", id="for-block"),
    pytest.param(["rem a (note", ":: another (", "echo one ^", "two"], "C:\\a.cmd", 0, "one two\r\n", id="caret"),
    pytest.param(["exit 6"], "C:\\a.cmd & echo never", 6, "", id="exit-leaves-cmd"),
    pytest.param(["exit /b 6"], "C:\\a.cmd & echo goes on", 0, "goes on\r\n", id="exit-b-leaves-the-file"),
    pytest.param(["C:\\b.cmd", "echo never"], "C:\\a.cmd", 3, "b\r\n", id="no-way-back-without-call"),
    pytest.param(["call C:\\b.cmd", "echo back %ERRORLEVEL%"], "C:\\a.cmd", 3, "b\r\nback 3\r\n", id="call"),
    pytest.param(["setlocal", "set A=1", "endlocal", "echo [%A%]"], "C:\\a.cmd", 0, "[]\r\n", id="setlocal"),
    pytest.param(["setlocal enabledelayedexpansion", "set A=1", "for %%i in (2) do (", "set A=%%i", "echo %A%!A!", ")"],
                 "C:\\a.cmd & echo [%A%]", 0, "12\r\n[%A%]\r\n", id="delayed-and-restored"),
    pytest.param(["goto nowhere", "echo never"], "C:\\a.cmd 2>nul", 1, "", id="no-such-label"),
    pytest.param(["if exist C:\\a.cmd if not exist C:\\nix echo %SystemRoot%"],
                 "a", 0, "C:\\WINDOWS\r\n", id="by-path"),
])  # fmt: skip
def test_batch(host: WindowsHost, lines: list[str], call: str, code: int, out: str) -> None:
    put(host, "C:\\a.cmd", *lines)
    put(host, "C:\\b.cmd", "echo b", "exit /b 3")
    got, text, _err = host.run(f"set Path=%Path%;C:\\& {call}" if call == "a" else call)
    assert (got, text) == (code, out)


def test_echo_shows_the_lines(host: WindowsHost) -> None:
    host.run("echo ver^>nul>C:\\WINDOWS\\Temp\\x.cmd")
    assert host.run("cd /d C:\\WINDOWS\\Temp & x")[1] == "\r\nC:\\WINDOWS\\Temp>ver>nul \r\n"


def test_a_batch_file_that_calls_itself_ends(host: WindowsHost) -> None:
    put(host, "C:\\a.cmd", "call C:\\a.cmd")
    assert "R E C U R S I O N" in host.run("C:\\a.cmd")[2]


@pytest.mark.parametrize(("line", "code", "out", "err"), [
    pytest.param("md C:\\x\\y & echo a>C:\\x\\y\\f& type C:\\x\\y\\f", 0, "a\r\n", "", id="md"),
    pytest.param("md C:\\WINDOWS", 1, "", "A subdirectory or file C:\\WINDOWS already exists.\r\n", id="md-taken"),
    pytest.param("echo a>C:\\nix\\f", 1, "", NO_PATH, id="no-folder"),
    pytest.param("md C:\\x & echo a>C:\\x\\f & rd C:\\x", 145, "", "The directory is not empty.\r\n", id="rd-full"),
    pytest.param("md C:\\x & echo a>C:\\x\\f & rd /s /q C:\\x & if not exist C:\\x\\f if not exist C:\\x echo gone", 0,
                 "gone\r\n", "", id="rd-tree"),
    pytest.param("rd C:\\nix", 2, "", NOT_FOUND, id="rd-missing"),
    pytest.param("echo a>C:\\f& copy /y C:\\f C:\\g & type C:\\g", 0,
                 "        1 file(s) copied.\r\na\r\n", "", id="copy"),
    pytest.param("copy C:\\nix C:\\g", 1, "", NOT_FOUND, id="copy-missing"),
    pytest.param("echo a>C:\\f& copy /y C:\\f C:\\nix\\g", 1, "", NO_PATH, id="copy-nowhere"),
    pytest.param("echo a>C:\\f& copy C:\\f C:\\WINDOWS >nul & type C:\\WINDOWS\\f", 0, "a\r\n", "", id="copy-into"),
    pytest.param("echo a>C:\\f& move C:\\f C:\\g >nul & type C:\\g & type C:\\f", 1, "a\r\n", NOT_FOUND, id="move"),
    pytest.param("echo a>C:\\f& ren C:\\f g & type C:\\g", 0, "a\r\n", "", id="ren"),
    pytest.param("md C:\\x & echo a>C:\\x\\1.log& echo b>C:\\x\\2.log& echo c>C:\\x\\3.txt& del C:\\x\\*.log"
                 "& if not exist C:\\x\\*.log if exist C:\\x\\*.txt echo some", 0, "some\r\n", "", id="del-pattern"),
    pytest.param("cd C:\\nix", 1, "", NO_PATH, id="cd-nowhere"),
    pytest.param("cd /d C:\\WINDOWS\\Temp & cd .. & cd", 0, "C:\\WINDOWS\r\n", "", id="cd"),
    pytest.param('for /f "usebackq tokens=2" %i in (`echo a b`) do @echo %i', 0, "b\r\n", "", id="for-backquotes"),
    pytest.param("echo x> C:\\f& set /p V=<C:\\f& cmd /v:on /c echo !V!", 0, "x\r\n", "", id="set-p-from-a-file"),
    pytest.param("reg export HKLM\\SOFTWARE C:\\nix\\a.reg", 1, "",
                 "\r\nError:  Error opening the file. There may be a disk or file system error.\r\n",
                 id="export-nowhere"),
])  # fmt: skip
def test_files(host: WindowsHost, line: str, code: int, out: str, err: str) -> None:
    assert host.run(line) == (code, out, err)


def test_ping_is_skipped_whole_when_the_clock_jumps(host: WindowsHost) -> None:
    command = host.start("ping -n 181 127.0.0.1 >nul & echo over", 437)
    host.clock.advance(179)
    assert command.exit_code is None
    host.clock.advance(1)
    assert command.output() == [("stdout", b"over\r\n")]


def test_a_policy_store_kept_and_put_back(host: WindowsHost) -> None:
    store = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec"
    host.run("netsh ipsec static add policy Old")
    before = host.registry.to_json()
    put(host, "C:\\back.cmd", f'reg delete "{store}" /f >nul', "reg import C:\\old.reg >nul",
        "sc control PolicyAgent 129 >nul", "if errorlevel 1 exit /b 1", "del C:\\old.reg")  # fmt: skip
    assert host.run(f'reg export "{store}" C:\\old.reg')[0] == 0
    host.run("netsh ipsec static delete all & netsh ipsec static add policy New")
    assert host.registry.to_json() != before
    assert host.run("C:\\back.cmd")[0] == 0
    assert host.registry.to_json() == before
    assert host.run("if not exist C:\\old.reg echo gone")[1] == "gone\r\n"
