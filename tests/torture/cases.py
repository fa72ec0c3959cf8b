# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases: what stands on a site, what is to become of it, and what happens meanwhile; all of it from one number."""

from __future__ import annotations

import dataclasses
import random

from tests.torture import designs
from tests.torture.designs import Design, Wanted
from tests.torture.site import Site
from tests.torture.words import BLOCK, flt, policy, rule

CASES = 300
SEED = 2003
KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC"
_SOUND: tuple[Design, ...] = (
    designs.pop_and_imap, designs.all_mail, designs.the_domain_too, designs.on_request, designs.on_request_at_one_end,
    designs.with_tickets, designs.just_permits, designs.block_a_stranger, designs.unassigned, designs.deleted,
)  # fmt: skip
_HOSTILE: tuple[Design, ...] = (
    designs.block_everything, designs.block_winrm, designs.block_the_controller, designs.block_the_domain,
    designs.block_the_cluster, designs.with_everybody, designs.wrong_network, designs.wrong_port,
    designs.tickets_for_tickets, designs.one_sided, designs.nothing_in_common, designs.keys_that_differ,
    designs.one_way, designs.soft_becomes_hard, designs.deleted_at_one_end, designs.the_list_in_place,
)  # fmt: skip
_STANDING: tuple[Design, ...] = (
    designs.all_mail, designs.pop_and_imap, designs.on_request, designs.on_request_at_one_end, designs.with_tickets,
    designs.the_domain_too, designs.one_sided, designs.block_a_stranger,
)  # fmt: skip
_BEFORE: dict[Design, tuple[Design, ...]] = {
    designs.soft_becomes_hard: (designs.on_request, designs.on_request_at_one_end),
    designs.deleted: (designs.pop_and_imap,),
    designs.deleted_at_one_end: (designs.pop_and_imap,),
    designs.the_list_in_place: (designs.all_mail,),
    designs.unassigned: (designs.all_mail, designs.pop_and_imap),
}
"""What must stand before some changes, or they would be none."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One change of one site; `typed` are commands at the consoles before it, `restart` comes while it is armed."""

    number: int
    kind: str
    site: Site
    before: Wanted
    wanted: Wanted
    typed: dict[str, list[str]]
    restart: bool

    def __str__(self) -> str:
        return f"case {self.number} ({self.kind})"


def case(number: int, seed: int = SEED) -> Case:
    """The case of that number."""
    rng = random.Random(f"{seed}:{number}")  # noqa: S311
    pool = (*_SOUND, *_HOSTILE)
    design = designs.anything if number % 3 == 0 else pool[(number // 3 * 2 + number % 3) % len(pool)]
    site = _site(number, rng)
    standing = _BEFORE.get(design, ())
    first = rng.choice(standing) if standing else rng.choice([None, None, *_STANDING, designs.anything])
    before = first(site, rng) if first else {}
    if first is not None and not standing and rng.random() < 0.2:  # another policy is in force
        before = {short: _renamed(one) for short, one in before.items()}
    typed: dict[str, list[str]] = {}
    for short in site.profiles:
        if site.old(short) and rng.random() < 0.1:
            typed[short] = [f"reg add {KEY} /v NoDefaultExempt /t REG_DWORD /d {rng.randrange(4)} /f"]
    wanted = design(site, rng)
    return Case(number, design.__name__, site, before, wanted, typed, rng.random() < 0.1)


def _site(number: int, rng: random.Random) -> Site:
    front = rng.choice(["server2003", "server2003", "server2003-ko", "server2022"])
    back = rng.choice(["server2003", "server2003", "server2003-ko", "server2022"])
    profiles = {"fe": front, "be": back, "dc": rng.choice(["server2022", "server2022", "server2003"])}
    if number % 4 == 0:
        profiles = {"fe": front, "be": "server2003", "be2": "server2003", "dc": profiles["dc"]}
    return Site(number, profiles, rng.choice([5985, 5985, 5985, 80]))


def _renamed(spec: dict) -> dict:
    return policy("Former", *spec["rules"], **{name: spec[name] for name in ("assigned", "main_mode")})


def foreign() -> dict:
    """A policy that nobody declared."""
    return policy("Foreign", rule("Backup", [flt("192.0.2.77", "me", "tcp", 8080)], BLOCK), assigned=False)
