# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write to a host under its lock: of runs that come at once, one writes and the others are told whose it is."""

from __future__ import annotations

from ..errors import HostError
from ..host import countdown
from ..host.port import HostPort
from ..host.reading import read_host
from .survey import Survey, survey, survey_from

_NO_LOCK = (
    rf"the folder {countdown.FOLDER} could not be made, which is the lock of a run, so nothing was changed. "
    "May the user write there? If another run just ended there, run again"
)


def in_progress(host_name: str, found: countdown.Standing, owner: countdown.Owner) -> str:
    """Say that another run holds a host, and for how long at most."""
    heals = f"the host puts its former state back by itself {owner.seconds} s after that time, or after a restart"
    armed = "armed" in found.words
    killed = heals if armed else f"its lock counts on its own controller no more, and on others until {owner.until}"
    return (
        f"{host_name}: another run is in progress on this host since {owner.since} (controller {owner.controller}, "
        f"process {owner.process}). Wait for its end; if it was killed, {killed}. Then run again"
    )


def write_held(
    host: HostPort, owner: countdown.Owner, command: str, stdin: str = "", *, held: bool = False, keep: bool = False
) -> Survey:
    """Take the lock, run a command, read the host and let go, all in one command line; HostError without the lock.

    ``held`` goes on with the lock that this run has already, ``keep`` does not let go of it.
    """
    reading = read_host(
        host,
        prepare=countdown.still_held(owner) if held else countdown.take(owner),
        before=countdown.guarded(owner, command),
        stdin=stdin,
        also=(countdown.LOOK,) if keep else (countdown.LOOK, countdown.release(owner)),
    )
    found = survey_from(reading)
    if found.prepared:
        return found
    other = found.standing.owner
    if other is None or other.token == owner.token:
        raise HostError(f"{host.name}: {_NO_LOCK}")
    raise HostError(in_progress(host.name, found.standing, other))


def let_go(host: HostPort, owner: countdown.Owner) -> None:
    """Let go of a lock that was kept."""
    survey(host, before=countdown.release(owner))
