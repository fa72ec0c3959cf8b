# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One end of a flow: a Windows host with what decides about its packets, or a peer that knows no IPsec."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from ipaddress import IPv4Address

from ..model.address import ServerKind
from ..model.policy import DefaultResponse, Policy
from ..model.windows import SERVER_2003, WindowsVersion

SIMPLE_POLICY_BITS = 0x14
"""Bits of IKEFlags that widen the fall-back to clear to negotiations that were answered and failed (cc947842)."""

NOT_READ = "what stands there was not read"
"""Why nobody can tell what is in force on a host that nobody asked."""


@dataclasses.dataclass(frozen=True)
class Station:
    """A host as its packets see it.

    ``addresses`` are its own and those that it may hold at any moment (virtual ones of a cluster). ``policy`` is
    the one in force, None where none is. ``no_default_exempt`` is the registry value, None where it is not set.
    ``unknown`` says in a sentence why nobody can tell what is in force; empty where one can. ``resolved`` maps the
    DNS names of filters, in lower case, to addresses; ``servers`` tells the host's own DNS, WINS, DHCP servers and
    gateways: what is missing there counts as not known. ``idle`` says why an assigned policy is not enforced, and
    ``asleep`` is then the policy that comes into force as soon as it is. ``unread`` says in a sentence which part of
    what is in force nobody could read, so that ``policy`` may not be all of it.
    ``foreign`` are addresses that the inventory gives the host, and the host does not have.
    """

    name: str
    addresses: tuple[IPv4Address, ...]
    version: WindowsVersion = SERVER_2003
    policy: Policy | None = None
    no_default_exempt: int | None = None
    ike_flags: int = 0
    unknown: str = ""
    idle: str = ""
    asleep: Policy | None = None
    unread: str = ""
    foreign: tuple[IPv4Address, ...] = ()
    resolved: Mapping[str, tuple[IPv4Address, ...]] = dataclasses.field(default_factory=dict)
    servers: Mapping[ServerKind, tuple[IPv4Address, ...]] = dataclasses.field(default_factory=dict)

    @property
    def in_doubt(self) -> str:
        """Which part of what is enforced nobody could read; of what is not enforced it does not matter."""
        return "" if self.idle else self.unread

    @property
    def default_response(self) -> DefaultResponse | None:
        """The default response rule where it is active; it ended with Server 2003."""
        response = self.policy.default_response if self.policy else None
        return response if response and response.active and not self.version.is_vista_or_later else None

    @property
    def falls_back_after_failure(self) -> bool:
        """Whether a soft negotiation falls back to clear even when the peer answered (IKEFlags 0x14, KB 914841)."""
        return self.ike_flags & SIMPLE_POLICY_BITS == SIMPLE_POLICY_BITS and not self.version.is_vista_or_later
