# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules and policies, and all that a host's local store holds of them."""

from __future__ import annotations

import dataclasses
import enum
from ipaddress import IPv4Address

from ..errors import SpecError
from .actions import ActionKind, FilterAction
from .authentication import Authentication, Kerberos
from .filters import FilterList
from .names import check_name, check_text
from .security import MainMode, QuickModeOffer


class ConnectionType(enum.Enum):
    """The network connections that a rule covers ([MS-GPIPSEC] 2.2.1.3.1, Interface-Type)."""

    ALL = "all"
    LAN = "lan"
    DIALUP = "dialup"


@dataclasses.dataclass(frozen=True)
class Rule:
    """Traffic, what is done with it, and how the peers prove who they are.

    The snap-in of Windows makes rules without a name; netsh does not, so a rule that is to be written needs one.
    ``tunnel`` is the far end of an IPsec tunnel, None in transport mode.
    """

    name: str
    filter_list: FilterList
    filter_action: FilterAction
    authentication: tuple[Authentication, ...] = (Kerberos(),)
    connection: ConnectionType = ConnectionType.ALL
    active: bool = True
    description: str = ""
    tunnel: IPv4Address | None = None

    def __post_init__(self) -> None:
        """Refuse a negotiating rule without authentication."""
        check_text(self.name, "the name of a rule")
        check_text(self.description, "description")
        if self.filter_action.kind is ActionKind.NEGOTIATE and not self.authentication:
            raise SpecError("authentication", f"rule {self.name!r} negotiates, so it needs at least one method")
        if len(set(self.authentication)) != len(self.authentication):
            raise SpecError("authentication", f"rule {self.name!r} names the same method twice")


@dataclasses.dataclass(frozen=True)
class DefaultResponse:
    """The rule that answers a peer's wish for IPsec where no other rule matches (Windows 2000 to Server 2003)."""

    active: bool
    offers: tuple[QuickModeOffer, ...] = ()
    pfs: bool = False
    authentication: tuple[Authentication, ...] = (Kerberos(),)


@dataclasses.dataclass(frozen=True)
class Policy:
    """A named policy: its rules, its main mode, and how often Windows looks for a change (minutes)."""

    name: str
    rules: tuple[Rule, ...]
    main_mode: MainMode
    default_response: DefaultResponse | None = None
    description: str = ""
    polling_minutes: int = 180

    def __post_init__(self) -> None:
        """Refuse two rules of one name, and one list or action name with two meanings."""
        check_name(self.name, "the name of a policy")
        check_text(self.description, "description")
        if not 1 <= self.polling_minutes <= 28_800:
            raise SpecError("polling_minutes", f"{self.polling_minutes} is out of range (1 to 28800)")
        named = [rule.name.casefold() for rule in self.rules if rule.name]
        if len(set(named)) != len(named):
            double = next(rule.name for rule in self.rules if named.count(rule.name.casefold()) > 1)
            raise SpecError("rules", f"two rules of policy {self.name!r} are called {double!r}")
        _refuse_two_meanings("filter list", [rule.filter_list for rule in self.rules])
        _refuse_two_meanings("filter action", [rule.filter_action for rule in self.rules])

    @property
    def filter_lists(self) -> tuple[FilterList, ...]:
        """The filter lists of the rules, each once, in order of first use."""
        return tuple({rule.filter_list.name.casefold(): rule.filter_list for rule in self.rules}.values())

    @property
    def filter_actions(self) -> tuple[FilterAction, ...]:
        """The filter actions of the rules, each once, in order of first use."""
        return tuple({rule.filter_action.name.casefold(): rule.filter_action for rule in self.rules}.values())


@dataclasses.dataclass(frozen=True)
class PolicyStore:
    """All that the local store of a host holds.

    ``filter_lists`` and ``filter_actions`` are all the named ones, used by a rule or not; ``assigned`` is the
    name of the policy in force, None where none is; ``problems`` are sentences about objects that could not be read,
    ``unread`` those of them that concern what is in force.
    """

    policies: tuple[Policy, ...] = ()
    filter_lists: tuple[FilterList, ...] = ()
    filter_actions: tuple[FilterAction, ...] = ()
    assigned: str | None = None
    problems: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def policy(self, name: str) -> Policy | None:
        """Find a policy by name; Windows compares names without regard to case."""
        return next((one for one in self.policies if one.name.casefold() == name.casefold()), None)


def _refuse_two_meanings(what: str, items: list[FilterList] | list[FilterAction]) -> None:
    """Refuse two objects that share a name but not their content: the store has room for one."""
    first: dict[str, FilterList | FilterAction] = {}
    for item in items:
        if first.setdefault(item.name.casefold(), item) != item:
            raise SpecError("rules", f"{what} {item.name!r} is declared twice with different content")
