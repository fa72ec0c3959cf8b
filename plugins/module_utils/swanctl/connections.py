# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy as strongSwan's connections: one for each pair of addresses, one child for each filter.

The kernel protects by the filter of a child and finds the association by the child's number (reqid). The number is
given here: an association with one peer is narrower than the filter when that names a subnet, and both must share the
number, or the kernel drops what arrives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from ..errors import SpecError
from ..model.actions import ActionKind
from ..model.authentication import Authentication, Certificate, Kerberos
from ..model.policy import ConnectionType, Policy, Rule
from .algorithms import main_mode_proposals, quick_mode
from .authority import authority
from .conf import Section, Setting, quoted
from .peer import LinuxPeer
from .selectors import Selector, selectors

WITHOUT_IKE = "exchange-ipsec-without-ike"
FIRST_REQID = 10_000
"""strongSwan numbers what has no number from 1 on."""
_MODES = {ActionKind.PERMIT: "pass", ActionKind.BLOCK: "drop", ActionKind.NEGOTIATE: "transport"}
Pair = tuple[IPv4Address, IPv4Network]


def connections(policy: Policy, peer: LinuxPeer) -> Section:
    """Write a policy for a host; SpecError for everything that strongSwan would do differently."""
    _refuse(policy)
    found = selectors(policy.rules, peer.addresses)
    numbers = {one: number for number, one in enumerate(found, 1)}
    pairs = negotiating(found)
    sections = [
        _connection(policy, peer, pair, [(numbers[one], one) for one in (*members, *wider_than(pair, pairs))])
        for pair, members in pairs.items()
    ]
    plain = [one for one in found if not _negotiates(one)]
    if plain:
        children = Section("children", sections=tuple(_child(numbers[one], one, ()) for one in plain))
        # strongSwan's manual: a remote address that is nobody's keeps such a section from answering IKE.
        sections.append(Section(WITHOUT_IKE, (("remote_addrs", "127.0.0.1"),), (children,)))
    return Section("connections", sections=tuple(sections))


def negotiating(found: Iterable[Selector]) -> dict[Pair, list[Selector]]:
    """Give the selectors that negotiate, by the near address and the far one or subnet, in the order of addresses."""
    pairs: dict[Pair, list[Selector]] = {}
    for one in found:
        if _negotiates(one):
            pairs.setdefault((one.here, one.there), []).append(one)
    return dict(sorted(pairs.items()))


def wider_than(pair: Pair, pairs: Mapping[Pair, Sequence[Selector]]) -> list[Selector]:
    """Give the selectors of wider pairs that hold this far end: it may ask for them under this pair's main mode."""
    here, there = pair
    return [
        one for (near, far), members in pairs.items()
        if near == here and far != there and there.subnet_of(far) for one in members
    ]  # fmt: skip


def authentication_of(found: Sequence[Selector]) -> Authentication:
    """Give the one method of a pair; SpecError where strongSwan's IKEv1 could not follow."""
    rules = list({one.rule.name: one.rule for one in found}.values())
    for rule in rules:
        if any(isinstance(method, Kerberos) for method in rule.authentication):
            raise SpecError(f"rule {rule.name!r}", "Kerberos authentication of IKE is Microsoft's own (GSS-API); "
                            "strongSwan has no counterpart. Use certificate or psk towards a Linux peer")  # fmt: skip
        if len(rule.authentication) > 1:
            raise SpecError(f"rule {rule.name!r}", "strongSwan proposes one authentication method in IKEv1, the rule "
                            f"names {len(rule.authentication)}")  # fmt: skip
    if len({rule.authentication for rule in rules}) > 1:
        raise SpecError(f"rules {rules[0].name!r} and {rules[1].name!r}", "strongSwan tells connections apart by their "
                        f"addresses; towards {found[0].there} both must authenticate alike")  # fmt: skip
    return rules[0].authentication[0]


def pair_name(pair: Pair) -> str:
    """Name a connection after its addresses; a section's name holds no dots."""
    far = str(pair[1]) if pair[1].prefixlen < 32 else str(pair[1].network_address)
    return re.sub(r"[./]", "-", f"{pair[0]}--{far}")


def far_address(pair: Pair) -> str:
    """Write the far end as strongSwan's remote_addrs wants it."""
    far = pair[1]
    if not far.prefixlen:
        return "%any"
    return str(far.network_address) if far.prefixlen == 32 else str(far)


def _refuse(policy: Policy) -> None:
    if policy.default_response and policy.default_response.active:
        raise SpecError("default_response", "strongSwan answers where a connection is configured and nowhere else")
    for rule in policy.rules:
        if not rule.active:
            continue
        if rule.tunnel is not None:
            raise SpecError(f"rule {rule.name!r}", "is a tunnel; only transport mode is written here")
        if rule.connection is not ConnectionType.ALL:
            raise SpecError(f"rule {rule.name!r}", f"strongSwan knows no connection type {rule.connection.value}")


def _negotiates(one: Selector) -> bool:
    return one.rule.filter_action.kind is ActionKind.NEGOTIATE


def _connection(policy: Policy, peer: LinuxPeer, pair: Pair, numbered: list[tuple[int, Selector]]) -> Section:
    method = authentication_of([one for _unused, one in numbered])
    seconds = policy.main_mode.lifetime_seconds or 28_800
    settings: list[Setting] = [
        ("version", "1"),
        ("aggressive", "no"),
        ("local_addrs", str(pair[0])),
        ("remote_addrs", far_address(pair)),
        ("proposals", main_mode_proposals(policy.main_mode)),
        # strongSwan announces the sum of the two as the lifetime.
        ("rekey_time", f"{seconds - seconds // 10}s"),
        ("over_time", f"{seconds // 10}s"),
        ("dpd_delay", "0s"),
    ]
    if isinstance(method, Certificate):
        settings.append(("send_certreq", "no" if method.exclude_ca_name else "yes"))
    children = []
    for number, one in numbered:
        offers = quick_mode(one.rule.filter_action, policy.main_mode)
        start = "trap" if (one.here, one.there) == pair else "none"
        children.append(_child(number, one, (
            ("reqid", str(FIRST_REQID + number)),
            (offers.setting, offers.proposals),
            ("life_time", f"{offers.seconds}s"),
            ("rekey_time", f"{offers.seconds - offers.seconds // 10}s"),
            # The attribute of IKE is in kilobytes; strongSwan writes a thousandth of this number.
            ("life_bytes", str(offers.kilobytes * 1000)),
            ("rekey_bytes", str(offers.kilobytes * 900)),
            ("inactivity", f"{peer.idle_seconds}s"),
        ), start))  # fmt: skip
    ends = _ends(method, pair, peer, numbered[0][1].rule)
    return Section(pair_name(pair), tuple(settings), (*ends, Section("children", sections=tuple(children))))


def _ends(method: Authentication, pair: Pair, peer: LinuxPeer, rule: Rule) -> tuple[Section, Section]:
    """Write how both ends prove who they are; Windows names itself by its address or its certificate's subject."""
    if isinstance(method, Certificate):
        if method.map_to_account:
            raise SpecError(f"rule {rule.name!r}", "strongSwan cannot map a certificate to an account of the domain")
        if not peer.certificate:
            raise SpecError("certificate", f"rule {rule.name!r} authenticates by certificate; name the host's own one")
        subject = authority(method.ca, f"rule {rule.name!r}")
        near: tuple[Setting, ...] = (("auth", "pubkey"), ("certs", quoted(peer.certificate)))
        return Section("local", near), Section("remote", (("auth", "pubkey"), ("ca_id", quoted(subject))))
    return (
        Section("local", (("auth", "psk"), ("id", str(pair[0])))),
        # A subnet is the identity of every host in it; strongSwan also looks up the key by it.
        Section("remote", (("auth", "psk"), ("id", far_address(pair)))),
    )


def _child(number: int, one: Selector, settings: tuple[Setting, ...], start: str = "trap") -> Section:
    mode = _MODES[one.rule.filter_action.kind]
    selector = (("mode", mode), ("local_ts", one.local_ts), ("remote_ts", one.remote_ts))
    last = (("priority", str(one.priority)), ("start_action", start))
    return Section(_child_name(one, number), (*selector, *settings, *last), comment=one.rule.name)


def _child_name(one: Selector, number: int) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", one.rule.name.lower()).strip("-")
    return f"{number}-{words}" if words else f"{number}-rule"
