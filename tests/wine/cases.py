# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that both get to run: picked by hand in commands.yml, and generated from a seed."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import yaml

ROOT_KEY = r"HKLM\SOFTWARE\Lab"
BINARY = bytes(range(256)).hex() * 12


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """Commands that belong together and have a key of their own."""

    name: str
    commands: tuple[str, ...]
    """As they are listed, with {key} and {binary} standing for themselves."""

    def lines(self, number: int) -> list[str]:
        """The command lines as they are run."""
        key = rf"{ROOT_KEY}\case {number}"
        return [command.format(key=key, binary=BINARY) for command in self.commands]


def picked(path: Path) -> list[Case]:
    """The cases of a file like commands.yml."""
    return [
        Case(item["case"], tuple(item["commands"])) for item in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def generated(seed: int, cases: int, length: int) -> list[Case]:
    """Cases of random commands that are all well formed; the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, that is the point
    return [Case(f"generated {seed}-{number}", _sequence(dice, length)) for number in range(cases)]


def _sequence(dice: random.Random, length: int) -> tuple[str, ...]:
    verbs = dice.choices((_add, _query, _delete), weights=(6, 3, 2), k=length)
    return (*(verb(dice) for verb in verbs), 'reg query "{key}" /s')


def _key(dice: random.Random) -> str:
    return dice.choice(('"{key}"', r'"{key}\Local"', r'"{key}\local\Deep one"', r'"{key}\Ümlaut"', r'"{key}\a\b\c"'))


def _name(dice: random.Random) -> str:
    return dice.choice(("/ve", "/v a", "/v A", '/v "with space"', "/v dword", "/v Größe", "/v x.y-z", '/v "a\\b"'))


def _add(dice: random.Random) -> str:
    kind, data = dice.choice((
        ("REG_SZ", dice.choice(("x", '"a b"', '"a & b | c"', "café", '"1,2;3"'))),
        ("REG_EXPAND_SZ", r"C:\Windows\System32"),
        ("REG_DWORD", str(dice.randrange(1 << 32))),
        ("REG_DWORD", hex(dice.randrange(1 << 32))),
        ("REG_QWORD", str(dice.randrange(1 << 64))),
        ("REG_BINARY", dice.randbytes(dice.randrange(1, 90)).hex()),
        ("REG_MULTI_SZ", r'"one\0two words\0{{3}}"'),
        ("REG_NONE", dice.randbytes(4).hex()),
    ))
    return f"reg add {_key(dice)} {_name(dice)} /t {kind} /d {data} /f"


def _query(dice: random.Random) -> str:
    return f"reg query {_key(dice)} {dice.choice(('', '/s', _name(dice), _name(dice) + ' /s'))}".rstrip()


def _delete(dice: random.Random) -> str:
    return f"reg delete {_key(dice)} {dice.choice(('', '/va', _name(dice), _name(dice)))} /f".replace("  ", " ")
