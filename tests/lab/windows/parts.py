# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy store holds, as plain values in the store's own numbers."""

from __future__ import annotations

import dataclasses
import uuid

AH, ESP = 1, 2
NO_ALGORITHM, DES, THREE_DES = 0, 1, 3
MD5, SHA1 = 1, 2
PRE_SHARED_KEY, CERTIFICATE, KERBEROS = 1, 3, 5
CONNECTIONS = {"all": 0xFFFFFFFD, "lan": 0xFFFFFFFE, "dialup": 0xFFFFFFFF}


@dataclasses.dataclass(slots=True)
class MainModeMethod:
    """One main-mode offer; group 1 or 2, or 3 for 2048 bits, which is stored as a "random function"."""

    encryption: int
    hash: int
    group: int
    lifetime: int = 28800
    quick_modes: int = 0


@dataclasses.dataclass(slots=True)
class MainMode:
    """A main-mode policy (ipsecISAKMPPolicy); lifetime in seconds."""

    methods: list[MainModeMethod]
    pfs: bool = False
    quick_modes: int = 0
    lifetime: int = 28800


@dataclasses.dataclass(slots=True)
class Algorithm:
    """One algorithm of an offer: for AH id is the hash; for ESP id is the cipher and integrity the hash."""

    id: int
    integrity: int
    kind: int


@dataclasses.dataclass(slots=True)
class Offer:
    """One quick-mode offer; no algorithms at all = unsecured traffic allowed."""

    algorithms: list[Algorithm]
    kilobytes: int = 0
    seconds: int = 0
    pfs: bool = False


@dataclasses.dataclass(slots=True)
class Method:
    """One authentication method; text is the key or the certificate's subject; flags 1 map, 2 hide the CA's name."""

    kind: int
    text: str = ""
    flags: int = 0


@dataclasses.dataclass(slots=True)
class RuleBody:
    """What a rule (ipsecNFA) holds besides its references."""

    methods: list[Method]
    interface: int = CONNECTIONS["all"]
    tunnel: bytes = bytes(4)
    tunneled: bool = False
    active: bool = True


@dataclasses.dataclass(slots=True)
class FilterSpec:
    """One filter; addresses and masks as 4 bytes in network order."""

    guid: uuid.UUID
    source: bytes = bytes(4)
    source_mask: bytes = bytes(4)
    target: bytes = bytes(4)
    target_mask: bytes = bytes(4)
    protocol: int = 0
    source_port: int = 0
    target_port: int = 0
    mirrored: bool = True
    source_name: str = ""
    target_name: str = ""
    description: str = ""
    special: int = 0
    tunnel: bytes = bytes(4)
    tunneled: int = 0

    def same_traffic(self, other: FilterSpec) -> bool:
        """Say whether both match the same packets."""
        mine, theirs = (dataclasses.replace(spec, guid=self.guid, description="") for spec in (self, other))
        return mine == theirs
