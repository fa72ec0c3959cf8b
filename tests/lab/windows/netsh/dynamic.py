# SPDX-License-Identifier: GPL-3.0-or-later
"""`netsh ipsec dynamic`: the service's settings, rules that block or permit and live only in the driver, associations.

After Microsoft's "Netsh commands for Internet Protocol security" (TechNet cc739550): dynamic commands act at once and
are forgotten when the service stops. Rules that negotiate are not known here.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ..effective import Rule
from ..parts import FilterSpec
from . import errors
from .errors import NetshError, NoSuchCommand
from .monitor import show_dynamic
from .values import read_filter
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


_TRAFFIC = ["protocol", "srcport", "dstport", "mirrored", "conntype", "srcmask", "dstmask", "tunneldstaddress"]
_ACTIONS = ["actioninbound", "actionoutbound"]
_ADD_RULE = ["srcaddr", "dstaddr", "mmpolicy", "qmpolicy", *_TRAFFIC[:5], *_ACTIONS, *_TRAFFIC[5:], "kerberos"]
_DELETE_RULE = ["srcaddr", "dstaddr", *_TRAFFIC]
_MMPOLICY = ["name", "qmpermm", "mmlifetime", "softsaexpirationtime", "mmsecmethods"]


def _add_mmpolicy(host: WindowsHost, words: list[str]) -> None:
    (name,) = Arguments(words, _MMPOLICY).need("name")
    if name in host.driver.main_modes:
        raise NetshError(errors.POLICY_EXISTS, name=name)
    host.driver.main_modes.add(name)


def _delete_mmpolicy(host: WindowsHost, words: list[str]) -> None:
    (name,) = Arguments(words, ["name"]).need("name")
    if name not in host.driver.main_modes:
        raise NetshError(errors.NO_POLICY, name=name)
    host.driver.main_modes.remove(name)


def _spec(args: Arguments) -> FilterSpec:
    args.need("srcaddr", "dstaddr", "protocol", "mirrored", "conntype")
    args.items.append(("filterlist", "dynamic"))
    return read_filter(args, str(uuid.UUID(int=0)))


def _add_rule(host: WindowsHost, words: list[str]) -> None:
    args = Arguments(words, _ADD_RULE)
    (main_mode,) = args.need("mmpolicy")
    if main_mode not in host.driver.main_modes:
        raise NetshError(errors.NO_POLICY, name=main_mode)
    actions = {args.choice(tag, ["block", "permit", "negotiate"]) for tag in _ACTIONS}
    spec = _spec(args)
    if actions not in ({"block"}, {"permit"}):
        raise NoSuchCommand
    if any(one.same_traffic(spec) for rule in host.driver.dynamic for one in rule.filters):
        raise NetshError(errors.FILTER_EXISTS, name="dynamic")
    host.driver.add_dynamic(Rule("dynamic", str(actions.pop()), filters=(spec,)))


def _delete_rule(host: WindowsHost, words: list[str]) -> None:
    """Only rules that were added here: whether those of an assigned policy can be deleted is not proven."""
    spec = _spec(Arguments(words, _DELETE_RULE))
    if not host.driver.remove_dynamic(spec):
        raise NetshError(errors.NO_FILTER, name="dynamic")


_WITHOUT_OUTPUT = {
    ("add", "mmpolicy"): _add_mmpolicy,
    ("add", "rule"): _add_rule,
    ("delete", "mmpolicy"): _delete_mmpolicy,
    ("delete", "rule"): _delete_rule,
}
_NOUNS = {
    "add": ["mmpolicy", "rule"],
    "delete": ["mmpolicy", "rule"],
    "set": ["config"],
    "show": ["all", "config", "mmsas", "qmsas"],
}


def run_dynamic(host: WindowsHost, words: list[str]) -> str:
    """Run one command of the context and return its output; raise NetshError or NoSuchCommand."""
    verb = pick(words[0], list(_NOUNS)) if words else None
    noun = pick(words[1], _NOUNS[verb]) if verb and len(words) > 1 else None
    if verb is None or noun is None:
        raise NoSuchCommand
    if verb == "set":
        return _set_config(host, words[2:])
    if (verb, noun) in _WITHOUT_OUTPUT:
        if not host.driver.running:
            raise NetshError(errors.NO_STORE)
        _WITHOUT_OUTPUT[verb, noun](host, words[2:])
        return ""
    if noun in ("mmsas", "qmsas"):
        if [word.lower() for word in words[2:]] != ["all"]:
            raise NoSuchCommand
        return show_dynamic(host, noun)
    return _show_config(host)
