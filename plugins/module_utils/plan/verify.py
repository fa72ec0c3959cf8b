# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hold the store that was read again against the store that the plan expected."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.policy import Policy, PolicyStore
from .compare import differences, rule_key


def unmet(expected: PolicyStore, found: PolicyStore) -> tuple[str, ...]:
    """Say what of the expected store is not there; empty when everything is. Keys are never shown."""
    problems: list[str] = []
    for want in expected.policies:
        have = found.policy(want.name)
        if have is None:
            problems.append(f"policy {want.name!r} is missing")
        else:
            problems += [f"policy {want.name!r}: {problem}" for problem in _unmet_in(want, have)]
    problems += [f"policy {one.name!r} is still there" for one in found.policies if expected.policy(one.name) is None]
    if (expected.assigned or "").casefold() != (found.assigned or "").casefold():
        problems.append(f"assigned is {found.assigned or 'nothing'} instead of {expected.assigned or 'nothing'}")
    return tuple(problems)


def _unmet_in(want: Policy, have: Policy) -> Iterator[str]:
    """Name the rules that are missing or too many, then what differs in the rest."""
    wanted = {f"rules.{rule_key(rule)}": rule for rule in want.rules}
    stands = {f"rules.{rule_key(rule)}": rule for rule in have.rules}
    for difference in differences(want, have):
        if difference.path in wanted and difference.path not in stands:
            yield f"rule {wanted[difference.path].name!r} is missing"
        elif difference.path in stands and difference.path not in wanted:
            yield f"rule {stands[difference.path].name!r} is still there"
        else:
            yield str(difference)
