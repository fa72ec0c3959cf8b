# SPDX-License-Identifier: GPL-3.0-or-later
"""The two means by which a front end drops its associations with a virtual address, done to strongSwan.

Single ones: ended at once, the policy stays. By policy: one that blocks in the place of the former one, whose
associations end, then the former one again; block policies of the kernel that weigh less than strongSwan's guard the
moments in which neither is installed, as rules of `netsh ipsec dynamic` do on Windows.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from tests.wire.guest.charon import Charon
from tests.wire.guest.shell import run
from tests.wire.guest.vici import conf, exchange_connections

LIGHTER_THAN_STRONGSWAN = "900000"
"""The kernel takes the policy with the smallest number; strongSwan's have four digits here."""
BLOCKED_SECONDS = 1.0


def drop(daemons: Mapping[str, Charon], own: Mapping[str, str], means: str, how: Mapping[str, Any]) -> None:
    """Drop the associations with `how["peers"]` on every host at once, and wait for all."""
    workers = []
    for host, daemon in daemons.items():
        single = threading.Thread(target=drop_single, args=(daemon, own[host], how["peers"]))
        given = (daemon, own[host], how["interludes"][host], how["guards"][host])
        workers.append(threading.Thread(target=interlude, args=given) if means == "policy" else single)
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def drop_single(daemon: Charon, own: str, peers: list[str]) -> None:
    """End every association with one of the peers."""
    for peer in peers:
        daemon.drop(f"{own}--{peer}".replace(".", "-"))


def interlude(daemon: Charon, own: str, text: str, guards: list[str]) -> None:
    """Put a configuration that blocks in force for a second, end everything, put the former one back."""
    door = daemon.folder / "vici"
    former = (daemon.folder / "swanctl.conf").read_text(encoding="utf-8")
    _guard("add", daemon.host, own, guards, f" action block priority {LIGHTER_THAN_STRONGSWAN}")
    exchange_connections(door, former, text)
    for connection in conf(former)["connections"]:
        daemon.drop(connection)
    time.sleep(BLOCKED_SECONDS)
    exchange_connections(door, text, former)
    _guard("delete", daemon.host, own, guards)


def _guard(verb: str, host: str, own: str, guards: list[str], more: str = "") -> None:
    lines = [
        f"xfrm policy {verb} src {source} dst {target} dir {direction}{more}"
        for network in guards
        for direction, source, target in (("out", f"{own}/32", network), ("in", network, f"{own}/32"))
    ]
    run("ip", "-n", host, "-batch", "-", text="\n".join(lines) + "\n")
