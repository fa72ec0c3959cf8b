# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible connections to a host of the lab, made in this process, on whatever ansible-core is installed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import yaml
from ansible import constants
from ansible.playbook.play_context import PlayContext
from ansible.plugins.connection import winrm

from ansible_collections.exchange.ipsec.plugins.connection import winrs
from ansible_collections.exchange.ipsec.plugins.doc_fragments.winrm_options import ModuleDocFragment
from ansible_collections.exchange.ipsec.plugins.plugin_utils.winrm_host import WinrmHost

WINRS = "exchange.ipsec.winrs"
WINRM = "ansible.builtin.winrm"
PIPELINING: dict[str, Any] = {"pipelining": {"type": "boolean", "default": False}}


def variables(reach: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return the variables that an inventory has for a host of the lab: NTLM, sealed, over HTTP."""
    return {
        "inventory_hostname": "lab",
        "ansible_host": reach["address"],
        "ansible_port": reach["http_port"],
        "ansible_user": reach["user"],
        "ansible_password": reach["password"],
        "ansible_winrm_scheme": "http",
        "ansible_winrm_transport": "ntlm",
        **more,
    }


def options(kind: str) -> dict[str, Any]:
    """Return the option definitions of a connection plugin, fragments included."""
    texts = [winrs.DOCUMENTATION, ModuleDocFragment.DOCUMENTATION] if kind == WINRS else [winrm.DOCUMENTATION]
    found = dict(PIPELINING)
    for text in texts:
        found.update(yaml.safe_load(text)["options"])
    return found


def connection(kind: str, given: Mapping[str, Any]) -> Any:
    """Return a connection as Ansible's task executor makes it."""
    made = (winrs if kind == WINRS else winrm).Connection(PlayContext(), os.devnull)
    made._load_name = kind
    constants.config.initialize_plugin_configuration_definitions("connection", kind, options(kind))
    extras = {name: value for name, value in given.items() if name.startswith("ansible_winrm_")}
    made.set_options(var_options={**given, "_extras": extras})
    return made


def host(kind: str, reach: Mapping[str, Any], codepage: int | None = None, **more: Any) -> WinrmHost:
    """Return the host port over a connection of this kind."""
    if kind == WINRS and codepage is not None:
        more["ansible_winrs_codepage"] = codepage
    return WinrmHost(connection(kind, variables(reach, **more)), "lab", codepage)
