# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a fail-over of the cluster interrupts the protected traffic, by what the front end is set to."""

from __future__ import annotations

import dataclasses

from ..model.windows import WindowsVersion
from .settings import KB_821839, KB_980915, SERVER_2003

PLANNED_SECONDS = (3, 6)
"""The article's span for a group that is moved: the node that gives up the address deletes its associations."""

IDLE_SECONDS = 300
FAST_IDLE_SECONDS = 60
IKE_SECONDS = 60
"""Idle timers and the main mode that must time out (KB 821839; [MS-IKEE] 3.5.7.1 gives the idle times since 2000)."""


@dataclasses.dataclass(frozen=True)
class Bounds:
    """Seconds until traffic flows again, Exchange's own recovery not counted; ``because`` says where they come from."""

    planned: tuple[int, int]
    unplanned: int
    because: str

    def to_dict(self) -> dict[str, object]:
        """Give the bounds as plain data."""
        return {"planned": list(self.planned), "unplanned": self.unplanned, "because": self.because}


def failover_bounds(
    version: WindowsVersion, nlbs_flags: int | None = None, nlbs_idle_time: int | None = None
) -> Bounds:
    """Give the bounds for a host that talks to the cluster, by its version and values (None: absent)."""
    idle, reason = _idle(version, nlbs_flags, nlbs_idle_time)
    because = f"{reason}, plus {IKE_SECONDS} s until IKE gives the old main mode up ({KB_821839})"
    return Bounds(PLANNED_SECONDS, idle + IKE_SECONDS, because)


def _idle(version: WindowsVersion, nlbs_flags: int | None, nlbs_idle_time: int | None) -> tuple[int, str]:
    if version < SERVER_2003:
        return IDLE_SECONDS, f"{version.name} keeps an idle association for {IDLE_SECONDS} s, whatever is set"
    if not nlbs_flags:
        return IDLE_SECONDS, f"NLBSFlags is not set, so an idle association stays for {IDLE_SECONDS} s"
    if nlbs_idle_time:
        return nlbs_idle_time, f"NlbsIdleTime ends an idle association after {nlbs_idle_time} s ({KB_980915})"
    return FAST_IDLE_SECONDS, f"NLBSFlags ends an idle association after {FAST_IDLE_SECONDS} s"
