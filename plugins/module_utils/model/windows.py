# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows versions: which store they write and which algorithms they accept."""

from __future__ import annotations

import dataclasses

from .security import DhGroup, Encryption, Esp, Integrity, MainMode, MainModeOffer, QuickModeOffer


@dataclasses.dataclass(frozen=True, order=True)
class WindowsVersion:
    """A version as the kernel counts it: 5.2.3790 is Server 2003, 10.0.20348 is Server 2022."""

    major: int
    minor: int
    build: int = 0

    @property
    def is_vista_or_later(self) -> bool:
        """Whether the store has the second format and IKE lives in the service IKEEXT."""
        return self.major >= 6

    @property
    def name(self) -> str:
        """The product name of the server edition, or the bare number."""
        if self.major >= 10:
            builds = [name for first, name in _SERVER_BUILDS if self.build >= first]
            return builds[-1] if builds else f"Windows {self}"
        return _NAMES.get((self.major, self.minor), f"Windows {self}")

    def __str__(self) -> str:
        """Write the version as ``5.2.3790``."""
        return f"{self.major}.{self.minor}.{self.build}"


_NAMES = {
    (5, 0): "Windows 2000",
    (5, 1): "Windows XP",
    (5, 2): "Windows Server 2003",
    (6, 0): "Windows Server 2008",
    (6, 1): "Windows Server 2008 R2",
    (6, 2): "Windows Server 2012",
    (6, 3): "Windows Server 2012 R2",
}
_SERVER_BUILDS = (
    (14393, "Windows Server 2016"),
    (17763, "Windows Server 2019"),
    (20348, "Windows Server 2022"),
    (26100, "Windows Server 2025"),
)

SERVER_2003 = WindowsVersion(5, 2, 3790)


def accepted_dh_groups(version: WindowsVersion) -> tuple[DhGroup, ...]:
    """The Diffie-Hellman groups a version accepts, strongest first.

    Group 14 came with Windows Server 2003 and XP SP2 ([MS-IKEE] appendix; netsh's GroupNum 3); Windows 2000 stops at 2.
    """
    if version < WindowsVersion(5, 1):
        return (DhGroup.MEDIUM, DhGroup.LOW)
    return (DhGroup.HIGH, DhGroup.MEDIUM, DhGroup.LOW)


def strongest_main_mode(version: WindowsVersion) -> MainMode:
    """The main mode to use where the user names none: 3DES and SHA-1 with every group above the lowest."""
    groups = [group for group in accepted_dh_groups(version) if group is not DhGroup.LOW]
    return MainMode(tuple(MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, group) for group in groups))


def strongest_offers() -> tuple[QuickModeOffer, ...]:
    """The quick-mode offers to use where the user names none: the strongest that every version's store can hold."""
    return (QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1)),)
