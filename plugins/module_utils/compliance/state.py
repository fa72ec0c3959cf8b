# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands on a host and what should: the two sides that a compliance run compares."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from ..errors import SpecError
from ..ike.probe import Finding as Probed
from ..model.policy import Policy, PolicyStore
from ..model.windows import WindowsVersion


class Service(enum.Enum):
    """The state of the service PolicyAgent."""

    RUNNING = "running"
    STOPPED = "stopped"
    MISSING = "missing"

    @classmethod
    def from_number(cls, state: int | None) -> Service:
        """Read the number that ``sc query`` shows (4 is running); None where the service does not exist."""
        if state is None:
            return cls.MISSING
        return cls.RUNNING if state == _RUNNING else cls.STOPPED


_RUNNING = 4
"""SERVICE_RUNNING (learn.microsoft.com, SERVICE_STATUS structure)."""


class Start(enum.Enum):
    """How the service PolicyAgent starts: its registry value Start."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    DISABLED = "disabled"

    @classmethod
    def from_number(cls, start: int | None) -> Start | None:
        """Read the value Start (learn.microsoft.com, CreateService, dwStartType); None for anything else."""
        return {2: cls.AUTOMATIC, 3: cls.MANUAL, 4: cls.DISABLED}.get(start or 0)


@dataclasses.dataclass(frozen=True)
class Asked:
    """An address whose IKE the controller asked, and what came of it.

    ``asker`` is the controller's own address on the way there, None where it has none; ``found`` is None where nothing
    could be asked, and ``problem`` says why. ``source_port`` is 0 where the system chose one. ``must_answer`` says
    that a silence is wrong, whatever can be told about the controller.
    """

    address: IPv4Address
    asker: IPv4Address | None
    found: Probed | None
    problem: str = ""
    port: int = 500
    source_port: int = 0
    must_answer: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        found = (self.found or Probed(complete=False)).to_dict()
        asker = str(self.asker) if self.asker else None
        return {"address": str(self.address), "asked_from": asker, "problem": self.problem, **found}


@dataclasses.dataclass(frozen=True)
class HostState:
    """A host as it was read.

    ``domain_policy`` is the name of the policy that the domain assigns, None where it assigns none; ``settings`` is
    what oakley.plan.read_settings gives; ``problems`` are sentences about what could not be read elsewhere than in
    the store. ``ike`` is what the addresses said that the controller was to ask.
    """

    version: WindowsVersion
    store: PolicyStore
    domain_policy: str | None = None
    service: Service = Service.RUNNING
    start: Start | None = Start.AUTOMATIC
    settings: Mapping[str, int | None] = dataclasses.field(default_factory=dict)
    problems: tuple[str, ...] = ()
    ike: tuple[Asked, ...] = ()

    @property
    def in_force(self) -> Policy | None:
        """The local policy that is assigned, None where none is or where it could not be read."""
        return self.store.policy(self.store.assigned) if self.store.assigned else None


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What the operator wants; what is None or empty is not judged.

    ``assigned`` says whether the policy is to be in force; without a policy, True asks that any be in force.
    ``settings`` maps names of registry values to numbers, or to None for absent. ``absent`` is the name of a policy
    that must not stand on the host.
    """

    policy: Policy | None = None
    assigned: bool | None = True
    settings: Mapping[str, int | None] = dataclasses.field(default_factory=dict)
    absent: str | None = None

    def __post_init__(self) -> None:
        """Refuse a demand about no policy in particular that cannot be judged."""
        if self.assigned is False and self.policy is None:
            raise SpecError("assigned", "false needs the policy that must not be in force")
