# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All checks, and the judgement that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import host_checks, ike_checks, policy_checks
from .report import Finding, Report
from .state import HostState, Wanted

Check = Callable[[HostState, Wanted], Iterator[Finding]]

CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (policy_checks.policy_missing, ("policy.missing",)),
    (policy_checks.policy_left, ("policy.left",)),
    (policy_checks.policy_assigned, ("policy.assigned",)),
    (
        policy_checks.policy_drift,
        ("policy.drift.rule", "policy.drift.main_mode", "policy.drift.default_response", "policy.drift.general"),
    ),
    (
        policy_checks.foreign_policies,
        ("policy.foreign.permit", "policy.foreign.block", "policy.foreign.negotiate", "policy.foreign.idle"),
    ),
    (policy_checks.weak_offers, ("offer.unencrypted", "offer.weak")),
    (policy_checks.lenient_actions, ("action.soft", "action.inbound_passthrough", "rule.tunnel")),
    (policy_checks.preshared_keys, ("psk.in_use",)),
    (host_checks.service_state, ("service.stopped", "service.missing")),
    (host_checks.service_start, ("service.disabled", "service.manual")),
    (host_checks.domain_overrides, ("domain.overrides",)),
    (host_checks.store_damaged, ("store.damaged",)),
    (host_checks.registry_values, ("oakley.*",)),
    (host_checks.default_exemptions, ("exemptions.default",)),
    (ike_checks.ike_answers, ("ike.silent", "ike.refuses", "ike.weak", "ike.foreign", "ike.unproven")),
)
"""Every check with the ids of what it can find; ``oakley.*`` stands for one id of each wanted registry value."""


def judge(state: HostState, wanted: Wanted) -> Report:
    """Run every check; nothing is changed, and no check hides another. SpecError for a wanted value unknown to all."""
    found = [finding for check, _unused in CHECKS for finding in check(state, wanted)]
    found.sort(key=lambda finding: -finding.severity)
    return Report(tuple(found), tuple(check_id for _unused, ids in CHECKS for check_id in ids))
