# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a policy lets traffic with a peer fall back to clear text when the peer does not answer IKE."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

from ..model.actions import ActionKind
from ..model.address import Address, Me, Subnet
from ..model.policy import Policy


def soft_rule(policy: Policy, peers: Sequence[IPv4Address]) -> str | None:
    """Name the first active rule that is soft and may match one of the peers; None where there is none."""
    for rule in policy.rules:
        if not rule.active or rule.filter_action.kind is not ActionKind.NEGOTIATE or not rule.filter_action.soft:
            continue
        sides = [side for one in rule.filter_list.filters for side in (one.source, one.destination)]
        if any(_may_be(side, peer) for side in sides for peer in peers):
            return rule.name
    return None


def _may_be(side: Address, peer: IPv4Address) -> bool:
    """Say whether a side of a filter may be the peer; a name and a kind of server may be anybody."""
    if isinstance(side, Subnet):
        return peer in side.network
    return not isinstance(side, Me)
