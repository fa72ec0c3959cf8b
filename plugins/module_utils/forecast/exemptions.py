# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What passes every filter: the default exemptions of each Windows version and of NoDefaultExempt.

Sources: KB 811832, KB 810207, KB 253169, cc756041 (Specifying Default Exemptions to IPSec Filtering); since Vista
the IKE/AuthIP Exemptions of the Windows Filtering Platform (learn.microsoft.com/windows/win32/fwp/ike-exemptions).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from ipaddress import IPv4Address

from ..model.windows import WindowsVersion
from .packet import TCP, UDP, Traffic

RSVP = 46
KERBEROS_PORT = 88
IKE_PORT = 500
NAT_T_PORT = 4500
ONLY_IKE = 3
EXEMPT_PORTS = {KERBEROS_PORT, IKE_PORT, NAT_T_PORT}
"""The ports that decide here; all others are alike."""

_KERBEROS_MODES = (0, 2)
_MULTICAST_MODES = (0, 1)
_EVERYBODY = IPv4Address("255.255.255.255")
_SERVER_2003 = WindowsVersion(5, 2)


def exemption_mode(version: WindowsVersion, no_default_exempt: int | None) -> int:
    """Give the exemptions in force as a value of NoDefaultExempt: 0 the most, 3 IKE alone.

    Not set, it is 0 on Windows 2000 and XP and 3 on Server 2003. Since Vista no document names the value, and the
    platform's own exemption is IKE alone; so it is 3 there, whatever the registry holds.
    """
    if version.is_vista_or_later:
        return ONLY_IKE
    if no_default_exempt is not None and 0 <= no_default_exempt <= ONLY_IKE:
        return no_default_exempt
    return ONLY_IKE if version >= _SERVER_2003 else 0


def exempt_traffic(version: WindowsVersion, mode: int, traffic: Traffic) -> str:
    """Say why no filter sees a unicast packet; empty where filters decide."""
    ports = (traffic.source_port, traffic.destination_port)
    if traffic.protocol == UDP and ports == (IKE_PORT, IKE_PORT):
        return "IKE is always exempt"
    if version.is_vista_or_later and traffic.protocol == UDP and ports == (NAT_T_PORT, NAT_T_PORT):
        return "IKE is always exempt"
    if mode in _KERBEROS_MODES and traffic.protocol in (TCP, UDP) and KERBEROS_PORT in ports:
        return f"Kerberos is exempt by default (NoDefaultExempt {mode})"
    if mode in _KERBEROS_MODES and traffic.protocol == RSVP:
        return f"RSVP is exempt by default (NoDefaultExempt {mode})"
    return ""


@functools.cache
def exemptions(version: WindowsVersion, no_default_exempt: int | None) -> Callable[[Traffic], str]:
    """Give the answers of exempt_traffic for one kind of host; each is worked out once."""
    mode = exemption_mode(version, no_default_exempt)
    return functools.cache(lambda traffic: exempt_traffic(version, mode, traffic))


@functools.cache
def perhaps_ike(traffic: Traffic) -> str:
    """Say why nobody can tell whether a packet that is not exempt counts as IKE; empty where one can.

    One port of IKE alone (a sender behind NAT has another one), or 4500 before Vista: no document tells.
    """
    ike = traffic.protocol == UDP and {traffic.source_port, traffic.destination_port} & {IKE_PORT, NAT_T_PORT}
    return "whether it is exempt as IKE: it has a port of IKE, and no document says more" if ike else ""


def exempt_destination(version: WindowsVersion, mode: int, destination: IPv4Address, *, inbound: bool) -> str:
    """Say why no filter sees a packet to many receivers; empty for one receiver, or where filters decide.

    Server 2003 lets multicast and broadcast in, whatever the value (cc756041). The broadcast address of a subnet
    cannot be told without its mask; it counts as a single address.
    """
    if not destination.is_multicast and destination != _EVERYBODY:
        return ""
    what = "multicast" if destination.is_multicast else "broadcast"
    if mode in _MULTICAST_MODES:
        return f"{what} is exempt by default (NoDefaultExempt {mode})"
    if inbound and not version.is_vista_or_later and version >= _SERVER_2003:
        return f"incoming {what} is always exempt on Server 2003"
    return ""
