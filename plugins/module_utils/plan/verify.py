# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hold the store that was read again against the store that the plan expected."""

from __future__ import annotations

from ..model.policy import PolicyStore
from .compare import differences


def unmet(expected: PolicyStore, found: PolicyStore) -> tuple[str, ...]:
    """Say what of the expected store is not there; empty when everything is. Keys are never shown."""
    problems: list[str] = []
    for want in expected.policies:
        have = found.policy(want.name)
        if have is None:
            problems.append(f"policy {want.name!r} is missing")
        else:
            problems += [f"policy {want.name!r}: {difference}" for difference in differences(want, have)]
    problems += [f"policy {one.name!r} is still there" for one in found.policies if expected.policy(one.name) is None]
    if (expected.assigned or "").casefold() != (found.assigned or "").casefold():
        problems.append(f"assigned is {found.assigned or 'nothing'} instead of {expected.assigned or 'nothing'}")
    return tuple(problems)
