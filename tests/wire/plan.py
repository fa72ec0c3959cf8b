# SPDX-License-Identifier: GPL-3.0-or-later
"""From what stands in the registries to the files of strongSwan, and the plan for the guest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.exchange.ipsec.plugins.filter.to_swanctl import to_swanctl
from tests.wire.certificates import FILE, files_of_hosts
from tests.wire.flows import ADDRESSES, PORTS, VIRTUAL, WAIT, flows
from tests.wire.hardened import KEY, Standing
from tests.wire.probes import SCENARIO, questions

WINDOWS = {"dc1": "10.0.20348"}
"""The Windows of the demo's hosts that are not Server 2003."""
OTHER_KEY = "another key altogether"
BACK_ENDS = ("be1", "be2")


def guest_plan(standing: Mapping[str, Standing]) -> dict[str, Any]:
    """Make the whole plan; `standing` has one entry for each tier, and none, other-offers and block-rule."""
    scenarios = [
        {
            "name": name,
            "files": _files(name, standing),
            "flows": [
                {"id": one.id, "source": one.source, "address": one.address, "port": one.port, "marker": one.marker,
                 "wait": WAIT}
                for one in wanted
            ],
            "probes": questions() if name == SCENARIO else {},
        }
        for name, wanted in flows().items()
    ]  # fmt: skip
    return {
        "hosts": ADDRESSES, "virtual": VIRTUAL, "nodes": BACK_ENDS, "ports": PORTS, "scenarios": scenarios, "cases": [],
    }  # fmt: skip


def files(
    policies: Standing, keys: Mapping[str, str], own: Mapping[str, list[str]] | None = None
) -> dict[str, dict[str, str]]:
    """The files of every host that runs strongSwan; a host without a policy runs it with nothing to do."""
    own = own or ADDRESSES
    found = {}
    for host, policy in policies.items():
        text = ""
        if policy is not None:
            held = [*own[host], *([VIRTUAL] if host in BACK_ENDS else [])]
            text = to_swanctl(
                policy, held, certificate=FILE, psk=keys.get(host, KEY),
                windows=WINDOWS.get(host, "5.2.3790"), reveal=True,
            )  # fmt: skip
        found[host] = {"swanctl.conf": text}
    return found


def _files(name: str, standing: Mapping[str, Standing]) -> dict[str, dict[str, str]]:
    found = files(_policies(name, standing), {"fe1": OTHER_KEY} if name == "other-key" else {})
    if name == "certificate":
        for host, more in files_of_hosts(found).items():
            found[host].update(more)
    return found


def _policies(name: str, standing: Mapping[str, Standing]) -> Standing:
    if name in standing:
        return standing[name]
    base = standing["message_stream"]
    if name == "front-end-without":
        return {**base, "fe1": standing["none"]["fe1"]}
    if name == "back-end-without":
        return {**base, **{host: standing["none"][host] for host in BACK_ENDS}}
    return base
