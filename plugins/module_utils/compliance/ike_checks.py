# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of what IKE on an address said to the controller: whether it answers, and takes nothing beyond the policy.

IKE decides about a main mode by the two addresses ([MS-IKEE] 3.1.1, peer authorization database). A controller that no
rule negotiates with is a stranger, and no document says what Windows answers a stranger: from there a silence or a
refusal proves nothing, and the finding says so. What was taken proves something from everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from ..forecast.classify import Word, classify
from ..forecast.packet import UDP, Packet
from ..forecast.station import Station
from ..forecast.table import FilterTable
from ..ike.probe import Finding as Probed
from ..model.actions import ActionKind
from ..model.policy import Policy
from .report import Finding, Severity
from .state import Asked, HostState, Service, Wanted

IKE_PORT = 500
_Suite = tuple[str, str, int]
_PEER = "ask with exchange.ipsec.ike_probe from a host that the policy negotiates with"
_SILENT = (
    "start PolicyAgent on the host that holds the address, and let UDP 500 through to it and back; a firewall that "
    "drops it looks the same"
)
_OTHER = (
    "look for another policy on the host that holds the address: of the domain, of netsh ipsec dynamic, a connection "
    "security rule of Windows Firewall, or one that was loaded before the last change"
)


def ike_answers(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``ike.*``: what IKE on the addresses that were asked does other than the policy says."""
    policy = wanted.policy if wanted.policy and wanted.assigned else state.in_force
    own = _suites(policy)
    for asked in state.ike:
        doubt = _doubt(state, asked)
        found = asked.found
        if found is None:
            yield _unproven(asked, f"nothing could be asked: {asked.problem}", "give the controller a way there")
        elif not found.alive:
            yield _silence(asked, doubt)
        else:
            yield from _beyond(asked, found, own)
            yield from _refusal(asked, found, own, doubt)


def _silence(asked: Asked, doubt: str) -> Finding:
    if doubt and not asked.must_answer:
        text = f"nobody answers on UDP {asked.port}, which proves nothing from here: {doubt}"
        return _unproven(asked, text, f"{_PEER}, or demand an answer with must_answer")
    found = f"nobody answers on UDP {asked.port} of {asked.address}"
    return Finding(Severity.HIGH, "ike.silent", "IKE that answers", found, _evidence(asked), _SILENT)


def _beyond(asked: Asked, found: Probed, own: tuple[_Suite, ...]) -> Iterator[Finding]:
    """``ike.weak``, ``ike.foreign``: it takes what the policy does not offer."""
    more = [one for one in found.accepted if one.suite not in own]
    for check, severity, part in (
        ("ike.weak", Severity.HIGH, [one.suite for one in more if one.is_weak]),
        ("ike.foreign", Severity.MEDIUM, [one.suite for one in more if not one.is_weak]),
    ):
        if part:
            expected = f"nothing but {_shown(own)}" if own else "nothing, as no policy is in force"
            yield Finding(
                severity, check, expected, f"IKE on {asked.address} takes {_shown(part)}", _evidence(asked), _OTHER
            )


def _refusal(asked: Asked, found: Probed, own: tuple[_Suite, ...], doubt: str) -> Iterator[Finding]:
    """``ike.refuses``: it takes none of the policy's offers; ``ike.unproven`` where that cannot be told."""
    takes_own = any(one.suite in own for one in found.accepted)
    if not found.complete:
        text = "IKE answered, but not every question: it may take more than was seen"
        yield _unproven(asked, text, "wait a minute and ask again; an IKE may ignore who asks often")
    elif doubt and not found.accepted:
        text = f"IKE answers and refuses every offer; what it takes from its peers cannot be told from here: {doubt}"
        yield _unproven(asked, text, _PEER)
    elif own and not takes_own and not doubt:
        refused = f"IKE on {asked.address} takes none of them"
        yield Finding(Severity.HIGH, "ike.refuses", f"one of {_shown(own)}", refused, _evidence(asked), _OTHER)


def _doubt(state: HostState, asked: Asked) -> str:
    """Say why a silence or a refusal proves nothing; empty where the policy in force negotiates with the controller."""
    policy = state.in_force
    if state.domain_policy is not None:
        return "the domain assigns a policy, and its rules are not in the local store"
    if state.service is not Service.RUNNING or policy is None:
        return "the service PolicyAgent does not run" if policy else "no policy is in force on this host"
    if asked.asker is None:
        return "the controller's own address towards it is not known"
    return _stranger(state, policy, asked, asked.asker)


def _stranger(state: HostState, policy: Policy, asked: Asked, asker: IPv4Address) -> str:
    """Say what the rules of a policy leave open about a question of the controller."""
    station = Station(
        "", (asked.address,), state.version, policy, no_default_exempt=state.settings.get("NoDefaultExempt")
    )
    table = FilterTable(station)
    entries = [one for way in (True, False) for one in table.between(asked.address, asker, outbound=way)]
    asking = [one for one in entries if one.treatment.action.kind is ActionKind.NEGOTIATE]
    if not asking:
        return f"no rule of policy {policy.name!r} negotiates with the controller ({asker})"
    if all(one.maybe for one in asking):
        return "whether a rule negotiates with the controller depends on what the host resolves"
    question = Packet(asker, asked.address, UDP, asked.source_port, IKE_PORT)
    if any(classify(station, one, table).word is not Word.CLEAR for one in (question, question.reply)):
        return f"the policy does not let UDP from port {asked.source_port} through in clear; ask from source_port 500"
    return ""


def _unproven(asked: Asked, found: str, remedy: str) -> Finding:
    return Finding(
        Severity.INFO, "ike.unproven", f"an answer of IKE on {asked.address} that proves something", found,
        _evidence(asked), remedy,
    )  # fmt: skip


def _evidence(asked: Asked) -> str:
    return f"UDP {asked.port} of {asked.address}, asked from {asked.asker or 'the controller'}"


def _suites(policy: Policy | None) -> tuple[_Suite, ...]:
    offers = policy.main_mode.offers if policy else ()
    return tuple((one.encryption.value, one.integrity.value, int(one.dh_group)) for one in offers)


def _shown(suites: tuple[_Suite, ...] | list[_Suite]) -> str:
    return ", ".join(f"{encryption}-{integrity}-dh{group}" for encryption, integrity, group in suites)
