# SPDX-License-Identifier: GPL-3.0-or-later
"""From what stands in the registries to the files of strongSwan, and the plan for the guest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.exchange.ipsec.plugins.filter.to_swanctl import to_swanctl
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.standing import version_from_info
from tests.wire.certificates import FILE, files_of_hosts
from tests.wire.compliance import interviews
from tests.wire.flows import ADDRESSES, BLOCKED, PATIENCE, PORTS, VIRTUAL, WAIT, flows
from tests.wire.hardened import KEY, Standing, in_force
from tests.wire.probes import SCENARIO, questions

OTHER_KEY = "another key altogether"
BACK_ENDS = ("be1", "be2")


def guest_plan(standing: Mapping[str, Standing]) -> dict[str, Any]:
    """Make the whole plan; `standing` has one entry for each state that the roles and misfits left."""
    scenarios = [
        {
            "name": name,
            "files": _files(name, standing),
            "flows": [
                {"id": one.id, "source": one.source, "address": one.address, "port": one.port, "marker": one.marker,
                 "wait": WAIT if one.expected == BLOCKED else PATIENCE}
                for one in wanted
            ],
            "probes": _questions(standing) if name == SCENARIO else {},
        }
        for name, wanted in flows().items()
    ]  # fmt: skip
    return {
        "hosts": ADDRESSES, "virtual": VIRTUAL, "nodes": BACK_ENDS, "ports": PORTS, "scenarios": scenarios, "cases": [],
    }  # fmt: skip


def files(
    standing: Standing, keys: Mapping[str, str], own: Mapping[str, list[str]] | None = None
) -> dict[str, dict[str, str]]:
    """The files of every host that runs strongSwan; a host without a policy runs it with nothing to do."""
    found = {}
    for host, told in standing.items():
        text, policy = "", in_force(told)
        if policy is not None:
            text = to_swanctl(
                policy, addresses(host, own), certificate=FILE, psk=keys.get(host, KEY),
                windows=str(version_from_info(told)), reveal=True,
            )  # fmt: skip
        found[host] = {"swanctl.conf": text}
    return found


def addresses(host: str, own: Mapping[str, list[str]] | None = None) -> list[str]:
    """The addresses that a host has or may get: every node of the cluster may hold the virtual one."""
    return [*(own or ADDRESSES)[host], *([VIRTUAL] if host in BACK_ENDS else [])]


def keys_of(name: str) -> dict[str, str]:
    """The hosts of a scenario with a key of their own; all others have the fleet's."""
    return {"fe1": OTHER_KEY} if name == "other-key" else {}


def _questions(standing: Mapping[str, Standing]) -> dict[str, list[dict[str, Any]]]:
    """What each host asks IKE: first for the probes, then for compliance."""
    more = interviews(standing)
    return {host: [*asked, *more.get(host, [])] for host, asked in questions().items()}


def _files(name: str, standing: Mapping[str, Standing]) -> dict[str, dict[str, str]]:
    found = files(standing_of(name, standing), keys_of(name))
    if name == "certificate":
        for host, more in files_of_hosts(found).items():
            found[host].update(more)
    return found


def standing_of(name: str, standing: Mapping[str, Standing]) -> Standing:
    """What stands on every host in a scenario; some are put together from two states of the fleet."""
    if name in standing:
        return standing[name]
    base = standing["message_stream"]
    if name == "front-end-without":
        return {**base, "fe1": standing["none"]["fe1"]}
    if name == "back-end-without":
        return {**base, **{host: standing["none"][host] for host in BACK_ENDS}}
    return base
