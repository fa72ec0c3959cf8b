# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change will do once PolicyAgent runs, where it does not run now: at the latest when the computer starts."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence

from ..model.severity import Severity
from .findings import Finding
from .flows import Conversations
from .foresee import Foresight, foresee
from .standing import awake
from .station import Station


def once_running(
    found: Foresight,
    before: Sequence[Station],
    after: Sequence[Station],
    changed: Collection[str],
    conversations: Iterable[Conversations],
    kdcs: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Tell what will be as bad as it can be when the services that stand still run; ``found`` is the forecast as it is.

    A policy that nobody enforces shuts nobody out, so a confirmed commit would keep it.
    """
    idle = sorted(one.name for one in after if one.idle and one.name in changed)
    if not idle:
        return ()
    later = foresee([awake(one) for one in before], [awake(one) for one in after], changed, conversations, kdcs)
    known = {(one.check, one.flow, pair) for one in found.findings for pair in one.pairs}
    told = []
    for one in later.findings:
        pairs = tuple(pair for pair in one.pairs if {pair.sender, pair.receiver} & {*idle})
        if one.severity is Severity.HIGH and any((one.check, one.flow, pair) not in known for pair in pairs):
            text = f"once PolicyAgent runs on {', '.join(idle)}: {one.found}"
            told.append(dataclasses.replace(one, found=text, pairs=pairs))
    return tuple(told)
