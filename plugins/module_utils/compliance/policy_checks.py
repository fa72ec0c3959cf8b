# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of the policies themselves: the wanted one as it stands, and the one in force, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.actions import ActionKind
from ..model.authentication import PresharedKey
from ..model.policy import Policy, Rule
from ..model.security import DhGroup, Encryption, Integrity, QuickModeOffer
from ..plan.compare import differences, rule_key
from .host_checks import STORE_KEY
from .report import Finding, Severity
from .state import HostState, Wanted

_APPLY = "apply the wanted policy with exchange.ipsec.policy"
_ACTIVE = f"{STORE_KEY}\\ActivePolicy"


def policy_missing(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``policy.missing``: the wanted policy is not on the host."""
    if wanted.policy and state.store.policy(wanted.policy.name) is None:
        names = ", ".join(repr(one.name) for one in state.store.policies) or "no policy at all"
        yield Finding(Severity.HIGH, "policy.missing", f"policy {wanted.policy.name!r}", names, STORE_KEY, _APPLY)


def policy_left(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``policy.left``: a policy of ours stands on a host of which the tier asks nothing any more."""
    left = state.store.policy(wanted.absent) if wanted.absent else None
    if left is not None:
        in_force = _same_name(state.store.assigned, left)
        found = f"policy {left.name!r}, {'assigned' if in_force else 'not assigned'}"
        severity = Severity.HIGH if in_force else Severity.LOW
        yield Finding(severity, "policy.left", f"no policy {left.name!r}", found, STORE_KEY, _APPLY)


def policy_assigned(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``policy.assigned``: the wanted policy is not in force, or is and should not be."""
    if wanted.assigned is None:
        return
    assigned = state.store.assigned
    found = f"{assigned!r} is assigned" if assigned else "nothing is assigned"
    if wanted.policy is None:
        fits, expected = assigned is not None, "a policy that is assigned"
    elif wanted.assigned:
        fits, expected = _same_name(assigned, wanted.policy), f"{wanted.policy.name!r} assigned"
    else:
        fits, expected = not _same_name(assigned, wanted.policy), f"{wanted.policy.name!r} not assigned"
    if not fits:
        severity = Severity.HIGH if wanted.assigned else Severity.MEDIUM
        yield Finding(severity, "policy.assigned", expected, found, _ACTIVE, _APPLY)


def policy_drift(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``policy.drift.*`` and ``policy.foreign.*``: the wanted policy stands on the host with another content."""
    have = state.store.policy(wanted.policy.name) if wanted.policy else None
    if wanted.policy is None or have is None:
        return
    known = {rule_key(rule) for rule in wanted.policy.rules}
    stands = {rule_key(rule) for rule in have.rules}
    foreign = {f"rules.{rule_key(rule)}": rule for rule in have.rules if rule_key(rule) not in known}
    missing = {f"rules.{rule_key(rule)}": rule for rule in wanted.policy.rules if rule_key(rule) not in stands}
    for one in differences(wanted.policy, have):
        evidence = f"{STORE_KEY}, policy {have.name!r}, {one.path}"
        check, expected, found = f"policy.drift.{_part(one.path)}", one.want, one.have
        if rule := foreign.get(one.path):
            check, expected = _foreign_id(rule), "no rule that nobody declared"
            found = f"rule {_called(rule)!r} says {rule.filter_action.kind.value} for {rule.filter_list.name!r}"
        elif rule := missing.get(one.path):
            expected, found = f"rule {_called(rule)!r}", "no such rule"
        yield Finding(_drift_severity(one.path, check), check, expected, found, evidence, _APPLY)


def foreign_policies(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``policy.foreign.*``: a policy that nobody declared; its rules count only while it is assigned."""
    if wanted.policy is None:
        return
    for other in state.store.policies:
        if _same_name(other.name, wanted.policy):
            continue
        if not _same_name(state.store.assigned, other):
            found = f"policy {other.name!r}, not assigned"
            yield Finding(
                Severity.INFO, "policy.foreign.idle", "no other policy", found, STORE_KEY,
                "delete it when nobody needs it any more",
            )  # fmt: skip
            continue
        for rule in other.rules:
            kind = rule.filter_action.kind
            if rule.active and kind is not ActionKind.NEGOTIATE:
                severity = Severity.HIGH if kind is ActionKind.PERMIT else Severity.MEDIUM
                found = f"rule {_called(rule)!r} of the assigned policy {other.name!r} says {kind.value}"
                yield Finding(severity, _foreign_id(rule), "no rule that nobody declared", found, _ACTIVE, _APPLY)


def weak_offers(state: HostState, _unused: Wanted) -> Iterator[Finding]:
    """``offer.weak``, ``offer.unencrypted``: the policy in force accepts an algorithm that does not protect."""
    policy = state.in_force
    if policy is None:
        return
    for offer in policy.main_mode.offers:
        if offer.encryption is Encryption.DES or offer.integrity is Integrity.MD5 or offer.dh_group is DhGroup.LOW:
            yield _weak(f"main-mode offer {offer}", policy, "3DES, SHA-1 and Diffie-Hellman group 2 or 14")
    for rule in _negotiating(policy):
        for one in rule.filter_action.offers:
            where = f"offer {one} of rule {_called(rule)!r}"
            if _is_unencrypted(one):
                yield Finding(
                    Severity.HIGH, "offer.unencrypted", "ESP with encryption (KB 821839)", where,
                    f"{STORE_KEY}, policy {policy.name!r}", "take the offer out of the filter action",
                )  # fmt: skip
            elif _is_weak(one):
                yield _weak(where, policy, "3DES and SHA-1")


def lenient_actions(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``action.soft``, ``action.inbound_passthrough``, ``rule.tunnel``: the policy in force protects less than it says.

    What the wanted policy asks for itself is told, but only as info.
    """
    policy = state.in_force
    for rule in _negotiating(policy) if policy else ():
        asked = _declared(rule, wanted)
        action = asked.filter_action if asked else None
        where = f"{STORE_KEY}, filter action {rule.filter_action.name!r}"
        name = _called(rule)
        if rule.filter_action.soft:
            severity = Severity.INFO if action and action.soft else Severity.MEDIUM
            found = f"rule {name!r} falls back to clear text when the peer does not answer"
            yield Finding(severity, "action.soft", "security or no traffic", found, where, "set soft to false")
        if rule.filter_action.inbound_passthrough:
            severity = Severity.INFO if action and action.inbound_passthrough else Severity.LOW
            found = f"rule {name!r} accepts a first packet in clear"
            remedy = "set inbound_passthrough to false"
            yield Finding(severity, "action.inbound_passthrough", "no packet in clear", found, where, remedy)
        if rule.tunnel is not None:
            severity = Severity.INFO if asked and asked.tunnel == rule.tunnel else Severity.MEDIUM
            found = f"rule {name!r} is a tunnel to {rule.tunnel}"
            yield Finding(severity, "rule.tunnel", "transport mode (KB 821839)", found, where, _APPLY)


def preshared_keys(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``psk.in_use``: Windows keeps a pre-shared key in clear, where every administrator of the host reads it.

    What the wanted policy asks for itself is told, but only as info.
    """
    policy = state.in_force
    for rule in _negotiating(policy) if policy else ():
        if any(isinstance(method, PresharedKey) for method in rule.authentication):
            asked = _declared(rule, wanted)
            wants = asked is not None and any(isinstance(method, PresharedKey) for method in asked.authentication)
            yield Finding(
                Severity.INFO if wants else Severity.MEDIUM, "psk.in_use", "kerberos or certificate",
                f"rule {_called(rule)!r} authenticates with a pre-shared key", f"{STORE_KEY}, policy {policy.name!r}"
                if policy else STORE_KEY, "change the authentication of the rule to certificate or kerberos",
            )  # fmt: skip


def _weak(found: str, policy: Policy, expected: str) -> Finding:
    evidence = f"{STORE_KEY}, policy {policy.name!r}"
    remedy = "take the offer out, once every peer knows a stronger one"
    return Finding(Severity.MEDIUM, "offer.weak", expected, found, evidence, remedy)


def _is_unencrypted(offer: QuickModeOffer) -> bool:
    return offer.esp is None or offer.esp.encryption is Encryption.NONE


def _is_weak(offer: QuickModeOffer) -> bool:
    """Say whether an offer uses DES or MD5, or encrypts without any integrity (RFC 4303 section 1 warns of that)."""
    hashes = {offer.esp.integrity if offer.esp else None, offer.ah} - {None, Integrity.NONE}
    encryption = offer.esp.encryption if offer.esp else None
    return encryption is Encryption.DES or Integrity.MD5 in hashes or not hashes


def _negotiating(policy: Policy) -> tuple[Rule, ...]:
    return tuple(one for one in policy.rules if one.active and one.filter_action.kind is ActionKind.NEGOTIATE)


def _declared(rule: Rule, wanted: Wanted) -> Rule | None:
    """Find the wanted rule of the same name, None where the operator declared none."""
    rules = wanted.policy.rules if wanted.policy else ()
    return next((one for one in rules if rule_key(one) == rule_key(rule)), None)


def _same_name(name: str | None, policy: Policy) -> bool:
    return name is not None and name.casefold() == policy.name.casefold()


def _called(rule: Rule) -> str:
    return rule.name or f"for {rule.filter_list.name}"


def _foreign_id(rule: Rule) -> str:
    """Give the id for a rule that nobody declared: ``policy.foreign.permit``, ``.block`` or ``.negotiate``."""
    return f"policy.foreign.{rule.filter_action.kind.value}"


def _part(path: str) -> str:
    for prefix, part in (("rules", "rule"), ("main_mode", "main_mode"), ("default_response", "default_response")):
        if path.startswith(prefix):
            return part
    return "general"


def _drift_severity(path: str, check: str) -> Severity:
    """Rate a difference: high where traffic is treated otherwise, low where only words differ."""
    if path.endswith("description") or check in ("policy.drift.general", "policy.foreign.negotiate"):
        return Severity.LOW
    return Severity.HIGH if check in ("policy.drift.rule", "policy.foreign.permit") else Severity.MEDIUM
