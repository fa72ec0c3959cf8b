# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a host once and know what it means: its state for the judges, its registry for the evidence."""

from __future__ import annotations

import dataclasses

from ..compliance.state import HostState, Service, Start
from ..host.commands import Answer
from ..host.countdown import LOOK, NOBODY, Standing, standing
from ..host.port import HostPort
from ..host.reading import HostReading, read_host
from ..model.policy import PolicyStore
from ..model.windows import WindowsVersion
from ..oakley.plan import read_settings
from ..oakley.settings import POLICY_AGENT_KEY
from ..registry.tree import RegistryTree
from ..store.reader import read_domain_assignment, read_policies


@dataclasses.dataclass(frozen=True)
class Survey:
    """A host at one moment.

    ``computer`` is the name that it goes by itself, empty where it does not say; ``quads`` are the dotted quads of
    ``ipconfig``, empty when they were not asked for; ``before`` is what the command printed that ran in front of the
    read, ``prepared`` whether what ran in front of that went through. ``standing`` is what is there of a confirmed
    commit, where that was asked.
    """

    state: HostState
    registry: RegistryTree
    computer: str
    quads: tuple[str, ...]
    before: Answer
    prepared: bool = True
    standing: Standing = NOBODY

    @property
    def store(self) -> PolicyStore:
        """The local policy store."""
        return self.state.store

    @property
    def windows(self) -> str:
        """Name and version of Windows, for people."""
        return f"{self.state.version.name} ({self.state.version})"

    def obstacle(self, assigned: str | None) -> str:
        """Say what keeps the policy ``assigned`` from being in force; empty text when nothing does."""
        if assigned is None:
            return "no policy is assigned"
        if self.state.domain_policy:
            domain = self.state.domain_policy
            return f"the domain assigns policy {domain!r}, which wins over the local one; take the host out of that GPO"
        if self.state.service is not Service.RUNNING:
            return f"the service PolicyAgent is {self.state.service.value}; start it, or nothing is enforced"
        return ""


def survey(host: HostPort, *, addresses: bool = False, before: str = "", countdown: bool = False) -> Survey:
    """Read a host with one command; HostError when it does not answer as a Windows host.

    ``before`` runs first, in the same command; ``countdown`` asks for the standing of a confirmed commit too.
    """
    return survey_from(read_host(host, before=before, addresses=addresses, also=(LOOK,) if countdown else ()))


def survey_from(reading: HostReading) -> Survey:
    """Give the meaning of a reading."""
    version = WindowsVersion(*reading.version)
    start = reading.registry.value(POLICY_AGENT_KEY, "Start")
    state = HostState(
        version=version,
        store=read_policies(reading.registry),
        domain_policy=read_domain_assignment(reading.registry),
        service=Service.from_number(reading.service_state),
        start=Start.from_number(start.data if start and isinstance(start.data, int) else None),
        settings=read_settings(reading.registry, version),
    )
    found = standing(reading.also[0].text) if reading.also else NOBODY
    return Survey(state, reading.registry, reading.computer, reading.quads, reading.before, reading.prepared, found)
