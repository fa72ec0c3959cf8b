# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's fleet, hardened by the roles tier by tier; what then stands in each registry, as policy_info reads it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.checkout import ROOT
from tests.lab.fleet import running_fleet
from tests.playbooks.run import PlaybookRun, run_playbook
from tests.wire.certificates import METHOD
from tests.wire.flows import TIERS
from tests.wire.uml import TwinError

FLEET, INVENTORY = ROOT / "tests/demo/fleet.yml", ROOT / "tests/demo/inventory.yml"
HARDEN = ROOT / "playbooks/harden.yml"
PLAYBOOKS = ROOT / "tests/wire/playbooks"
KEY = "the twin's key: 42"
PSK = [{"method": "psk", "psk": KEY}]
ROLES = ("front_end", "back_end_cluster", "domain_controller")

Standing = dict[str, dict[str, Any]]
"""Host -> all that policy_info told about it."""


def in_force(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """The policy in force in the words of policy_info, None where none is."""
    return next((dict(one) for one in told["policies"] if one["assigned"]), None)


def standing_policies(folder: Path) -> dict[str, Standing]:
    """Run the roles against simulated hosts; gives what stands before, after each tier and after each misfit."""
    with _fleet(yaml.safe_load(FLEET.read_text(encoding="utf-8")), INVENTORY, folder) as site:
        found = {"none": site.read()}
        site.play(HARDEN, "credentials", METHOD)
        found["certificate"] = site.read()
        for tier in sorted(TIERS):  # message_stream last: the misfits stand on it
            site.play(HARDEN, tier)
            found[tier] = site.read()
        for misfit in ("other-offers", "other-main-mode", "block-rule", "wide-filters"):
            site.play(PLAYBOOKS / f"{misfit.replace('-', '_')}.yml")
            found[misfit] = site.read()
        return found


def crowd_policies(folder: Path, front_ends: Mapping[str, str]) -> Standing:
    """The demo's site with more front ends (name -> address), hardened on tier credentials."""
    document = yaml.safe_load(FLEET.read_text(encoding="utf-8"))
    inventory = yaml.safe_load(INVENTORY.read_text(encoding="utf-8"))
    members = inventory["all"]["children"]["front_end"]["hosts"]
    for number, (name, address) in enumerate(front_ends.items(), 51):
        listen = f"127.82.18.{number}"
        document["hosts"][name] = {"profile": "server2003", "listen": listen, "addresses": [address]}
        document["groups"]["front_end"].append(name)
        members[name] = {"ansible_host": listen, "ipsec_addresses": [address]}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "inventory.yml"
    path.write_text(yaml.safe_dump(inventory), encoding="utf-8")
    with _fleet(document, path, folder) as site:
        site.play(HARDEN, "credentials")
        return site.read()


@contextlib.contextmanager
def _fleet(document: Mapping[str, Any], inventory: Path, folder: Path) -> Iterator[Site]:
    folder.mkdir(parents=True, exist_ok=True)
    with running_fleet(document, port_base=_free_port()) as handle:
        yield Site(inventory, folder, handle.host("fe1").http_port)


@dataclasses.dataclass(frozen=True)
class Site:
    """A running fleet and the inventory that reaches it."""

    inventory: Path
    folder: Path
    port: int

    def read(self) -> Standing:
        """Give what stands on every host, as policy_info reads it."""
        run = self.play(PLAYBOOKS / "read_back.yml")
        found: Standing = {}
        for one in run.of("exchange.ipsec.policy_info"):
            if one.result["problems"]:
                raise TwinError(f"{one.host}: {one.result['problems']}")
            found[one.host] = dict(one.result)
        return found

    def play(
        self, playbook: Path, tier: str = "message_stream", method: list[dict[str, str]] | None = None
    ) -> PlaybookRun:
        """Run a playbook; the tier and the method (the key where none is given) matter to the roles only."""
        extra = self.folder / "variables.yml"
        extra.touch(0o600)
        extra.write_text(json.dumps(_variables(self.port, tier, self.folder, method or PSK)), encoding="utf-8")
        try:
            run = run_playbook(playbook, self.inventory, "-e", f"@{extra}")
        finally:
            extra.unlink()
        if run.exit_code:
            raise TwinError(f"{playbook.name} on tier {tier} failed:\n{run.output[-1500:]}")
        return run


def _variables(port: int, tier: str, folder: Path, method: list[dict[str, str]]) -> Mapping[str, Any]:
    return {
        "ansible_port": port,
        "site_authentication": method,
        **{f"{role}_tier": tier for role in ROLES},
        **{f"{role}_backup_dir": str(folder / "backup") for role in ROLES},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.82.18.11", 0))
        return int(probe.getsockname()[1]) // 2 * 2
