# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to a site: sound designs, hostile ones, and ones that nobody thought of."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from tests.torture.site import CONTROLLER, NETWORK, Site
from tests.torture.words import (
    AH,
    BLOCK,
    CERTIFICATE,
    ESP,
    KERBEROS,
    NULL,
    OTHER_CERTIFICATE,
    PERMIT,
    STRONG_MODE,
    WEAK,
    WEAK_MODE,
    Spec,
    flt,
    key,
    negotiate,
    policy,
    rule,
)

NAME = "Torture"
Wanted = dict[str, Spec]
Design = Callable[[Site, random.Random], Wanted]


def winrm(site: Site, short: str) -> int:
    """The port of WinRM, as the policies of a host see it."""
    return site.winrm if site.old(short) else 5985


def way_in(site: Site, short: str, *networks: str, port: int = 0) -> Spec:
    """A rule that permits WinRM and the remote desktop."""
    ports = [port or winrm(site, short), 3389]
    filters = [flt(one, "me", "tcp", each) for one in networks or (CONTROLLER, NETWORK) for each in ports]
    return rule("Way in", filters, PERMIT)


def backs(site: Site) -> list[str]:
    return [short for short in site.profiles if short.startswith("be")]


def mail(site: Site, action: Spec, *methods: Spec, ports: tuple[int, ...] = (0,), **more: Any) -> Wanted:
    """Front end and back ends protect what runs between them."""
    protocol = "tcp" if ports != (0,) else "any"
    front, own = site.address("fe"), [*map(site.address, backs(site)), *site.virtual]
    there = [flt("me", one, protocol, port) for one in own for port in ports]
    here = [flt(front, one, protocol, port) for one in ("me", *site.virtual) for port in ports]
    found = {"fe": policy(NAME, rule("Mail", there, action, *methods), way_in(site, "fe"), **more)}
    for short in backs(site):
        found[short] = policy(NAME, rule("Mail", here, action, *methods), way_in(site, short), **more)
    return found


def everything(site: Site, action: Spec, *methods: Spec) -> Wanted:
    """Mail, and what both ask of the domain controller."""
    found, dc = mail(site, action, *methods), site.address("dc")
    for one in found.values():
        one["rules"].append(rule("Domain", [flt("me", dc)], action, *methods))
    callers = [flt(site.address(short), "me") for short in ("fe", *backs(site))]
    rules = [rule("Domain", callers, action, *methods), way_in(site, "dc")]
    return {
        **{short: policy(NAME, *one["rules"]) for short, one in found.items()},
        "dc": policy(NAME, *rules),
    }


def _one(rng: random.Random, site: Site) -> str:
    return rng.choice(list(site.profiles))


def _with_way_in(site: Site, short: str, rng: random.Random, *rules: Spec) -> Wanted:
    """A policy for one host, which leaves the way in open now and then."""
    return {short: policy(NAME, *rules, *([way_in(site, short)] if rng.random() < 0.5 else []))}


def pop_and_imap(site: Site, rng: random.Random) -> Wanted:
    return mail(site, negotiate(), ports=(110, 143))


def all_mail(site: Site, rng: random.Random) -> Wanted:
    return mail(site, negotiate(rng.choice([WEAK, AH, NULL]), ESP, pfs=rng.random() < 0.3))


def the_domain_too(site: Site, rng: random.Random) -> Wanted:
    return everything(site, negotiate())


def on_request(site: Site, rng: random.Random) -> Wanted:
    return mail(site, negotiate(soft=True, inbound_passthrough=True))


def on_request_at_one_end(site: Site, rng: random.Random) -> Wanted:
    return {"fe": mail(site, negotiate(soft=True, inbound_passthrough=True))["fe"]}


def with_tickets(site: Site, rng: random.Random) -> Wanted:
    return mail(site, negotiate(), KERBEROS)


def just_permits(site: Site, rng: random.Random) -> Wanted:
    short = _one(rng, site)
    return {short: policy(NAME, rule("Everybody", [flt("any", "me")], PERMIT))}


def block_a_stranger(site: Site, rng: random.Random) -> Wanted:
    short = _one(rng, site)
    return {short: policy(NAME, rule("Stranger", [flt("192.0.2.200", "me")], BLOCK), way_in(site, short))}


def unassigned(site: Site, rng: random.Random) -> Wanted:
    """Built, and not put in force; what was in force under that name no longer is."""
    return {short: {**one, "assigned": False} for short, one in all_mail(site, rng).items()}


def deleted(site: Site, rng: random.Random) -> Wanted:
    return {short: {**one, "assigned": False, "state": "absent"} for short, one in pop_and_imap(site, rng).items()}


def deleted_at_one_end(site: Site, rng: random.Random) -> Wanted:
    found = deleted(site, rng)
    short = rng.choice(list(found))
    return {short: found[short]}


def block_everything(site: Site, rng: random.Random) -> Wanted:
    short = _one(rng, site)
    ends = rng.choice([("any", "me"), ("me", "any"), ("0.0.0.0/1", "me")])
    filters = [flt(*ends)] if ends[0] != "0.0.0.0/1" else [flt("0.0.0.0/1", "me"), flt("128.0.0.0/1", "me")]
    return _with_way_in(site, short, rng, rule("Nobody", filters, BLOCK))


def block_winrm(site: Site, rng: random.Random) -> Wanted:
    short = _one(rng, site)
    return {short: policy(NAME, rule("No WinRM", [flt("any", "me", "tcp", winrm(site, short))], BLOCK))}


def block_the_controller(site: Site, rng: random.Random) -> Wanted:
    short = _one(rng, site)
    return {short: policy(NAME, rule("Outside", [flt(rng.choice(["198.51.100.0/24", CONTROLLER]), "me")], BLOCK))}


def block_the_domain(site: Site, rng: random.Random) -> Wanted:
    short, dc = rng.choice(["fe", *backs(site)]), site.address("dc")
    narrow = rng.choice([flt("me", dc), flt("me", dc, "tcp", 88), flt("me", dc, "udp", 53), flt("me", dc, "tcp", 389)])
    return {short: policy(NAME, rule("No domain", [narrow], BLOCK), way_in(site, short))}


def block_the_cluster(site: Site, rng: random.Random) -> Wanted:
    short = backs(site)[0]
    peer = site.address("be2") if "be2" in site.profiles else site.address("fe")
    return {short: policy(NAME, rule("No cluster", [flt(peer, "me", "udp", 3343)], BLOCK), way_in(site, short))}


def with_everybody(site: Site, rng: random.Random) -> Wanted:
    """Negotiate with everybody, with a key that nobody has."""
    short = _one(rng, site)
    ask = negotiate(soft=rng.random() < 0.3, inbound_passthrough=rng.random() < 0.3)
    return _with_way_in(site, short, rng, rule("Everybody", [flt("me", "any")], ask, key("nobody has it")))


def wrong_network(site: Site, rng: random.Random) -> Wanted:
    """The way in is permitted, for a network where no controller is."""
    short = _one(rng, site)
    wrong = way_in(site, short, "198.51.100.128/25", "192.0.2.0/24")
    return {short: policy(NAME, rule("Everybody", [flt("any", "me")], negotiate()), wrong)}


def wrong_port(site: Site, rng: random.Random) -> Wanted:
    """The way in is permitted, on a port where nothing listens."""
    short = _one(rng, site)
    return {short: policy(NAME, rule("Everybody", [flt("any", "me")], negotiate()), way_in(site, short, port=8443))}


def tickets_for_tickets(site: Site, rng: random.Random) -> Wanted:
    """Kerberos towards the domain controller that hands out the tickets."""
    return everything(site, negotiate(soft=rng.random() < 0.3), KERBEROS)


def one_sided(site: Site, rng: random.Random) -> Wanted:
    found = rng.choice([all_mail, pop_and_imap, the_domain_too])(site, rng)
    short = rng.choice(list(found))
    return {short: found[short]}


def nothing_in_common(site: Site, rng: random.Random) -> Wanted:
    found = mail(site, negotiate(ESP), CERTIFICATE)
    one = found["fe"]
    first = one["rules"][0]
    match rng.randrange(5):
        case 0:
            first["filter_action"]["offers"] = [WEAK]
        case 1:
            one["main_mode"] = WEAK_MODE
        case 2:
            first["authentication"] = [OTHER_CERTIFICATE]
        case 3:
            first["filter_action"]["pfs"] = True
        case _unused:
            first["authentication"] = [KERBEROS]
    return found


def keys_that_differ(site: Site, rng: random.Random) -> Wanted:
    found = mail(site, negotiate(), key("open sesame"))
    if rng.random() < 0.7:
        found["fe"]["rules"][0]["authentication"] = [key("close sesame")]
    return found


def one_way(site: Site, rng: random.Random) -> Wanted:
    found = mail(site, negotiate())
    for one in found["fe"]["rules"][0]["filter_list"]["filters"]:
        one["mirrored"] = False
    return found


def soft_becomes_hard(site: Site, rng: random.Random) -> Wanted:
    return {"fe": mail(site, negotiate())["fe"]}


def the_list_in_place(site: Site, rng: random.Random) -> Wanted:
    """What stands at both ends, with one filter more or less at one of them or at both."""
    found = mail(site, negotiate())
    for short in rng.choice([["fe"], ["be"], ["fe", "be"]]):
        filters = found[short]["rules"][0]["filter_list"]["filters"]
        filters.append(flt("me", rng.choice([site.address("dc"), CONTROLLER, "192.0.2.77"])))
    return found


def anything(site: Site, rng: random.Random) -> Wanted:
    """One to four rules of which nobody thought, for one or two hosts."""
    shorts = rng.sample(list(site.profiles), rng.choice([1, 1, 2]))
    return {short: policy(NAME, *_random_rules(site, short, rng), main_mode=_mode(rng)) for short in shorts}


def _mode(rng: random.Random) -> Spec:
    return copy.deepcopy(STRONG_MODE if rng.random() < 0.85 else WEAK_MODE)


def _random_rules(site: Site, short: str, rng: random.Random) -> list[Spec]:
    others = [site.address(one) for one in site.profiles if one != short]
    net = f"{site.address('fe').rpartition('.')[0]}.0/24"
    places = ["any", net, *others, *site.virtual, CONTROLLER, NETWORK, "198.51.100.0/24", "192.0.2.99"]
    ports = [0, 0, 25, 53, 80, 88, 110, 143, 389, 691, 3343, 3389, winrm(site, short), 8443]
    rules = [way_in(site, short)] if rng.random() < 0.5 else []
    for number in range(rng.randint(1, 3)):
        filters = []
        for _unused in range(rng.randint(1, 3)):
            place, outwards = rng.choice(places), rng.random() < 0.5
            ends = ("me", place) if outwards else (place, "me")
            protocol = rng.choice(["any", "any", "tcp", "tcp", "udp"])
            one = flt(*ends, protocol, rng.choice(ports) if protocol != "any" else 0, mirrored=rng.random() < 0.9)
            filters += [one] if one not in filters else []
        rules.append(rule(f"R{number}", filters, *_random_action(rng)))
    return rules


def _random_action(rng: random.Random) -> tuple[Spec, ...]:
    if rng.random() < 0.5:
        return (rng.choice([PERMIT, BLOCK]),)
    options = {name: rng.random() < 0.25 for name in ("soft", "inbound_passthrough", "pfs")}
    offers = rng.sample([ESP, ESP, WEAK, NULL, AH], rng.randint(1, 2))
    unique = [one for number, one in enumerate(offers) if one not in offers[:number]]
    return negotiate(*unique, **options), rng.choice([CERTIFICATE, CERTIFICATE, OTHER_CERTIFICATE, KERBEROS, key("a")])
