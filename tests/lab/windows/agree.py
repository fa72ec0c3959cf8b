# SPDX-License-Identifier: GPL-3.0-or-later
"""What IKE would agree on between two hosts (RFC 2409): main mode, authentication, quick mode.

The answering side takes the first proposal of the asking side that it accepts as well. A method is agreed on by its
kind, and only then does a key turn out to be wrong; no other method is tried after that (Windows help, "IPsec
Authentication").
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from . import parts
from .effective import Policy, Rule
from .filters import Filter, Packet
from .parts import MainModeMethod, Method, Offer

if TYPE_CHECKING:
    from .host import WindowsHost

_CIPHERS = {parts.NO_ALGORITHM: "NONE", parts.DES: "DES", parts.THREE_DES: "3DES"}
_HASHES = {0: "NONE", parts.MD5: "MD5", parts.SHA1: "SHA1"}
_KINDS = {parts.PRE_SHARED_KEY: "psk", parts.CERTIFICATE: "certificate", parts.KERBEROS: "kerberos"}
_NEGOTIATES = ("negotiate", "inpass")
SILENCE = "silence"


@dataclasses.dataclass(frozen=True, slots=True)
class Talk:
    """Who asks whom, for which packet; `out` and `back` are the asking side's filters for both directions."""

    first: WindowsHost
    second: WindowsHost
    packet: Packet
    out: Filter
    back: Filter | None


def agree(talk: Talk) -> tuple[str, str, str, str]:
    """Return (failure, main mode, quick mode, authentication); failure "" = agreed, "silence" = no answer."""
    mine, theirs = talk.first.driver.policy, talk.second.driver.policy
    answering = _answering_rule(talk, theirs)
    if mine is None or theirs is None or answering is None:
        return SILENCE, "", "", ""
    if talk.out.rule.tunneled or answering.tunneled:
        return "a tunnel has no end here", "", "", ""
    main_mode = _main_mode(mine, theirs)
    failure, method = _authentication(talk.out.rule, answering)
    if not main_mode:
        return "no main mode in common", "", "", ""
    if failure:
        return failure, "", "", ""
    failure, offer = _quick_mode(talk, theirs)
    if offer is None:
        return failure, "", "", ""
    return "", _say_main(main_mode), _say_offer(offer), method


def _answering_rule(talk: Talk, theirs: Policy | None) -> Rule | None:
    """Return the rule whose authentication answers: one for these addresses, else the default response."""
    filters = talk.second.driver.filters()
    source, target = talk.packet.source, talk.packet.target
    exact = _theirs(talk)
    if exact is not None and exact.rule.action in _NEGOTIATES:
        return exact.rule
    for one in filters:
        if one.rule.action in _NEGOTIATES and (one.between(source, target) or one.between(target, source)):
            return one.rule
    return theirs.response if theirs and exact is None else None


def _theirs(talk: Talk) -> Filter | None:
    return talk.second.driver.winner(talk.packet, True)


def _main_mode(mine: Policy, theirs: Policy) -> MainModeMethod | None:
    known = {(one.encryption, one.hash, one.group) for one in theirs.main_mode}
    return next((one for one in mine.main_mode if (one.encryption, one.hash, one.group) in known), None)


def _authentication(mine: Rule, theirs: Rule) -> tuple[str, str]:
    """Return (failure, kind)."""
    kinds = {method.kind for method in theirs.methods}
    kind = next((method.kind for method in mine.methods if method.kind in kinds), None)
    if kind is None:
        return "no authentication in common", ""
    ours = [method for method in mine.methods if method.kind == kind]
    other = [method for method in theirs.methods if method.kind == kind]
    if kind == parts.PRE_SHARED_KEY and ours[0].text != other[0].text:
        return "the keys differ", ""
    if kind == parts.CERTIFICATE and not {_subject(one) for one in ours} & {_subject(one) for one in other}:
        return "no certification authority in common", ""
    return "", _KINDS.get(kind, "")


def _subject(method: Method) -> str:
    """Return a distinguished name as one compares it: blanks around a separator do not count, those in names do."""
    parts = (part.strip() for part in re.split("([,=])", method.text))
    return "".join(" ".join(part.split()) for part in parts).casefold()


def _quick_mode(talk: Talk, theirs: Policy) -> tuple[str, Offer | None]:
    """Return (failure, None) or ("", the offer): both sides need filters for both directions."""
    if talk.back is None or talk.back.rule.action not in _NEGOTIATES:
        return "the asking side has a filter for one direction only", None
    inward, outward = _theirs(talk), talk.second.driver.winner(talk.packet.reply(), False)
    rule = theirs.response
    if inward is not None or outward is not None:
        for one in (inward, outward):
            if one is None or one.rule.action not in _NEGOTIATES:
                return "the answering side does not protect this traffic", None
        rule = inward.rule if inward else None
        if inward is not None and not _contains(inward, talk.out):
            return "the answering side's filter is narrower than what is asked for", None
    if rule is None:
        return "the answering side does not protect this traffic", None
    offer = next((one for one in talk.out.rule.offers if any(_same(one, other) for other in rule.offers)), None)
    return ("", offer) if offer else ("no quick mode in common", None)


def _contains(theirs: Filter, asked: Filter) -> bool:
    """Tell whether what is asked for lies within a filter, as far as protocol and ports go."""
    return all(
        their in (0, ours)
        for their, ours in (
            (theirs.protocol, asked.protocol),
            (theirs.source_port, asked.source_port),
            (theirs.target_port, asked.target_port),
        )
    )


def _same(one: Offer, other: Offer) -> bool:
    return one.pfs == other.pfs and _algorithms(one) == _algorithms(other)


def _algorithms(offer: Offer) -> list[tuple[int, int, int]]:
    return sorted((one.kind, one.id, one.integrity) for one in offer.algorithms)


def _say_main(method: MainModeMethod) -> str:
    return f"{_CIPHERS[method.encryption]}-{_HASHES[method.hash]}-{method.group}"


def _say_offer(offer: Offer) -> str:
    words = [
        f"AH[{_HASHES[one.id]}]" if one.kind == parts.AH else f"ESP[{_CIPHERS[one.id]},{_HASHES[one.integrity]}]"
        for one in offer.algorithms
    ]
    return "+".join(words) + (" PFS" if offer.pfs else "")
