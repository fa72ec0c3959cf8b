# SPDX-License-Identifier: GPL-3.0-or-later
"""Wine's cmd.exe and reg.exe, in a Windows of their own below .build/wine."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

MARK = "#done"
TIMEOUT = 600
"""Seconds for a batch (30 to 100 were seen); a program that asks a question nobody answers would go on for ever."""
NOT_STARTED = 9009
"""The exit code of cmd.exe when a program could not be started; none of these programs has it."""
TRIES = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: its exit code, and what it wrote."""

    code: int
    stdout: str
    stderr: str


class Wine:
    """One Wine prefix under one locale. Starting it the first time takes about ten seconds."""

    def __init__(self, folder: Path, locale: str, codepage: str) -> None:
        """Name the folder of the prefix, the locale Wine runs under, and the Python codec of its OEM code page."""
        self.folder = folder
        self.codec = codepage
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "WINE"))},
            "LC_ALL": locale,
            "WINEPREFIX": str(folder),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe=",
            "DISPLAY": "",
        }

    def start(self) -> None:
        """Make the prefix, if it is not there, and keep its server warm."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.stop()  # one that an interrupted run left behind
        if not (self.folder / "system.reg").exists():
            self._call("wine", "wineboot", "-i")
            self._call("wineserver", "-w")
        self._call("wineserver", "-p")

    def stop(self) -> None:
        """End every process of this prefix."""
        subprocess.run(["wineserver", "-k"], env=self._environment, check=False, timeout=30)

    def run(self, commands: Sequence[str]) -> list[Outcome]:
        """Run command lines one after the other, in one cmd.exe; returns what each did.

        Wine may fail to start a program, as was seen once; all of them then run again, so the first has to clear away
        what an earlier run of them left.
        """
        for _unused in range(TRIES):
            outcomes = self._batch(commands)
            if not any(outcome.code == NOT_STARTED for outcome in outcomes):
                return outcomes
        raise RuntimeError(f"Wine's cmd.exe found a program that it could not start in each of {TRIES} runs")

    def _batch(self, commands: Sequence[str]) -> list[Outcome]:
        script, out, err = (self.folder / "drive_c" / name for name in ("commands.bat", "out.txt", "err.txt"))
        script.write_bytes("".join(self._script(commands)).encode(self.codec))
        with out.open("wb") as stdout, err.open("wb") as stderr:  # files: a service that Wine starts keeps a pipe open
            subprocess.run(["wine", "cmd", "/c", r"C:\commands.bat"], env=self._environment, check=False,
                           stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, timeout=TIMEOUT)
        texts, codes = self._pieces(out.read_bytes(), len(commands))
        complaints, _codes = self._pieces(err.read_bytes(), len(commands))
        return [Outcome(code, *texts) for code, *texts in zip(codes, texts, complaints, strict=True)]

    @staticmethod
    def _script(commands: Iterable[str]) -> Iterable[str]:
        """A batch file that marks, on both streams, where each command ended."""
        yield "@echo off\r\n"
        for command in commands:
            yield command.replace("%", "%%") + "\r\n"
            yield f"echo {MARK} %errorlevel%\r\necho {MARK} 0 1>&2\r\n"

    def _pieces(self, stream: bytes, count: int) -> tuple[list[str], list[int]]:
        """A stream cut at the marks, and the exit codes that they carry."""
        parts = re.split(rf"{MARK} (-?\d+) *\r\n", stream.decode(self.codec))
        texts, codes = parts[0:-1:2], [int(code) for code in parts[1::2]]
        if len(texts) != count:
            raise RuntimeError(f"Wine's cmd.exe ran {len(texts)} of {count} commands; it ended with {parts[-1]!r}")
        return texts, codes

    def _call(self, *command: str) -> None:
        subprocess.run(command, env=self._environment, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
