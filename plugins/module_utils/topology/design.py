# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the operator decides about a site: what to protect, how peers prove who they are, what stays reachable."""

from __future__ import annotations

import dataclasses
import enum
import ipaddress
import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from ..errors import SpecError
from ..model.authentication import Authentication
from ..model.from_spec import authentication_from_spec, offers_from_spec
from ..model.security import QuickModeOffer
from ..model.shapes import at, flag, listed, mapping
from ..model.windows import strongest_offers
from .ports import HTTP, IMAP4, POP3, Service


class Tier(enum.Enum):
    """How much is protected: the three designs that KB 821839 suggests."""

    CREDENTIALS = "credentials"
    MESSAGE_STREAM = "message_stream"
    EVERYTHING = "everything"

    @property
    def services(self) -> tuple[Service, ...]:
        """The services to the back end that are protected; none for ``everything``, which asks for no port."""
        if self is Tier.EVERYTHING:
            return ()
        return (POP3, IMAP4) if self is Tier.CREDENTIALS else (HTTP, POP3, IMAP4)


class Stage(enum.Enum):
    """How far a site has come on the way to a policy: each stage can stand beside the one before it."""

    PERMIT = "permit"
    REQUEST = "request"
    REQUIRE = "require"


@dataclasses.dataclass(frozen=True)
class Design:
    """The decisions for one site.

    ``management`` are the networks of the controllers, ``management_ports`` the TCP ports they use (WinRM as it
    really listens, RDP on request). ``exempt_domain_controllers`` leaves the traffic to them in clear on tier
    everything. ``soft`` and ``inbound_passthrough`` mean what they mean on a filter action. ``stage`` request has both
    of them, whatever they say themselves; stage permit has the filters of the tier and lets all of them pass in clear.
    """

    tier: Tier
    authentication: tuple[Authentication, ...]
    management: tuple[IPv4Network, ...] = ()
    management_ports: tuple[int, ...] = (5985, 5986)
    permit_icmp: bool = False
    exempt_domain_controllers: bool = False
    offers: tuple[QuickModeOffer, ...] = strongest_offers()
    pfs: bool = False
    soft: bool = False
    inbound_passthrough: bool = False
    policy_name: str = "Exchange IPsec"
    stage: Stage = Stage.REQUIRE

    def __post_init__(self) -> None:
        """Refuse a design without authentication or offers, and ports that no listener has."""
        if not self.authentication:
            raise SpecError("authentication", "at least one method is needed: kerberos, certificate or psk")
        if not self.offers:
            raise SpecError("offers", "at least one offer is needed")
        if self.management and not self.management_ports:
            raise SpecError("management_ports", "the management networks need at least one port")
        for index, port in enumerate(self.management_ports):
            if not 1 <= port <= 65535:
                raise SpecError(f"management_ports[{index}]", f"{port} is no port (1 to 65535)")


_KEYS = (
    "tier", "authentication", "management", "management_ports", "permit_icmp", "exempt_domain_controllers",
    "offers", "pfs", "soft", "inbound_passthrough", "policy_name", "stage",
)  # fmt: skip
_PORT = re.compile(r"[0-9]{1,9}")
_FLAGS = ("permit_icmp", "exempt_domain_controllers", "pfs", "soft", "inbound_passthrough")


def design_from_spec(spec: Mapping[str, Any], place: str = "topology") -> Design:
    """Build a design from plain data with the names of its fields; what is left out gets the default.

    ``management`` is a list of IPv4 addresses and subnets, ``authentication`` and ``offers`` have the shape they
    have in a declared rule. Raises SpecError naming the place.
    """
    unknown = sorted(set(mapping(spec, place, "a dict with tier and authentication")) - set(_KEYS), key=str)
    if unknown:
        raise SpecError(place, f"{unknown[0]!r} is not an option of a topology; allowed are {', '.join(_KEYS)}")
    values: dict[str, Any] = {
        "tier": _choice(Tier, spec.get("tier"), f"{place}.tier"),
        "stage": _choice(Stage, spec.get("stage") or Stage.REQUIRE.value, f"{place}.stage"),
        "authentication": authentication_from_spec(spec.get("authentication", ()), f"{place}.authentication"),
        "management": _networks(spec.get("management"), f"{place}.management"),
    }
    with at(place):
        values.update({name: flag(spec, name) for name in _FLAGS})
    if spec.get("management_ports") is not None:
        values["management_ports"] = _ports(spec["management_ports"], f"{place}.management_ports")
    if spec.get("offers"):
        values["offers"] = offers_from_spec(spec["offers"], f"{place}.offers")
    if spec.get("policy_name"):
        values["policy_name"] = str(spec["policy_name"])
    try:
        return Design(**values)
    except SpecError as exc:
        raise SpecError(f"{place}.{exc.place}", exc.problem) from None


def _choice(kind: type[enum.Enum], value: Any, place: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(one.value for one in kind)
        raise SpecError(place, f"{value!r} is no {kind.__name__.lower()}; allowed are {allowed}") from None


def _networks(value: Any, place: str) -> tuple[IPv4Network, ...]:
    items = [value] if isinstance(value, str) else listed(value, place)
    found = []
    for index, item in enumerate(items):
        try:
            found.append(ipaddress.IPv4Network(str(item)))
        except ValueError as exc:
            raise SpecError(f"{place}[{index}]", f"{item!r} is no IPv4 address or subnet ({exc})") from None
    return tuple(dict.fromkeys(found))


def _ports(value: Any, place: str) -> tuple[int, ...]:
    items = [value] if isinstance(value, (int, str)) else listed(value, place)
    found = []
    for index, item in enumerate(items):
        if isinstance(item, bool) or not _PORT.fullmatch(str(item)):
            raise SpecError(f"{place}[{index}]", f"{item!r} is no port (1 to 65535)")
        found.append(int(item))
    return tuple(dict.fromkeys(found))
