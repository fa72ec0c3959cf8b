# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases that go through the roles and playbooks/harden.yml: what an inventory can say, right and wrong."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from typing import Any

from tests.torture import designs
from tests.torture.designs import Wanted
from tests.torture.site import CONTROLLER, NETWORK, ROLES, Site
from tests.torture.words import CERTIFICATE, KERBEROS, OTHER_CERTIFICATE, key

COUNT = 65
TIERS = ("credentials", "message_stream", "everything")
Variables = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class RoleCase:
    """One run of harden.yml: what stands there, the variables, those of single hosts, and further arguments."""

    number: int
    kind: str
    site: Site
    before: Wanted
    variables: Variables
    of_hosts: dict[str, Variables] = dataclasses.field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"case {self.number} ({self.kind})"


def _all(**values: Any) -> Variables:
    return {f"{role}_{name}": value for role in sorted(set(ROLES.values())) for name, value in values.items()}


def _common(rng: random.Random, site: Site) -> Variables:
    ports = sorted({site.winrm, 5985})
    return _all(
        tier=rng.choice(TIERS),
        authentication=[CERTIFICATE],
        management=rng.choice([[CONTROLLER], [CONTROLLER, NETWORK], ["198.51.100.0/24"]]),
        management_ports=ports,
    )


def sound(site: Site, rng: random.Random) -> tuple[Variables, dict[str, Variables], tuple[str, ...]]:
    return {}, {}, ()


def sound_everything(site: Site, rng: random.Random) -> Any:
    return _all(tier="everything", permit_icmp=rng.random() < 0.5), {}, ()


def sound_key(site: Site, rng: random.Random) -> Any:
    return _all(authentication=[key("open sesame")]), {}, ()


def sound_tickets(site: Site, rng: random.Random) -> Any:
    return _all(tier="everything", authentication=[KERBEROS], exempt_domain_controllers=True), {}, ()


def keys_differ(site: Site, rng: random.Random) -> Any:
    wrong = {"front_end_authentication": [rng.choice([key("close sesame"), OTHER_CERTIFICATE])]}
    return _all(authentication=[key("open sesame")]) | wrong, {}, ()


def tiers_differ(site: Site, rng: random.Random) -> Any:
    one, other = rng.sample(TIERS, 2)
    return _all(tier=one) | {"front_end_tier": other}, {}, ()


def half_a_site(site: Site, rng: random.Random) -> Any:
    return {}, {}, ("--limit", site.name(rng.choice(list(site.profiles))))


def tickets_for_tickets(site: Site, rng: random.Random) -> Any:
    return _all(tier="everything", authentication=[KERBEROS]), {}, ()


def left_unassigned(site: Site, rng: random.Random) -> Any:
    return {f"{rng.choice(['front_end', 'back_end_cluster'])}_assigned": False}, {}, ()


def controller_taken_for_a_server(site: Site, rng: random.Random) -> Any:
    """The inventory gives a server the controller's address, and permits the way in on another port."""
    wrong = {site.name(rng.choice(["fe", "be"])): {"ipsec_addresses": [CONTROLLER]}}
    return _all(tier="everything", management=[NETWORK], management_ports=[8443]), wrong, ()


def controller_behind_another_address(site: Site, rng: random.Random) -> Any:
    """The same, and it is wrong about the controller too, so that only the hosts can find out."""
    variables, wrong, arguments = controller_taken_for_a_server(site, rng)
    return variables | {"ipsec_controller_address": "203.0.113.77"}, wrong, arguments


def address_of_nobody(site: Site, rng: random.Random) -> Any:
    """The inventory has a wrong address for a back end, so its front ends protect the wrong way."""
    return _all(tier="everything"), {site.name("be"): {"ipsec_addresses": ["192.0.2.123"]}}, ()


def encrypted_winrm(site: Site, rng: random.Random) -> Any:
    """WinRM 1.1 on port 80, which the tier encrypts, and a management network that holds the servers."""
    return _all(tier="message_stream", management=["10.0.0.0/8"], management_ports=[80]), {}, ()


_SOUND = (sound, sound_everything, sound_key, sound_tickets)
_HOSTILE = (
    keys_differ, tiers_differ, half_a_site, tickets_for_tickets, left_unassigned, controller_taken_for_a_server,
    controller_behind_another_address, address_of_nobody, encrypted_winrm,
)  # fmt: skip
BLIND = ("controller_behind_another_address", "address_of_nobody")
"""The inventory is wrong about addresses: the forecast refuses that and can foresee no more; the countdown must."""
KINDS: tuple[Callable[..., Any], ...] = (*_SOUND, *_HOSTILE)
_STANDING = (None, None, designs.all_mail, designs.on_request, designs.block_a_stranger)


def role_case(number: int, seed: int) -> RoleCase:
    """The case of that number."""
    rng = random.Random(f"{seed}:{number}")  # noqa: S311
    kind = KINDS[number % len(KINDS)]
    front = rng.choice(["server2003", "server2003-ko", "server2022"])
    profiles = {"fe": front, "be": rng.choice(["server2003", "server2003-ko"]), "dc": "server2022"}
    if number % 5 == 0:
        profiles = {"fe": front, "be": "server2003", "be2": "server2003", "dc": "server2022"}
    site = Site(number, profiles, rng.choice([5985, 80]))
    common = _common(rng, site)
    variables, of_hosts, arguments = kind(site, rng)
    first = rng.choice(_STANDING)
    before = first(site, rng) if first else {}
    return RoleCase(number, kind.__name__, site, before, common | variables, of_hosts, arguments)
