# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an earlier run left on a host: wait for it, put it back, clear it up, or say that it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..errors import HostError
from ..host import countdown
from ..host.port import HostPort
from .held import in_progress
from .survey import Survey, survey

_PATIENCE = 120
_PAUSE = 1.0


def clear_leftovers(found: Survey, host: HostPort, alive: Callable[[countdown.Owner], bool]) -> Survey:
    """Bring a host back to a state from which a run can begin, and read it again where that took something.

    ``alive`` tells whether the run that left it may still be at work. HostError when it is, or when the host does not
    come to an end with what it puts back.
    """
    end = time.monotonic() + _PATIENCE
    urged = nameless = False
    while not found.standing.free:
        words, owner = found.standing.words, found.standing.owner
        if owner is not None and "kept" not in words and "back" not in words and alive(owner):
            raise HostError(in_progress(host.name, found.standing, owner))
        if time.monotonic() > end:
            raise HostError(f"{host.name}: what an earlier run left is still being put back; run again later")
        order = ""
        if owner is None and not nameless:  # a run that begins this very moment has not yet said who it is
            time.sleep(_PAUSE)
            nameless = True
        elif "kept" in words or not words & {"armed", "back"}:
            order = countdown.CLEAR if "kept" in words else countdown.CLEAR_UNARMED
        elif owner is not None and not urged and not ("back" in words and alive(owner)):
            order, urged = countdown.put_back_now(owner), True
        else:
            time.sleep(_PAUSE)
        found = survey(host, before=order, countdown=True)
    return found
