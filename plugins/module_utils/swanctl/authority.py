# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subject of an authority: read as Windows writes it, written so that strongSwan reads the same.

What strongSwan does not understand as a subject it takes for a key ID, which no certificate has, and ``%any`` and ``*``
for everybody. So nothing passes through that was not read.
"""

from __future__ import annotations

import re

from ..errors import SpecError

_KEYS = {
    "CN": "CN", "O": "O", "OU": "OU", "C": "C", "L": "L", "S": "ST", "ST": "ST", "DC": "DC", "E": "E", "EMAIL": "E",
    "SERIALNUMBER": "serialNumber", "STREET": "STREET", "T": "T", "TITLE": "T", "G": "G", "GN": "G", "GIVENNAME": "G",
    "I": "I", "INITIALS": "I", "SN": "SN",
}  # fmt: skip
"""Key of Windows (learn.microsoft.com, CertStrToName) -> strongSwan's; S is a state there and unknown here."""
_PART = re.compile(r'\s*([A-Za-z0-9.]+)\s*=\s*("(?:[^"]|"")*"|(?!")[^,;+]*?)\s*(?:[,;]|$)')


def authority(text: str, place: str) -> str:
    """Write the subject of an authority for ``ca_id``; SpecError for what strongSwan would read differently."""
    parts, at = [], 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None:
            raise SpecError(place, f"{text!r} is no subject of an authority; write it as CN=Example Root, O=Example")
        parts.append((_key(match[1], text, place), _value(match[2], text, place)))
        at = match.end()
    separator = "/" if any("," in value for _unused, value in parts) else ", "
    written = separator.join(f"{key}={value}" for key, value in parts)
    if separator == "/":
        if any("/" in value for _unused, value in parts):
            raise SpecError(place, f"strongSwan cannot read {text!r}, which holds a comma and a slash")
        return f"/{written}"
    return written


def _key(word: str, text: str, place: str) -> str:
    key = _KEYS.get(word.upper())
    if key is None:
        raise SpecError(place, f"strongSwan cannot read {word} in {text!r}; known are {', '.join(sorted(_KEYS))}")
    return key


def _value(word: str, text: str, place: str) -> str:
    value = word[1:-1].replace('""', '"') if word.startswith('"') else word
    if not value or value == "*" or value != value.strip(" ="):
        raise SpecError(place, f"strongSwan would read the value {value!r} in {text!r} differently")
    return value
