# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What two hosts agree on when they negotiate, in the order in which IKE chooses (RFC 2409 section 5)."""

from __future__ import annotations

import dataclasses
import functools
import re
import secrets
from collections.abc import Sequence
from ipaddress import IPv4Address

from ..model.actions import FilterAction
from ..model.authentication import Authentication, Certificate, Kerberos, PresharedKey, Secret
from ..model.policy import DefaultResponse, Policy
from ..model.security import Encryption, Esp, Integrity, MainModeOffer, QuickModeOffer
from ..model.windows import WindowsVersion, accepted_dh_groups

KERBEROS = "kerberos"
UNKNOWN_KEY = PresharedKey(Secret(secrets.token_hex(16)))
"""Stands for a key that was read as stars: it may be any key."""

KEY_DOUBT = "a pre-shared key that was read from a host cannot be compared"
_BESIDE = re.compile(r" *([,=]) *")
_RESPONSE_OFFERS = tuple(
    QuickModeOffer(esp=Esp(encryption, integrity))
    for encryption in (Encryption.TRIPLE_DES, Encryption.DES)
    for integrity in (Integrity.SHA1, Integrity.MD5)
)
"""What the default response takes where it names nothing: Windows' own list, as far as it encrypts."""


@dataclasses.dataclass(frozen=True)
class Proposal:
    """What one end brings: main-mode offers, quick-mode offers, both in order of preference, and the rest."""

    main_mode: tuple[MainModeOffer, ...]
    offers: tuple[QuickModeOffer, ...]
    pfs: bool
    methods: tuple[Authentication, ...]
    tunnel: IPv4Address | None = None


@dataclasses.dataclass(frozen=True)
class Agreement:
    """What came out: ``problems`` where nothing did, else the suite and the methods of one kind that both accept."""

    problems: tuple[str, ...] = ()
    suite: str = ""
    encrypted: bool = False
    methods: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def proposal_of_rule(
    policy: Policy, action: FilterAction, methods: tuple[Authentication, ...], tunnel: IPv4Address | None,
    version: WindowsVersion,
) -> Proposal:  # fmt: skip
    """Give what a host of that version brings under a rule that negotiates."""
    return Proposal(_main_mode(policy, version), action.offers, action.pfs, methods, tunnel)


def proposal_of_response(policy: Policy, response: DefaultResponse, version: WindowsVersion) -> Proposal:
    """Give what a host brings under its default response rule."""
    offers = response.offers or _RESPONSE_OFFERS
    return Proposal(_main_mode(policy, version), offers, response.pfs, response.authentication)


def negotiate(initiator: Proposal, responder: Proposal) -> Agreement:
    """Let two ends agree: the responder takes the first of the initiator's offers that it has itself.

    Lifetimes are no reason to fail: the shorter one counts. Order decides about the choice, not about success.
    """
    main_mode = _first(initiator.main_mode, responder.main_mode)
    theirs = {(one.esp, one.ah) for one in responder.offers}
    quick_mode = next((one for one in initiator.offers if (one.esp, one.ah) in theirs), None)
    methods, unfit, doubts = _methods(initiator.methods, responder.methods)
    problems = []
    if main_mode is None:
        problems.append("no main-mode offer in common")
    if quick_mode is None:
        problems.append("no quick-mode offer in common")
    if initiator.pfs != responder.pfs:
        problems.append("perfect forward secrecy on one end only")
    if unfit:
        problems.append(unfit)
    if (initiator.tunnel is None) != (responder.tunnel is None):
        problems.append("a tunnel on one end only")
    elif initiator.tunnel is not None:
        doubts = (*doubts, "both ends use tunnel rules, which are not forecast")
    if problems or quick_mode is None:
        return Agreement(tuple(problems), doubts=doubts)
    suite = f"{quick_mode}; {main_mode}, {methods[0]}{'; PFS' if initiator.pfs else ''}"
    encrypted = quick_mode.esp is not None and quick_mode.esp.encryption is not Encryption.NONE
    return Agreement((), suite, encrypted, methods, doubts)


def _main_mode(policy: Policy, version: WindowsVersion) -> tuple[MainModeOffer, ...]:
    groups = accepted_dh_groups(version)
    return tuple(one for one in policy.main_mode.offers if one.dh_group in groups)


def _first(ours: Sequence[MainModeOffer], theirs: Sequence[MainModeOffer]) -> MainModeOffer | None:
    return next((one for one in ours if one in theirs), None)


def _methods(
    ours: Sequence[Authentication], theirs: Sequence[Authentication]
) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Name what both accept of the first kind in common, in our order; else why none; and the doubt that stars leave.

    IKE agrees on the kind, and only then does a key or an authority turn out to fit. Windows tries no other method
    after that, even if it would have succeeded (Windows help, "IPsec Authentication").
    """
    kind = next((type(one) for one in ours if any(type(one) is type(other) for other in theirs)), None)
    if kind is None:
        return (), "no authentication method in common", ()
    mine, other = ([one for one in methods if isinstance(one, kind)] for methods in (ours, theirs))
    found = tuple(_name(one) for one in mine if any(_same(one, each) for each in other))
    if found:
        return found, "", ()
    if UNKNOWN_KEY in mine or UNKNOWN_KEY in other:
        return (_name(mine[0]),), "", (KEY_DOUBT,)
    problem = "the pre-shared keys differ" if kind is PresharedKey else "no certification authority in common"
    only = len({type(one) for one in ours} & {type(one) for one in theirs}) == 1
    return (), problem if only else f"{problem}, and no other method is tried", ()


def _same(one: Authentication, other: Authentication) -> bool:
    """Compare what must be the same at both ends: of a certificate only the authority that both trust."""
    if isinstance(one, Certificate) and isinstance(other, Certificate):
        return _authority(one.ca) == _authority(other.ca)
    return one == other and UNKNOWN_KEY not in (one, other)


@functools.cache
def _authority(name: str) -> str:
    """Write a distinguished name in one way: blanks beside ``,`` and ``=`` mean nothing (RFC 2253 section 4)."""
    return _BESIDE.sub(r"\1", " ".join(name.split())).casefold()


def _name(method: Authentication) -> str:
    if isinstance(method, Kerberos):
        return KERBEROS
    return "pre-shared key" if isinstance(method, PresharedKey) else f"certificate of {method.ca!r}"
