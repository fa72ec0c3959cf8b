# SPDX-License-Identifier: GPL-3.0-or-later
"""The role linux_peer in the twin: a front end's policy, as policy_info read it, brought to a Linux host."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.wire.flows import ADDRESSES, VIRTUAL
from tests.wire.hardened import KEY

HOST = "fe1"
LOADED = ("192-0-2-11--192-0-2-21", "192-0-2-11--192-0-2-22", "192-0-2-11--192-0-2-30", "exchange-ipsec-without-ike")


def prepare(policy: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Write inventory and play for the guest, JSON being YAML; gives that part of the plan."""
    folder.mkdir(parents=True, exist_ok=True)
    variables = {
        "ansible_connection": "local", "ansible_python_interpreter": sys.executable,
        "linux_peer_policy": policy, "linux_peer_addresses": ADDRESSES[HOST], "linux_peer_psk": KEY,
    }  # fmt: skip
    role = {"ansible.builtin.include_role": {"name": "exchange.ipsec.linux_peer"}}
    play = {"name": "Proxy", "hosts": "all", "gather_facts": False, "tasks": [{"name": "The role", **role}]}
    for name, content in (
        ("inventory.yml", {"all": {"hosts": {"proxy": None}, "vars": variables}}), ("play.yml", [play]),
    ):  # fmt: skip
        path = folder / name
        path.touch(0o600)
        path.write_text(json.dumps(content), encoding="utf-8")
    return {"host": HOST, "folder": str(folder)}


def plan(role: Mapping[str, str]) -> dict[str, Any]:
    """The plan for a guest that does nothing else."""
    return {
        "hosts": {HOST: ADDRESSES[HOST]}, "virtual": VIRTUAL, "nodes": (), "ports": {}, "scenarios": [], "cases": [],
        "role": role,
    }  # fmt: skip


def role_problems(result: Mapping[str, Any]) -> list[str]:
    """What is not so: changed, then ok; both files for root alone; no key shown; every connection loaded."""
    expected = {"statuses": [{"proxy": "changed"}, {"proxy": "ok"}], "key_shown": False, "modes": ["0o600", "0o600"]}
    problems = [
        f"role linux_peer: {name} is {result[name]}\n{result['output']}"
        for name, value in expected.items() if result[name] != value
    ]  # fmt: skip
    missing = [name for name in LOADED if result["loaded"].count(f"list-conn event {{{name} {{") != 1]
    return problems + [f"role linux_peer: {name} is not loaded" for name in missing]
