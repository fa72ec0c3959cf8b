# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What two hosts can agree on: algorithms, offers and lifetimes of both IKE phases."""

from __future__ import annotations

import dataclasses
import enum

from ..errors import SpecError


class Encryption(enum.Enum):
    """Encryption that the legacy policy store knows ([MS-GPIPSEC] 2.2.1.4.1; AES is not among it)."""

    NONE = "none"
    DES = "des"
    TRIPLE_DES = "3des"


class Integrity(enum.Enum):
    """Keyed hashes of the legacy policy store."""

    NONE = "none"
    MD5 = "md5"
    SHA1 = "sha1"


class DhGroup(enum.IntEnum):
    """Diffie-Hellman groups by their IKE number (RFC 2409 section 6, RFC 3526): 768, 1024 and 2048 bits."""

    LOW = 1
    MEDIUM = 2
    HIGH = 14


SECONDS_RANGE = (300, 172_799)
KILOBYTES_RANGE = (20_480, 2_147_483_647)
MAIN_MODE_SECONDS_RANGE = (300, 172_740)
DEFAULT_MAIN_MODE_SECONDS = 28_800


@dataclasses.dataclass(frozen=True)
class Esp:
    """Encapsulating Security Payload with encryption, integrity or both."""

    encryption: Encryption
    integrity: Integrity

    def __post_init__(self) -> None:
        """Refuse a payload that protects nothing."""
        if self.encryption is Encryption.NONE and self.integrity is Integrity.NONE:
            raise SpecError("esp", "encryption and integrity are both none; that protects nothing")


@dataclasses.dataclass(frozen=True)
class QuickModeOffer:
    """One proposal for the traffic itself: ESP, AH or both.

    Lifetimes are in seconds and kilobytes; 0 leaves the value to Windows (3600 s, 100,000 kB).
    """

    esp: Esp | None = None
    ah: Integrity | None = None
    lifetime_seconds: int = 0
    lifetime_kilobytes: int = 0

    def __post_init__(self) -> None:
        """Refuse an empty offer and lifetimes that Windows' own dialogs refuse."""
        if self.esp is None and self.ah is None:
            raise SpecError("", "an offer needs esp, ah or both")
        if self.ah is Integrity.NONE:
            raise SpecError("ah", "ah without a hash protects nothing; allowed are md5 and sha1")
        check_range(self.lifetime_seconds, SECONDS_RANGE, "lifetime_seconds", "seconds")
        check_range(self.lifetime_kilobytes, KILOBYTES_RANGE, "lifetime_kilobytes", "kilobytes")

    def __str__(self) -> str:
        """Show the offer the way netsh writes it, without lifetimes."""
        parts = [f"AH[{self.ah.value}]"] if self.ah else []
        if self.esp:
            parts.append(f"ESP[{self.esp.encryption.value},{self.esp.integrity.value}]")
        return "+".join(parts)


@dataclasses.dataclass(frozen=True)
class MainModeOffer:
    """One proposal for the protection of the negotiation itself."""

    encryption: Encryption
    integrity: Integrity
    dh_group: DhGroup

    def __post_init__(self) -> None:
        """Refuse a main mode without encryption or integrity: IKE has none (RFC 2409 section 4)."""
        if self.encryption is Encryption.NONE or self.integrity is Integrity.NONE:
            raise SpecError("", "main mode always encrypts and hashes; none is not allowed")

    def __str__(self) -> str:
        """Show the offer as ``3des-sha1-dh14``."""
        return f"{self.encryption.value}-{self.integrity.value}-dh{int(self.dh_group)}"


@dataclasses.dataclass(frozen=True)
class MainMode:
    """How two hosts authenticate: offers in order of preference, key lifetime in seconds.

    ``quick_modes`` limits the quick modes under one main mode (0: no limit); ``pfs`` is master key
    perfect forward secrecy, which Windows turns into one quick mode for each main mode.
    """

    offers: tuple[MainModeOffer, ...]
    lifetime_seconds: int = DEFAULT_MAIN_MODE_SECONDS
    quick_modes: int = 0
    pfs: bool = False

    def __post_init__(self) -> None:
        """Refuse an empty list of offers, doubles, and lifetimes out of Windows' range."""
        if not self.offers:
            raise SpecError("offers", "main mode needs at least one offer")
        if len(set(self.offers)) != len(self.offers):
            raise SpecError("offers", "the same main-mode offer stands twice")
        check_range(self.lifetime_seconds, MAIN_MODE_SECONDS_RANGE, "lifetime_seconds", "seconds")
        if not 0 <= self.quick_modes <= 2_147_483_647:
            raise SpecError("quick_modes", f"{self.quick_modes} is out of range (0 to 2147483647, 0 means no limit)")


def check_range(value: int, allowed: tuple[int, int], place: str, unit: str) -> None:
    """Refuse a number that is neither 0 (Windows' own default) nor in the allowed range."""
    if value and not allowed[0] <= value <= allowed[1]:
        raise SpecError(place, f"{value} {unit} is out of range ({allowed[0]} to {allowed[1]}, 0 for Windows' default)")
