# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: the argument specs of its action plugins, once each; the documentation is held to them."""

from __future__ import annotations

from typing import Any

from .commit_spec import COMMIT

_ESP = {
    "type": "dict",
    "options": {
        "encryption": {"type": "str", "choices": ["3des", "des", "none"], "default": "3des"},
        "integrity": {"type": "str", "choices": ["sha1", "md5", "none"], "default": "sha1"},
    },
}
_OFFERS = {
    "type": "list",
    "elements": "dict",
    "options": {
        "esp": _ESP,
        "ah": {"type": "str", "choices": ["sha1", "md5"]},
        "lifetime": {"type": "int", "default": 0},
        "lifetime_kb": {"type": "int", "default": 0},
    },
}
_AUTHENTICATION = {
    "type": "list",
    "elements": "dict",
    "options": {
        "method": {"type": "str", "choices": ["kerberos", "certificate", "psk"], "required": True},
        "ca": {"type": "str"},
        "map_to_account": {"type": "bool", "default": False},
        "exclude_ca_name": {"type": "bool", "default": False},
        "psk": {"type": "str", "no_log": True},
    },
}
_FILTER = {
    "source": {"type": "str", "required": True},
    "destination": {"type": "str", "required": True},
    "protocol": {"type": "str", "default": "any"},
    "source_port": {"type": "int", "default": 0},
    "destination_port": {"type": "int", "default": 0},
    "mirrored": {"type": "bool", "default": True},
    "description": {"type": "str", "default": ""},
}
_FILTER_LIST = {
    "type": "dict",
    "required": True,
    "options": {
        "name": {"type": "str", "required": True},
        "description": {"type": "str", "default": ""},
        "filters": {"type": "list", "elements": "dict", "required": True, "options": _FILTER},
    },
}
_FILTER_ACTION = {
    "type": "dict",
    "required": True,
    "options": {
        "name": {"type": "str", "required": True},
        "description": {"type": "str", "default": ""},
        "action": {"type": "str", "choices": ["permit", "block", "negotiate"], "required": True},
        "offers": _OFFERS,
        "pfs": {"type": "bool", "default": False},
        "soft": {"type": "bool", "default": False},
        "inbound_passthrough": {"type": "bool", "default": False},
    },
}
_RULES = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str", "default": ""},
        "description": {"type": "str", "default": ""},
        "active": {"type": "bool", "default": True},
        "connection": {"type": "str", "choices": ["all", "lan", "dialup"], "default": "all"},
        "tunnel": {"type": "str"},
        "filter_list": _FILTER_LIST,
        "filter_action": _FILTER_ACTION,
        "authentication": _AUTHENTICATION,
    },
}
_MAIN_MODE = {
    "type": "dict",
    "options": {
        "offers": {
            "type": "list",
            "elements": "dict",
            "options": {
                "encryption": {"type": "str", "choices": ["3des", "des"], "default": "3des"},
                "integrity": {"type": "str", "choices": ["sha1", "md5"], "default": "sha1"},
                "dh_group": {"type": "int", "choices": [14, 2, 1], "default": 14},
            },
        },
        "lifetime": {"type": "int", "default": 28800},
        "quick_modes": {"type": "int", "default": 0},
        "pfs": {"type": "bool", "default": False},
    },
}
_DEFAULT_RESPONSE = {
    "type": "dict",
    "options": {
        "active": {"type": "bool", "default": False},
        "offers": _OFFERS,
        "pfs": {"type": "bool", "default": False},
        "authentication": _AUTHENTICATION,
    },
}
_TOPOLOGY = {
    "type": "dict",
    "options": {
        "tier": {"type": "str", "choices": ["credentials", "message_stream", "everything"], "required": True},
        "authentication": {**_AUTHENTICATION, "required": True},
        "management": {"type": "list", "elements": "str", "default": []},
        "management_ports": {"type": "list", "elements": "int", "default": [5985, 5986]},
        "permit_icmp": {"type": "bool", "default": False},
        "exempt_domain_controllers": {"type": "bool", "default": False},
        "offers": _OFFERS,
        "pfs": {"type": "bool", "default": False},
        "soft": {"type": "bool", "default": False},
        "inbound_passthrough": {"type": "bool", "default": False},
        "site": {"type": "str"},
        "stage": {"type": "str", "choices": ["permit", "request", "require"], "default": "require"},
    },
}
_DECLARATION: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "description": {"type": "str", "default": ""},
    "rules": _RULES,
    "topology": _TOPOLOGY,
    "main_mode": _MAIN_MODE,
    "default_response": _DEFAULT_RESPONSE,
    "polling_minutes": {"type": "int", "default": 180},
}
_BACKUP = {
    "backup": {"type": "bool", "default": True},
    "backup_dir": {"type": "path", "default": ""},
    "restore": {"type": "path"},
}

POLICY_SPEC: dict[str, Any] = {
    **_DECLARATION,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "assigned": {"type": "bool"},
    **COMMIT,
    **_BACKUP,
}
SNAPSHOT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent", "restored", "listed"], "default": "present"},
    "name": {"type": "str"},
    "time": {"type": "str"},
    "folder": {"type": "path", "default": ""},
    **COMMIT,
}
POLICY_INFO_SPEC: dict[str, Any] = {
    "name": {"type": "str"},
    "virtual_addresses": {"type": "list", "elements": "str", "default": []},
    "addresses": {"type": "bool", "default": False},
    "evidence": {"type": "bool", "default": False},
}
_SETTINGS = {
    "nlbs_flags": {"type": "str", "choices": ["1", "0", "absent", "unmanaged"], "default": "unmanaged"},
    "settings": {"type": "dict", "default": {}},
}
_IKE_QUESTION = {
    "port": {"type": "int", "default": 500},
    "source_port": {"type": "int", "default": 0},
    "timeout": {"type": "float", "default": 2.0},
    "pause": {"type": "float", "default": 0.2},
}
COMPLIANCE_SPEC: dict[str, Any] = {
    **_DECLARATION,
    **_SETTINGS,
    "assigned": {"type": "bool", "default": True},
    "fail_on": {"type": "str", "choices": ["high", "medium", "low", "never"], "default": "low"},
    "skip_checks": {"type": "list", "elements": "str", "default": []},
    "ike_probe": {
        "type": "dict",
        "options": {
            "addresses": {"type": "list", "elements": "str", "default": []},
            "must_answer": {"type": "bool", "default": False},
            **_IKE_QUESTION,
        },
    },
}
OAKLEY_SPEC: dict[str, Any] = {
    **_SETTINGS,
    **_BACKUP,
    "restart": {"type": "bool", "default": False},
}
FORECAST_POLICY: dict[str, Any] = {**_DECLARATION, "assigned": {"type": "bool"}}
"""What a declaration in the option ``policies`` of forecast may hold: the policy module's options that matter."""
_FLOW = {
    "name": {"type": "str", "required": True},
    "source": {"type": "str", "required": True},
    "destination": {"type": "str", "required": True},
    "protocol": {"type": "str", "default": "tcp"},
    "port": {"type": "int", "default": 0},
    "kind": {"type": "str", "choices": ["own", "management", "domain", "cluster", "mail"], "default": "own"},
}
FORECAST_SPEC: dict[str, Any] = {
    "policies": {"type": "dict", "default": {}},
    "now": {"type": "str", "default": "ipsec_now"},
    "peers": {"type": "dict", "default": {}},
    "management": {"type": "list", "elements": "str", "default": []},
    "controller": {"type": "bool", "default": True},
    "order": {"type": "list", "elements": "str", "default": []},
    "absent": {"type": "list", "elements": "str", "default": []},
    "with_counterparts": {"type": "list", "elements": "str"},
    "flows": {"type": "list", "elements": "dict", "default": [], "options": _FLOW},
    "fail_on": {"type": "str", "choices": ["high", "medium", "low", "never"], "default": "high"},
    "pairs": {"type": "int", "default": 20},
}
CLUSTER_GROUP_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["moved", "queried"], "default": "moved"},
    "owner": {"type": "str"},
    "virtual_addresses": {"type": "list", "elements": "str", "default": []},
    "timeout": {"type": "int", "default": 120},
}
IKE_PROBE_SPEC: dict[str, Any] = {
    "address": {"type": "str", "required": True},
    **_IKE_QUESTION,
    "sweep": {"type": "bool", "default": False},
    "encryption": {
        "type": "list",
        "elements": "str",
        "choices": ["des", "3des", "aes128", "aes192", "aes256"],
        "default": ["aes256", "aes128", "3des", "des"],
    },
    "integrity": {"type": "list", "elements": "str", "choices": ["md5", "sha1", "sha256"], "default": ["sha1", "md5"]},
    "dh_groups": {"type": "list", "elements": "int", "choices": [1, 2, 5, 14], "default": [14, 2, 1]},
    "authentication": {
        "type": "list",
        "elements": "str",
        "choices": ["psk", "certificate", "kerberos"],
        "default": ["certificate", "psk", "kerberos"],
    },
}
SA_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["listed", "dropped"], "default": "listed"},
    "peers": {"type": "list", "elements": "str"},
    "site": {"type": "str", "default": ""},
    "means": {"type": "str", "choices": ["auto", "associations", "policy", "restart"], "default": "auto"},
    "accept_gap": {"type": "bool", "default": False},
}
