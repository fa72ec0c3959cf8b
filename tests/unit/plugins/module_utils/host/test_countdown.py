# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines of a confirmed commit: how long they get, what they never hold, how their traces are read."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.host import commands, countdown

OWNER = countdown.Owner(1767323045, 180, 4242, "controller.example.org", "0badcafe")
WHOLE = countdown.Snapshot(policy=True, oakley=True, running=True)
FRESH = countdown.Snapshot(policy=False, oakley=False, running=False)


def test_the_longest_line_fits() -> None:
    questions = [countdown.arm(OWNER, WHOLE), countdown.guarded(OWNER, "netsh"), commands.POLICY_STORE, countdown.LOOK]
    line = commands.ask(questions, "#0123456789abcdef").replace("%SystemRoot%", r"C:\WINDOWS.OF.A.LONG.NAME")
    assert len(line) + 1000 < 8191


def test_what_was_not_there_is_not_exported_and_not_imported() -> None:
    assert "reg export" not in countdown.arm(OWNER, FRESH)
    lines = countdown.job_lines(OWNER, FRESH)
    assert not [line for line in lines if "reg import" in line or "net start" in line]
    assert r"reg delete HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local /f" in lines


def test_the_job_waits_and_then_puts_back() -> None:
    lines = countdown.job_lines(OWNER, WHOLE)
    wait = lines.index("ping -n 181 -w 1000 127.0.0.1")
    stop = lines.index("net stop PolicyAgent /y")
    assert wait < stop < lines.index("net start PolicyAgent")
    assert not [line for line in lines if "(" in line or ")" in line]


def test_the_change_waits_for_the_arming() -> None:
    armed = countdown.arm(OWNER, WHOLE).split("&&")
    assert armed[0] == r"md %SystemRoot%\system32\config\exchange.ipsec"
    assert armed[-1] == r"(echo go)>%SystemRoot%\system32\config\exchange.ipsec\0badcafe.go"
    assert countdown.guarded(OWNER, "netsh") == (
        r"(if exist %SystemRoot%\system32\config\exchange.ipsec\0badcafe.go (netsh))"
    )


def test_a_lock_that_was_taken_is_gone_on_with_by_its_owner_alone() -> None:
    folder = r"%SystemRoot%\system32\config\exchange.ipsec"
    taken = countdown.take(OWNER).split("&&")
    assert (taken[0], taken[-1]) == (f"md {folder}", rf"(echo go)>{folder}\0badcafe.go")
    armed = countdown.arm(OWNER, WHOLE, taken=True).split("&&")
    assert armed[0] == countdown.still_held(OWNER) == rf"type {folder}\0badcafe.go<nul >nul 2>nul"
    assert armed[1] == rf"ren {folder}\0badcafe.go 0badcafe.own"
    assert armed[2:] == countdown.arm(OWNER, WHOLE).split("&&")[2:]


@pytest.mark.parametrize(
    ("text", "words", "owner"),
    [
        ("", set(), None),
        ("lock\r\n", {"lock"}, None),
        ("lock\r\narmed\r\nrun 1767323045 180 4242 controller.example.org 0badcafe .\r\n", {"lock", "armed"}, OWNER),
        ("lock\r\nback\r\nrun 1767323045 180\r\n", {"lock", "back"}, None),
    ],
)
def test_traces(text: str, words: set[str], owner: countdown.Owner | None) -> None:
    found = countdown.standing(text)
    assert (found.words, found.owner, found.free) == (words, owner, not words)


def test_since() -> None:
    assert OWNER.since == "2026-01-02 03:04:05 UTC"
