# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the twin: plan, guest, judgement, tables and `.build/wire.json`."""

from __future__ import annotations

import concurrent.futures
import datetime
import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.checkout import BUILD
from tests.wire import compliance, linux_peer, loaded, outage, probes
from tests.wire.flows import flows
from tests.wire.foreseen import foreseen
from tests.wire.hardened import crowd_policies, in_force, standing_policies
from tests.wire.judge import judge, unlike
from tests.wire.pcap import read
from tests.wire.plan import guest_plan
from tests.wire.table import flow_lines
from tests.wire.uml import run_guest

FOLDER = BUILD / "wire"
REPORT = BUILD / "wire.json"
PARTS = ("flows", "failover")
REAL_REPORT = BUILD / "wire-real.json"


def run_wire(only: Sequence[str]) -> int:
    """Run the parts that are asked for, print the tables, write the report; 0 when all holds."""
    report: dict[str, Any] = {"date": datetime.date.today().isoformat(), "versions": versions()}
    wrong: list[str] = []
    said = []
    path = REAL_REPORT if "real" in only else REPORT
    path.unlink(missing_ok=True)
    if "flows" in only:
        report["flows"], report["probes"], report["compliance"], wrong = seen_flows()
        print("\n".join([*flow_lines(report["flows"]), *probes.probe_lines(report["probes"]),
                         *compliance.compliance_lines(report["compliance"])]))
        wrong += [f"{one['scenario']}, {one['source']} to {one['target']}:{one['port']} is {one['seen']}"
                  for one in report["flows"] if one["expected"] != one["seen"]]  # fmt: skip
        wrong += [f"{one['scenario']}, {one['source']} to {one['target']}:{one['port']} is {one['seen']}, "
                  f"the forecast says {one['forecast']}" for one in report["flows"] if unlike(one)]  # fmt: skip
        wrong += probes.wrong(report["probes"]) + compliance.wrong(report["compliance"])
        questions = len(report["probes"]) + len(report["compliance"])
        said.append(f"{len(report['flows'])} flows, {questions} questions to IKE")
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")  # should the fail-over break
    if "failover" in only or "real" in only:
        cases = outage.REAL if "real" in only else outage.QUICK
        report["failover"] = outages(cases)
        print("\n".join(outage.outage_lines(report["failover"])))
        wrong += outage.problems(report["failover"])
        said.append(f"{len(report['failover'])} kinds of fail-over")
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print("\n".join(wrong) if wrong else f"{' and '.join(said)} as expected on the link")
    return 1 if wrong else 0


def seen_flows() -> tuple[list[dict[str, Any]], list[dict[str, str]], list[dict[str, Any]], list[str]]:
    """Harden the lab, run the guest, judge every flow of every scenario, all that IKE said, and what strongSwan loaded.

    Gives the flows, the answers to both probes, those to compliance, and what else is wrong.
    """
    folder = FOLDER / "flows"
    standing = standing_policies(FOLDER / "lab")
    with concurrent.futures.ThreadPoolExecutor() as second:
        role = second.submit(proven_role, in_force(standing["credentials"]["fe1"]) or {})
        result = run_guest(guest_plan(standing), folder, 600.0)
        peer = role.result()
    found = []
    for name, wanted in flows().items():
        packets = read(folder / f"{name}.pcap")
        ran = result["scenarios"][name]["flows"]
        told = foreseen(name, standing)
        found += [
            judge(one, packets, ran[one.id], result["heard"][one.server]).to_dict() | told[one.id] for one in wanted
        ]
    said = result["scenarios"][probes.SCENARIO]["probes"]
    capture = (folder / f"{loaded.SCENARIO}.pcap").read_bytes()
    problems = loaded.load_problems(result, capture) + linux_peer.role_problems(peer)
    return found, probes.verdicts(said), compliance.verdicts(said), problems


def proven_role(policy: dict[str, Any]) -> dict[str, Any]:
    """Run the role linux_peer in a guest of its own, beside the one that waits for flows that never arrive."""
    plan = linux_peer.plan(linux_peer.prepare(policy, FOLDER / "role"))
    role: dict[str, Any] = run_guest(plan, FOLDER / "role-guest", 600.0)["role"]
    return role


def outages(cases: Sequence[outage.Case]) -> list[dict[str, Any]]:
    """Harden a site of eight front ends, run the guest, measure every case."""
    folder = FOLDER / ("real" if cases is outage.REAL else "failover")
    standing = crowd_policies(FOLDER / "crowd", outage.FRONT_ENDS)
    seconds = 120.0 + sum((case.to_plan()["patience"] + 15.0) * case.rounds for case in cases)
    result = run_guest(outage.outage_plan(standing, cases), folder, seconds)
    return [outage.measured(case, result["cases"][case.name], folder) for case in cases]


def versions() -> dict[str, str]:
    """The versions of what carried the packets, as their packages say."""
    names = ("user-mode-linux", "charon-systemd", "libstrongswan-extra-plugins", "tcpdump", "ike-scan")
    listed = subprocess.run(["dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *names],
                            capture_output=True, text=True, check=False)
    return dict(line.split(" ", 1) for line in listed.stdout.splitlines())
