# SPDX-License-Identifier: GPL-3.0-or-later
"""Two outputs of reg.exe in a form in which they can be compared, by the rules of differences.yml."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import yaml

VALUE = re.compile(r"    .*    REG_[A-Z_]+    ")
KEY = re.compile(r"HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\\case \d+")


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What a command did, in the common form."""

    code: int
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What is known to come out differently, and why. Without a case and a command it may happen anywhere."""

    wine: Result
    lab: Result
    reason: str
    case: str = ""
    command: str = ""

    def explains(self, case: str, command: str, wine: Result, lab: Result) -> bool:
        """Say whether this is what was seen there."""
        here = (self.case, self.command) in {(case, command), ("", "")}
        return here and (self.wine, self.lab) == (wine, lab)


class Rules:
    """Every difference that is accepted, as differences.yml lists it."""

    def __init__(self, path: Path) -> None:
        """Read the list."""
        read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._wordings = {
            side: [(re.compile(rf"\s*(?:{text})\s*"), wording["means"])
                   for wording in read["wordings"] for text in wording[side]]
            for side in ("wine", "lab")
        }
        self._terms = {"wine": [(item["wine"], item["lab"]) for item in read["terms"]], "lab": []}
        self._unseen = [re.compile(rf"(    {item['type']}    ).*") for item in read["not_shown"]]
        self.known = [
            Difference(Result(**item["wine"]), Result(**item["lab"]), item["reason"], item.get("case", ""), command)
            for item in read["outcomes"] for command in item.get("commands", [""])
        ]

    def result(self, side: str, code: int, text: str) -> Result:
        """Bring an outcome of "wine" or "lab" into the common form."""
        text = text.replace("\r\n", "\n")
        for pattern, means in self._wordings[side]:
            if match := pattern.search(text):
                text = pattern.sub(f"<{match.expand(means)}>".replace("\\", r"\\"), text)
        for own, other in self._terms[side]:
            text = text.replace(f"    {own}", f"    {other}")
        for pattern in self._unseen:
            text = pattern.sub(r"\1…", text)
        return Result(code, KEY.sub("{key}", "\n".join(sorted_values(text.split("\n")))))


def sorted_values(lines: list[str]) -> list[str]:
    """The lines with every run of values in the order of their names: Wine keeps them so, Windows as they came."""
    done: list[str] = []
    run: list[str] = []
    for line in lines:
        if VALUE.match(line):
            run.append(line)
            continue
        done += [*sorted(run, key=str.casefold), line]
        run = []
    return done + sorted(run, key=str.casefold)
