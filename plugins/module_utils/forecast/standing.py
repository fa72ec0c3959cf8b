# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what policy_info told about a host, and what a task wants there, to the stations before and after."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from ..errors import SpecError
from ..model.authentication import REDACTED
from ..model.from_spec import policy_from_spec
from ..model.policy import Policy
from ..model.windows import SERVER_2003, WindowsVersion
from .negotiate import UNKNOWN_KEY
from .station import NOT_READ, Station

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def station_from_info(
    name: str, own: tuple[IPv4Address, ...], info: Mapping[str, Any] | None, virtual: tuple[IPv4Address, ...] = ()
) -> Station:
    """Build the station of a host from the result of policy_info, None where it was not asked.

    ``own`` are the addresses that the inventory gives it, ``virtual`` those that it may hold at any moment.
    Never raises for what stands on a host: what cannot be understood makes the station's ``unknown``.
    """
    addresses = (*own, *virtual)
    if not info or info.get("failed") or "policies" not in info:
        return Station(name, addresses, unknown=NOT_READ)
    settings = info.get("settings") or {}
    station = Station(
        name,
        addresses,
        version_from_info(info),
        no_default_exempt=settings.get("NoDefaultExempt"),
        ike_flags=settings.get("IKEFlags") or 0,
        unread="; ".join(info.get("unread") or ()),
        foreign=tuple(one for one in own if info.get("addresses") and str(one) not in info["addresses"]),
    )
    return _in_force(station, info)


def _in_force(station: Station, info: Mapping[str, Any]) -> Station:
    """Put the policy into the station that is in force, or why nobody can tell."""
    if info.get("domain_policy"):
        text = f"the domain assigns policy {info['domain_policy']!r}, and its rules are not in the local store"
        return dataclasses.replace(station, unknown=text)
    state = (info.get("service") or {}).get("state")
    if state != "running":
        later = _assigned(station, info)
        return dataclasses.replace(
            later, policy=None, idle=f"the service PolicyAgent is {state}", asleep=later.policy,
            unknown="", unread=later.unknown or later.unread,
        )  # fmt: skip
    return _assigned(station, info)


def _assigned(station: Station, info: Mapping[str, Any]) -> Station:
    """Put the assigned policy of the local store into the station, or why nobody can tell what it says."""
    assigned = info.get("assigned")
    if not assigned:
        return station
    spec = next((one for one in info["policies"] if one["name"].casefold() == str(assigned).casefold()), None)
    if spec is None:
        return dataclasses.replace(station, unknown=f"policy {assigned!r} is in force and could not be read")
    try:
        return dataclasses.replace(station, policy=policy_from_info(spec, station.version))
    except SpecError as exc:
        return dataclasses.replace(station, unknown=f"policy {assigned!r} is in force and not understood: {exc}")


def version_from_info(info: Mapping[str, Any]) -> WindowsVersion:
    """Read the version out of ``Windows Server 2003 (5.2.3790)``; Server 2003 where there is none."""
    match = _VERSION.search(str(info.get("windows") or ""))
    return WindowsVersion(*(int(one) for one in match.groups())) if match else SERVER_2003


def policy_from_info(spec: Mapping[str, Any], version: WindowsVersion) -> Policy:
    """Build a policy as it was read from a host; keys that are stars become one that may be any key."""
    known: dict[str, Any] = dict(_without_stars(spec))
    if version.is_vista_or_later:
        known.pop("default_response", None)
    policy = policy_from_spec(known, version)
    tunnels = [rule.get("tunnel") for rule in spec.get("rules") or ()]
    rules = tuple(
        dataclasses.replace(rule, tunnel=IPv4Address(tunnel)) if tunnel else rule
        for rule, tunnel in zip(policy.rules, tunnels, strict=True)
    )  # fmt: skip
    return dataclasses.replace(policy, rules=rules)


def station_after(now: Station, want: Policy | None, name: str, assigned: bool | None) -> Station:
    """Give the station as it would be after the policy module ran with that policy, its name and ``assigned``.

    ``want`` is None where the tier asks nothing of the host: then a policy of that name goes.
    """
    if now.unknown and now.unknown != NOT_READ:
        return now
    if now.idle:
        later = station_after(awake(now), want, name, assigned)
        return dataclasses.replace(later, policy=None, idle=now.idle, asleep=later.policy)
    station = dataclasses.replace(now, unknown="")
    mine = now.policy is not None and now.policy.name.casefold() == name.casefold()
    if want is not None and (assigned or (assigned is None and mine)):
        return dataclasses.replace(station, policy=want, unread=now.unread if mine else "")
    if mine:
        return dataclasses.replace(station, policy=None, unread="")
    return now


def awake(one: Station) -> Station:
    """Give a station as it is when its service runs."""
    return dataclasses.replace(one, policy=one.asleep, idle="", asleep=None) if one.idle else one


def _without_stars(value: Any) -> Any:
    """Copy plain data with each key that was stars replaced, and without what only matters for writing."""
    if isinstance(value, Mapping):
        return {
            key: UNKNOWN_KEY.key.reveal() if key == "psk" and one == REDACTED else _without_stars(one)
            for key, one in value.items()
            if key not in ("map_to_account", "exclude_ca_name")
        }
    return [_without_stars(one) for one in value] if isinstance(value, (list, tuple)) else value
