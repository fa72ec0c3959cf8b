# SPDX-License-Identifier: GPL-3.0-or-later
"""The context `netsh ipsec static`: its commands with their tags in order.

Tags after netsh's own help texts (uitranslation.com, "Usage: filteraction [ name = ]" and its neighbours) and
Microsoft's page "netsh ipsec".
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import static_add, static_change, static_delete, static_show
from .errors import NoSuchCommand
from .store import LocalStore
from .words import Arguments, pick

if TYPE_CHECKING:
    from ..host import WindowsHost

Command = Callable[[LocalStore, Arguments], "str | None"]
_POLICY = "description mmpfs qmpermm mmlifetime activatedefaultrule pollinginterval assign"
_FILTER = "protocol mirrored srcmask dstmask srcport dstport"
_ACTION = "description qmpfs inpass soft action qmsecmethods"
_RULE = "filterlist filteraction tunnel conntype activate"
_AUTH = "kerberos psk rootca"
_SHOW = "level format wide"

COMMANDS: dict[str, dict[str, tuple[str, Command]]] = {
    "add": {
        "filter": (f"filterlist srcaddr dstaddr description {_FILTER}", static_add.add_filter),
        "filteraction": (f"name {_ACTION}", static_add.add_filteraction),
        "filterlist": ("name description", static_add.add_filterlist),
        "policy": (f"name {_POLICY} mmsecmethods", static_add.add_policy),
        "rule": (f"name policy {_RULE} description {_AUTH}", static_add.add_rule),
    },
    "set": {
        "batch": ("mode", static_change.set_batch),
        "defaultrule": (f"policy qmpfs activate qmsecmethods {_AUTH}", static_change.set_defaultrule),
        "filteraction": (f"name|guid newname {_ACTION}", static_change.set_filteraction),
        "filterlist": ("name|guid newname description", static_change.set_filterlist),
        "policy": (f"name|guid newname {_POLICY} gponame mmsecmethods", static_change.set_policy),
        "rule": (f"name|id policy newname description {_RULE} {_AUTH}", static_change.set_rule),
        "store": ("location domain", static_change.set_store),
    },
    "delete": {
        "all": ("", static_delete.delete_all),
        "filter": (f"filterlist srcaddr dstaddr {_FILTER}", static_delete.delete_filter),
        "filteraction": ("name|all", static_delete.delete_filteraction),
        "filterlist": ("name|all", static_delete.delete_filterlist),
        "policy": ("name|all", static_delete.delete_policy),
        "rule": ("name|id|all policy", static_delete.delete_rule),
    },
    "show": {
        "all": ("format wide", static_show.show_all),
        "filteraction": (f"name|rule|all {_SHOW}", functools.partial(static_show.show_objects, noun="filteraction")),
        "filterlist": (
            "name|rule|all level format resolvedns wide",
            functools.partial(static_show.show_objects, noun="filterlist"),
        ),
        "policy": (f"name|all {_SHOW}", functools.partial(static_show.show_objects, noun="policy")),
        "rule": (f"name|id|all|default policy type {_SHOW}", static_show.show_rules),
        "store": ("", static_show.show_store),
    },
}


def run_static(host: WindowsHost, words: list[str]) -> str:
    """Run one command of the context and return its output; raise NetshError or NoSuchCommand."""
    verb = pick(words[0], list(COMMANDS)) if words else None
    noun = pick(words[1], list(COMMANDS[verb])) if verb and len(words) > 1 else None
    if verb is None or noun is None:
        raise NoSuchCommand
    tags, command = COMMANDS[verb][noun]
    args = Arguments(words[2:], tags.split(), repeatable=("rootca",))
    try:
        return command(LocalStore(host), args) or ""
    finally:
        if verb != "show":
            host.driver.reload()
