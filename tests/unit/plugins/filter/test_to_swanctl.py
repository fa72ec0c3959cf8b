# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter as a playbook calls it: keys where policy_info printed stars, parts, and errors with the filter's name."""

from __future__ import annotations

import copy

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.exchange.ipsec.plugins.filter.to_swanctl import to_swanctl
from tests.unit.plugins.module_utils.swanctl.specs import PSK, rule

STARS = [{"method": "psk", "psk": "********"}]
READ_BACK = {"name": "Exchange IPsec", "assigned": True, "rules": [rule(authentication=STARS)]}


def test_the_key_goes_where_the_stars_are() -> None:
    before = copy.deepcopy(READ_BACK)
    whole = to_swanctl(READ_BACK, "192.0.2.11", psk='k"ey', reveal=True)
    assert before == READ_BACK
    assert whole == (
        to_swanctl(READ_BACK, ["192.0.2.11"], psk='k"ey', part="connections")
        + to_swanctl(READ_BACK, ["192.0.2.11"], psk='k"ey', part="secrets", reveal=True)
    )
    assert whole.endswith("    secret = 0x6b226579\n  }\n}\n")


def test_a_key_that_is_there_stays() -> None:
    policy = {"name": "Exchange IPsec", "rules": [rule(authentication=PSK)]}
    assert "0x6b226579" in to_swanctl(policy, "192.0.2.11", psk="another", reveal=True)


def test_stars_are_no_key() -> None:
    with pytest.raises(AnsibleFilterError, match=r"to_swanctl: policy.rules\[0\].authentication\[0\].psk"):
        to_swanctl(READ_BACK, "192.0.2.11")


def test_a_part_that_is_none() -> None:
    with pytest.raises(AnsibleFilterError, match="part: 'keys' is not allowed; allowed are all, connections, secrets"):
        to_swanctl(READ_BACK, "192.0.2.11", part="keys", psk="key")


def test_the_key_also_goes_into_a_default_response_that_sleeps() -> None:
    """Windows Server 2003 keeps one in every policy that a dialog made."""
    asleep = {"active": False, "authentication": STARS}
    assert "10001" in to_swanctl({**READ_BACK, "default_response": asleep}, "192.0.2.11", psk="key")
