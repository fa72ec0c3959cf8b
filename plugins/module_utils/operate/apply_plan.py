# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry a plan out: build, read again, compare; then switch, read again, compare."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import NetshError
from ..host.port import HostPort
from ..host.reading import read_host
from ..model.policy import PolicyStore
from ..netsh.from_steps import lines_for
from ..netsh.outcome import faults
from ..netsh.render import script
from ..plan.planner import Plan
from ..plan.steps import Step
from ..plan.verify import unmet
from .survey import Survey, survey_from

_SHOWN = 5
"""How many of the things that are missing a message names."""


def apply_plan(plan: Plan, host: HostPort) -> Survey:
    """Write a plan to a host and give what stands there then.

    NetshError when the verifying read is not as planned. When that is after the build, nothing was switched: what
    was in force is in force as before, and the next run clears the rest away.
    """
    found = write(plan.build, plan.built, host)
    if plan.switch:
        found = write(plan.switch, plan.after, host, "Run again to finish.")
    return found


def commands_for(steps: Iterable[Step]) -> list[str]:
    """Give the lines of netsh for steps, keys starred, for people to read."""
    return [line for step in steps for line in lines_for(step, reveal=False)]


def write(
    steps: tuple[Step, ...],
    expected: PolicyStore,
    host: HostPort,
    remedy: str = "What was in force before still is; run again to clear up.",
) -> Survey:
    """Write steps to a host in one command and give what stands there then; NetshError when it is not as expected."""
    lines = [line for step in steps for line in lines_for(step, reveal=True)]
    found = survey_from(read_host(host, before="netsh", stdin=script(lines)))
    missing = shortfall(expected, found)
    if missing:
        raise NetshError(f"{host.name}: {missing}. {remedy}")
    return found


def shortfall(expected: PolicyStore, found: Survey) -> str:
    """Say what is missing after a write, with the numbers of netsh's errors; empty text when nothing is."""
    missing = unmet(expected, found.store)
    return f"{_list(missing)}{_said(found.before.text)}" if missing else ""


def _list(missing: tuple[str, ...]) -> str:
    more = f" (and {len(missing) - _SHOWN} more)" if len(missing) > _SHOWN else ""
    return "after netsh had run, " + "; ".join(missing[:_SHOWN]) + more


def _said(printed: str) -> str:
    """Give netsh's numbered errors; the words around the numbers are in the host's language and stay out."""
    found = faults(printed)
    return ". netsh reported " + "; ".join(str(fault) for fault in found) if found else ""
