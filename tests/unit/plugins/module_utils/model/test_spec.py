# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy as users declare it: defaults, places in errors, and the way back."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import Me, address_from_text
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Kerberos
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.from_spec import policy_from_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.to_spec import policy_to_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, WindowsVersion

SPEC: dict[str, Any] = {
    "name": "Mail",
    "rules": [
        {
            "name": "POP3",
            "filter_list": {
                "name": "POP3 list",
                "filters": [{"source": "me", "destination": "192.0.2.21", "protocol": "tcp", "destination_port": 110}],
            },
            "filter_action": {"name": "Require", "action": "negotiate"},
            "authentication": [{"method": "kerberos"}],
        }
    ],
}


def test_what_is_left_out_is_the_strongest_the_version_accepts() -> None:
    offers = (QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1)),)
    pop3 = Filter(Me(), address_from_text("192.0.2.21", ""), 6, 0, 110)
    expected_rule = Rule(
        "POP3", FilterList("POP3 list", (pop3,)), FilterAction("Require", ActionKind.NEGOTIATE, offers), (Kerberos(),)
    )
    groups = {"5.2": (DhGroup.HIGH, DhGroup.MEDIUM), "5.0": (DhGroup.MEDIUM,)}
    for version in (SERVER_2003, WindowsVersion(5, 0)):
        main_mode = MainMode(
            tuple(
                MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, group)
                for group in groups[f"{version.major}.{version.minor}"]
            )
        )
        assert policy_from_spec(SPEC, version) == Policy("Mail", (expected_rule,), main_mode)


def changed(path: str, value: Any) -> dict[str, Any]:
    """Give SPEC with one value at a dotted path changed, or taken out when None."""
    spec = copy.deepcopy(SPEC)
    *parents, last = path.split(".")
    target: Any = spec
    for step in parents:
        target = target[int(step)] if step.isdecimal() else target[step]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return spec


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("name", None, "policy.name: is required and must be text"),
        ("polling_minutes", "soon", "policy.polling_minutes: 'soon' is not a whole number"),
        ("rules.0.filter_list", None, "policy.rules[0].filter_list: is required"),
        (
            "rules.0.filter_list.filters.0.destination",
            "192.0.2.21/24",
            "policy.rules[0].filter_list.filters[0].destination: '192.0.2.21/24' is no IPv4 address or subnet "
            "(192.0.2.21/24 has host bits set)",
        ),
        (
            "rules.0.filter_list.filters.0.protocol",
            "icmp",
            "policy.rules[0].filter_list.filters[0].destination_port: only tcp and udp have ports, not icmp",
        ),
        (
            "rules.0.filter_action.action",
            "encrypt",
            "policy.rules[0].filter_action.action: 'encrypt' is not allowed; allowed are permit, block, negotiate",
        ),
        (
            "rules.0.authentication",
            None,
            "policy.rules[0].authentication: a rule that negotiates needs a method: kerberos, certificate or psk",
        ),
        (
            "rules.0.authentication",
            [{"method": "psk", "psk": "********"}],
            "policy.rules[0].authentication[0].psk: these stars are what policy_info prints; "
            "give the key itself, from a vault",
        ),
        (
            "main_mode",
            {"offers": [{"dh_group": 5}]},
            "policy.main_mode.offers[0].dh_group: 5 is no group of this store; allowed are 1, 2 and 14",
        ),
    ],
)
def test_an_error_names_the_place_as_the_user_wrote_it(path: str, value: Any, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        policy_from_spec(changed(path, value), SERVER_2003)
    assert str(caught.value) == message


def test_a_group_that_the_version_does_not_know_is_refused() -> None:
    spec = changed("main_mode", {"offers": [{"dh_group": 14}]})
    with pytest.raises(SpecError, match="Windows 2000 does not know the group of 3des-sha1-dh14; it knows 2, 1"):
        policy_from_spec(spec, WindowsVersion(5, 0, 2195))


@pytest.mark.parametrize("option", ["map_to_account", "exclude_ca_name"])
def test_certificate_options_are_refused_where_no_read_could_verify_them(option: str) -> None:
    spec = changed("rules.0.authentication", [{"method": "certificate", "ca": "CN=Example Root", option: True}])
    assert policy_from_spec(spec, WindowsVersion(6, 0, 6002)).rules
    assert policy_from_spec(spec, None).rules
    with pytest.raises(SpecError, match=r"policy.rules\[0\].authentication: .* verified on Windows Server 2003"):
        policy_from_spec(spec, SERVER_2003)


def test_a_list_without_filters_is_refused() -> None:
    with pytest.raises(SpecError, match=r"policy.rules\[0\].filter_list.filters: a list without a filter"):
        policy_from_spec(changed("rules.0.filter_list.filters", []), SERVER_2003)


def test_a_tunnel_comes_back() -> None:
    policy = policy_from_spec(changed("rules.0.tunnel", "203.0.113.1"), SERVER_2003)
    assert policy_to_spec(policy)["rules"][0]["tunnel"] == "203.0.113.1"
    with pytest.raises(SpecError, match=r"policy.rules\[0\].tunnel: 'far' is no IPv4 address"):
        policy_from_spec(changed("rules.0.tunnel", "far"), SERVER_2003)


def test_default_response_is_refused_where_windows_has_none() -> None:
    spec = changed("default_response", {"active": True})
    assert policy_from_spec(spec, SERVER_2003).default_response is not None
    with pytest.raises(SpecError, match=r"policy.default_response: Windows Server 2022 has no default response rule"):
        policy_from_spec(spec, WindowsVersion(10, 0, 20348))


def test_the_way_back_is_what_the_user_could_have_declared() -> None:
    policy = policy_from_spec(SPEC, SERVER_2003)
    shown = policy_to_spec(policy)
    assert shown["rules"][0]["filter_list"]["filters"][0]["destination"] == "192.0.2.21"
    assert policy_from_spec(shown, SERVER_2003) == policy


def test_a_key_comes_back_as_stars_unless_revealed() -> None:
    policy = policy_from_spec(changed("rules.0.authentication", [{"method": "psk", "psk": "sesame"}]), SERVER_2003)
    assert policy_to_spec(policy)["rules"][0]["authentication"] == [{"method": "psk", "psk": "********"}]
    assert policy_from_spec(policy_to_spec(policy, reveal=True), SERVER_2003) == policy
