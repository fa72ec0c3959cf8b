# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.negotiate import UNKNOWN_KEY
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.standing import (
    awake,
    station_after,
    station_from_info,
    version_from_info,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.station import NOT_READ, Station
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Certificate
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.to_spec import policy_to_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, WindowsVersion
from tests.unit.plugins.module_utils.forecast.cases import POP3_AT_A, SECURE, A, host, key, policy, rule

MAIL = policy(POP3_AT_A, name="Mail")


def info(*policies: Policy, assigned: str | None = "Mail", **more: Any) -> dict[str, Any]:
    """What policy_info gives for a host with these policies."""
    return {
        "policies": [policy_to_spec(one) for one in policies],
        "assigned": assigned,
        "domain_policy": None,
        "service": {"state": "running", "start": "automatic"},
        "settings": {"NoDefaultExempt": None, "IKEFlags": None},
        "windows": "Windows Server 2003 (5.2.3790)",
        **more,
    }


def read(given: dict[str, Any] | None) -> Station:
    return station_from_info("a", (A,), given)


def test_the_policy_in_force() -> None:
    assert read(info(MAIL)) == Station("a", (A,), SERVER_2003, MAIL)


def test_names_are_compared_as_windows_does() -> None:
    assert read(info(MAIL, assigned="MAIL")).policy == MAIL


def test_settings_that_decide() -> None:
    found = read(info(MAIL, settings={"NoDefaultExempt": 1, "IKEFlags": 20}))
    assert (found.no_default_exempt, found.ike_flags) == (1, 20)


@pytest.mark.parametrize(("given", "unknown"), [
    pytest.param(None, NOT_READ, id="nobody-asked"),
    pytest.param({"failed": True, "msg": "unreachable"}, NOT_READ, id="the-question-failed"),
    pytest.param({"skipped": True}, NOT_READ, id="the-question-was-skipped"),
    pytest.param(info(MAIL, domain_policy="Secure Server"),
                 "the domain assigns policy 'Secure Server', and its rules are not in the local store", id="domain"),
    pytest.param(info(), "policy 'Mail' is in force and could not be read", id="damaged"),
])  # fmt: skip
def test_why_nobody_can_tell(given: dict[str, Any] | None, unknown: str) -> None:
    found = read(given)
    assert (found.unknown, found.policy) == (unknown, None)


def test_a_policy_that_is_not_understood() -> None:
    broken = info(MAIL)
    broken["policies"][0]["rules"][0]["filter_list"]["filters"][0]["source"] = "2001:db8::1"
    found = read(broken)
    assert found.unknown.startswith("policy 'Mail' is in force and not understood: policy.rules[0].filter_list")


@pytest.mark.parametrize(("given", "idle"), [
    pytest.param(info(MAIL, service={"state": "stopped"}), "the service PolicyAgent is stopped", id="stopped"),
    pytest.param(info(MAIL, service={"state": "missing"}), "the service PolicyAgent is missing", id="missing"),
    pytest.param(info(MAIL, assigned=None), "", id="nothing-assigned"),
])  # fmt: skip
def test_nothing_in_force(given: dict[str, Any], idle: str) -> None:
    found = read(given)
    assert (found.idle, found.policy, found.unknown) == (idle, None, "")


def test_keys_that_are_stars_become_one_that_may_be_any() -> None:
    with_key = policy(rule("tcp me -> 192.0.2.2:110", SECURE, key("open sesame")), name="Mail")
    found = read(info(with_key))
    assert found.policy is not None
    assert found.policy.rules[0].authentication == (UNKNOWN_KEY,)
    assert "open sesame" not in repr(found)


def test_what_matters_for_writing_only_is_passed_over() -> None:
    mapped = policy(rule("tcp me -> 192.0.2.2:110", SECURE, Certificate("CN=Root", map_to_account=True)), name="Mail")
    found = read(info(mapped))
    assert found.policy is not None
    assert found.policy.rules[0].authentication == (Certificate("CN=Root"),)


def test_a_default_response_since_vista_is_passed_over() -> None:
    spec = info(MAIL, windows="Windows Server 2022 (10.0.20348)")
    spec["policies"][0]["default_response"] = {"active": True, "authentication": [{"method": "kerberos"}]}
    assert read(spec).unknown == ""


def test_a_tunnel_is_kept() -> None:
    spec = info(MAIL)
    spec["policies"][0]["rules"][0]["tunnel"] = "192.0.2.9"
    found = read(spec)
    assert found.policy is not None
    assert found.policy.rules[0].tunnel == IPv4Address("192.0.2.9")


@pytest.mark.parametrize(("text", "version"), [
    ("Windows Server 2003 (5.2.3790)", WindowsVersion(5, 2, 3790)),
    ("Windows Server 2022 (10.0.20348)", WindowsVersion(10, 0, 20348)),
    ("", SERVER_2003),
])  # fmt: skip
def test_the_version(text: str, version: WindowsVersion) -> None:
    assert version_from_info({"windows": text}) == version


OTHER = policy(name="Other")


@pytest.mark.parametrize(("now", "want", "assigned", "after"), [
    pytest.param(None, MAIL, True, MAIL, id="assigned"),
    pytest.param(OTHER, MAIL, True, MAIL, id="takes-the-place-of-another"),
    pytest.param(OTHER, MAIL, None, OTHER, id="left-as-it-is"),
    pytest.param(policy(name="mail"), MAIL, None, MAIL, id="updated-in-force"),
    pytest.param(policy(name="mail"), MAIL, False, None, id="taken-out-of-force"),
    pytest.param(OTHER, MAIL, False, OTHER, id="another-stays-in-force"),
    pytest.param(policy(name="mail"), None, True, None, id="the-tier-asks-nothing-ours-goes"),
    pytest.param(OTHER, None, True, OTHER, id="the-tier-asks-nothing-another-stays"),
])  # fmt: skip
def test_after_the_policy_module(
    now: Policy | None, want: Policy | None, assigned: bool | None, after: Policy | None
) -> None:
    assert station_after(host("a", A, now), want, "Mail", assigned).policy == after


def test_after_the_policy_module_on_hosts_with_an_obstacle() -> None:
    domain = host("a", A, unknown="the domain assigns policy 'x'")
    stopped = host("a", A, idle="the service PolicyAgent is stopped")
    unread = host("a", A, unknown=NOT_READ)
    assert station_after(domain, MAIL, "Mail", True) == domain
    assert station_after(stopped, MAIL, "Mail", True) == dataclasses.replace(stopped, asleep=MAIL)
    assert station_after(unread, MAIL, "Mail", True) == host("a", A, MAIL)
    assert station_after(unread, None, "Mail", True) == unread


def test_an_address_that_the_host_does_not_have() -> None:
    held = {**info(), "addresses": ["192.0.2.1", "255.255.255.0"]}
    own, other = IPv4Address("192.0.2.1"), IPv4Address("192.0.2.2")
    assert station_from_info("a", (own,), held).foreign == ()
    found = station_from_info("a", (own, other), held, (IPv4Address("192.0.2.30"),))
    assert found.foreign == (other,)
    assert found.addresses == (own, other, IPv4Address("192.0.2.30"))
    assert station_from_info("a", (other,), info()).foreign == (), "nobody asked the host"


def test_what_an_idle_host_will_enforce_when_its_service_runs() -> None:
    stopped = read(info(MAIL, service={"state": "stopped"}))
    assert (stopped.policy, stopped.asleep) == (None, MAIL)
    assert awake(stopped) == read(info(MAIL))
    assert station_after(stopped, MAIL, "Mail", False).asleep is None
    assert station_after(stopped, OTHER, "Other", True).asleep == OTHER
    running = read(info(MAIL))
    assert awake(running) == running


LEFT_OUT = "rule 'Backup' was left out"


def test_a_rule_that_could_not_be_read_leaves_a_doubt_until_the_policy_is_another() -> None:
    half = read(info(MAIL, unread=[LEFT_OUT]))
    assert (half.policy, half.unread, half.in_doubt) == (MAIL, LEFT_OUT, LEFT_OUT)
    assert station_after(half, MAIL, "Mail", True).unread == LEFT_OUT
    assert station_after(half, OTHER, "Other", True).unread == ""
    assert station_after(half, MAIL, "Mail", False).unread == ""
    assert station_after(half, OTHER, "Other", False).unread == LEFT_OUT


def test_what_could_not_be_read_of_an_idle_host_matters_once_it_runs() -> None:
    stopped = read(info(MAIL, unread=[LEFT_OUT], service={"state": "stopped"}))
    assert (stopped.in_doubt, awake(stopped).in_doubt) == ("", LEFT_OUT)
    missing = read(info(service={"state": "stopped"}))
    assert (missing.unknown, missing.in_doubt) == ("", "")
    assert awake(missing).in_doubt == "policy 'Mail' is in force and could not be read"
