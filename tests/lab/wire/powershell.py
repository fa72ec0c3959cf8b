# SPDX-License-Identifier: GPL-3.0-or-later
"""The one thing the lab does for PowerShell: run what `raw` wraps, where that is a plain command line.

Ansible's own winrm connection sends each command as `PowerShell … -EncodedCommand <base64 of UTF-16>`.
"""

from __future__ import annotations

import base64
import binascii
import re

_WRAP = re.compile(
    r'^"?powershell(?:\.exe)?"?\s.*-EncodedCommand\s+"?([A-Za-z0-9+/=]+)"?\s*$', re.IGNORECASE | re.DOTALL
)
_BEYOND = re.compile(r"[$`@{}\[\]#\r\n]|(^|\s)[A-Za-z]+-[A-Za-z]+(\s|$)")


def plain_command(command_line: str) -> str | None:
    """Return the command line inside the wrap; None when there is no wrap or PowerShell proper inside."""
    match = _WRAP.match(command_line)
    if match is None:
        return None
    try:
        script = base64.b64decode(match[1], validate=True).decode("utf-16-le").strip()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return None if _BEYOND.search(script) else script
