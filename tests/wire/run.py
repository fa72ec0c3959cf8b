# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the twin: plan, guest, judgement, tables and `.build/wire.json`."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import datetime
import functools
import json
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

from tests.checkout import BUILD
from tests.wire import compliance, linux_peer, loaded, outage, probes
from tests.wire.flows import flows
from tests.wire.foreseen import foreseen
from tests.wire.hardened import crowd_policies, in_force, standing_policies
from tests.wire.judge import judge, leaked, unlike
from tests.wire.pcap import read
from tests.wire.plan import guest_plan
from tests.wire.table import flow_lines
from tests.wire.uml import TwinError, run_guest

FOLDER = BUILD / "wire"
REPORT = BUILD / "wire.json"
REAL_REPORT = BUILD / "wire-real.json"


@dataclasses.dataclass(frozen=True)
class Found:
    """What a part came to: its share of the report, its tables, what is wrong, and what it was, in a few words."""

    report: dict[str, Any]
    lines: list[str]
    wrong: list[str]
    said: str


def run_wire(only: Sequence[str], *, twice: bool = False) -> int:
    """Run the parts that are asked for, print the tables, write the report; 0 when all holds.

    `twice` lets a part run once more where something was wrong: real timers on a busy machine. What was readable is
    wrong at once, and what is wrong twice stays wrong; the report keeps what the first run said, under `repeated`.
    """
    report: dict[str, Any] = {"date": datetime.date.today().isoformat(), "versions": versions(), "repeated": {}}
    path = REAL_REPORT if "real" in only else REPORT
    path.unlink(missing_ok=True)
    wrong, said = [], []
    for name in only:
        found = tried(PARTS[name])
        if twice and found.wrong and not leaked(found.report):
            report["repeated"][name] = found.wrong
            print("\n".join([*found.wrong, f"{name}: once more"]), flush=True)
            found = tried(PARTS[name])
        print("\n".join(found.lines), flush=True)
        report |= found.report
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")  # should the next part break
        wrong += found.wrong
        said.append(f"{found.said} (second run)" if name in report["repeated"] else found.said)
    print("\n".join(wrong) if wrong else f"{' and '.join(said)} as expected on the link")
    return 1 if wrong else 0


def tried(part: Callable[[], Found]) -> Found:
    """Run a part; a guest that broke is wrong too."""
    try:
        return part()
    except TwinError as broke:
        return Found({}, [], [f"the twin did not run: {broke}"], "nothing")


def flows_part() -> Found:
    """Every flow of every scenario, and every question to IKE."""
    seen, asked, judged, wrong = seen_flows()
    for one in seen:
        flow = f"{one['scenario']}, {one['source']} to {one['target']}:{one['port']} is {one['seen']}"
        wrong += [flow] if one["expected"] != one["seen"] else []
        wrong += [f"{flow}, the forecast says {one['forecast']}"] if unlike(one) else []
    wrong += probes.wrong(asked) + compliance.wrong(judged)
    lines = [*flow_lines(seen), *probes.probe_lines(asked), *compliance.compliance_lines(judged)]
    said = f"{len(seen)} flows, {len(asked) + len(judged)} questions to IKE"
    return Found({"flows": seen, "probes": asked, "compliance": judged}, lines, wrong, said)


def outages_part(cases: Sequence[outage.Case]) -> Found:
    """Every kind of fail-over."""
    found = outages(cases)
    said = f"{len(found)} kinds of fail-over"
    return Found({"failover": found}, outage.outage_lines(found), outage.problems(found), said)


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


PARTS: dict[str, Callable[[], Found]] = {
    "flows": flows_part,
    "failover": functools.partial(outages_part, outage.QUICK),
    "real": functools.partial(outages_part, outage.REAL),
}
QUICK = ("flows", "failover")
"""What `make wire` runs."""
