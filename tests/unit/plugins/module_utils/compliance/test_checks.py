# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.checks import judge
from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.report import Report
from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.state import HostState, Service, Start, Wanted
from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import AnyAddress, Me
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Authentication,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import (
    DefaultResponse,
    Policy,
    PolicyStore,
    Rule,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, WindowsVersion

SERVER_2022 = WindowsVersion(10, 0, 20348)
STRONG = QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
MAIN = MainMode((MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH),))
SECURE = FilterAction("secure", ActionKind.NEGOTIATE, (STRONG,))
POP3 = FilterList("pop3", (Filter(Me(), AnyAddress(), 6, destination_port=110),))


def rule(name: str = "pop3", action: FilterAction = SECURE, *methods: Authentication) -> Rule:
    return Rule(name, POP3, action, methods or (Kerberos(),))


def action(name: str, kind: ActionKind) -> FilterAction:
    return FilterAction(name, kind)


OURS = Policy("Exchange IPsec", (rule(),), MAIN)
WANTED = Wanted(OURS)


def state(policy: Policy = OURS, *others: Policy, **changes: Any) -> HostState:
    store = PolicyStore((policy, *others), assigned=policy.name)
    return dataclasses.replace(HostState(SERVER_2003, store), **changes)


def unassigned(policy: Policy) -> HostState:
    return HostState(SERVER_2003, PolicyStore((policy,)))


def ids(report: Report) -> list[str]:
    return [f"{finding.severity.word} {finding.check}" for finding in report.findings]


def with_rule(one: Rule) -> Policy:
    return dataclasses.replace(OURS, rules=(*OURS.rules, one))


def with_action(**changes: Any) -> Policy:
    return dataclasses.replace(OURS, rules=(rule("pop3", dataclasses.replace(SECURE, **changes)),))


def weak_main_mode(**changes: Any) -> Policy:
    return dataclasses.replace(OURS, main_mode=MainMode((dataclasses.replace(MAIN.offers[0], **changes),)))


TUNNEL = dataclasses.replace(OURS, rules=(dataclasses.replace(rule(), tunnel=IPv4Address("192.0.2.9")),))
PSK = dataclasses.replace(OURS, rules=(rule("pop3", SECURE, PresharedKey(Secret("open sesame"))),))
FOREIGN = Policy("Old", (rule("open", action("open", ActionKind.PERMIT)),), MAIN)
FOREIGN_BLOCK = Policy("Old", (rule("shut", action("shut", ActionKind.BLOCK)),), MAIN)

FIRES = [
    pytest.param(unassigned(FOREIGN), WANTED,
                 ["high policy.missing", "high policy.assigned", "info policy.foreign.idle"], id="missing"),
    pytest.param(unassigned(OURS), WANTED, ["high policy.assigned"], id="not-assigned"),
    pytest.param(state(OURS), Wanted(assigned=None, absent="exchange ipsec"), ["high policy.left"], id="left-in-force"),
    pytest.param(unassigned(OURS), Wanted(assigned=None, absent="Exchange IPsec"), ["low policy.left"], id="left"),
    pytest.param(state(OURS), Wanted(OURS, assigned=False), ["medium policy.assigned"], id="assigned-and-should-not"),
    pytest.param(HostState(SERVER_2003, PolicyStore()), Wanted(), ["high policy.assigned"], id="nothing-in-force"),
    pytest.param(state(with_rule(rule("x", action("p", ActionKind.PERMIT)))), WANTED, ["high policy.foreign.permit"],
                 id="a-rule-that-opens"),
    pytest.param(state(with_rule(rule("x", action("b", ActionKind.BLOCK)))), WANTED, ["medium policy.foreign.block"],
                 id="a-rule-that-blocks"),
    pytest.param(state(with_rule(rule("x"))), WANTED, ["low policy.foreign.negotiate"], id="a-rule-that-negotiates"),
    pytest.param(state(dataclasses.replace(OURS, rules=())), WANTED, ["high policy.drift.rule"], id="a-rule-is-gone"),
    pytest.param(state(dataclasses.replace(OURS, rules=(dataclasses.replace(rule(), active=False),))), WANTED,
                 ["high policy.drift.rule"], id="a-rule-is-off"),
    pytest.param(state(dataclasses.replace(OURS, main_mode=dataclasses.replace(MAIN, lifetime_seconds=600))), WANTED,
                 ["medium policy.drift.main_mode"], id="main-mode"),
    pytest.param(state(dataclasses.replace(OURS, default_response=DefaultResponse(active=True))), WANTED,
                 ["medium policy.drift.default_response"], id="default-response"),
    pytest.param(state(dataclasses.replace(OURS, polling_minutes=60)), WANTED, ["low policy.drift.general"],
                 id="polling"),
    pytest.param(state(dataclasses.replace(OURS, rules=(dataclasses.replace(rule(), description="x"),))), WANTED,
                 ["low policy.drift.rule"], id="only-words"),
    pytest.param(state(FOREIGN, OURS), WANTED, ["high policy.assigned", "high policy.foreign.permit"],
                 id="a-foreign-policy-opens"),
    pytest.param(state(FOREIGN_BLOCK, OURS), WANTED, ["high policy.assigned", "medium policy.foreign.block"],
                 id="a-foreign-policy-blocks"),
    pytest.param(state(dataclasses.replace(OURS, name="Old"), OURS), WANTED, ["high policy.assigned"],
                 id="a-foreign-policy-negotiates"),
    pytest.param(state(OURS, FOREIGN), WANTED, ["info policy.foreign.idle"], id="a-foreign-policy-sleeps"),
    pytest.param(state(weak_main_mode(encryption=Encryption.DES)), Wanted(), ["medium offer.weak"], id="des-main-mode"),
    pytest.param(state(weak_main_mode(integrity=Integrity.MD5)), Wanted(), ["medium offer.weak"], id="md5-main-mode"),
    pytest.param(state(weak_main_mode(dh_group=DhGroup.LOW)), Wanted(), ["medium offer.weak"], id="group-1"),
    pytest.param(state(with_action(offers=(QuickModeOffer(esp=Esp(Encryption.DES, Integrity.SHA1)),))), Wanted(),
                 ["medium offer.weak"], id="des"),
    pytest.param(state(with_action(offers=(QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.MD5)),))), Wanted(),
                 ["medium offer.weak"], id="md5"),
    pytest.param(state(with_action(offers=(QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.NONE)),))), Wanted(),
                 ["medium offer.weak"], id="no-integrity"),
    pytest.param(state(with_action(offers=(QuickModeOffer(ah=Integrity.SHA1),))), Wanted(), ["high offer.unencrypted"],
                 id="ah-alone"),
    pytest.param(state(with_action(offers=(QuickModeOffer(esp=Esp(Encryption.NONE, Integrity.SHA1)),))), Wanted(),
                 ["high offer.unencrypted"], id="esp-without-encryption"),
    pytest.param(state(with_action(soft=True)), Wanted(), ["medium action.soft"], id="soft"),
    pytest.param(state(with_action(soft=True)), Wanted(with_action(soft=True)), ["info action.soft"], id="soft-wanted"),
    pytest.param(state(with_action(inbound_passthrough=True)), Wanted(), ["low action.inbound_passthrough"],
                 id="passthrough"),
    pytest.param(state(TUNNEL), Wanted(), ["medium rule.tunnel"], id="tunnel"),
    pytest.param(state(PSK), Wanted(), ["medium psk.in_use"], id="psk"),
    pytest.param(state(PSK), Wanted(PSK), ["info psk.in_use"], id="psk-wanted"),
    pytest.param(state(service=Service.STOPPED), WANTED, ["high service.stopped"], id="stopped"),
    pytest.param(state(service=Service.MISSING), WANTED, ["high service.missing"], id="service-missing"),
    pytest.param(state(start=Start.DISABLED), WANTED, ["high service.disabled"], id="disabled"),
    pytest.param(state(start=Start.MANUAL), WANTED, ["medium service.manual"], id="manual"),
    pytest.param(state(domain_policy="Client"), WANTED, ["high domain.overrides"], id="domain"),
    pytest.param(state(store=PolicyStore((OURS,), assigned=OURS.name, problems=("ipsecNFA{1} is cut off",))), WANTED,
                 ["medium store.damaged"], id="damaged"),
    pytest.param(state(problems=("the key IKEEXT cannot be read",)), WANTED, ["medium store.damaged"], id="unread"),
    pytest.param(state(), Wanted(OURS, settings={"NLBSFlags": 1}), ["medium oakley.nlbs_flags"], id="nlbs-flags"),
    pytest.param(state(settings={"EnableLogging": 1}), Wanted(OURS, settings={"enablelogging": None}),
                 ["medium oakley.enable_logging"], id="a-value-that-should-be-absent"),
    pytest.param(state(settings={"NoDefaultExempt": 0}), WANTED, ["medium exemptions.default"], id="exemptions"),
    pytest.param(state(version=WindowsVersion(5, 1, 2600)), WANTED, ["medium exemptions.default"],
                 id="exemptions-of-xp"),
]  # fmt: skip


@pytest.mark.parametrize(("host", "wanted", "found"), FIRES)
def test_a_check_fires(host: HostState, wanted: Wanted, found: list[str]) -> None:
    assert ids(judge(host, wanted)) == found


SILENT = [
    pytest.param(state(), WANTED, id="as-wanted"),
    pytest.param(state(), Wanted(), id="nothing-wanted-but-some-policy"),
    pytest.param(HostState(SERVER_2003, PolicyStore()), Wanted(assigned=None), id="assignment-not-judged"),
    pytest.param(HostState(SERVER_2003, PolicyStore(), service=Service.STOPPED),
                 Wanted(assigned=None, absent="Exchange IPsec"), id="no-policy-needs-no-service"),
    pytest.param(unassigned(OURS), Wanted(OURS, assigned=False), id="not-assigned-as-wanted"),
    pytest.param(state(dataclasses.replace(OURS, name="EXCHANGE IPSEC")), Wanted(assigned=True), id="case-of-the-name"),
    pytest.param(unassigned(with_action(soft=True)), Wanted(assigned=None), id="weak-but-not-in-force"),
    pytest.param(unassigned(PSK), Wanted(assigned=None), id="psk-not-in-force"),
    pytest.param(state(dataclasses.replace(TUNNEL, rules=(dataclasses.replace(TUNNEL.rules[0], active=False),))),
                 Wanted(), id="inactive-tunnel"),
    pytest.param(state(start=Start.MANUAL, version=SERVER_2022), WANTED, id="manual-is-normal-on-newer-windows"),
    pytest.param(state(start=None), WANTED, id="start-unknown"),
    pytest.param(state(settings={"NLBSFlags": 1}), Wanted(OURS, settings={"nlbsflags": 1}), id="nlbs-flags-set"),
    pytest.param(state(settings={"NoDefaultExempt": 1}), WANTED, id="exemptions-1"),
    pytest.param(state(settings={"NoDefaultExempt": None}), WANTED, id="exemptions-of-2003"),
    pytest.param(state(settings={"NoDefaultExempt": 0}), Wanted(OURS, settings={"NoDefaultExempt": 0}),
                 id="exemptions-wanted"),
    pytest.param(state(version=SERVER_2022, settings={"NoDefaultExempt": 0}), WANTED, id="exemptions-newer-windows"),
    pytest.param(state(with_action(offers=(QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.NONE),
                                                          ah=Integrity.SHA1),))), Wanted(), id="ah-gives-integrity"),
]  # fmt: skip


@pytest.mark.parametrize(("host", "wanted"), SILENT)
def test_a_check_stays_silent(host: HostState, wanted: Wanted) -> None:
    report = judge(host, wanted)
    assert ids(report) == []
    assert report.compliant


def test_a_foreign_rule_shows_what_it_does_and_no_key_is_ever_shown() -> None:
    other = dataclasses.replace(PSK, rules=(rule("pop3", SECURE, PresharedKey(Secret("close sesame"))),))
    report = judge(state(other), Wanted(PSK))
    assert "policy.drift.rule" in [finding.check for finding in report.findings]
    assert "sesame" not in f"{report.summary} {report.to_dict()} {report!r}"


def test_a_drifted_port_tells_both_sides() -> None:
    imap = dataclasses.replace(rule(), filter_list=FilterList("pop3", (Filter(Me(), AnyAddress(), 6,
                                                                              destination_port=143),)))  # fmt: skip
    report = judge(state(dataclasses.replace(OURS, rules=(imap,))), WANTED)
    assert [(one.expected == "nothing", one.found == "nothing") for one in report.findings] == [
        (False, True),
        (True, False),
    ]
    assert "tcp me <-> any:110" in report.findings[0].evidence
    assert "tcp me <-> any:143" in report.findings[1].evidence


def test_an_unknown_registry_value_is_refused() -> None:
    with pytest.raises(SpecError, match="'NLBFlags' is not a known value"):
        judge(state(), Wanted(OURS, settings={"NLBFlags": 1}))


def test_a_demand_without_an_object_is_refused() -> None:
    with pytest.raises(SpecError, match="assigned: false needs the policy"):
        Wanted(assigned=False)


@pytest.mark.parametrize(("number", "service"), [(4, Service.RUNNING), (1, Service.STOPPED), (None, Service.MISSING)])
def test_service_states(number: int | None, service: Service) -> None:
    assert Service.from_number(number) is service


@pytest.mark.parametrize(
    ("number", "start"), [(2, Start.AUTOMATIC), (3, Start.MANUAL), (4, Start.DISABLED), (0, None), (None, None)]
)
def test_start_types(number: int | None, start: Start | None) -> None:
    assert Start.from_number(number) is start
