# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Offers, lifetimes and authentication from the values that netsh takes."""

from __future__ import annotations

import dataclasses
import re

from ..errors import SpecError
from ..model.authentication import REDACTED, Authentication, Certificate, Kerberos, PresharedKey, Secret
from ..model.security import (
    DEFAULT_MAIN_MODE_SECONDS,
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from .arguments import Arguments
from .security_words import EMBEDDED_QUOTE, GROUP_NUMBERS
from .words import Word

_GROUPS = {number: group for group, number in GROUP_NUMBERS.items()}
_METHOD = re.compile(r"ah\[(md5|sha1)\]|esp\[(des|3des|none),(md5|sha1|none)\]")
_LIFETIME = re.compile(r"(?:(\d{1,10})k)?/?(?:(\d{1,10})s)?")
_FLAG = re.compile(r"\s*\b(certmap|excludecaname)\s*:\s*(yes|no|y|n)\b", re.IGNORECASE)

DEFAULT_MAIN_MODE_OFFERS = (
    MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MEDIUM),
    MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH),
)
DEFAULT_OFFERS = (
    QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1)),
    QuickModeOffer(ah=Integrity.SHA1),
)
"""What netsh writes where no methods are named, read off a store that it made on Windows 11 (main mode and default
response rule); for Server 2003, and for a filter action that negotiates, not proven."""


def read_main_mode(arguments: Arguments, old: MainMode | None = None) -> MainMode:
    """Build the main mode; where the command is silent, the old one or netsh's defaults stay."""
    pfs = arguments.flag("mmpfs", old.pfs if old else False)
    limit = arguments.number("qmpermm", old.quick_modes if old else 0)
    seconds = old.lifetime_seconds if old else DEFAULT_MAIN_MODE_SECONDS
    lifetime = arguments.number("mmlifetime", 0) * 60 if arguments.get("mmlifetime") else seconds
    methods = arguments.get("mmsecmethods")
    offers = old.offers if old else DEFAULT_MAIN_MODE_OFFERS
    return MainMode(_main_mode_offers(methods) if methods else offers, lifetime, 1 if pfs else limit, pfs)


def _main_mode_offers(word: Word) -> tuple[MainModeOffer, ...]:
    found = [re.fullmatch(r"(des|3des)-(md5|sha1)-([123])", item) for item in word.text.casefold().split()]
    if not found or None in found:
        raise word.problem(f"{word.text!r} is no list of main-mode offers such as 3DES-SHA1-3 3DES-SHA1-2")
    return tuple(
        MainModeOffer(Encryption(match[1]), Integrity(match[2]), _GROUPS[int(match[3])]) for match in found if match
    )


def read_offers(word: Word) -> tuple[QuickModeOffer, ...]:
    """Read ``ESP[3DES,SHA1]:100000k/3600s AH[MD5]+ESP[DES,None] …``."""
    text = re.sub(r"\s*([\[\],+:/])\s*", r"\1", word.text.casefold()).replace("]", "] ").replace("] +", "]+")
    items = text.replace("] :", "]:").replace("] ,", "],").split()
    if not items:
        raise word.problem("the list of quick-mode offers is empty")
    return tuple(_offer(item, word) for item in items)


def _offer(item: str, word: Word) -> QuickModeOffer:
    methods, _unused, rest = item.partition(":")
    found = [_METHOD.fullmatch(part) for part in methods.split("+")]
    ah = [Integrity(match[1]) for match in found if match and match[1]]
    esp = [match for match in found if match and match[2]]
    lifetime = _LIFETIME.fullmatch(rest)
    if None in found or len(ah) > 1 or len(esp) > 1 or lifetime is None:
        raise word.problem(f"{item!r} is no quick-mode offer such as ESP[3DES,SHA1]:100000k/3600s")
    try:
        return QuickModeOffer(
            esp=Esp(Encryption(esp[0][2]), Integrity(esp[0][3])) if esp else None,
            ah=ah[0] if ah else None,
            lifetime_seconds=int(lifetime[2] or 0),
            lifetime_kilobytes=int(lifetime[1] or 0),
        )
    except SpecError as exc:
        raise word.problem(f"{item!r}: {exc.problem}") from None


def read_authentication(arguments: Arguments) -> tuple[Authentication, ...]:
    """Give the methods in the order of the line; empty where none is named."""
    methods: list[Authentication] = []
    for tag, word in arguments.items:
        if tag == "kerberos" and arguments.flag("kerberos", default=False):
            methods.append(Kerberos())
        elif tag == "psk":
            methods.append(_preshared_key(word))
        elif tag == "rootca":
            methods.append(_certificate(word))
    return tuple(methods)


def _preshared_key(word: Word) -> PresharedKey:
    if word.text == REDACTED:
        raise word.problem("these stars stand for a key that was left out of the script; put the key in")
    try:
        return PresharedKey(Secret(word.text))
    except SpecError as exc:
        raise word.problem(exc.problem) from None


def _certificate(word: Word) -> Certificate:
    """Read the subject of a root authority and the two flags after it, see EMBEDDED_QUOTE."""
    flags = {name.casefold(): value.casefold().startswith("y") for name, value in _FLAG.findall(word.text)}
    subject = _FLAG.sub("", word.text).strip().replace(EMBEDDED_QUOTE, '"')
    try:
        base = Certificate(subject)
    except SpecError as exc:
        raise word.problem(exc.problem) from None
    return dataclasses.replace(
        base,
        map_to_account=flags.get("certmap", False),
        exclude_ca_name=flags.get("excludecaname", False),
    )
