# SPDX-License-Identifier: GPL-3.0-or-later
"""`netsh ipsec static show`, list format; labels after a public sample (docs/fidelity.md)."""

from __future__ import annotations

import datetime
import ipaddress

from .. import packer, parts
from ..parts import FilterSpec
from ..registry import Key
from . import errors, store, values
from .errors import NetshError
from .static_add import needed
from .static_change import ordinary_rules
from .store import LocalStore
from .words import Arguments

_PROTOCOLS = {number: name.upper() for name, number in values.PROTOCOLS.items()}
_CIPHERS, _HASHES = {0: "None", 1: "DES", 3: "3DES"}, {0: "None", 1: "MD5", 2: "SHA1"}
_SERVERS = {1: "DNS", 2: "WINS", 3: "DHCP", 4: "DEFAULT GATEWAY"}


class Listing:
    """Collects lines of label and value."""

    def __init__(self, objects: LocalStore) -> None:
        """Label in the language of the store's host."""
        self.objects = objects
        self.lines: list[str] = []

    def word(self, key: str) -> str:
        """Return a word of the host's language."""
        return self.objects.host.text(f"show.{key}")

    def row(self, label: str, value: object, indent: int = 0) -> None:
        """Add a line; labels are padded to 23 columns."""
        shown = self.word("yes" if value else "no") if isinstance(value, bool) else str(value)
        self.lines.append(" " * indent + f"{self.word(label):<{23 - indent}}: {shown}")

    def blank(self) -> None:
        """Add an empty line."""
        self.lines.append("")

    def text(self) -> str:
        """Return all lines."""
        return "".join(line + "\r\n" for line in self.lines)


def _head(listing: Listing, key: Key, label: str) -> None:
    objects = listing.objects
    description, changed = key.get("description"), key.get("whenChanged")
    when = datetime.datetime.fromtimestamp(changed.number if changed else 0, datetime.timezone.utc)
    guid = key.get("ipsecID")
    listing.row(label, objects.name_of(key) or listing.word("none"))
    listing.row("description", description.text if description else listing.word("none"))
    listing.row("store", f"{listing.word('local')} <{objects.host.name.upper()}>")
    listing.row("modified", when.strftime(listing.word("date")))
    listing.row("guid", guid.text.upper() if guid else "")


def _side(listing: Listing, which: str, address: bytes, mask: bytes, name: str, server: int) -> None:
    if server:
        shown = f"<{_SERVERS.get(server, '')}>"
    elif (address, mask) == values.ME and not name:
        shown = listing.word("me")
    elif (address, mask) == values.ANY:
        shown = listing.word("any")
    else:
        shown = str(ipaddress.IPv4Address(address))
    listing.row(f"{which}address", shown)
    listing.row(f"{which}mask", ipaddress.IPv4Address(mask))
    listing.row(f"{which}dns", name or listing.word("nothing"))


def _filter(listing: Listing, spec: FilterSpec) -> None:
    listing.row("description", spec.description or listing.word("nothing"))
    listing.row("mirrored", spec.mirrored)
    low = spec.special if spec.special < 0x80 else 0
    _side(listing, "src", spec.source, spec.source_mask, spec.source_name, low)
    high = spec.special - 0x80 if spec.special > low else 0
    _side(listing, "dst", spec.target, spec.target_mask, spec.target_name, high)
    listing.row("protocol", _PROTOCOLS.get(spec.protocol, spec.protocol))
    if spec.protocol in (6, 17):
        listing.row("srcport", spec.source_port or listing.word("anyport"))
        listing.row("dstport", spec.target_port or listing.word("anyport"))
    listing.blank()


def show_list(listing: Listing, key: Key, verbose: bool) -> None:
    """Show a filter list."""
    filters = packer.unpack_filters(listing.objects.blob(key))
    _head(listing, key, "list")
    listing.row("count", len(filters))
    if verbose:
        listing.lines += [listing.word("filters"), "---------"]
        for spec in filters:
            _filter(listing, spec)
    listing.blank()


def show_action(listing: Listing, key: Key, verbose: bool) -> None:
    """Show a filter action."""
    kind = listing.objects.action_kind(key)
    offers = packer.unpack_action(listing.objects.blob(key))
    _head(listing, key, "action")
    listing.row("kind", listing.word("negotiate" if kind == "inpass" else kind))
    if kind in ("negotiate", "inpass"):
        listing.row("inpass", kind == "inpass")
        listing.row("soft", bool(offers) and not offers[-1].algorithms)
        listing.row("qmpfs", any(offer.pfs for offer in offers))
        listing.row("methods", sum(1 for offer in offers if offer.algorithms))
    for offer in offers if verbose else []:
        if offer.algorithms:
            names = "+".join(_algorithm(algorithm) for algorithm in offer.algorithms)
            listing.lines.append(f"{names:<30} {offer.seconds}/{offer.kilobytes}")
    listing.blank()


def _algorithm(algorithm: parts.Algorithm) -> str:
    if algorithm.kind == parts.AH:
        return f"AH[{_HASHES.get(algorithm.id, algorithm.id)}]"
    cipher, digest = _CIPHERS.get(algorithm.id, algorithm.id), _HASHES.get(algorithm.integrity, algorithm.integrity)
    return f"ESP[{cipher},{digest}]"


def show_rule(listing: Listing, rule: Key, number: int) -> None:
    """Show a rule; a pre-shared key is never shown."""
    objects = listing.objects
    body = packer.unpack_rule(objects.blob(rule))
    filters, action = objects.one(rule, store.FILTERS), objects.one(rule, store.ACTION_OF)
    listing.row("ruleid", f"{number}, {rule.name[len(store.RULE) :]}")
    listing.row("rule", objects.name_of(rule) or listing.word("none"))
    described = rule.get("description")
    listing.row("ruledesc", described.text if described else listing.word("none"))
    listing.row("activated", body.active)
    connection = next((name for name, code in parts.CONNECTIONS.items() if code == body.interface), "all")
    listing.row("conntype", connection.upper())
    listing.row("auth", len(body.methods))
    for method in body.methods:
        listing.lines.append("        " + {1: "Preshared Key", 3: method.text}.get(method.kind, "KERBEROS"))
    listing.row("list", objects.name_of(filters) if filters else listing.word("none"))
    listing.row("action", (objects.name_of(action) if action else "") or listing.word("none"))
    listing.blank()


def show_policy(listing: Listing, policy: Key, verbose: bool) -> None:
    """Show a policy, with its rules when verbose."""
    objects = listing.objects
    mode_key = objects.one(policy, store.MAIN_MODE_OF)
    _head(listing, policy, "policy")
    listing.row("assigned", objects.assigned() is policy)
    if mode_key is not None:
        mode = packer.unpack_main_mode(objects.blob(mode_key))
        listing.row("mmpfs", mode.pfs)
        listing.row("polling", f"{packer.unpack_policy(objects.blob(policy)) // 60} {listing.word('minutes')}")
        minutes = f"{mode.lifetime // 60} {listing.word('minutes')}"
        listing.row("mmlife", f"{minutes} / {mode.quick_modes} {listing.word('qms')}")
    rules = ordinary_rules(objects, policy)
    listing.row("rules", len(rules))
    listing.blank()
    for number, rule in enumerate(rules if verbose else [], 1):
        show_rule(listing, rule, number)


_SHOWN = {
    "policy": (store.POLICY, errors.NO_POLICIES, errors.NO_POLICY, show_policy),
    "filterlist": (store.LIST, errors.NO_LISTS, errors.NO_LIST, show_list),
    "filteraction": (store.ACTION, errors.NO_ACTIONS, errors.NO_ACTION, show_action),
}


def show_objects(objects: LocalStore, args: Arguments, noun: str) -> str:
    """`show policy`, `show filterlist`, `show filteraction`: one by name, or all."""
    kind, none, missing, shower = _SHOWN[noun]
    name = args.get("name")
    keys = [needed(objects, kind, name, missing)] if name else [k for k in objects.all(kind) if objects.name_of(k)]
    if not keys:
        raise NetshError(none)
    verbose = args.choice("level", ["verbose", "normal"], "normal") == "verbose"
    listing = Listing(objects)
    for key in keys:
        shower(listing, key, verbose)
    if not name:
        listing.row(f"no{noun}", len(keys))
    return "\r\n" + listing.text()


def show_rules(objects: LocalStore, args: Arguments) -> str:
    """`show rule`: by name, by id, or all of a policy."""
    (policy_name,) = args.need("policy")
    policy = needed(objects, store.POLICY, policy_name, errors.NO_POLICY)
    name, number = args.get("name"), args.integer("id", 1, 1_000_000)
    listing = Listing(objects)
    shown = 0
    for index, rule in enumerate(ordinary_rules(objects, policy), 1):
        if (name and objects.name_of(rule).casefold() != name.casefold()) or (number and number != index):
            continue
        show_rule(listing, rule, index)
        shown += 1
    if not shown:
        raise NetshError(errors.NO_RULE if name else errors.NO_RULES, name=name or "", policy=policy_name)
    return "\r\n" + listing.text()


def show_all(objects: LocalStore, args: Arguments) -> str:
    """`show all`: policies, filter lists, filter actions, each in full."""
    if not objects.all(store.POLICY):
        raise NetshError(errors.NO_POLICIES)
    listing = Listing(objects)
    for policy in objects.all(store.POLICY):
        show_policy(listing, policy, True)
    for kind, shower in ((store.LIST, show_list), (store.ACTION, show_action)):
        for key in objects.all(kind):
            if objects.name_of(key):
                shower(listing, key, True)
    return "\r\n" + listing.text()


def show_store(objects: LocalStore, args: Arguments) -> str:
    """`show store`."""
    listing = Listing(objects)
    listing.row("location", f"{listing.word('local')} <{objects.host.name.upper()}>")
    return "\r\n" + listing.text()
