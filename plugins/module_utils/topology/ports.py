# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ports Exchange 2003, Active Directory, server clusters and IPsec itself use, each with its source."""

from __future__ import annotations

import dataclasses

TCP = 6
UDP = 17
ESP = 50
AH = 51

KB_821839 = "https://mskb.pkisolutions.com/kb/821839"
KB_270836 = "https://mskb.pkisolutions.com/kb/270836"
KB_842026 = "https://mskb.pkisolutions.com/kb/842026"
KB_832017 = (
    "https://learn.microsoft.com/troubleshoot/windows-server/networking/service-overview-and-network-port-requirements"
)
KB_233256 = "https://www.betaarchive.com/wiki/index.php?title=Microsoft_KB_Archive/233256"


@dataclasses.dataclass(frozen=True)
class Service:
    """A named service: its IP protocol, its first and last port (0 and 0 where the protocol has none), its source."""

    name: str
    protocol: int
    first: int
    last: int
    source: str

    @property
    def ports(self) -> str:
        """The ports as a firewall's table shows them: ``110``, ``1024-65535``, or nothing."""
        if not self.first:
            return ""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def _tcp(name: str, port: int, source: str) -> Service:
    return Service(name, TCP, port, port, source)


def _udp(name: str, port: int, source: str) -> Service:
    return Service(name, UDP, port, port, source)


POP3 = _tcp("POP3", 110, KB_821839)
IMAP4 = _tcp("IMAP4", 143, KB_821839)
HTTP = _tcp("HTTP", 80, KB_821839)
SMTP = _tcp("SMTP", 25, "RFC 5321 section 4.5.4.2")

LINK_STATE = _tcp("link state", 691, KB_842026)
"""Among the Exchange servers of one routing group."""

MAIL = (HTTP, POP3, IMAP4, SMTP)
"""From a front end to its back ends; never with TLS on Exchange 2003."""

DIRECTORY = (
    _tcp("DNS", 53, KB_270836),
    _udp("DNS", 53, KB_270836),
    _tcp("Kerberos", 88, KB_270836),
    _udp("Kerberos", 88, KB_270836),
    _udp("time", 123, KB_270836),
    _tcp("RPC endpoint mapper", 135, KB_270836),
    _tcp("LDAP", 389, KB_270836),
    _udp("LDAP", 389, KB_270836),
    _tcp("SMB", 445, KB_270836),
    _tcp("global catalog", 3268, KB_270836),
    Service("RPC, unless bound to one port", TCP, 1024, 65535, KB_270836),
)
"""From an Exchange server to a domain controller."""

CLUSTER = (
    _udp("cluster heartbeat", 3343, KB_832017),
    _tcp("RPC endpoint mapper", 135, KB_832017),
    _udp("cluster administrator", 137, KB_832017),
    Service("RPC of the cluster service", TCP, 1024, 65535, KB_832017),
)
"""From one node of a server cluster to another; never covered by a policy of ours."""

IKE = _udp("IKE", 500, KB_233256)
NAT_T = _udp("IKE and ESP through NAT", 4500, "RFC 3947, RFC 3948")
ESP_PACKETS = Service("ESP", ESP, 0, 0, KB_233256)
AH_PACKETS = Service("AH", AH, 0, 0, KB_233256)
