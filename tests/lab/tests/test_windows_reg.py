# SPDX-License-Identifier: GPL-3.0-or-later
"""reg.exe of both dialects: what it prints and what it leaves in the registry."""

from __future__ import annotations

import pytest

from tests.lab.windows.host import WindowsHost
from tests.lab.windows.registry import Registry

DONE_OLD = "\r\nThe operation completed successfully\r\n"
DONE = "The operation completed successfully.\r\n"
MISSING_OLD = "\r\nError:  The system was unable to find the specified registry key or value\r\n"
MISSING = "ERROR: The system was unable to find the specified registry key or value.\r\n"
SYNTAX = 'ERROR: Invalid syntax.\r\nType "REG ADD /?" for usage.\r\n'

OLD_TEXT = (
    "\r\n! REG.EXE VERSION 3.0\r\n\r\n"
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\r\n"
    "    <NO NAME>\tREG_SZ\tplain\r\n"
    "    Two words\tREG_SZ\ta b\r\n"
    "    Number\tREG_DWORD\t0x10\r\n"
    "    Bytes\tREG_BINARY\t00FF\r\n"
    "    List\tREG_MULTI_SZ\ta\\0b\\0\\0\r\n"
    "\r\n"
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\\Empty\r\n"
    "\r\n"
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\\Sub\r\n"
    "    Path\tREG_EXPAND_SZ\t%SystemRoot%\\x\r\n"
    "\r\n"
)
NEW_TEXT = (
    "\r\n"
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\r\n"
    "    (Default)    REG_SZ    plain\r\n"
    "    Two words    REG_SZ    a b\r\n"
    "    Number    REG_DWORD    0x10\r\n"
    "    Bytes    REG_BINARY    00FF\r\n"
    "    List    REG_MULTI_SZ    a\\0b\r\n"
    "\r\n"
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\\Empty\r\n"
    "\r\n"
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\\Sub\r\n"
    "    Path    REG_EXPAND_SZ    %SystemRoot%\\x\r\n"
    "\r\n"
)


def filled(profile: str) -> WindowsHost:
    host = WindowsHost("fe1", profile)
    key = host.registry.create(r"HKLM\SOFTWARE\Lab")
    key.put_text("", "plain")
    key.put_text("Two words", "a b")
    key.put_number("Number", 16)
    key.put("Bytes", 3, b"\x00\xff")
    key.put_texts("List", ["a", "b"])
    host.registry.create(r"HKLM\SOFTWARE\Lab\Sub").put("Path", 2, "%SystemRoot%\\x\0".encode("utf-16-le"))
    host.registry.create(r"HKLM\SOFTWARE\Lab\Empty")
    return host


@pytest.mark.parametrize(("profile", "expected"), [
    pytest.param("server2003", OLD_TEXT, id="version-3.0"),
    pytest.param("server2022", NEW_TEXT, id="vista-and-later"),
])  # fmt: skip
def test_query_all(profile: str, expected: str) -> None:
    assert filled(profile).run(r"reg query HKLM\SOFTWARE\Lab /s") == (0, expected, "")


def test_query_without_s_lists_subkeys() -> None:
    out = filled("server2022").run(r"reg query hklm\software\lab")[1]
    assert out.startswith("\r\nHKEY_LOCAL_MACHINE\\software\\lab\r\n    (Default)    REG_SZ    plain\r\n")
    assert out.endswith("    List    REG_MULTI_SZ    a\\0b\r\n\r\nHKEY_LOCAL_MACHINE\\software\\lab\\Empty\r\n"
                        "HKEY_LOCAL_MACHINE\\software\\lab\\Sub\r\n")  # fmt: skip


def test_korean_host_names_the_default_value_in_korean() -> None:
    out = filled("server2003-ko").run(r"reg query HKLM\SOFTWARE\Lab /ve", codepage=949)[1]
    assert "    <이름 없음>\tREG_SZ\tplain\r\n" in out


@pytest.mark.parametrize(("profile", "line", "expected"), [
    pytest.param("server2003", r"query HKLM\SOFTWARE\Nix", (1, "", MISSING_OLD), id="old-no-key"),
    pytest.param("server2022", r"query HKLM\SOFTWARE\Nix", (1, "", MISSING), id="new-no-key"),
    pytest.param("server2022", r"query HKLM\SOFTWARE\Lab /v Nix", (1, "", MISSING), id="new-no-value"),
    pytest.param("server2022", r"delete HKLM\SOFTWARE\Lab /v Nix /f", (1, "", MISSING), id="delete-no-value"),
    pytest.param("server2022", r"delete HKLM\SOFTWARE\Lab /v Number /f", (0, DONE, ""), id="delete-value"),
    pytest.param("server2003", r"delete HKLM\SOFTWARE\Lab /f", (0, DONE_OLD, ""), id="delete-key"),
    pytest.param("server2022", r"add HKLM\SOFTWARE\Lab /v N /t REG_DWORD /d x /f", (1, "", SYNTAX), id="not-a-number"),
    pytest.param("server2022", r"add HKLM\SOFTWARE\Lab /v N /t REG_NIX /f", (1, "", SYNTAX), id="no-such-type"),
    pytest.param("server2022", r"add HKLM\SOFTWARE\Lab /v N /ve", (1, "", SYNTAX), id="two-names"),
    pytest.param("server2022", r"add HKXX\SOFTWARE\Lab /v N", (
        1, "", 'ERROR: Invalid key name.\r\nType "REG ADD /?" for usage.\r\n'), id="no-such-hive"),
    pytest.param("server2022", r"query HKLM\SOFTWARE\Lab /v number", (
        0, "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\r\n    number    REG_DWORD    0x10\r\n\r\n", ""), id="one-value"),
    pytest.param("server2022", r"query HKLM\SOFTWARE\Lab /s /f PATH", (
        0, "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\\Sub\r\n    Path    REG_EXPAND_SZ    %SystemRoot%\\x\r\n\r\n"
        "End of search: 1 match(es) found.\r\n", ""), id="search"),
])  # fmt: skip
def test_answers(profile: str, line: str, expected: tuple[int, str, str]) -> None:
    assert filled(profile).run("reg " + line) == expected


@pytest.mark.parametrize(("options", "kind", "data"), [
    pytest.param("/v A /t REG_SZ /d \"x y\"", 1, "780020007900 0000", id="text"),
    pytest.param("/v A /d x", 1, "7800 0000", id="text-by-default"),
    pytest.param("/v A /t REG_DWORD /d 300", 4, "2c010000", id="decimal"),
    pytest.param("/v A /t REG_DWORD /d 0xFFFFFFFF", 4, "ffffffff", id="hexadecimal"),
    pytest.param("/v A /t REG_QWORD /d 1", 11, "0100000000000000", id="64-bit"),
    pytest.param("/v A /t REG_BINARY /d 0aBc", 3, "0abc", id="binary"),
    pytest.param("/v A /t REG_MULTI_SZ /d a\\0b", 7, "6100 0000 6200 0000 0000", id="list"),
    pytest.param("/v A /t REG_MULTI_SZ /s , /d a,b", 7, "6100 0000 6200 0000 0000", id="list-with-comma"),
    pytest.param("/v A /t REG_EXPAND_SZ /d ^%TEMP^%", 2, "250054004500 4d005000 2500 0000", id="expand"),
])  # fmt: skip
def test_add_writes(options: str, kind: int, data: str) -> None:
    host = WindowsHost("fe1", "server2022")
    assert host.run(f"reg add HKLM\\SOFTWARE\\New\\Key {options}") == (0, DONE, "")
    value = host.registry.value(r"HKEY_LOCAL_MACHINE\software\new\key", "a")
    assert value is not None
    assert (value.name, value.type, value.data.hex()) == ("A", kind, data.replace(" ", ""))


def test_overwriting_asks_first() -> None:
    host = WindowsHost("fe1", "server2022")
    host.run("reg add HKLM\\SOFTWARE\\K /v A /d old")
    code, out, _unused = host.run("reg add HKLM\\SOFTWARE\\K /v A /d new", b"n\r\n")
    assert (code, out) == (
        0, "Value A exists, overwrite(Yes/No)? The operation was canceled by the user.\r\n"
    )  # fmt: skip
    assert host.run("reg add HKLM\\SOFTWARE\\K /v A /d new", b"y\r\n")[0] == 0
    value = host.registry.value(r"HKLM\SOFTWARE\K", "A")
    assert value is not None
    assert value.text == "new"


def test_adding_a_key_alone_sets_an_empty_default_value() -> None:
    host = WindowsHost("fe1", "server2022")
    host.run("reg add HKLM\\SOFTWARE\\K /f")
    key = host.registry.open(r"HKLM\SOFTWARE\K")
    assert key is not None
    assert [(value.name, value.type, value.data) for value in key.values.values()] == [("", 1, b"\x00\x00")]


def test_export_then_import_on_another_host() -> None:
    host, other = filled("server2003"), WindowsHost("fe2", "server2022")
    assert host.run(r"reg export HKLM\SOFTWARE\Lab c:\lab.reg")[0] == 0
    other.files = host.files
    assert other.run(r"reg import c:\lab.reg") == (0, DONE, "")
    assert other.run(r"reg query HKLM\SOFTWARE\Lab /s")[1] == NEW_TEXT


def test_copy_takes_everything_below() -> None:
    host = filled("server2022")
    assert host.run(r"reg copy HKLM\SOFTWARE\Lab HKLM\SOFTWARE\Two /s /f")[0] == 0
    assert host.run(r"reg query HKLM\SOFTWARE\Two /s")[1] == NEW_TEXT.replace("\\Lab", "\\Two")


def test_registry_survives_json() -> None:
    registry = filled("server2003").registry
    assert Registry.from_json(registry.to_json()).to_json() == registry.to_json()
