# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies as a user declares them, short to write, and what the lab must read on a host that has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Spec = dict[str, Any]

CERTIFICATE: Spec = {"method": "certificate", "ca": "CN=Example Root, O=Example"}
OTHER_CERTIFICATE: Spec = {"method": "certificate", "ca": "CN=Somebody Else, O=Example"}
KERBEROS: Spec = {"method": "kerberos"}
ESP: Spec = {"esp": {"encryption": "3des", "integrity": "sha1"}}
WEAK: Spec = {"esp": {"encryption": "des", "integrity": "md5"}}
NULL: Spec = {"esp": {"encryption": "none", "integrity": "sha1"}}
AH: Spec = {"ah": "sha1"}
STRONG_MODE: Spec = {"offers": [{"encryption": "3des", "integrity": "sha1", "dh_group": 14}]}
WEAK_MODE: Spec = {"offers": [{"encryption": "des", "integrity": "md5", "dh_group": 2}]}
PROTOCOLS = {"any": 0, "icmp": 1, "tcp": 6, "udp": 17}


def key(text: str) -> Spec:
    return {"method": "psk", "psk": text}


def flt(source: str, destination: str, protocol: str = "any", port: int = 0, **more: Any) -> Spec:
    """A filter; `port` is that of the destination."""
    return {"source": source, "destination": destination, "protocol": protocol, "destination_port": port, **more}


def negotiate(*offers: Spec, **options: bool) -> Spec:
    """A filter action that negotiates; options are soft, pfs and inbound_passthrough."""
    return {"action": "negotiate", "offers": list(offers or (ESP,)), **options}


PERMIT: Spec = {"action": "permit"}
BLOCK: Spec = {"action": "block"}


def rule(name: str, filters: Sequence[Spec], action: Spec, *methods: Spec, **more: Any) -> Spec:
    """A rule; list and action get their names from the policy."""
    found: Spec = {"name": name, "filter_list": {"filters": list(filters)}, "filter_action": dict(action), **more}
    if action["action"] == "negotiate":
        found["authentication"] = list(methods or (CERTIFICATE,))
    return found


def policy(name: str, *rules: Spec, assigned: bool = True, **more: Any) -> Spec:
    """A policy whose lists and actions belong to it alone; one rule, one list, one action."""
    for one in rules:
        one["filter_list"]["name"] = one["filter_action"]["name"] = f"{name}: {one['name']}"
    return {"name": name, "assigned": assigned, "rules": list(rules), "main_mode": STRONG_MODE, **more}


def expected(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the lab reads on a host that has this policy, in the words of `seen`."""
    return {
        one["name"]: (
            sorted(_filter(each) for each in one["filter_list"]["filters"]),
            _kind(one["filter_action"]),
            bool(one["filter_action"].get("soft")),
            [_method(each) for each in one.get("authentication", [KERBEROS])],
        )
        for one in spec["rules"]
    }


def seen(found: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """What the lab reads of a policy: filters, kind of action, soft and methods by rule; None where it is not there."""
    if name not in found["policies"]:
        return None
    rules = {}
    for title, one in found["policies"][name]["rules"].items():
        action = found["actions"][one["action"]]
        soft = any(offer.startswith("in clear") for offer in action["offers"])
        filters = sorted(found["lists"][one["list"]]["filters"])
        rules[title] = (filters, action["kind"], soft, one["authentication"])
    return rules


def _kind(action: Spec) -> str:
    passing = action["action"] == "negotiate" and action.get("inbound_passthrough")
    return "inpass" if passing else str(action["action"])


def _method(method: Spec) -> str:
    text = method.get("ca") or method.get("psk")
    return f"{method['method']}:{text}" if text else str(method["method"])


def _filter(one: Spec) -> str:
    ends = (_end(one["source"], one.get("source_port", 0)), _end(one["destination"], one["destination_port"]))
    mirrored = " mirrored" if one.get("mirrored", True) else ""
    return f"{' > '.join(ends)} protocol {PROTOCOLS[one['protocol']]}{mirrored}"


def _end(address: str, port: int) -> str:
    return f"{'0.0.0.0/0' if address == 'any' else address}:{port}"
