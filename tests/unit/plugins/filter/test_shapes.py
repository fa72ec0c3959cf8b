# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a filter is given, it works or says in one sentence what is wrong where; no other exception leaves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.filter.firewall_openings import firewall_openings
from ansible_collections.exchange.ipsec.plugins.filter.from_netsh import from_netsh
from ansible_collections.exchange.ipsec.plugins.filter.from_reg import from_reg
from ansible_collections.exchange.ipsec.plugins.filter.to_netsh import to_netsh
from ansible_collections.exchange.ipsec.plugins.filter.to_reg import to_reg
from ansible_collections.exchange.ipsec.plugins.filter.to_swanctl import to_swanctl
from tests.unit.junk import JUNK, places, put

FILTERS: dict[str, Any] = {"source": "me", "destination": "192.0.2.21", "protocol": "tcp", "destination_port": 110}
RULE: dict[str, Any] = {
    "name": "POP3",
    "description": "mail",
    "active": True,
    "connection": "all",
    "tunnel": None,
    "filter_list": {"name": "POP3 list", "description": "", "filters": [{**FILTERS, "mirrored": True}]},
    "filter_action": {
        "name": "Require", "action": "negotiate", "pfs": False, "soft": False, "inbound_passthrough": False,
        "offers": [{"esp": {"encryption": "3des", "integrity": "sha1"}, "lifetime": 900, "lifetime_kb": 0}],
    },
    "authentication": [{"method": "psk", "psk": "sesame"}],
}  # fmt: skip
POLICY: dict[str, Any] = {
    "name": "Mail",
    "assigned": True,
    "polling_minutes": 180,
    "rules": [RULE],
    "main_mode": {"offers": [{"encryption": "3des", "integrity": "sha1", "dh_group": 2}], "lifetime": 28800},
    "default_response": {
        "active": False, "offers": [{"ah": "sha1"}], "authentication": [{"method": "certificate", "ca": "CN=Root"}],
    },
}  # fmt: skip
SITE: dict[str, Any] = {
    "groups": {"front_end": ["fe1"], "back_end_cluster": ["be1"], "all": ["fe1", "be1"]},
    "hostvars": {
        "fe1": {"ipsec_addresses": ["192.0.2.11"], "ansible_host": "192.0.2.11"},
        "be1": {"ipsec_addresses": "192.0.2.21", "ipsec_virtual_addresses": ["192.0.2.30"]},
    },
    "topology": {
        "tier": "everything", "authentication": [{"method": "kerberos"}], "management": ["198.51.100.0/24"],
        "management_ports": [5985], "permit_icmp": False, "site": "all", "policy_name": "Mail", "stage": "require",
    },
}  # fmt: skip
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "to_netsh": (to_netsh, {"policy": POLICY, "windows": "5.2.3790"}),
    "to_reg": (to_reg, {"policies": [POLICY], "windows": "10.0.20348"}),
    "to_swanctl": (to_swanctl, {
        "policy": {**POLICY, "default_response": None}, "addresses": ["192.0.2.11"], "part": "all", "psk": "sesame",
        "certificate": "proxy.pem", "idle_seconds": 300, "windows": "5.2.3790",
    }),
    "from_netsh": (from_netsh, {"script": 'ipsec static add policy name="Mail"'}),
    "from_reg": (from_reg, {"text": "Windows Registry Editor Version 5.00\n"}),
    "firewall_openings": (firewall_openings, SITE),
}  # fmt: skip
ONE = "must be one policy as a dict, as the module policy takes it and policy_info shows it"


@pytest.mark.parametrize("name", CALLS)
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_another_exception_never_leaves_a_filter(name: str, data: st.DataObject) -> None:
    function, arguments = CALLS[name]
    ways = [way for way in places(arguments) if way]
    for _turn in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from(ways))
        if way in places(arguments):
            arguments = put(arguments, way, data.draw(JUNK))
    said = ""
    try:
        function(**arguments)
    except AnsibleFilterError as exc:
        said = str(exc)
    assert not said or said.startswith(f"exchange.ipsec.{name}: ")
    assert "sesame" not in said


@pytest.mark.parametrize("name", CALLS)
def test_what_is_changed_above_is_right_before(name: str) -> None:
    function, arguments = CALLS[name]
    function(**arguments)


@pytest.mark.parametrize(("way", "new", "said"), [
    pytest.param("", None, f": {ONE}, not nothing", id="nothing"),
    pytest.param("", [POLICY], f": {ONE}, not a list", id="several"),
    pytest.param("rules", RULE, ".rules: must be a list of dicts, not a dict", id="one-rule"),
    pytest.param("rules 0", "POP3", ".rules[0]: must be a dict, not text", id="name-of-a-rule"),
    pytest.param("rules 0 filter_list filters", "any",
                 ".rules[0].filter_list.filters: must be a list of dicts, not text", id="filters-as-text"),
    pytest.param("rules 0 filter_list", {}, ".rules[0].filter_list: is required", id="empty"),
    pytest.param("rules 0 filter_action pfs", "no",
                 ".rules[0].filter_action.pfs: must be true or false, not text", id="no-as-text"),
    pytest.param("rules 0 authentication 0 psk", ["sesame"],
                 ".rules[0].authentication[0].psk: must be text, not a list", id="keys"),
    pytest.param("main_mode", [1], ".main_mode: must be a dict, not a list", id="main-mode"),
    pytest.param("main_mode lifetime", "--5", ".main_mode.lifetime: '--5' is not a whole number", id="number"),
])  # fmt: skip
def test_a_wrong_shape_is_named_by_its_place(way: str, new: Any, said: str) -> None:
    steps = tuple(int(one) if one.isdigit() else one for one in way.split())
    with pytest.raises(AnsibleFilterError) as caught:
        to_swanctl(put(CALLS["to_swanctl"][1]["policy"], steps, new), "192.0.2.11")
    assert str(caught.value) == f"exchange.ipsec.to_swanctl: policy{said}"


@pytest.mark.parametrize(("call", "said"), [
    pytest.param(lambda: to_reg("Mail"), "to_reg: policies: must be a list of policies, or one policy, not text",
                 id="reg"),
    pytest.param(lambda: to_reg(["Mail"]), "to_reg: [0]: must be one policy as a dict", id="reg-names"),
    pytest.param(lambda: from_netsh(None),
                 "from_netsh: reads text, such as lookup('ansible.builtin.file', PATH) gives, not nothing", id="none"),
    pytest.param(lambda: from_reg({"a": 1}), "from_reg: reads text, such as lookup(", id="registry"),
    pytest.param(lambda: firewall_openings(SITE["groups"], SITE["hostvars"], None),
                 "firewall_openings: topology: must be a dict with tier and authentication, not nothing", id="tier"),
    pytest.param(lambda: firewall_openings(SITE["groups"], {}, SITE["topology"]),
                 "firewall_openings: hostvars: has no host 'fe1', which the groups name", id="hostvars"),
])  # fmt: skip
def test_what_the_other_filters_say(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        call()
    assert str(caught.value).startswith(f"exchange.ipsec.{said}")
