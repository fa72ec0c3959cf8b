# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning of a rule's binary data: how the peers prove who they are, which connections, which tunnel."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address

from ..errors import SpecError, StoreFormatError
from ..model.authentication import Authentication, Certificate, Kerberos, PresharedKey, Secret
from ..model.policy import ConnectionType
from .keys import Generation
from .rule_blob import CERTIFICATE, KERBEROS, PRESHARED_KEY, AuthMethod, RuleBlob, rule_blob
from .wire import text_from_bytes, text_to_bytes

MAP_TO_ACCOUNT, EXCLUDE_CA_NAME = 1, 2

_CONNECTIONS = {
    0xFFFFFFFD: ConnectionType.ALL,
    0xFFFFFFFE: ConnectionType.LAN,
    0xFFFFFFFF: ConnectionType.DIALUP,
}
_AFTER_METHODS = 24


@dataclasses.dataclass(frozen=True)
class RuleSettings:
    """What the binary data of a rule says beside its name, filter list and filter action."""

    authentication: tuple[Authentication, ...]
    connection: ConnectionType = ConnectionType.ALL
    active: bool = True
    tunnel: IPv4Address | None = None


def settings_from_blob(blob: RuleBlob, what: str, options: int = 0) -> RuleSettings:
    """Give the meaning of a blob. ``options`` are the ISAKMP-Options of its policy, which hold for all its rules.

    Where both lists of methods stand there, the later one decides: the systems that write it read it.
    """
    after = _AFTER_METHODS + sum(8 + len(method.data) for method in blob.methods)
    if blob.interface_type not in _CONNECTIONS:
        raise StoreFormatError(what, f"Interface-Type is {blob.interface_type:#x}, which means nothing", after)
    if text_from_bytes(blob.interface_name, what, "Interface-Name", after + 8):
        raise StoreFormatError(what, "the rule is for one named interface, which policies here do not have", after + 4)
    flags_at = after + 4 + 4 + len(blob.interface_name) + 4
    for name, value, offset in (("Is-Tunnel", blob.is_tunnel, flags_at), ("Is-Active", blob.is_active, flags_at + 4)):
        if value > 1:
            raise StoreFormatError(what, f"{name} is {value}, it must be 0 or 1", offset)
    if blob.is_tunnel and text_from_bytes(blob.tunnel_name, what, "Tunnel-End-Point-Name", flags_at + 12):
        raise StoreFormatError(
            what, "the tunnel ends at a host name; tunnels here end at an IPv4 address", flags_at + 8
        )
    if blob.is_tunnel and blob.later_tunnel and any(blob.later_tunnel):
        raise StoreFormatError(
            what, "the tunnel ends at an IPv6 address; tunnels here end at an IPv4 address", flags_at
        )
    return RuleSettings(
        _authentication(blob, what, options),
        _CONNECTIONS[blob.interface_type],
        blob.is_active == 1,
        blob.tunnel_address if blob.is_tunnel else None,
    )


def blob_from_settings(settings: RuleSettings, generation: Generation) -> RuleBlob:
    """Make the blob that says these settings."""
    methods = tuple(_method_record(method) for method in settings.authentication)
    flags = tuple(certificate_flags(method) for method in settings.authentication)
    interface_type = next(number for number, known in _CONNECTIONS.items() if known is settings.connection)
    return dataclasses.replace(
        rule_blob(methods, flags, generation, interface_type),
        is_active=int(settings.active),
        is_tunnel=int(settings.tunnel is not None),
        tunnel_address=settings.tunnel or IPv4Address(0),
    )


def certificate_flags(method: Authentication) -> int:
    """Give the flags of a method; other methods than certificates have none."""
    if not isinstance(method, Certificate):
        return 0
    return MAP_TO_ACCOUNT * method.map_to_account + EXCLUDE_CA_NAME * method.exclude_ca_name


def _authentication(blob: RuleBlob, what: str, options: int) -> tuple[Authentication, ...]:
    methods = blob.methods if blob.later_methods is None else blob.later_methods
    if len(methods) != len(blob.methods):
        problem = f"there are {len(blob.methods)} methods in the first list and {len(methods)} in the later one"
        raise StoreFormatError(what, problem, 20)
    flags = blob.later_flags or (0,) * len(methods)
    if len(flags) != len(methods):
        problem = f"there are {len(methods)} methods and flags for {len(flags)}"
        raise StoreFormatError(what, problem, blob.flags_at)
    found = []
    for index, (first, method, own) in enumerate(zip(blob.methods, methods, flags, strict=True)):
        if first.kind != method.kind:
            problem = f"method {index + 1} is of kind {first.kind} in the first list and {method.kind} in the later one"
            raise StoreFormatError(what, problem, method.offset)
        if own > 3:
            raise StoreFormatError(
                what, f"method {index + 1} has the unknown flags {own:#x}", blob.flags_at + 4 * index
            )
        found.append(_method(method, own | options, index, what))
    return tuple(dict.fromkeys(found))


def _method(method: AuthMethod, flags: int, index: int, what: str) -> Authentication:
    if method.kind == KERBEROS:
        return Kerberos()
    if method.kind not in (PRESHARED_KEY, CERTIFICATE):
        raise StoreFormatError(what, f"method {index + 1} is of the unknown kind {method.kind}", method.offset)
    text = text_from_bytes(method.data, what, f"the data of method {index + 1}", method.offset + 8)
    try:
        if method.kind == CERTIFICATE:
            return Certificate(text, bool(flags & MAP_TO_ACCOUNT), bool(flags & EXCLUDE_CA_NAME))
        return PresharedKey(Secret(text))
    except SpecError as exc:
        raise StoreFormatError(what, f"method {index + 1}: {exc}", method.offset) from None


def _method_record(method: Authentication) -> AuthMethod:
    if isinstance(method, Kerberos):
        return AuthMethod(KERBEROS, b"\0\0")
    if isinstance(method, PresharedKey):
        return AuthMethod(PRESHARED_KEY, text_to_bytes(method.key.reveal()))
    return AuthMethod(CERTIFICATE, text_to_bytes(method.ca))
