# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the lab's reg.exe against a real one, Wine's, command by command.

Wine's reg.exe is tested by its authors on Windows itself (programs/reg/tests of Wine), which makes it the nearest
thing to Windows that runs here. Wine takes only one form of output: that of Windows Vista and later.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.checkout import BUILD
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.profile import PROFILES, Profile

from .cases import ROOT_KEY, Case, generated, picked
from .compare import Difference, Result, Rules, sorted_values
from .wine import Outcome, Wine

HERE = Path(__file__).parent
RULES = Rules(HERE / "differences.yml")
SEED = int(os.environ.get("IPSEC_WINE_SEED", "1"))
CASES = [*picked(HERE / "commands.yml"), *generated(SEED, cases=12, length=14)]
KOREAN_CASES = picked(HERE / "commands-ko.yml")
KOREAN = dataclasses.replace(PROFILES["server2022"], language="ko", codepage=949)

Row = tuple[str, Result, Result]
"""A command, what Wine did, what the lab did."""


def has_locale(name: str) -> bool:
    """Say whether this machine has that locale (compiled, as `locale -a` lists it)."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
    return name.lower().replace("-", "") in {line.lower().replace("-", "") for line in listed.splitlines()}


def needs_wine() -> None:
    """Skip the test where Wine is not installed."""
    for program in ("wine", "wineserver"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}: apt-get install --no-install-recommends wine wine64")


def compared(cases: list[Case], locale: str, codec: str, profile: Profile) -> dict[str, list[Row]]:
    """Run the cases on both; returns the rows of each case."""
    needs_wine()
    if not has_locale(locale):
        pytest.skip(f"needs the locale {locale}: apt-get install locales; localedef -i ko_KR -f UTF-8 {locale}")
    lines = [case.lines(number) for number, case in enumerate(cases)]
    wine = Wine(BUILD / "wine", locale, codec)
    wine.start()
    try:
        seen = iter(wine.run([f"reg delete {ROOT_KEY} /f", *(line for some in lines for line in some)])[1:])
    finally:
        wine.stop()
    host = WindowsHost("lab", profile)
    return {
        case.name: [row(command, next(seen), host.run(line)) for command, line in zip(case.commands, some, strict=True)]
        for case, some in zip(cases, lines, strict=True)
    }


def row(command: str, wine: Outcome, lab: tuple[int, str, str]) -> Row:
    """Both outcomes in the common form; errors count as output, since Wine writes them to standard output."""
    return (command, RULES.result("wine", wine.code, wine.stdout + wine.stderr),
            RULES.result("lab", lab[0], lab[1] + lab[2]))


def unexplained(case: str, rows: list[Row]) -> list[str]:
    """The rows that differ and are not listed, to read."""
    return [
        f"{command}\n  Wine ended with {wine.code}:\n{wine.text}\n  the lab with {lab.code}:\n{lab.text}"
        for command, wine, lab in rows
        if wine != lab and not any(known.explains(case, command, wine, lab) for known in RULES.known)
    ]


@pytest.fixture(scope="module")
def english() -> dict[str, list[Row]]:
    return compared(CASES, "C.UTF-8", "cp437", PROFILES["server2022"])


@pytest.fixture(scope="module")
def korean() -> dict[str, list[Row]]:
    return compared(KOREAN_CASES, "ko_KR.UTF-8", "cp949", KOREAN)


@pytest.mark.parametrize("case", [case.name for case in CASES])
def test_the_lab_does_what_wine_does(english: dict[str, list[Row]], case: str) -> None:
    differences = unexplained(case, english[case])
    assert not differences, "\n\n".join(differences)


@pytest.mark.parametrize("case", [case.name for case in KOREAN_CASES])
def test_the_lab_does_what_wine_does_in_korean(korean: dict[str, list[Row]], case: str) -> None:
    differences = unexplained(case, korean[case])
    assert not differences, "\n\n".join(differences)


@pytest.mark.parametrize("known", RULES.known, ids=lambda known: f"{known.case or 'anywhere'}: {known.command}")
def test_a_listed_difference_is_still_there(english: dict[str, list[Row]], known: Difference) -> None:
    assert any(known.explains(case, *row) for case, rows in english.items() for row in rows)


def test_enough_is_compared(english: dict[str, list[Row]]) -> None:
    rows = [row for some in english.values() for row in some]
    agreed = [row for row in rows if row[1] == row[2]]
    assert len(rows) > 400
    assert len(agreed) > 400
    assert sum(wine.code == 1 for _command, wine, _lab in agreed) > 80


def test_an_exit_code_that_differs_is_seen() -> None:
    (seen,) = unexplained("numbers", [("reg query x", Result(0, "a"), Result(1, "a"))])
    assert seen == "reg query x\n  Wine ended with 0:\na\n  the lab with 1:\na"


def test_a_difference_is_explained_in_its_own_case_only() -> None:
    found = ("reg copy \"{key}\\from\" \"{key}\\flat\" /f", Result(0, ""), Result(0, "<done>"))
    assert unexplained("copies", [found]) == []
    assert len(unexplained("numbers", [found])) == 1


def test_the_common_form_keeps_what_a_program_would_read() -> None:
    text = "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\\case 7\\x\r\n    b    REG_SZ    2\r\n    a    REG_SZ    1\r\n\r\n"
    assert RULES.result("lab", 0, text) == Result(0, "\n{key}\\x\n    a    REG_SZ    1\n    b    REG_SZ    2\n\n")


def test_the_common_form_of_a_message() -> None:
    assert RULES.result("wine", 1, "reg: Unable to find the specified registry key\r\n") == Result(1, "<not found>")
    said = "ERROR: The system was unable to find the specified registry key or value.\r\n"
    assert RULES.result("lab", 1, said) == Result(1, "<not found>")
    assert RULES.result("lab", 1, "ERROR: Access is denied.\r\n") == Result(1, "ERROR: Access is denied.\n")


def test_values_are_sorted_within_their_key_only() -> None:
    lines = ["k1", "    b    REG_SZ    1", "    A    REG_SZ    2", "k2", "    0    REG_SZ    3"]
    assert sorted_values(lines) == ["k1", "    A    REG_SZ    2", "    b    REG_SZ    1", "k2", "    0    REG_SZ    3"]
