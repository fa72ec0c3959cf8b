# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a host's security associations, and what decides about dropping them, in one command."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from ipaddress import IPv4Address

from ..associations.association import Association
from ..associations.interlude import former_of
from ..associations.listing import QUESTIONS, addresses, associations_in, questions_of
from ..host.countdown import LOOK
from ..host.port import HostPort
from ..host.reading import HostReading, read_host
from .survey import Survey, survey_from


@dataclasses.dataclass(frozen=True)
class Look:
    """The associations of a host with the peers that were asked for (all where none were), and the host itself.

    ``own`` are the host's addresses as far as they are printed among the associations, ``warnings`` what somebody
    has to look after.
    """

    found: tuple[Association, ...]
    own: tuple[IPv4Address, ...]
    survey: Survey
    peers: tuple[IPv4Address, ...]
    warnings: tuple[str, ...] = ()

    @property
    def interrupted(self) -> str | None:
        """The policy that ought to be in force where a run was killed while it blocked; None where none was."""
        return former_of(self.survey.store.assigned)


def look(host: HostPort, peers: Sequence[IPv4Address], *, before: str = "", stdin: str = "") -> Look:
    """Ask a host in one command; ``before`` runs first and takes ``stdin``."""
    reading = read_host(host, before=before, stdin=stdin, addresses=True, also=(*QUESTIONS, LOOK))
    survey = survey_from(dataclasses.replace(reading, also=reading.also[-1:]))
    main_modes, quick_modes = _printed(reading, survey)
    mine = addresses(" ".join(reading.quads))
    shown = addresses(main_modes + "\n" + quick_modes)
    return Look(
        found=associations_in(main_modes, quick_modes, peers, mine),
        own=tuple(one for one in mine if one in shown and one not in peers),
        survey=survey,
        peers=tuple(peers),
    )


def _printed(reading: HostReading, survey: Survey) -> tuple[str, str]:
    """Pick the two answers that the host's version gives, main modes first."""
    asked = questions_of(survey.state.version)
    answers = dict(zip(QUESTIONS, reading.also[:-1], strict=True))
    return answers[asked[0]].text, answers[asked[1]].text
