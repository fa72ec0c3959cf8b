# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's IPsec driver: the filters that are in force, and when they change.

They change when the PolicyAgent starts or stops, when netsh writes to the store or assigns, on its control code 129,
and when it polls ("IPSec Policy Agent service", TechNet cc782987). A value that somebody writes into the registry
by hand waits for the next of these. Default exemptions are read at boot (cc756041: restart the computer).
That netsh tells the agent of each change and not only of an assignment is not proven: it is the harsher reading.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from .effective import Policy, Rule, effective_policy
from .filters import Addresses, Filter, Packet, exempt, expand
from .parts import FilterSpec
from .services import DEMAND, RUNNING

if TYPE_CHECKING:
    from .host import WindowsHost

_EXEMPT_KEYS = (r"Services\IPSEC", r"Services\PolicyAgent")
_STRICTEST = 3
_GENERATIONS = itertools.count(1)
RELOAD = 129
"""The control code that makes the PolicyAgent read its policy again."""


class Driver:
    """What the IPsec driver of one host does with packets; without `watching` it shows what the registry says now."""

    def __init__(self, host: WindowsHost) -> None:
        """Begin like a host that has just been started."""
        self._host = host
        self.watching = False
        self.generation = 0
        self._policy: Policy | None = None
        self._next_poll = 0.0
        self._exempt = _STRICTEST
        self._expanded: dict[Addresses, list[Filter]] = {}
        self.dynamic: list[Rule] = []
        """Rules of `netsh ipsec dynamic`; the driver forgets them when the agent stops."""
        self.main_modes: set[str] = set()
        self.boot()

    @property
    def running(self) -> bool:
        """Whether the PolicyAgent runs; without it nothing is enforced and nobody answers IKE."""
        agent = self._host.services.items.get("policyagent")
        return agent is not None and agent.state == RUNNING

    @property
    def negotiates(self) -> bool:
        """Whether IKE runs: within the PolicyAgent, and since Vista in a service of its own beside it."""
        keying = self._host.services.items.get("ikeext")
        return self.running and (keying is None or keying.state == RUNNING)

    @property
    def policy(self) -> Policy | None:
        """The policy in force."""
        if not self.watching:
            return effective_policy(self._host) if self.running else None
        self.poll()
        return self._policy

    @property
    def next_poll(self) -> float | None:
        """When the agent looks again, in the host's time; None when it will not."""
        return self._next_poll if self.watching and self._policy is not None else None

    def boot(self, starting: bool = False) -> None:
        """Come up with the computer: only now are the default exemptions read.

        Where the agent starts on demand (Vista and later), a start of the computer with a policy assigned is one
        (not proven; the harsher reading).
        """
        self._exempt = self._level()
        services = self._host.services
        agent = services.items.get("policyagent")
        if starting and agent and services.start_type(agent) == DEMAND and effective_policy(self._host):
            services.start(agent)
        self.reload()

    def _level(self) -> int:
        places = _EXEMPT_KEYS if self._host.profile.modern else _EXEMPT_KEYS[:1]
        root = r"HKLM\SYSTEM\CurrentControlSet"
        for place in places:
            value = self._host.registry.value(rf"{root}\{place}", "NoDefaultExempt")
            if value is not None:
                return value.number if value.number in (0, 1, 2, 3) else _STRICTEST
        return _STRICTEST

    def reload(self) -> None:
        """Take the policy that the store holds now, or none when the agent does not run."""
        if not self.running:
            self.dynamic, self.main_modes = [], set()
        if self.watching:
            self._policy = effective_policy(self._host) if self.running else None
            self._next_poll = self._host.clock.now() + (self._policy.polling if self._policy else 0)
        self._changed()

    def add_dynamic(self, rule: Rule) -> None:
        """Put a rule into force beside the policy, at once."""
        self.dynamic.append(rule)
        self._changed()

    def remove_dynamic(self, spec: FilterSpec) -> bool:
        """Take the rule of that traffic out of force; say whether there was one."""
        kept = [rule for rule in self.dynamic if not any(one.same_traffic(spec) for one in rule.filters)]
        found = len(kept) < len(self.dynamic)
        self.dynamic = kept
        self._changed()
        return found

    def _changed(self) -> None:
        self._expanded.clear()
        self.generation = next(_GENERATIONS)
        if self._host.associations.items:
            self._host.associations.revalidate()

    def watch(self) -> None:
        """Keep the policy in force apart from the registry from now on."""
        self.watching = True
        self.boot()

    def poll(self) -> None:
        """Look into the store if it is time to."""
        due = self.next_poll
        if due is not None and self._host.clock.now() >= due:
            self.reload()

    def filters(self) -> list[Filter]:
        """Return the specific filters in force, the most specific first."""
        policy, own = self._in_force(), self._host.all_addresses()
        if policy is None:
            return []
        if not self.watching:
            return expand(policy, own, self._host.resolve, self._host.servers)
        if own not in self._expanded:
            self._expanded[own] = expand(policy, own, self._host.resolve, self._host.servers)
        return self._expanded[own]

    def _in_force(self) -> Policy | None:
        policy = self.policy
        if not self.dynamic:
            return policy
        policy = policy or Policy("", (), (), 0, None)
        return dataclasses.replace(policy, rules=(*policy.rules, *self.dynamic))

    def winner(self, packet: Packet, inbound: bool) -> Filter | None:
        """Return the filter that decides on a packet; None when it passes unasked."""
        level = self._exempt if self.watching else self._level()
        if exempt(packet, level, inbound, self._host.profile.modern):
            return None
        return next((one for one in self.filters() if one.matches(packet)), None)

    def rule(self, packet: Packet, inbound: bool) -> Rule | None:
        """Return the rule that decides on a packet; None when it passes unasked."""
        found = self.winner(packet, inbound)
        return found.rule if found else None
