# SPDX-License-Identifier: GPL-3.0-or-later
"""One case of a run in words: hosts, policies, and what both sides say about each flow."""

from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.to_spec import policy_to_spec
from tests.agreement.cases import Machine, make_case
from tests.agreement.sides import both_sides


def case_text(seed: int, number: int, flows: int) -> str:
    """Give the text of a case."""
    case = make_case(seed, number, flows)
    sides = both_sides(case)
    lines = [f"case {seed}:{number}, domain controller {'known' if case.with_kdc else 'not known'}"]
    lines += [line for machine in case.machines for line in _machine(machine)]
    for probe in case.probes:
        enforced, forecast = sides.enforced(probe), sides.forecast(probe)
        lab = " ".join(filter(None, (enforced.outcome, enforced.reason, enforced.main_mode, enforced.quick_mode)))
        lines += [f"{probe}", f"    lab:      {lab}", f"    forecast: {forecast}"]
        lines += [f"    in doubt: {doubt}" for doubt in forecast.doubts]
    return "\n".join(lines)


def _machine(machine: Machine) -> list[str]:
    addresses = ", ".join(str(one) for one in machine.addresses)
    servers = ", ".join(f"{kind.value} {found[0]}" for kind, found in machine.servers.items())
    agent = "stopped" if machine.agent_stopped else "runs"
    exempt = "not set" if machine.exempt is None else machine.exempt
    assigned = machine.store.assigned or "nothing"
    head = f"{machine.name}: {machine.profile}, {addresses}, servers {servers}, NoDefaultExempt {exempt}"
    lines = [f"{head}, PolicyAgent {agent}, assigned: {assigned}"]
    for policy in machine.store.policies:
        lines += _policy(policy)
    return lines


def _policy(policy: Policy) -> list[str]:
    response = policy.default_response
    shown = policy_to_spec(policy)
    lines = [f"  policy {policy.name!r}: main mode {', '.join(str(one) for one in policy.main_mode.offers)}"]
    if response and response.active:
        lines.append(f"    default response: {shown['default_response']}")
    for rule, spec in zip(policy.rules, shown["rules"], strict=True):
        action = rule.filter_action
        words = [name for name in ("soft", "inbound_passthrough", "pfs") if getattr(action, name)]
        words += [] if rule.active else ["not active"]
        offers = ", ".join(str(one) for one in action.offers)
        lines.append(f"    rule {rule.name!r}: {action.kind.value} {offers} {' '.join(words)}, {rule.connection.value}")
        lines.append(f"      {spec['authentication']}")
        lines += [f"      {one}" for one in rule.filter_list.filters]
    return lines
