# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what both ends do with a packet and its answer to what becomes of the flow.

Sources: cc740034 (IPSec driver), cc782190 (both ends need filters for both directions), cc782837 (filter actions:
unsecured first packets, fall-back), KB 234580 (soft associations), the Windows 2000 resource kit's "Filter
Actions" (a peer that answered IKE rules out the fall-back), cc947842 and KB 914841 (IKEFlags 0x14), cc987611 and
KB 942964 (default response).
"""

from __future__ import annotations

import dataclasses

from .classify import Choice, Word
from .negotiate import Agreement, Proposal, negotiate, proposal_of_response, proposal_of_rule
from .station import Station
from .table import Treatment
from .verdict import Outcome, Verdict

SENDER = "the sender"
RECEIVER = "the receiver"


@dataclasses.dataclass(frozen=True)
class End:
    """One end of a flow: what it does with packets to the peer and from it.

    ``engaged`` says whether any of its filters negotiates with this peer, so that its IKE answers it. ``fate`` is the
    same number for ends that nothing but doubts tells apart.
    """

    who: str
    station: Station
    outgoing: Choice
    incoming: Choice
    engaged: bool
    fate: int


def settle(sender: End, receiver: End) -> Verdict:
    """Follow the first packet to the receiver and the answer back, without what is in doubt at one end alone."""
    return _blocked(sender, receiver) or _unknown(sender, receiver) or _there_and_back(sender, receiver)


def doubts_of(sender: End, receiver: End) -> tuple[str, ...]:
    """Give what is in doubt at either end alone, in the order in which the packets pass."""
    ways = (sender.outgoing.doubts, receiver.incoming.doubts, receiver.outgoing.doubts, sender.incoming.doubts)
    return tuple(dict.fromkeys([one for doubts in ways for one in doubts]))


def _unknown(sender: End, receiver: End) -> Verdict | None:
    """Give up where one end cannot be told; ``disagreed`` then says that the other end counts on it."""
    for end, peer in ((sender, receiver), (receiver, sender)):
        if Word.UNKNOWN in (end.outgoing.word, end.incoming.word):
            asks = next((one for one in (peer.outgoing, peer.incoming) if one.word is Word.NEGOTIATE), None)
            counts = f", and {asks.because} at {peer.who}" if asks else ""
            because = f"{end.station.unknown} at {end.who}{counts}"
            return Verdict(Outcome.UNKNOWN, because, disagreed=asks is not None)
    return None


def _blocked(sender: End, receiver: End) -> Verdict | None:
    for end in (sender, receiver):
        for choice in (end.outgoing, end.incoming):
            if choice.word is Word.BLOCK:
                return Verdict(Outcome.BLOCKED, f"{choice.because} at {end.who}")
    return None


def _there_and_back(sender: End, receiver: End) -> Verdict:
    there = _leg(sender, receiver)
    if there.outcome not in (Outcome.CLEAR, Outcome.FALLBACK):
        return there
    back = _leg(receiver, sender, soft=there.outcome is Outcome.FALLBACK)
    return there if back.outcome is Outcome.CLEAR else back


def _leg(one: End, other: End, *, soft: bool = False) -> Verdict:
    """Send a packet from one end to the other; ``soft`` says that the other already fell back to clear."""
    if one.outgoing.word is Word.NEGOTIATE:
        return _initiate(one, other, open_peer=soft)
    if other.incoming.word is not Word.NEGOTIATE:
        by_default = next((end for end in (one.outgoing, other.incoming) if end.overruled), None)
        because = f"{one.outgoing.because} at {one.who}" if by_default is None else by_default.because
        return Verdict(Outcome.CLEAR, because, exempted=by_default is not None)
    if soft or _treatment(other.incoming).action.inbound_passthrough:
        return Verdict(Outcome.CLEAR, f"{other.who} accepts the first packet in clear")
    because = f"{one.who} sends in clear ({one.outgoing.because}), {other.who} accepts it only protected"
    return Verdict(Outcome.BLOCKED, f"{because} ({other.incoming.because})", disagreed=True)


def _initiate(one: End, other: End, *, open_peer: bool) -> Verdict:
    """Let one end negotiate because of a packet that it wants to send; ``open_peer`` takes it in clear anyway."""
    if other.incoming.word is Word.NEGOTIATE:
        return _both_ask(one, other, open_peer=open_peer)
    soft = _treatment(one.outgoing).action.soft
    response = other.station.default_response
    if response and other.station.policy and other.incoming.entry is None and other.outgoing.word is Word.CLEAR:
        if one.incoming.word is not Word.NEGOTIATE:
            return _one_way(one)
        theirs = proposal_of_response(other.station.policy, response, other.station.version)
        found = _agreed(one, other, negotiate(_proposal(one), theirs), f"the default response of {other.who} answers")
        doubt = "whether the default response answers a peer that other filters of its policy are about"
        beside = other.engaged or other.outgoing.entry is not None
        return dataclasses.replace(found, doubts=(*found.doubts, doubt)) if beside else found
    return _unanswered(one, other, soft=soft)


def _unanswered(one: End, other: End, *, soft: bool) -> Verdict:
    """Say what becomes of a negotiation for which the other end has no rule."""
    because = f"{one.outgoing.because} at {one.who}, {other.incoming.because} at {other.who}"
    if other.station.policy is None:
        if soft:
            return Verdict(Outcome.FALLBACK, f"{because}, and no policy is in force there: nobody answers IKE")
        return Verdict(Outcome.FAILS, f"{because}, and no policy is in force there", disagreed=True)
    if soft and not other.engaged:
        doubt = "whether IKE of a host answers a peer that no filter of its policy names"
        return Verdict(Outcome.FALLBACK, f"{because}: it does not negotiate with this peer", doubts=(doubt,))
    if soft and one.station.falls_back_after_failure:
        return Verdict(Outcome.FALLBACK, f"{because}; IKEFlags of {one.who} widen the fall-back")
    return Verdict(Outcome.FAILS, because, disagreed=True)


def _both_ask(one: End, other: End, *, open_peer: bool) -> Verdict:
    """Let two rules agree that both want protection."""
    for end in (one, other):
        if {end.incoming.word, end.outgoing.word} != {Word.NEGOTIATE}:
            return _one_way(end)
    wanted, covered = one.outgoing.traffic, other.incoming.traffic
    if _wider(wanted[0], covered[0]):
        because = f"{one.who} proposes more traffic than the filter of {other.who} covers (RFC 2409 section 5.5)"
        doubt = "whether Windows accepts a proposal wider than its own filter"
        return Verdict(Outcome.FAILS, because, disagreed=True, doubts=(doubt,))
    verdict = _agree_on(one, other, open_peer=open_peer)
    if any(_wider(want, have) for want in wanted for have in covered):
        doubt = "which of several filters that ask for the same decides how much traffic is proposed"
        return dataclasses.replace(verdict, doubts=(*verdict.doubts, doubt))
    return verdict


def _wider(wanted: tuple[int, int, int], covered: tuple[int, int, int]) -> bool:
    """Say whether protocol and ports that one end proposes go beyond those of the other end's filter."""
    return any(have and have != want for have, want in zip(covered, wanted, strict=True))


def _agree_on(one: End, other: End, *, open_peer: bool) -> Verdict:
    """Let two rules find a suite in common."""
    action = _treatment(other.incoming)
    found = negotiate(_proposal(one), _proposal_of(other.station, action))
    passes = open_peer or action.action.inbound_passthrough
    if found.problems and passes and _treatment(one.outgoing).action.soft and one.station.falls_back_after_failure:
        return Verdict(Outcome.FALLBACK, f"{found.problems[0]}; IKEFlags of {one.who} widen the fall-back")
    return _agreed(one, other, found, f"{one.outgoing.because} at both ends")


def _one_way(end: End) -> Verdict:
    because = f"{end.who} negotiates in one direction only; its filter is not mirrored"
    return Verdict(Outcome.FAILS, because, disagreed=True)


def _agreed(one: End, other: End, found: Agreement, because: str) -> Verdict:
    """Turn an agreement, or the lack of one, into a verdict."""
    if found.problems:
        rules = f"{one.who} ({one.outgoing.because}) and {other.who} ({other.incoming.because})"
        return Verdict(
            Outcome.FAILS, f"{'; '.join(found.problems)}: {rules}", disagreed=True, doubts=found.doubts
        )  # fmt: skip
    asked_back = one.who == RECEIVER
    return Verdict(
        Outcome.PROTECTED, because, found.suite, found.encrypted, found.methods, asked_back, doubts=found.doubts
    )  # fmt: skip


def _proposal(end: End) -> Proposal:
    return _proposal_of(end.station, _treatment(end.outgoing))


def _proposal_of(station: Station, treatment: Treatment) -> Proposal:
    if station.policy is None:
        raise ValueError("a station that negotiates has a policy")
    return proposal_of_rule(
        station.policy, treatment.action, treatment.authentication, treatment.tunnel, station.version
    )  # fmt: skip


def _treatment(choice: Choice) -> Treatment:
    if choice.treatment is None:
        raise ValueError("a choice that negotiates has a rule")
    return choice.treatment
