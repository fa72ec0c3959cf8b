# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deleting the associations of pairs of addresses on Vista and later, and reading which deletions succeeded.

"netsh advfirewall monitor delete mmsa|qmsa (source destination)" deletes what matches the pair (learn.microsoft.com,
"netsh advfirewall"); its exit code tells whether it did.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address

DROPPED = "exchange.ipsec-dropped"
_DROPPED_LINE = re.compile(rf"^{re.escape(DROPPED)} ([0-9.]+)[ \t]*\r?$", re.MULTILINE)


def delete_command(own: Iterable[IPv4Address], peers: Iterable[IPv4Address]) -> str:
    """Give the command line that deletes quick and main modes of every pair and names each peer it succeeded for."""
    pairs = [(source, peer) for peer in peers for source in own]
    return "&".join(
        f"netsh advfirewall monitor delete {mode} {source} {peer}&&echo {DROPPED} {peer}"
        for source, peer in pairs
        for mode in ("qmsa", "mmsa")
    )


def dropped_peers(printed: str) -> frozenset[IPv4Address]:
    """Read for which peers a deletion succeeded; only words of our own are read."""
    return frozenset(IPv4Address(text) for text in _DROPPED_LINE.findall(printed))
