# SPDX-License-Identifier: GPL-3.0-or-later
"""What the forecast says of every flow of the twin, from what policy_info told about the hosts it is built from."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.exchange.ipsec.plugins.filter.to_swanctl import with_key
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.engine import Engine
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.packet import TCP, Traffic
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.standing import station_from_info
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.station import Station
from tests.wire.flows import ADDRESSES, flows
from tests.wire.hardened import KEY, Standing
from tests.wire.plan import addresses, keys_of, standing_of

CLIENT_PORT = 1025


def foreseen(name: str, standing: Mapping[str, Standing]) -> dict[str, dict[str, Any]]:
    """The forecast of every flow of a scenario by the flow's id: its outcome, why, and what is not certain."""
    told = standing_of(name, standing)
    stations = [_station(host, told.get(host), keys_of(name)) for host in ADDRESSES]
    engine = Engine(stations, ["dc1"])
    found = {}
    for flow in flows()[name]:
        ends = IPv4Address(ADDRESSES[flow.source][0]), IPv4Address(flow.address)
        verdict = engine.verdict(flow.source, ends[0], flow.server, ends[1], Traffic(TCP, CLIENT_PORT, flow.port))
        found[flow.id] = {
            "forecast": verdict.outcome.value, "because": verdict.because, "doubts": list(verdict.doubts),
        }  # fmt: skip
    return found


def _station(host: str, told: Mapping[str, Any] | None, keys: Mapping[str, str]) -> Station:
    """Make a host of the forecast; the key, which policy_info hides, is put in as it is for strongSwan."""
    own = tuple(map(IPv4Address, addresses(host)))
    if told is None:  # the controller has no policy
        return Station(host, own)
    filled = [with_key(policy, keys.get(host, KEY)) for policy in told["policies"]]
    return station_from_info(host, own, {**told, "policies": filled})
