# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's fleet, hardened by the roles tier by tier; what then stands in each registry, as policy_info reads it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.checkout import ROOT
from tests.lab.fleet import running_fleet
from tests.playbooks.run import PlaybookRun, run_playbook
from tests.wire.flows import TIERS
from tests.wire.uml import TwinError

FLEET, INVENTORY = ROOT / "tests/demo/fleet.yml", ROOT / "tests/demo/inventory.yml"
PLAYBOOKS = ROOT / "tests/wire/playbooks"
KEY = "the twin's key: 42"
ROLES = ("front_end", "back_end_cluster", "domain_controller")

Standing = dict[str, dict[str, Any] | None]
"""Host -> the policy in force in the words of policy_info, None where none is."""


def standing_policies(folder: Path) -> dict[str, Standing]:
    """Run the roles against simulated hosts; gives what stands before, after each tier and after each misfit."""
    folder.mkdir(parents=True, exist_ok=True)
    document = yaml.safe_load(FLEET.read_text(encoding="utf-8"))
    with running_fleet(document, port_base=_free_port()) as handle:
        port = handle.host("fe1").http_port
        return dict(_stories(folder, port))


def _stories(folder: Path, port: int) -> Iterator[tuple[str, Standing]]:
    yield "none", _read(folder, port, "credentials")
    for tier in sorted(TIERS):  # message_stream last: the misfits stand on it
        _play(ROOT / "playbooks/harden.yml", folder, port, tier)
        yield tier, _read(folder, port, tier)
    _play(PLAYBOOKS / "other_offers.yml", folder, port, "message_stream")
    yield "other-offers", _read(folder, port, "message_stream")
    _play(PLAYBOOKS / "block_rule.yml", folder, port, "message_stream")
    yield "block-rule", _read(folder, port, "message_stream")


def _read(folder: Path, port: int, tier: str) -> Standing:
    run = _play(PLAYBOOKS / "read_back.yml", folder, port, tier)
    found: Standing = {}
    for one in run.of("exchange.ipsec.policy_info"):
        if one.result["problems"]:
            raise TwinError(f"{one.host}: {one.result['problems']}")
        assigned = [policy for policy in one.result["policies"] if policy["assigned"]]
        found[one.host] = dict(assigned[0]) if assigned else None
    return found


def _play(playbook: Path, folder: Path, port: int, tier: str) -> PlaybookRun:
    extra = folder / "variables.yml"
    extra.touch(0o600)
    extra.write_text(json.dumps(_variables(port, tier, folder)), encoding="utf-8")
    try:
        run = run_playbook(playbook, INVENTORY, "-e", f"@{extra}")
    finally:
        extra.unlink()
    if run.exit_code:
        raise TwinError(f"{playbook.name} on tier {tier} failed:\n{run.output[-1500:]}")
    return run


def _variables(port: int, tier: str, folder: Path) -> Mapping[str, Any]:
    return {
        "ansible_port": port,
        "site_authentication": [{"method": "psk", "psk": KEY}],
        **{f"{role}_tier": tier for role in ROLES},
        **{f"{role}_backup_dir": str(folder / "backup") for role in ROLES},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.82.18.11", 0))
        return int(probe.getsockname()[1]) // 2 * 2
