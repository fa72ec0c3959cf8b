# SPDX-License-Identifier: GPL-3.0-or-later
"""compliance's question to IKE from a host of the guest, judged with what policy_info told about the other end."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.checks import judge
from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.state import HostState, Wanted
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.standing import (
    policy_from_info,
    version_from_info,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, PolicyStore
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Integrity,
    MainMode,
    MainModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.plugin_utils.ike_interview import Interview
from tests.wire.hardened import in_force

OPTIONS = {"port": 500, "source_port": 0, "timeout": 1.0, "pause": 0.05}


def interview(question: Mapping[str, Any]) -> dict[str, Any]:
    """Ask, judge, and give the findings about IKE and how many messages they cost."""
    told = question["told"]
    version, spec = version_from_info(told), in_force(told)
    policies = (policy_from_info(spec, version),) if spec else ()
    store = PolicyStore(policies, assigned=policies[0].name if policies else None)
    options = {"addresses": [question["interview"]], "must_answer": question["must_answer"], **OPTIONS}
    state = HostState(version, store, ike=Interview(options, {}).ask())
    report = judge(state, _wanted(policies, question["offers"]))
    found = [f"{one.severity.word} {one.check}" for one in report.findings if one.check.startswith("ike.")]
    return {"findings": found, "messages": sum(one.found.messages for one in state.ike if one.found)}


def _wanted(policies: tuple[Policy, ...], offers: list[tuple[str, str, int]]) -> Wanted:
    if not offers:
        return Wanted(assigned=None)
    other = [MainModeOffer(Encryption(one), Integrity(digest), DhGroup(group)) for one, digest, group in offers]
    return Wanted(dataclasses.replace(policies[0], main_mode=MainMode(tuple(other))))
