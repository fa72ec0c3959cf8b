# SPDX-License-Identifier: GPL-3.0-or-later
"""From the arguments of a task and the inventory to the policy that it wants."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, WindowsVersion
from ansible_collections.exchange.ipsec.plugins.plugin_utils.declared import declaration, site_of
from ansible_collections.exchange.ipsec.plugins.plugin_utils.wanted_settings import wanted_settings

HOSTVARS = {
    "fe1": {"ipsec_addresses": ["192.0.2.11"]},
    "be1": {"ipsec_addresses": ["192.0.2.21"], "ipsec_virtual_addresses": ["192.0.2.30"]},
    "be9": {"ipsec_addresses": ["198.51.100.21"]},
    "dc1": {"ipsec_addresses": ["192.0.2.41"]},
}
GROUPS = {
    "front_end": ["fe1"],
    "back_end_cluster": ["be1", "be9"],
    "domain_controller": ["dc1"],
    "seoul": ["fe1", "be1", "dc1"],
}
TOPOLOGY = {"tier": "credentials", "authentication": [{"method": "kerberos"}], "site": "seoul"}
ARGS: dict[str, Any] = {
    "name": "Mail",
    "description": "",
    "rules": None,
    "topology": TOPOLOGY,
    "main_mode": None,
    "default_response": None,
    "polling_minutes": 180,
}


def variables(host: str) -> dict[str, Any]:
    """Give the variables of a task on a host."""
    return {"inventory_hostname": host, "groups": GROUPS, "hostvars": HOSTVARS}


def test_a_front_end_gets_a_filter_for_each_address_of_its_site() -> None:
    policy = declaration(ARGS, variables("fe1")).policy(SERVER_2003)
    assert policy is not None
    shown = [str(one) for rule in policy.rules for one in rule.filter_list.filters]
    assert shown == [
        "tcp me <-> 192.0.2.21:110",
        "tcp me <-> 192.0.2.30:110",
        "tcp me <-> 192.0.2.21:143",
        "tcp me <-> 192.0.2.30:143",
    ]


def test_a_host_that_the_tier_asks_nothing_of_has_no_policy() -> None:
    assert declaration(ARGS, variables("dc1")).policy(SERVER_2003) is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"topology": None}, "a policy is declared by either rules or topology; give one of them"),
        ({"rules": []}, "a policy is declared by either rules or topology; give one of them"),
        ({"topology": {**TOPOLOGY, "site": "busan"}}, "topology.site: the inventory has no group 'busan'"),
        ({"name": " "}, "name: is required and must be text"),
    ],
)
def test_what_no_host_could_take_is_refused_before_any_is_asked(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        declaration({**ARGS, **changed}, variables("fe1"))
    assert str(caught.value) == message


def test_kerberos_towards_a_domain_controller_is_refused_with_the_way_out() -> None:
    args = {**ARGS, "topology": {**TOPOLOGY, "tier": "everything"}}
    with pytest.raises(SpecError, match=r"kerberos cannot authenticate .* Use certificate or psk, or leave"):
        declaration(args, variables("fe1"))


def test_limits_of_a_version_are_judged_once_it_is_known() -> None:
    method = {"method": "certificate", "ca": "CN=Example Root", "map_to_account": True}
    declared = declaration({**ARGS, "topology": {**TOPOLOGY, "authentication": [method]}}, variables("fe1"))
    assert declared.policy(WindowsVersion(10, 0, 20348)) is not None
    with pytest.raises(SpecError, match=r"cannot be verified on Windows Server 2003"):
        declared.policy(SERVER_2003)


def test_without_a_site_the_whole_inventory_is_one() -> None:
    assert [host.name for host in site_of("", GROUPS, HOSTVARS).back_ends] == ["be1", "be9"]


@pytest.mark.parametrize(
    ("flags", "settings", "wanted"),
    [
        ("unmanaged", {}, {}),
        ("1", {}, {"NLBSFlags": 1}),
        ("absent", {"nlbsidletime": "10"}, {"NlbsIdleTime": 10, "NLBSFlags": None}),
        ("unmanaged", {"NLBSFlags": "Absent"}, {"NLBSFlags": None}),
    ],
)
def test_wanted_settings(flags: str, settings: dict[str, Any], wanted: dict[str, int | None]) -> None:
    assert wanted_settings({"nlbs_flags": flags, "settings": settings}) == wanted


@pytest.mark.parametrize("value", ["ten", "-1", "²", "1.5", ""])
def test_a_setting_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(SpecError, match=r"^settings\.NlbsIdleTime: .* is no number"):
        wanted_settings({"nlbs_flags": "unmanaged", "settings": {"NlbsIdleTime": value}})
