# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command lines of a run's lock and of a confirmed commit: a job that puts the former state back, keep, give up.

Everything lies in one folder, which is also the lock: whoever makes it has the host for himself. Three files in it say
how far things are: ``armed`` (the job counts down), ``kept`` (the change was confirmed), ``back`` (the job puts the
former state back). The step from ``armed`` to one of the others is a rename, so that only one of the two can happen.

The folder lies where the registry's own hives are, which administrators and SYSTEM alone may read: the exports can hold
pre-shared keys. Jobs: "schtasks" of Server 2003 (learn.microsoft.com cc772785) and later; deleting a job does not
interrupt its program (learn.microsoft.com, "schtasks delete").
"""

from __future__ import annotations

import dataclasses
import datetime
import re

FOLDER = r"%SystemRoot%\system32\config\exchange.ipsec"
JOB = "exchange.ipsec"
POLICY_KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local"
OAKLEY_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"
MARGIN = 120
"""Seconds that a host may take to put its former state back, beyond the countdown."""
_QUIET = "<nul >nul 2>nul"
_OWNER = re.compile(r"^run (\d+) (\d+) (\d+) ([\w.-]+) ([0-9a-f]+) \.\s*$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Owner:
    """The run that holds a host: when it began (seconds since 1970), its countdown, its process and controller."""

    began: int
    seconds: int
    process: int
    controller: str
    token: str

    @property
    def over(self) -> int:
        """When it is surely over, in seconds since 1970."""
        return self.began + self.seconds + MARGIN

    @property
    def since(self) -> str:
        """When it began, for people."""
        return _utc(self.began)

    @property
    def until(self) -> str:
        """When it is surely over, for people."""
        return _utc(self.over)


def _utc(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


@dataclasses.dataclass(frozen=True)
class Standing:
    """What is there of a confirmed commit: the words of the files that exist, and whose they are."""

    words: frozenset[str] = frozenset()
    owner: Owner | None = None

    @property
    def free(self) -> bool:
        """Whether nobody holds the host."""
        return not self.words


NOBODY = Standing()
"""Nothing is there."""

_PLACES = {"lock": "", "armed": r"\armed", "kept": r"\kept", "back": r"\back"}
LOOK = "&".join(
    [f"(if exist {FOLDER}{place} echo {word})" for word, place in _PLACES.items()]
    + [rf"(if exist {FOLDER}\owner type {FOLDER}\owner)"]
)
"""The question whose answer ``standing`` reads."""


def standing(text: str) -> Standing:
    """Read the answer to LOOK; only words of our own are in it."""
    lines = {line.strip() for line in text.splitlines()}
    match = _OWNER.search(text)
    owner = Owner(int(match[1]), int(match[2]), int(match[3]), match[4], match[5]) if match else None
    return Standing(frozenset(lines & set(_PLACES)), owner)


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """What there is to put back: which of the two keys exist, and whether the PolicyAgent runs."""

    policy: bool
    oakley: bool
    running: bool


def job_lines(owner: Owner, snapshot: Snapshot) -> list[str]:
    """Give the batch file that counts down and puts the former state back; it can be started again at any point."""
    name = rf"{FOLDER}\{owner.token}.cmd"
    restore = [f"reg import {FOLDER}\\policy.reg ^|^| goto broken"] if snapshot.policy else []
    restore += [f"reg import {FOLDER}\\oakley.reg ^|^| goto broken"] if snapshot.oakley else []
    start = ["net start PolicyAgent"] if snapshot.running else []
    return [
        "@echo off",
        rf"if exist {FOLDER}\kept goto clean",
        rf"if exist {FOLDER}\back goto back",
        rf"if not exist {FOLDER}\armed goto clean",
        rf"echo alive^>{FOLDER}\alive",
        f"ping -n {owner.seconds + 1} -w 1000 127.0.0.1",
        f"if not exist {name} exit",
        rf"ren {FOLDER}\armed back",
        rf"if not exist {FOLDER}\back goto clean",
        ":back",
        "net stop PolicyAgent /y",
        f"reg delete {POLICY_KEY} /f",
        *restore,
        *start,
        ":clean",
        f"if exist {name} rd /s /q {FOLDER}^&schtasks /delete /tn {JOB} /f^&exit",
        "exit",
        ":broken",
        *start,
    ]


_AWAIT = "".join(
    rf"(if not exist {FOLDER}\alive ping -n {seconds + 1} -w 1000 127.0.0.1{_QUIET})&" for seconds in (1, 2, 5, 10, 15)
)


def take(owner: Owner) -> str:
    """Give the question that takes the lock and allows its owner to go; it fails where somebody has it."""
    return "&&".join([*_lock(owner), _go(owner)])


def still_held(owner: Owner) -> str:
    """Give the question that fails where the lock is no longer this run's."""
    return rf"type {FOLDER}\{owner.token}.go{_QUIET}"


def release(owner: Owner) -> str:
    """Give the command that lets go of a lock under which nothing was armed."""
    return rf"(if exist {FOLDER}\{owner.token}.go (if not exist {FOLDER}\armed rd /s /q {FOLDER}))"


def _lock(owner: Owner) -> list[str]:
    told = f"run {owner.began} {owner.seconds} {owner.process} {owner.controller} {owner.token} ."
    return [f"md {FOLDER}", rf"(echo {told})>{FOLDER}\owner"]


def _go(owner: Owner) -> str:
    return rf"(echo go)>{FOLDER}\{owner.token}.go"


def arm(owner: Owner, snapshot: Snapshot, *, taken: bool = False) -> str:
    """Give the question that takes the lock, writes the snapshot and starts the job; it fails where one step fails.

    That schtasks was asked to run the job does not say that it runs: the job itself makes the file ``alive``, which is
    waited for. The last thing to be made is the file ``TOKEN.go``, without which ``guarded`` does nothing. A lock that
    this run has ``taken`` is gone on with, where it is still this run's; its leave to go is withdrawn first.
    """
    exports = [f"reg export {POLICY_KEY} {FOLDER}\\policy.reg{_QUIET}"] if snapshot.policy else []
    exports += [f"reg export {OAKLEY_KEY} {FOLDER}\\oakley.reg{_QUIET}"] if snapshot.oakley else []
    batch = "&".join(f"echo {line}" for line in job_lines(owner, snapshot))
    withdraw = rf"ren {FOLDER}\{owner.token}.go {owner.token}.own"
    steps = [
        *([still_held(owner), withdraw] if taken else _lock(owner)),
        *exports,
        rf"({batch})>{FOLDER}\{owner.token}.cmd",
        rf"(echo armed)>{FOLDER}\armed",
        f"(schtasks /delete /tn {JOB} /f{_QUIET}||ver>nul)",
        rf"schtasks /create /tn {JOB} /tr {FOLDER}\{owner.token}.cmd /sc onstart /ru SYSTEM{_QUIET}",
        f"schtasks /run /tn {JOB}{_QUIET}",
        f"({_AWAIT}type {FOLDER}\\alive{_QUIET})",
        _go(owner),
    ]
    return "&&".join(steps)


def guarded(owner: Owner, command: str) -> str:
    """Give a command that runs only when the ``take`` or ``arm`` of this very run went through before it."""
    return rf"(if exist {FOLDER}\{owner.token}.go ({command}))"


_END = f"schtasks /end /tn {JOB}{_QUIET}"
_CLEAR = f"{_END}&schtasks /delete /tn {JOB} /f{_QUIET}&rd /s /q {FOLDER}"

CLEAR = f"(if exist {FOLDER} ({_CLEAR}))"
"""Remove all of it, whatever there is."""

CLEAR_UNARMED = rf"(if not exist {FOLDER}\armed (if exist {FOLDER} (rd /s /q {FOLDER}&{_CLEAR})))"
"""Remove what began and was never armed; the folder first, so that a run that is still at it comes no further."""


def confirm(owner: Owner) -> str:
    """Give the command that keeps a run's change and removes the rest, unless the job was quicker."""
    return rf"(if exist {FOLDER}\{owner.token}.cmd (ren {FOLDER}\armed kept&(if exist {FOLDER}\kept ({_CLEAR}))))"


def put_back_now(owner: Owner) -> str:
    """Give the command that ends a run's countdown and lets the job put the former state back at once."""
    again = f"{_END}&schtasks /run /tn {JOB}{_QUIET}"
    return (
        rf"(if exist {FOLDER}\{owner.token}.cmd ((if exist {FOLDER}\armed ren {FOLDER}\armed back)"
        rf"&(if exist {FOLDER}\back ({again}))))"
    )
