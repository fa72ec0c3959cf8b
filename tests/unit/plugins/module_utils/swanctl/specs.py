# SPDX-License-Identifier: GPL-3.0-or-later
"""Small policies as users write them, for the tests of swanctl."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from ansible_collections.exchange.ipsec.plugins.module_utils.model.from_spec import policy_from_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import WindowsVersion
from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.peer import LinuxPeer

PEER = LinuxPeer((IPv4Address("192.0.2.11"),))
SERVER_2022 = WindowsVersion(10, 0, 20348)
PSK = [{"method": "psk", "psk": 'k"ey'}]


def one_filter(source: str = "me", destination: str = "192.0.2.21", **more: Any) -> dict[str, Any]:
    """A filter for POP3 unless told otherwise."""
    return {"source": source, "destination": destination, "protocol": "tcp", "destination_port": 110, **more}


def rule(name: str = "mail", filters: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A rule that negotiates with a key, unless told otherwise."""
    action = more.pop("action", {"name": "negotiate", "action": "negotiate"})
    wanted = {"name": f"list of {name}", "filters": [one_filter()] if filters is None else filters}
    return {"name": name, "filter_list": wanted, "filter_action": action, "authentication": PSK, **more}


def policy(*rules: dict[str, Any], **more: Any) -> Policy:
    """A policy with these rules; of Server 2003 where it has a default response, else of Server 2022."""
    version = WindowsVersion(5, 2, 3790) if "default_response" in more else SERVER_2022
    return policy_from_spec({"name": "Exchange IPsec", "rules": list(rules), **more}, version)
