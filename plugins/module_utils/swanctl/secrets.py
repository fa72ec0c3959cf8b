# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys of a policy as strongSwan's secrets: one section for each pair of addresses."""

from __future__ import annotations

from ..errors import SpecError
from ..model.authentication import REDACTED, PresharedKey
from ..model.policy import Policy
from .conf import Section, Setting, quoted
from .connections import authentication_of, far_address, negotiating, pair_name
from .peer import LinuxPeer
from .selectors import selectors


def secrets(policy: Policy, peer: LinuxPeer, *, reveal: bool = False) -> Section:
    """Write the pre-shared keys of a policy for a host, stars unless ``reveal``; empty where there are none.

    A key is written as hexadecimal digits of its ASCII codes, so that no character of it means anything to the
    parser. SpecError for a key beyond ASCII: nothing says which bytes Windows makes of it.
    """
    sections = []
    for pair, found in negotiating(selectors(policy.rules, peer.addresses)).items():
        method = authentication_of(found)
        if isinstance(method, PresharedKey):
            names: list[Setting] = [("id-near", str(pair[0]))]
            if pair[1].prefixlen:  # a subnet fits the identity of every host in it
                names.append(("id-far", far_address(pair)))
            value = _hexadecimal(method) if reveal else quoted(REDACTED)
            sections.append(Section(f"ike-{pair_name(pair)}", (*names, ("secret", value))))
    return Section("secrets", sections=tuple(sections))


def _hexadecimal(method: PresharedKey) -> str:
    text = method.key.reveal()
    if not text.isascii():
        raise SpecError("psk", "the key holds letters beyond ASCII; which bytes Windows makes of them is not known")
    return f"0x{text.encode('ascii').hex()}"
