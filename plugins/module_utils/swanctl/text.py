# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy for a Linux peer, as the text of swanctl.conf."""

from __future__ import annotations

from ..model.policy import Policy
from .conf import render
from .connections import connections
from .peer import LinuxPeer
from .secrets import secrets


def connections_text(policy: Policy, peer: LinuxPeer) -> str:
    """Give the connections of a host, no key among them; SpecError for what strongSwan cannot express."""
    return render(connections(policy, peer))


def secrets_text(policy: Policy, peer: LinuxPeer, *, reveal: bool = False) -> str:
    """Give the keys that the connections need, stars unless ``reveal``; empty text where there are none."""
    section = secrets(policy, peer, reveal=reveal)
    return render(section) if section.sections else ""
