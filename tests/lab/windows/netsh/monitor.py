# SPDX-License-Identifier: GPL-3.0-or-later
"""How netsh shows security associations and, from Vista on, deletes them.

`ipsec dynamic show mmsas|qmsas all` (Server 2003, TechNet cc739550) and `advfirewall monitor show|delete mmsa|qmsa`
(learn.microsoft.com, "netsh advfirewall"). The words and their order are not proven: rely on the addresses only.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from ..associations import MAIN, QUICK, Association
from .errors import NoSuchCommand

if TYPE_CHECKING:
    from ..host import WindowsHost

MODES = {"mmsa": MAIN, "qmsa": QUICK}


class NothingThere(Exception):
    """There is no association to show or delete; the key of what netsh says."""


def show_dynamic(host: WindowsHost, noun: str) -> str:
    """Return what `ipsec dynamic show mmsas` or `qmsas` prints."""
    return _shown(host, MODES[noun.removesuffix("s")], "sa.dynamic")


def _shown(host: WindowsHost, mode: str, key: str) -> str:
    found = [one for one in host.associations.current() if one.mode == mode]
    if not found:
        raise NothingThere(f"{key}.none")
    head = host.text(f"sa.{mode}")
    return head + "".join(_block(host, f"{key}.{mode}", one) for one in found)


def _block(host: WindowsHost, key: str, one: Association) -> str:
    told = one.to_json()
    return host.text(key, local=told["local"], peer=told["peer"], number=one.number, port=told["port"])


def run_monitor(host: WindowsHost, words: list[str]) -> str:
    """Run one command of `advfirewall monitor`; NoSuchCommand for all that nobody needed yet."""
    verb, noun, *rest = [word.lower() for word in words] if len(words) > 1 else ["", ""]
    if noun not in MODES:
        raise NoSuchCommand
    if verb == "show" and not rest:
        return _shown(host, MODES[noun], "sa.monitor") + host.text("sa.ok")
    if verb == "delete" and (rest == ["all"] or len(rest) == 2):
        _delete(host, MODES[noun], rest)
        return host.text("sa.ok")
    raise NoSuchCommand


def _delete(host: WindowsHost, mode: str, pair: list[str]) -> None:
    ends = None if pair == ["all"] else tuple(_address(word) for word in pair)
    host.associations.settle()
    if not host.associations.drop(lambda one: one.mode == mode and ends in (None, (one.local, one.peer))):
        raise NothingThere("sa.monitor.none")


def _address(word: str) -> str:
    try:
        return str(ipaddress.IPv4Address(word))
    except ValueError:
        raise NoSuchCommand from None
