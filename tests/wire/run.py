# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the twin: plan, guest, judgement, table and `.build/wire.json`."""

from __future__ import annotations

import datetime
import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.checkout import BUILD
from tests.wire.flows import flows
from tests.wire.hardened import standing_policies
from tests.wire.judge import judge
from tests.wire.pcap import read
from tests.wire.plan import guest_plan
from tests.wire.table import flow_lines
from tests.wire.uml import run_guest

FOLDER = BUILD / "wire"
REPORT = BUILD / "wire.json"
GUEST_SECONDS = 240.0


def run_wire(only: Sequence[str] = ()) -> int:
    """Run the parts that are asked for, print the tables, write the report; 0 when all holds."""
    report: dict[str, Any] = {"date": datetime.date.today().isoformat(), "versions": versions()}
    holds = True
    if not only or "flows" in only:
        report["flows"] = seen_flows()
        print("\n".join(flow_lines(report["flows"])))
        holds = all(one["expected"] == one["seen"] for one in report["flows"])
        wrong = sum(one["expected"] != one["seen"] for one in report["flows"])
        print(f"{len(report['flows'])} flows on the link, {wrong} not as expected")
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0 if holds else 1


def seen_flows() -> list[dict[str, Any]]:
    """Harden the lab, run the guest, judge every flow of every scenario."""
    folder = FOLDER / "flows"
    result = run_guest(guest_plan(standing_policies(FOLDER / "lab")), folder, GUEST_SECONDS)
    found = []
    for name, wanted in flows().items():
        packets = read(folder / f"{name}.pcap")
        ran = result["scenarios"][name]["flows"]
        found += [judge(one, packets, ran[one.id], result["heard"][one.server]).to_dict() for one in wanted]
    return found


def versions() -> dict[str, str]:
    """The versions of what carried the packets, as their packages say."""
    names = ("user-mode-linux", "charon-systemd", "libstrongswan-extra-plugins", "tcpdump")
    listed = subprocess.run(["dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *names],
                            capture_output=True, text=True, check=False)
    return dict(line.split(" ", 1) for line in listed.stdout.splitlines())
