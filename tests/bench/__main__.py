# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: what hardening and judging a fleet costs, beside the least that Ansible can ask and work by hand."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import fleet as bench_fleet
from tests.bench.cases import HERE, Bench, BenchError, Measured, middle
from tests.checkout import BUILD
from tests.lab.fleet import running_fleet

FIGURES = BUILD / "bench.json"
WORDS = {
    "floor": "raw: ver, the floor",
    "compliant": "comply.yml, nothing to find",
    "harden": "harden.yml, empty hosts",
    "unchanged": "harden.yml, nothing to do",
    "by_hand": "the same by hand",
}
REPEATS = 3
console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table, write the figures; the exit code is 0 when every target is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--hosts", type=int, default=100, help="servers in sites of 5 (default %(default)s)")
    parser.add_argument("--forks", type=int, default=10, help="Ansible's forks (default %(default)s)")
    options = parser.parse_args(arguments)
    sites = options.hosts // len(bench_fleet.SITE)
    if sites < 1 or options.hosts % len(bench_fleet.SITE):
        parser.error(f"--hosts must be a multiple of {len(bench_fleet.SITE)}")
    console.print(f"{options.hosts} servers in {sites} sites, NTLM with message encryption, {options.forks} forks")
    try:
        with running_fleet(bench_fleet.fleet(sites)) as handle:
            measured = run_cases(Bench(handle, sites, options.forks, _tell))
    except BenchError as exc:
        console.print(f"[red]{exc}", soft_wrap=True, markup=False)
        return 1
    figures = summary(measured)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return show(figures)


def run_cases(bench: Bench) -> dict[str, Measured]:
    """Run every case in one go; the two that are compared by time take turns, and their median counts."""
    found = {"harden": bench.measure("harden", "exchange.ipsec.harden", changed=True)}
    by_product = bench.result()
    found["unchanged"] = bench.measure("unchanged", "exchange.ipsec.harden", changed=False)
    turns: dict[str, list[Measured]] = {"floor": [], "compliant": []}
    for _unused in range(REPEATS):
        turns["floor"].append(bench.measure("floor", HERE / "floor.yml", changed=None))
        turns["compliant"].append(bench.measure("compliant", "exchange.ipsec.comply", changed=False))
    found |= {case: middle(runs) for case, runs in turns.items()}
    bench.wipe()
    found["by_hand"] = bench.measure("by_hand", HERE / "by_hand.yml", changed=True)
    if (by_hand := bench.result()) != by_product:
        differing = [name for name in by_hand if by_hand[name] != by_product[name]]
        raise BenchError(
            f"by hand and by harden.yml is not the same on {', '.join(differing)}:\n"
            f"{json.dumps(by_hand[differing[0]], indent=1)}\n{json.dumps(by_product[differing[0]], indent=1)}"
        )
    return found


def summary(measured: dict[str, Measured]) -> dict[str, Any]:
    """The figures as they are written: an object per case, and the two ratios."""
    figures: dict[str, Any] = {case: measured[case].to_json() for case in WORDS}
    floor, compliant = measured["floor"], measured["compliant"]
    figures["compliant_to_floor_time"] = round(compliant.seconds / floor.seconds, 3)
    figures["by_hand_to_harden_requests"] = round(measured["by_hand"].requests / measured["harden"].requests, 2)
    return figures


def targets(figures: dict[str, Any]) -> dict[str, bool]:
    """Each thing that was to be reached, and whether it was."""
    return {
        "comply.yml: 1 shell per host": figures["compliant"]["shells_per_host"] <= 1,
        "comply.yml: at most 9 requests per host": figures["compliant"]["requests_per_host"] <= 9,
        f"comply.yml: at most 1.6 x the floor's time ({figures['compliant_to_floor_time']})":
            figures["compliant_to_floor_time"] <= 1.6,
        "harden.yml: at most 30 requests per host": figures["harden"]["requests_per_host"] <= 30,
        "harden.yml, nothing to do: at most 20": figures["unchanged"]["requests_per_host"] <= 20,
        f"by hand: at least 3 x the requests of harden.yml ({figures['by_hand_to_harden_requests']})":
            figures["by_hand_to_harden_requests"] >= 3,
    }  # fmt: skip


def show(figures: dict[str, Any]) -> int:
    """Print the table and the targets; returns how many were missed."""
    table = Table(border_style="dim")
    table.add_column("case")
    for heading in ("hosts", "requests per host", "shells per host", "seconds per host", "time to floor"):
        table.add_column(heading, justify="right")
    floor = figures["floor"]["seconds_per_host"]
    for case, words in WORDS.items():
        one = figures[case]
        cells = [str(one[key]) for key in ("hosts", "requests_per_host", "shells_per_host", "seconds_per_host")]
        table.add_row(words, *cells, f"{one['seconds_per_host'] / floor:.2f}")
    console.print(table)
    reached = targets(figures)
    for text, met in reached.items():
        console.print(f"[green]✓[/] {text}" if met else f"[red]✗[/] {text}")
    console.print(f"[dim]{FIGURES.relative_to(BUILD.parent)}")
    return 0 if all(reached.values()) else 1


def _tell(run: Measured) -> None:
    console.print(f"[dim]{WORDS[run.case]:<28} {run.seconds:6.1f} s", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
