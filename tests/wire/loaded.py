# SPDX-License-Identifier: GPL-3.0-or-later
"""What strongSwan itself understood, by `swanctl --list-conns --raw`: written down by hand for one host and tier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCENARIO, HOST = "message_stream", "fe1"
CONNECTION = (
    "192-0-2-11--192-0-2-30 {local_addrs=[192.0.2.11] remote_addrs=[192.0.2.30] version=IKEv1 reauth_time=0 "
    "rekey_time=25920 unique=UNIQUE_NO local-1 {id=192.0.2.11 class=pre-shared key groups=[] cert_policy=[] certs=[] "
    "cacerts=[]} remote-1 {id=192.0.2.30 class=pre-shared key groups=[] cert_policy=[] certs=[] cacerts=[]} children {"
)
CHILDREN = tuple(
    f"mode=TRANSPORT rekey_time=3240 rekey_bytes=90000000 rekey_packets=0 dpd_action=none close_action=none "
    f"local-ts=[192.0.2.11/32[tcp]] remote-ts=[{address}/32[tcp/{port}]] priority=1001}}"
    for address in ("192.0.2.21", "192.0.2.22", "192.0.2.30") for port in ("http", "pop3", "imap2")
)  # fmt: skip
PASSED = tuple(
    f"mode=PASS rekey_time=3600 rekey_bytes=0 rekey_packets=0 dpd_action=none close_action=none "
    f"local-ts=[192.0.2.11/32[tcp/{port}]] remote-ts=[198.51.100.10/32[tcp]] priority=1001}}"
    for port in (5985, 5986)
)
ANNOUNCED_LIFE = bytes.fromhex("800b0001 800c7080")
"""Seconds, 28800, as main mode writes them in clear (RFC 2409 appendix A): the sum of rekey_time and over_time."""


def load_problems(result: Mapping[str, Any], capture: bytes) -> list[str]:
    """What strongSwan lacks or has beyond what the policy says, and whether it announced the policy's lifetime."""
    said = result["scenarios"][SCENARIO]["connections"][HOST]
    missing = [part for part in (CONNECTION, *CHILDREN, *PASSED) if said.count(part) != 1]
    problems = [f"strongSwan on {HOST} does not have once: {part}" for part in missing]
    if said.count("mode=") != len(CHILDREN) + len(PASSED):
        problems.append(f"strongSwan on {HOST} has {said.count('mode=')} children")
    if ANNOUNCED_LIFE not in capture:
        problems.append("main mode does not announce a lifetime of 28800 seconds")
    return problems
