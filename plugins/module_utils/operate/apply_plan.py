# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry a plan out: build, read again, compare; then switch, read again, compare."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import NetshError
from ..host.countdown import Owner
from ..host.port import HostPort
from ..model.policy import PolicyStore
from ..netsh.from_steps import lines_for
from ..netsh.outcome import faults
from ..netsh.render import script
from ..plan.planner import Plan
from ..plan.steps import Step
from ..plan.verify import unmet
from .held import let_go, write_held
from .survey import Survey

_CLEAR_UP = "What was in force before still is; run again to clear up."
_SHOWN = 5
"""How many of the things that are missing a message names."""


def apply_plan(plan: Plan, host: HostPort, owner: Owner) -> Survey:
    """Write a plan to a host under its lock and give what stands there then.

    HostError when another run has the lock. NetshError when the verifying read is not as planned. When that is after
    the build, nothing was switched: what was in force is in force as before, and the next run clears the rest away.
    """
    if not plan.switch:
        return write(plan.build, plan.built, host, owner)
    if plan.build:
        write(plan.build, plan.built, host, owner, keep=True)
    return write(plan.switch, plan.after, host, owner, held=bool(plan.build), remedy="Run again to finish.")


def commands_for(steps: Iterable[Step]) -> list[str]:
    """Give the lines of netsh for steps, keys starred, for people to read."""
    return [line for step in steps for line in lines_for(step, reveal=False)]


def write(
    steps: tuple[Step, ...],
    expected: PolicyStore,
    host: HostPort,
    owner: Owner,
    *,
    held: bool = False,
    keep: bool = False,
    remedy: str = _CLEAR_UP,
) -> Survey:
    """Write steps to a host in one command, under its lock, and give what stands there then.

    ``held`` and ``keep`` are those of ``write_held``. NetshError, and no lock, when it is not as expected.
    """
    lines = [line for step in steps for line in lines_for(step, reveal=True)]
    found = write_held(host, owner, "netsh", script(lines), held=held, keep=keep)
    missing = shortfall(expected, found)
    if not missing:
        return found
    if keep:
        let_go(host, owner)
    raise NetshError(f"{host.name}: {missing}. {remedy}")


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
