# SPDX-License-Identifier: GPL-3.0-or-later
"""Files through cmd.exe: the command lines, the base64 on their input and output, and what is refused.

Neither the lab nor Wine has certutil: what it does stands in its documentation, and is not proven here.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from ansible.errors import AnsibleError, AnsibleFileNotFound

from ansible_collections.exchange.ipsec.plugins.plugin_utils.winrm_files import fetch_file, put_file


class Host:
    """Answers in turn; keeps the command lines and their input."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, bytes]] = []

    def run(self, command: str, stdin: bytes) -> tuple[int, bytes, bytes]:
        self.asked.append((command, stdin))
        code, out = self.answers.pop(0)
        return code, out, b""


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda _unused: "abc")


def test_put(tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"\x00\xff" * 30)
    host = Host((0, b"60\r\n"))
    put_file(host.run, str(source), r"C:\Program Files\a.bin")
    command = (
        'findstr "^" >"C:\\Program Files\\a.bin.abc.b64"'
        ' && certutil -f -decode "C:\\Program Files\\a.bin.abc.b64" "C:\\Program Files\\a.bin" >nul'
        ' && (for %I in ("C:\\Program Files\\a.bin") do @echo %~zI) & del "C:\\Program Files\\a.bin.abc.b64" 2>nul'
    )
    assert host.asked == [(command, b"AP8A/wD/" * 9 + b"AP8A\r\n/wD/\r\n")]


def test_put_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    host = Host((0, b"0\r\n"))
    put_file(host.run, str(tmp_path / "a"), r"C:\a")
    assert host.asked == [('type nul >"C:\\a" && (for %I in ("C:\\a") do @echo %~zI)', b"")]


@pytest.mark.parametrize("answer", [(9009, b""), (0, b"59\r\n"), (1, b"CertUtil: error\r\n")])
def test_put_that_did_not_arrive(tmp_path: Path, answer: tuple[int, bytes]) -> None:
    (tmp_path / "a").write_bytes(b"x" * 60)
    with pytest.raises(AnsibleError, match=r"C:\\a was not written: 60 bytes were sent.*certutil"):
        put_file(Host(answer).run, str(tmp_path / "a"), r"C:\a")


def test_put_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AnsibleFileNotFound):
        put_file(Host().run, str(tmp_path / "none"), r"C:\a")


def test_fetch(tmp_path: Path) -> None:
    pem = b"-----BEGIN CERTIFICATE-----\r\nAP8A\r\n-----END CERTIFICATE-----\r\n"
    host = Host((0, b"3\r\n"), (0, pem))
    fetch_file(host.run, r"C:\a b", str(tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == b"\x00\xff\x00"
    part = '"%TEMP%\\abc.b64"'
    assert host.asked == [
        ('(for %I in ("C:\\a b") do @echo %~zI)', b""),
        (f'certutil -f -encode "C:\\a b" {part} >nul && type {part} & del {part} 2>nul', b""),
    ]


def test_fetch_an_empty_file(tmp_path: Path) -> None:
    fetch_file(Host((0, b"0\r\n")).run, r"C:\a", str(tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == b""


@pytest.mark.parametrize("answer", [(1, b""), (0, b"\r\n")])
def test_fetch_what_is_not_there(tmp_path: Path, answer: tuple[int, bytes]) -> None:
    with pytest.raises(AnsibleFileNotFound, match=r"C:\\a is no file"):
        fetch_file(Host(answer).run, r"C:\a", str(tmp_path / "a"))


@pytest.mark.parametrize(("out", "why"), [(b"no certutil here!", "certutil"), (b"AP8=\r\n", "3 bytes, 2 came")])
def test_fetch_that_came_damaged(tmp_path: Path, out: bytes, why: str) -> None:
    with pytest.raises(AnsibleError, match=why):
        fetch_file(Host((0, b"3\r\n"), (1, out)).run, r"C:\a", str(tmp_path / "a"))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("path", ['C:\\a"b', "C:\\a|b", "C:\\*", "a\nb", ""])
def test_what_is_no_path(tmp_path: Path, path: str) -> None:
    with pytest.raises(AnsibleError, match="no path of a Windows file"):
        put_file(Host().run, str(tmp_path), path)
