# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: the line of a .reg file that tells of which computer it is, and whether it is whole.

The line is the second one and a comment, which regedit and ``reg import`` pass over.
"""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Mapping
from typing import Any

_MARK = "; exchange.ipsec "


def signed(data: bytes, kind: str, told: Mapping[str, str]) -> bytes:
    """Put the line into a file of version 5.00: what it is, what is told of it, and the SHA-256 of the rest."""
    text = data.decode("utf-16", "surrogatepass")
    line = json.dumps({**told, "sha256": _digest(text)}, ensure_ascii=True)
    head, rest = text.split("\r\n", 1)
    return codecs.BOM_UTF16_LE + f"{head}\r\n{_MARK}{kind} {line}\r\n{rest}".encode("utf-16-le", "surrogatepass")


def told_of(data: bytes, kind: str) -> dict[str, Any] | None:
    """Give what the line tells, None where there is none; ValueError where the rest is not as it was written."""
    if not data.startswith(codecs.BOM_UTF16_LE):
        return None
    head, _unused, text = data.decode("utf-16", "surrogatepass").partition("\r\n")
    line, _unused, rest = text.partition("\r\n")
    begin = f"{_MARK}{kind} "
    if not line.startswith(begin):
        return None
    told = json.loads(line.removeprefix(begin))
    if not isinstance(told, dict) or told.get("sha256") != _digest(f"{head}\r\n{rest}"):
        raise ValueError("it is not as it was written")
    return told


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-16-le", "surrogatepass")).hexdigest()
