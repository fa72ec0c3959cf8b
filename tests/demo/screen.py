# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo prints: acts, the commands as typed, a line per host, findings as a table."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.playbooks.run import PlaybookRun

WIDTH = 110
console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)

_COLOURS = {"ok": "green", "changed": "yellow", "failed": "red", "unreachable": "red"}
_SEVERITIES = {"high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}


def title(text: str, about: str) -> None:
    """Open the story."""
    console.print()
    console.rule(f"[bold]{text}")
    console.print(about)


def act(number: int, text: str) -> None:
    """Announce an act in one line."""
    console.print()
    console.print(f"[bold cyan]{number}.[/] [bold]{escape(text)}[/]")


def command(words: Sequence[str]) -> None:
    """Show a command as one would type it."""
    console.print(f"   [dim]$[/] {escape(shlex.join(words))}", soft_wrap=True)


def hosts(run: PlaybookRun, counted: Mapping[str, Mapping[str, Any]], windows: Mapping[str, str]) -> None:
    """Show what happened on each host, and what it cost."""
    table = Table(box=None, padding=(0, 2), pad_edge=False, header_style="dim")
    for heading in ("   host", "Windows", "result", "what"):
        table.add_column(heading)
    for heading in ("requests", "shells"):
        table.add_column(heading, justify="right")
    for name, status in sorted(run.statuses().items(), key=lambda one: list(windows).index(one[0])):
        figures = counted[name]
        coloured = f"[{_COLOURS[status]}]{status}[/]"
        table.add_row(f"   {name}", windows[name], coloured, escape(_what(run, name)), str(figures["requests"]),
                      str(figures["shells_created"]))  # fmt: skip
    console.print(table)
    console.print(f"   [dim]{run.seconds:.1f} s, exit code {run.exit_code}[/]")


def findings(run: PlaybookRun) -> int:
    """Show every finding of a compliance run; returns how many there are."""
    table = Table(padding=(0, 1), header_style="bold", border_style="dim")
    for heading in ("host", "severity", "check", "expected", "found"):
        table.add_column(heading, overflow="fold")
    for one in run.of("exchange.ipsec.compliance"):
        for finding in one.result.get("findings", ()):
            colour = _SEVERITIES[finding["severity"]]
            cells = [finding[key] for key in ("check", "expected", "found")]
            table.add_row(one.host, f"[{colour}]{finding['severity']}[/]", *(escape(cell) for cell in cells))
    if table.row_count:
        console.print(table)
    return table.row_count


def refusal(run: PlaybookRun) -> None:
    """Show why a forecast stopped a run, in its own words."""
    for line in run.one("exchange.ipsec.forecast").message.splitlines():
        console.print(f"   [red]{escape(line)}[/]")


def good(text: str) -> None:
    """Say that an act ended as told."""
    console.print(f"   [green]✓[/] {escape(text)}")


def bad(text: str) -> None:
    """Say that the story does not hold."""
    console.print(f"\n[bold red]✗ {escape(text)}[/]", soft_wrap=True)


def end(seconds: float) -> None:
    """Close the story."""
    console.print()
    console.rule(f"[bold green]the story holds[/] [dim]({seconds:.0f} s)[/]")


def _what(run: PlaybookRun, host: str) -> str:
    """Say in a few words what the tasks of a host did."""
    words = []
    for one in run.results:
        if one.host != host or one.status == "skipped":
            continue
        if one.status == "changed" and one.action == "exchange.ipsec.policy":
            words.append(f"policy: {_count(one.result['plan'], 'step')}")
        elif one.status == "changed" and one.action == "exchange.ipsec.oakley":
            words.append(f"registry: {_count(one.result['commands'], 'value')}")
        elif one.action == "exchange.ipsec.compliance":
            words.append(one.message.splitlines()[0])
        elif one.status == "failed" and one.action == "exchange.ipsec.forecast":
            words.append("refused by the forecast")
        elif one.status in ("failed", "unreachable") and one.action != "ansible.builtin.fail":
            words.append(one.message)
    return ", ".join(words) or "nothing to do"


def _count(items: Sequence[Any], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"
