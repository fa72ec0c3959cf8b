# SPDX-License-Identifier: GPL-3.0-or-later
"""One scenario in the guest: every host gets its configuration, the capture runs, the clients talk."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.wire.guest.charon import Charon
from tests.wire.guest.network import inside
from tests.wire.guest.recording import capture
from tests.wire.guest.shell import run, start

MEMORY = Path("/mnt/wire")  # the guest's own memory


def play(scenario: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Run the flows of a scenario; gives for each flow when it ran and whether it was answered."""
    logs = folder / "logs"
    daemons = {
        host: Charon(host, files, logs / f"{scenario['name']}-{host}.log") for host, files in scenario["files"].items()
    }
    try:
        loaded = {host: daemon.load() for host, daemon in daemons.items()}
        with capture(folder / f"{scenario['name']}.pcap"):
            results = talk(scenario["flows"])
        return {
            "flows": results,
            "probes": ask_ike(scenario.get("probes", {})),
            "loaded": loaded,
            "connections": {host: daemon.ask("--list-conns", "--raw") for host, daemon in daemons.items()},
            "associations": {host: daemon.associations() for host, daemon in daemons.items()},
        }
    finally:
        for daemon in daemons.values():
            daemon.stop()


def talk(flows: list[dict[str, Any]]) -> dict[str, Any]:
    """Start the client of every host that asks and wait for all."""
    clients = []
    for host in sorted({one["source"] for one in flows}):
        source, target = MEMORY / f"{host}.flows", MEMORY / f"{host}.results"
        source.write_text(json.dumps([one for one in flows if one["source"] == host]), encoding="utf-8")
        command = inside(host, sys.executable, "-B", "-m", "tests.wire.guest.client", str(source), str(target))
        clients.append((target, subprocess.Popen(command)))
    results: dict[str, Any] = {}
    for target, client in clients:
        client.wait()
        results.update(json.loads(target.read_text(encoding="utf-8")))
    return results


def ask_ike(questions: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Let every host that has questions put them to IKE, by both probes."""
    results: dict[str, Any] = {}
    for host, asked in questions.items():
        source, target = MEMORY / f"{host}.questions", MEMORY / f"{host}.verdicts"
        source.write_text(json.dumps(asked), encoding="utf-8")
        run(*inside(host, sys.executable, "-B", "-m", "tests.wire.guest.probing", str(source), str(target)))
        results.update(json.loads(target.read_text(encoding="utf-8")))
    return results


def serve(hosts: dict[str, list[int]]) -> None:
    """Start the services of every host; they run to the end of the guest."""
    for host, ports in hosts.items():
        command = [sys.executable, "-B", "-m", "tests.wire.guest.servers", str(MEMORY / f"{host}.notes")]
        start(MEMORY / "servers.log", *inside(host, *command, *map(str, ports)))
    for host in hosts:
        while not (MEMORY / f"{host}.ready").exists():
            time.sleep(0.02)


def heard(hosts: dict[str, list[int]]) -> dict[str, list[str]]:
    """The markers that reached the services of each host."""
    notes = {host: MEMORY / f"{host}.notes" for host in hosts}
    return {host: path.read_text(encoding="ascii").split() if path.exists() else [] for host, path in notes.items()}
