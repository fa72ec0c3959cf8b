# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""By which means a Windows version drops security associations, and what may leave the host in clear meanwhile."""

from __future__ import annotations

import dataclasses
import enum

from ..errors import PlanError, SpecError
from ..model.windows import WindowsVersion

SERVER_2003 = WindowsVersion(5, 2)


class Means(enum.Enum):
    """How associations are dropped.

    ASSOCIATIONS deletes those of a pair of addresses (Vista and later). POLICY puts a policy that blocks in force and
    then the former one again, which ends every association that the former one made (Server 2003). RESTART starts
    PolicyAgent again (Server 2003; KB 313236).
    """

    ASSOCIATIONS = "associations"
    POLICY = "policy"
    RESTART = "restart"


@dataclasses.dataclass(frozen=True)
class Gap:
    """What becomes of protected traffic between the drop and the new negotiation."""

    protected: bool
    scope: str
    told: str


GAPS = {
    Means.ASSOCIATIONS: Gap(
        protected=True,
        scope="peers",
        told="the policy stays in force; traffic with these peers waits for the new negotiation",
    ),
    Means.POLICY: Gap(
        protected=True,
        scope="every peer",
        told="all traffic that the policy protects is blocked for about a second; a rule of netsh ipsec dynamic blocks "
        "what could fall between the two policies",
    ),
    Means.RESTART: Gap(
        protected=False,
        scope="every peer",
        told="while PolicyAgent is stopped no policy is in force, and nothing documented keeps packets from leaving in "
        "clear",
    ),
}
"""Evidence in docs/fidelity.md, "Security associations"."""


def means_for(version: WindowsVersion, wanted: Means | None) -> Means:
    """Choose the means for a version, or check the one that is wanted; PlanError where the version lacks it."""
    if version < SERVER_2003:
        raise PlanError(
            f"{version.name} has no command that shows or drops security associations (netsh ipsec came with Windows "
            f"Server 2003); wait for the idle timer"
        )
    if version.is_vista_or_later:
        if wanted in (Means.POLICY, Means.RESTART):
            raise PlanError(
                f"means: {wanted.value} is for Windows Server 2003; {version.name} deletes single associations, "
                f"so leave it out"
            )
        return Means.ASSOCIATIONS
    if wanted is Means.ASSOCIATIONS:
        raise PlanError(f"{version.name} has no command that deletes single associations; leave means out")
    return wanted or Means.POLICY


def refuse_restart(wanted: Means | None, accept_gap: bool) -> None:
    """Refuse a restart that nobody accepted, before anything is sent; SpecError says what it would mean."""
    if wanted is Means.RESTART and not accept_gap:
        raise SpecError("means", f"restart is refused: {GAPS[wanted].told}. Say accept_gap: true to do it all the same")
