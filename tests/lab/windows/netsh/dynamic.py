# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of `netsh ipsec dynamic` that exist without security associations: the service's settings.

Properties after Microsoft's "Netsh commands for Internet Protocol security", `dynamic set config`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import errors
from .errors import NetshError, NoSuchCommand
from .words import Arguments, pick

if TYPE_CHECKING:
    from ..host import WindowsHost

_AGENT = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent"
_IPSEC = r"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC"
PROPERTIES: dict[str, tuple[str, str, int, int, int]] = {
    "ipsecdiagnostics": (_IPSEC, "EnableDiagnostics", 0, 7, 0),
    "ikelogging": (rf"{_AGENT}\Oakley", "EnableLogging", 0, 2, 0),
    "strongcrlcheck": (rf"{_AGENT}\Oakley", "StrongCRLCheck", 0, 2, 0),
    "ipsecloginterval": (_IPSEC, "LogInterval", 60, 86400, 3600),
    "ipsecexempt": (_IPSEC, "NoDefaultExempt", 0, 3, 3),
}
"""Property: (key, value, lowest, highest, what holds when the registry is silent)."""


def _set_config(host: WindowsHost, words: list[str]) -> str:
    args = Arguments(words, ["property", "value"])
    args.need("property", "value")
    name = args.choice("property", list(PROPERTIES)) or ""
    path, value, low, high, _unused = PROPERTIES[name]
    number = args.integer("value", low, high)
    if number is None:
        raise NetshError(errors.MISSING_TAG, tag="value")
    host.registry.create(path).put_number(value, number)
    return ""


def _show_config(host: WindowsHost) -> str:
    lines = [host.text("dynamic.head")]
    for name, (path, value, _low, _high, default) in PROPERTIES.items():
        found = host.registry.value(path, value)
        lines.append(f"{name:<24}: {found.number if found else default}\r\n")
    return "".join(lines)


def run_dynamic(host: WindowsHost, words: list[str]) -> str:
    """Run one command of the context and return its output; raise NetshError or NoSuchCommand."""
    verb = pick(words[0], ["set", "show"]) if words else None
    noun = pick(words[1], ["config"] if verb == "set" else ["all", "config"]) if verb and len(words) > 1 else None
    if noun is None:
        raise NoSuchCommand
    return _set_config(host, words[2:]) if verb == "set" else _show_config(host)
