# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of "netsh ipsec dynamic" that block what a change of the policy might let through for a moment.

Dynamic rules act at once beside the assigned policy and last as long as the service runs (learn.microsoft.com
cc739550). Windows lets the most specific filter decide (learn.microsoft.com bb877982), so a guard is one bit wider
than the filter that it guards: while that one stands it decides, and where it is missing the guard does. A guard is
never the same traffic as a filter of the policy, so that deleting it deletes nothing else.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Network

from ..errors import PlanError
from ..model.actions import ActionKind
from ..model.address import Address, Me, Subnet
from ..model.policy import Policy

NAME = "exchange.ipsec"
GONE = "exchange.ipsec-unguarded"
MOST = 8
"""So many rules at most go into one command line; more networks are joined to wider ones."""


def guards_for(policy: Policy) -> tuple[IPv4Network, ...]:
    """Give the networks that are blocked while the policy changes; PlanError where a filter cannot be guarded."""
    taken = {side.network for side in _sides(policy) if isinstance(side, Subnet)}
    found: set[IPv4Network] = set()
    for rule in policy.rules:
        if not rule.active or rule.filter_action.kind is not ActionKind.NEGOTIATE:
            continue
        for one in rule.filter_list.filters:
            far = [side for side in (one.source, one.destination) if not isinstance(side, Me)]
            if len(far) != 1 or not isinstance(far[0], Subnet):
                raise PlanError(
                    f"filter '{one}' of rule {rule.name!r} cannot be guarded while the policy changes (only filters "
                    f"between the host itself and addresses can); nothing was changed"
                )
            found.add(_wider(far[0].network, taken))
    return _joined(found, taken)


def up(networks: Sequence[IPv4Network]) -> str:
    """Give the command line that puts the guards up; it fails with the first that cannot be put up."""
    first = f'netsh ipsec dynamic add mmpolicy name={NAME} mmsecmethods="3DES-SHA1-2"'
    rules = [
        f"netsh ipsec dynamic add rule {_traffic(one)} mmpolicy={NAME} actioninbound=block actionoutbound=block"
        for one in networks
    ]
    return "&&".join([first, *rules])


def down(networks: Sequence[IPv4Network]) -> str:
    """Give the command line that takes the guards away and prints a word for each that is gone."""
    rules = [f"netsh ipsec dynamic delete rule {_traffic(one)}" for one in networks]
    return "&".join(f"{line}&&echo {GONE}" for line in [*rules, f"netsh ipsec dynamic delete mmpolicy name={NAME}"])


def all_gone(printed: str, networks: Sequence[IPv4Network]) -> bool:
    """Say whether every guard was taken away; only words of our own are read."""
    return printed.count(GONE) > len(networks)


def _traffic(network: IPv4Network) -> str:
    return (
        f"srcaddr=me dstaddr={network.network_address} dstmask={network.prefixlen} protocol=any srcport=0 dstport=0 "
        f"mirrored=yes conntype=all"
    )


def _sides(policy: Policy) -> list[Address]:
    filters = [one for rule in policy.rules for one in rule.filter_list.filters]
    return [side for one in filters for side in (one.source, one.destination)]


def _wider(network: IPv4Network, taken: set[IPv4Network]) -> IPv4Network:
    """Widen a network by one bit, and on where a filter of the policy has just that one."""
    wider = network.supernet()
    while wider in taken and wider.prefixlen > 1:
        wider = wider.supernet()
    if wider in taken or wider.prefixlen == 0:
        raise PlanError(f"{network} is too wide to be guarded while the policy changes; nothing was changed")
    return wider


def _joined(found: set[IPv4Network], taken: set[IPv4Network]) -> tuple[IPv4Network, ...]:
    """Join networks until there are few enough."""
    while len(found) > MOST:
        longest = max(one.prefixlen for one in found)
        found = {_wider(one, taken) if one.prefixlen == longest else one for one in found}
        found = set(ipaddress.collapse_addresses(found)) - taken or found
    return tuple(sorted(found))
