# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drop the associations of a host with given peers: choose the means, refuse what may leave in clear, do it, verify."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from ..associations.association import Association, peers_of, towards
from ..associations.deletion import delete_command, dropped_peers
from ..associations.fallback import soft_rule
from ..associations.guard import all_gone, down, guards_for, up
from ..associations.interlude import SUFFIX, build_lines, check_name, finish, interlude, listed_meanwhile
from ..associations.listing import associations_in
from ..associations.means import GAPS, Gap, Means, means_for
from ..compliance.state import Service
from ..errors import HostError, PlanError
from ..host.port import HostPort
from ..model.policy import Policy
from ..netsh.render import script
from .look_at_associations import Look, look

RESTART = "net stop PolicyAgent /y&&net start PolicyAgent"


@dataclasses.dataclass(frozen=True)
class Drop:
    """What is to be done: with which peers, by which means, and what it does to traffic meanwhile.

    ``resume`` is the policy that a killed run left out of force; it is put back, and that is all.
    """

    peers: tuple[IPv4Address, ...] = ()
    means: Means | None = None
    gap: Gap | None = None
    resume: str | None = None
    steps: tuple[str, ...] = ()


def plan_drop(seen: Look, wanted: Means | None, accept_gap: bool) -> Drop:
    """Say what is to be done; PlanError where the version has no means, or where packets might leave in clear."""
    means = means_for(seen.survey.state.version, wanted)
    if means is not Means.ASSOCIATIONS and not seen.survey.standing.free:
        raise PlanError("nothing was dropped: another run changes the policy of this host under a countdown; run again")
    if seen.interrupted is not None:
        told = f"put policy {seen.interrupted!r} back in force, which an interrupted run left blocked"
        return Drop(means=means, gap=GAPS[means], resume=seen.interrupted, steps=(told,))
    peers = peers_of(towards(seen.found, seen.peers))
    if not peers:
        _refuse_stopped(seen, means)
        return Drop()
    gap = _gap(seen, means, peers)
    if not gap.protected and not accept_gap:
        raise PlanError(f"nothing was dropped: {gap.told}. Say accept_gap: true to do it all the same")
    return Drop(peers, means, gap, steps=_steps(seen, means, peers))


def carry_out(drop: Drop, seen: Look, host: HostPort) -> Look:
    """Do what was planned and give what stands then; HostError where it did not come about.

    What stands then may be associations with the same peers: whoever keeps talking has negotiated anew.
    """
    if drop.resume is not None:
        return _resumed(drop.resume, seen, host)
    if drop.means is Means.ASSOCIATIONS:
        return _deleted(drop.peers, seen, host)
    return _interlude(drop.peers, seen, host) if drop.means is Means.POLICY else _restarted(seen, host)


def _gap(seen: Look, means: Means, peers: Sequence[IPv4Address]) -> Gap:
    """Say what becomes of traffic; a policy that nobody can read, or that is soft, protects nothing for certain."""
    gap, policy = GAPS[means], _in_force(seen)
    if not gap.protected:
        return gap
    if policy is None:
        told = "the policy in force is not one that can be read here, so whether it falls back to clear is not known"
        return dataclasses.replace(gap, protected=False, told=told)
    soft = soft_rule(policy, peers)
    if soft is not None:
        told = f"rule {soft!r} is soft: it lets traffic fall back to clear when the peer does not answer"
        return dataclasses.replace(gap, protected=False, told=told)
    return gap


def _in_force(seen: Look) -> Policy | None:
    state = seen.survey.state
    return None if state.domain_policy else state.in_force


def _refuse_stopped(seen: Look, means: Means) -> None:
    """A host whose PolicyAgent does not run has no associations, and nothing protects its traffic."""
    state = seen.survey.state
    if means is not Means.ASSOCIATIONS and state.service is not Service.RUNNING:
        raise PlanError(f"the service PolicyAgent is {state.service.value}: nothing is protected; start it")


def _steps(seen: Look, means: Means, peers: Sequence[IPv4Address]) -> tuple[str, ...]:
    named = ", ".join(str(peer) for peer in peers)
    if means is Means.ASSOCIATIONS:
        return (f"delete the quick and main modes with {named}",)
    if means is Means.RESTART:
        return ("restart PolicyAgent, which ends the associations with every peer",)
    policy = _guardable(seen)
    guards = ", ".join(str(one) for one in guards_for(policy))
    return (
        f"block {guards} with rules of netsh ipsec dynamic",
        f"assign policy {policy.name + SUFFIX!r}, which blocks what {policy.name!r} negotiates",
        f"assign policy {policy.name!r} again",
        "take the block and the second policy away",
    )


def _guardable(seen: Look) -> Policy:
    """Give the policy that an interlude can be made for; PlanError where there is none."""
    policy, state = _in_force(seen), seen.survey.state
    if policy is None:
        why = f"the domain assigns {state.domain_policy!r}" if state.domain_policy else "no local policy is in force"
        raise PlanError(f"means: policy needs a local policy that is assigned ({why}); nothing was changed")
    check_name(policy.name)
    return policy


def _deleted(peers: Sequence[IPv4Address], seen: Look, host: HostPort) -> Look:
    if not seen.own:
        raise HostError(f"{host.name}: none of the host's own addresses is among its associations; nothing was dropped")
    after = look(host, seen.peers, before=delete_command(seen.own, peers))
    kept = set(peers_of(after.found)) & set(peers) - dropped_peers(after.survey.before.text)
    _refuse_kept(kept, host, "is the user a member of the host's Administrators group?")
    return after


def _interlude(peers: Sequence[IPv4Address], seen: Look, host: HostPort) -> Look:
    policy = _guardable(seen)
    guards = guards_for(policy)
    lines = build_lines(policy, seen.survey.store)
    command = interlude(up(guards), down(guards), policy.name)
    after = look(host, seen.peers, before=command, stdin=script(lines))
    _refuse_not_back(policy.name, after, host)
    listed = listed_meanwhile(after.survey.before.text)
    if listed is None:
        raise HostError(
            f"{host.name}: the rules of netsh ipsec dynamic that were to guard the change could not be put up; nothing "
            f"was dropped, policy {policy.name!r} is in force as before"
        )
    kept: set[Association] = set(associations_in(listed, listed, peers, ()))
    _refuse_kept(set(peers_of(kept)), host, f"policy {policy.name!r} is in force again; run once more")
    return _looked_after(after, guards)


def _resumed(name: str, seen: Look, host: HostPort) -> Look:
    former = seen.survey.store.policy(name)
    if former is None:
        raise HostError(
            f"{host.name}: {name + SUFFIX!r} is in force, which blocks, and the policy {name!r} that it was made for "
            f"is gone; assign one by hand"
        )
    check_name(name)
    guards = guards_for(former)
    after = look(host, seen.peers, before=f"{finish(name)}&{down(guards)}&ver>nul")
    _refuse_not_back(name, after, host)
    return _looked_after(after, guards)


def _restarted(seen: Look, host: HostPort) -> Look:
    after = look(host, seen.peers, before=RESTART)
    if after.survey.state.service is not Service.RUNNING or not after.survey.before.ok:
        raise HostError(f"{host.name}: PolicyAgent did not come back after '{RESTART}'; start it by hand, at once")
    return after


def _looked_after(after: Look, guards: Sequence[IPv4Network]) -> Look:
    """Warn of guards that could not be taken away; they block, and end with the service."""
    if all_gone(after.survey.before.text, guards):
        return after
    named = ", ".join(str(one) for one in guards)
    told = f"a rule of netsh ipsec dynamic may still block traffic with {named} that the policy does not protect"
    return dataclasses.replace(after, warnings=(f"{told}; it ends when PolicyAgent is restarted",))


def _refuse_not_back(name: str, after: Look, host: HostPort) -> None:
    if after.survey.store.assigned != name:
        raise HostError(
            f"{host.name}: policy {name!r} did not come back in force, {after.survey.store.assigned!r} is; it blocks, "
            f"nothing leaves in clear. Run again, or assign it by hand"
        )


def _refuse_kept(kept: set[IPv4Address], host: HostPort, remedy: str) -> None:
    if kept:
        named = ", ".join(str(peer) for peer in sorted(kept))
        raise HostError(f"{host.name}: the associations with {named} were not dropped; {remedy}")
