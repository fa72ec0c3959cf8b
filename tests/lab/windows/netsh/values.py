# SPDX-License-Identifier: GPL-3.0-or-later
"""The value languages of `netsh ipsec`: addresses, protocols, offers, authentication."""

from __future__ import annotations

import ipaddress
import re
import uuid

from .. import parts
from ..parts import Algorithm, FilterSpec, MainModeMethod, Method, Offer
from . import errors
from .errors import NetshError
from .words import Arguments

ME, ANY, HOST = (bytes(4), b"\xff" * 4), (bytes(4), bytes(4)), b"\xff" * 4
SERVERS = {"dns": 1, "wins": 2, "dhcp": 3, "gateway": 4}
PROTOCOLS = {"any": 0, "icmp": 1, "tcp": 6, "udp": 17, "raw": 255}
_CIPHERS = {"none": parts.NO_ALGORITHM, "des": parts.DES, "3des": parts.THREE_DES}
_HASHES = {"none": 0, "md5": parts.MD5, "sha1": parts.SHA1}
KILOBYTES, SECONDS = (20480, 2147483647), (300, 172799)


def _mask(text: str, tag: str) -> bytes:
    if re.fullmatch(r"\d{1,2}", text) and 1 <= int(text) <= 32:
        return ipaddress.IPv4Network(f"0.0.0.0/{text}").netmask.packed
    try:
        return ipaddress.IPv4Network(f"0.0.0.0/{text}").netmask.packed if "." in text else _bad(tag, text)
    except ValueError:
        raise NetshError(errors.BAD_MASK, tag=tag, value=text) from None


def _bad(tag: str, value: str) -> bytes:
    raise NetshError(errors.BAD_VALUE, tag=tag, value=value)


def _address(args: Arguments, tag: str, mask_tag: str) -> tuple[bytes, bytes, str, int]:
    """Return (address, mask, DNS name, server type) of one side."""
    text = args.get(tag) or ""
    mask = args.get(mask_tag)
    low = text.lower()
    if low in ("me", "any"):
        return (*(ME if low == "me" else ANY), "", 0)
    if low in SERVERS:
        return bytes(4), HOST, "", SERVERS[low]
    if re.fullmatch(r"[\d.]+", text):
        try:
            address = ipaddress.IPv4Address(text).packed
        except ValueError:
            _bad(tag, text)
        bits = HOST if mask is None else _mask(mask, mask_tag)
        return bytes(a & b for a, b in zip(address, bits, strict=True)), bits, "", 0
    if not re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?", text) or (text[:1].isdigit() and "-" in text):
        _bad(tag, text)
    return bytes(4), HOST, text, 0


def read_filter(args: Arguments, guid: str) -> FilterSpec:
    """Build a filter from the arguments of `add filter` or `delete filter`."""
    args.need("filterlist", "srcaddr", "dstaddr")
    source, source_mask, source_name, source_server = _address(args, "srcaddr", "srcmask")
    target, target_mask, target_name, target_server = _address(args, "dstaddr", "dstmask")
    if (source_server and (target, target_mask) != ME) or (target_server and (source, source_mask) != ME):
        raise NetshError(errors.SERVER_NEEDS_ME)
    text = (args.get("protocol") or "any").lower()
    protocol = PROTOCOLS.get(text, int(text) if text.isdigit() else -1)
    if not 0 <= protocol <= 255:
        _bad("protocol", text)
    ports = [args.integer(tag, 0, 65535) or 0 for tag in ("srcport", "dstport")]
    if any(ports) and protocol not in (6, 17):
        raise NetshError(errors.PORT_PROTOCOL)
    special = source_server or (0x80 + target_server if target_server else 0)
    return FilterSpec(
        uuid.UUID(guid),
        source,
        source_mask,
        target,
        target_mask,
        protocol,
        ports[0],
        ports[1],
        bool(args.flag("mirrored", True)),
        source_name,
        target_name,
        args.get("description") or "",
        special,
    )


def _one_algorithm(text: str) -> Algorithm | None:
    if match := re.fullmatch(r"ah\[(md5|sha1)\]", text):
        return Algorithm(_HASHES[match[1]], 0, parts.AH)
    match = re.fullmatch(r"esp\[(des|3des|none),(md5|sha1|none)\]", text)
    if not match or match[1] == match[2] == "none":
        return None
    return Algorithm(_CIPHERS[match[1]], _HASHES[match[2]], parts.ESP)


def read_offers(text: str, pfs: bool) -> list[Offer]:
    """Read `ESP[3DES,SHA1]:100000k/3600s AH[MD5]+ESP[DES,NONE] ...`."""
    offers = []
    for word in re.sub(r"\s*([,+:/])\s*", r"\1", text.strip().lower()).split():
        body, _unused, life = word.partition(":")
        algorithms = [_one_algorithm(part) for part in body.split("+")]
        times = re.fullmatch(r"(?:(\d+)k)?/?(?:(\d+)s)?", life)
        known = [algorithm for algorithm in algorithms if algorithm is not None]
        kinds = [algorithm.kind for algorithm in known]
        if len(known) != len(algorithms) or len(set(kinds)) != len(kinds) or not times:
            _bad("qmsecmethods", text)
            continue
        kilobytes, seconds = int(times[1] or 0), int(times[2] or 0)
        for number, (low, high) in ((kilobytes, KILOBYTES), (seconds, SECONDS)):
            if number and not low <= number <= high:
                _bad("qmsecmethods", text)
        offers.append(Offer(known, kilobytes, seconds, pfs))
    if not offers:
        _bad("qmsecmethods", text)
    return offers


def read_main_methods(text: str, lifetime: int, quick_modes: int) -> list[MainModeMethod]:
    """Read `3DES-SHA1-2 DES-MD5-1 ...`; group 3 is the 2048-bit one."""
    methods = []
    for word in text.lower().split():
        match = re.fullmatch(r"(des|3des)-(md5|sha1)-([123])", word)
        if match is None:
            _bad("mmsecmethods", text)
            continue
        cipher, digest, group = match.groups()
        methods.append(MainModeMethod(_CIPHERS[cipher], _HASHES[digest], int(group), lifetime, quick_modes))
    if not methods:
        _bad("mmsecmethods", text)
    return methods


def read_authentication(args: Arguments) -> list[Method]:
    """Return the authentication methods in the order of their arguments; empty when none is named."""
    methods = []
    for tag, value in args.items:
        if tag == "kerberos":
            if args.flag("kerberos"):
                methods.append(Method(parts.KERBEROS))
        elif tag == "psk":
            if not value:
                _bad(tag, value)
            methods.append(Method(parts.PRE_SHARED_KEY, value))
        elif tag == "rootca":
            methods.append(_certificate(value))
    return methods


def _certificate(value: str) -> Method:
    found = dict(re.findall(r"(?i)\b(certmap|excludecaname)\s*:\s*(yes|no)\b", value))
    flags = {name.lower(): answer.lower() == "yes" for name, answer in found.items()}
    subject = re.sub(r"(?i)\s*\b(certmap|excludecaname)\s*:\s*(yes|no)\b", "", value).strip().replace("\\'", '"')
    if not subject:
        _bad("rootca", value)
    bits = (1 if flags.get("certmap") else 0) | (2 if flags.get("excludecaname") else 0)
    return Method(parts.CERTIFICATE, subject, bits)
