# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Vendor IDs that an IKE announces, by the tables of [MS-IKEE] (appendix A) and the standards behind them."""

from __future__ import annotations

import dataclasses

_MICROSOFT = bytes.fromhex("1e2b516905991c7d7c96fcbfb587e461")
_WINDOWS = {
    2: "Windows 2000", 3: "Windows XP", 4: "Windows Server 2003", 5: "Windows Vista", 6: "Windows Server 2008",
    7: "Windows 7", 8: "Windows Server 2008 R2", 9: "Windows 8 or Server 2012, or later",
}  # fmt: skip
FAST_FAILOVER = bytes.fromhex("7287 2b95 fcda 2eb7 08ef e322 119b 4971")
INITIAL_CONTACT = bytes.fromhex("2624 4d38 eddb 61b3 172a 36e3 d0cf b819")
FRAGMENTATION = bytes.fromhex("4048 b7d5 6ebc e885 25e7 de7f 00d6 c2d3")
NAT_TRAVERSAL_DRAFT = bytes.fromhex("90cb 8091 3ebb 696e 0863 81b5 ec42 7b1f")
NAT_TRAVERSAL = bytes.fromhex("4a13 1c81 0703 5845 5c57 28f2 0e95 452f")
DEAD_PEERS = bytes.fromhex("afca d713 68a1 f1c9 6b86 96fc 7757")
"""RFC 3706 section 5.1; two bytes with the version follow."""
_NAMES = {
    bytes.fromhex("621b 04bb 0988 2ac1 e159 35fe fa24 aeee"): "Kerberos (GSS-API)",
    INITIAL_CONTACT: "Vid-Initial-Contact",
    FAST_FAILOVER: "NLBS_PRESENT (fast fail-over)",
    FRAGMENTATION: "FRAGMENTATION",
    NAT_TRAVERSAL_DRAFT: "NAT traversal (draft 02)",
    NAT_TRAVERSAL: "NAT traversal (RFC 3947)",
    bytes.fromhex("214c a4fa ffa7 f32d 6748 e530 3395 ae83"): "AuthIP (MS-MamieExists)",
    bytes.fromhex("e3a5 966a 7637 9fe7 0722 8231 e5ce 8652"): "CGA",
    bytes.fromhex("fb1d e3cd f341 b7ea 16b7 e5be 0855 f120"): "negotiation discovery",
    bytes.fromhex("0900 2689 dfd6 b712"): "XAUTH",
}
_KEY_MODULES = bytes.fromhex("0152 8bbb c006 9612 1849 ab9a 1c5b 2a51")


@dataclasses.dataclass(frozen=True)
class Vendors:
    """What the announced IDs mean; ``windows`` is empty for an IKE that does not say it is Microsoft's."""

    ids: tuple[bytes, ...]

    @property
    def windows(self) -> str:
        """The Windows of the host as it announces itself."""
        for one in self.ids:
            if len(one) == 20 and one.startswith(_MICROSOFT):
                number = int.from_bytes(one[16:], "big")
                return _WINDOWS.get(number, f"Windows (IKE version {number})")
        return ""

    @property
    def fast_failover(self) -> bool:
        """Whether the host asks its peers for the idle timer of one minute ([MS-IKEE] 3.6.4.1)."""
        return FAST_FAILOVER in self.ids

    @property
    def nat_traversal(self) -> bool:
        """Whether it speaks NAT traversal in either revision."""
        return NAT_TRAVERSAL in self.ids or NAT_TRAVERSAL_DRAFT in self.ids

    @property
    def dead_peer_detection(self) -> bool:
        """Whether it speaks RFC 3706."""
        return any(one.startswith(DEAD_PEERS) for one in self.ids)

    @property
    def fragmentation(self) -> bool:
        """Whether it takes fragments of IKE messages."""
        return any(one.startswith(FRAGMENTATION) for one in self.ids)

    def names(self) -> list[dict[str, str]]:
        """Every ID as hexadecimal digits with its meaning, empty where it is unknown."""
        return [{"id": one.hex(), "name": self._name(one)} for one in self.ids]

    def _name(self, one: bytes) -> str:
        if one.startswith(_MICROSOFT):
            return Vendors((one,)).windows
        if one.startswith(DEAD_PEERS):
            return "dead peer detection (RFC 3706)"
        if one.startswith(_KEY_MODULES):
            return "keying module of Windows 7 or later"
        return _NAMES.get(one) or (_NAMES[FRAGMENTATION] if one.startswith(FRAGMENTATION) else "")
