# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbered errors in what netsh printed; the words around the numbers are in the host's language and not read."""

from __future__ import annotations

import dataclasses
import re

_FAULT = re.compile(r"\bIPsec\s?\[(\d{5})\]", re.IGNORECASE)

MEANINGS = {
    5010: "a filter list of that name exists already",
    5014: "a filter action of that name exists already",
    5072: "there are no policies",
    5073: "the policy store cannot be opened; is the user an administrator, and does the service PolicyAgent run?",
}
"""What is known of netsh's numbers, in our words; any other number is shown as it is.

Sources: public programs that tell these numbers apart in netsh's output (a Python wrapper that passes over 05010 and
05014 where it adds lists and actions, and takes 05072 for an empty store; an administration tool that takes 05073,
HRESULT 0x800713D1, for a store that cannot be opened).
"""


@dataclasses.dataclass(frozen=True)
class NetshFault:
    """One numbered error; ``line`` counts the lines of netsh's output from 1."""

    number: int
    line: int

    def __str__(self) -> str:
        """Say the number, and what it means where that is known."""
        meaning = MEANINGS.get(self.number)
        return f"error {self.number:05}" + (f" ({meaning})" if meaning else "")


def faults(output: bytes | str) -> tuple[NetshFault, ...]:
    """Find the numbered errors in netsh's output, in order; bytes may be in any code page that contains ASCII."""
    text = output.decode("latin-1") if isinstance(output, bytes) else output
    return tuple(
        NetshFault(int(number), line)
        for line, content in enumerate(text.splitlines(), 1)
        for number in _FAULT.findall(content)
    )
