# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the forecast against what the lab enforces: whole flows, and the choice of each host about each packet."""

from __future__ import annotations

import collections
import dataclasses
import re
from ipaddress import IPv4Address

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.classify import Choice, Word, classify
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.packet import UDP, Packet
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.table import Treatment
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.verdict import Outcome
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.verdict import Verdict as Forecast
from tests.agreement.cases import Case, Probe, make_case
from tests.agreement.sides import Sides, both_sides
from tests.lab.windows.effective import Rule
from tests.lab.windows.filters import Packet as LabPacket
from tests.lab.windows.negotiate import Verdict as Enforced

OUTCOMES = {
    "protected": Outcome.PROTECTED,
    "clear": Outcome.CLEAR,
    "fallback": Outcome.FALLBACK,
    "blocked": Outcome.BLOCKED,
    "fails": Outcome.FAILS,
    "deadlock": Outcome.DEADLOCK,
}
"""A word of the lab -> the outcome of the forecast that means the same."""

WORDS = {"block": Word.BLOCK, "permit": Word.CLEAR, "negotiate": Word.NEGOTIATE, "inpass": Word.NEGOTIATE}
"""What a rule of the lab does -> what the forecast calls it; no rule is clear."""

_GROUPS = {"dh1": "1", "dh2": "2", "dh14": "3"}
"""A Diffie-Hellman group as the forecast says it -> as the lab does, with the store's number."""
_QUOTED = re.compile(r"'([^']*)'")
_EXEMPT = "exempt as IKE"
"""A doubt that names no rule: perhaps none is asked."""
_IKE = {500, 4500}


@dataclasses.dataclass
class Tally:
    """What was compared; ``doubtful`` were not certain, ``otherwise`` of them came out otherwise in the lab."""

    flows: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    doubtful: int = 0
    otherwise: int = 0
    choices: int = 0
    disagreements: list[str] = dataclasses.field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take over the counts of another one."""
        self.flows.update(other.flows)
        self.doubtful += other.doubtful
        self.otherwise += other.otherwise
        self.choices += other.choices
        self.disagreements += other.disagreements


def compare(seed: int, numbers: range, flows: int) -> Tally:
    """Compare some cases of a run."""
    tally = Tally()
    for number in numbers:
        case = make_case(seed, number, flows)
        sides = both_sides(case)
        for probe in case.probes:
            _flow(case, sides, probe, tally)
            _choices(case, sides, probe, tally)
    return tally


def _flow(case: Case, sides: Sides, probe: Probe, tally: Tally) -> None:
    """Compare what becomes of a flow."""
    forecast, enforced = sides.forecast(probe), sides.enforced(probe)
    tally.flows[OUTCOMES[enforced.outcome].value] += 1
    same = OUTCOMES[enforced.outcome] is forecast.outcome and _suite(forecast) == _lab_suite(enforced)
    if not forecast.certain:
        tally.doubtful += 1
        tally.otherwise += not same
    elif not same:
        lab = f"{enforced.outcome} {enforced.reason} {enforced.main_mode} {enforced.quick_mode}".rstrip()
        tally.disagreements.append(f"{_place(case, probe)}: the lab says {lab!r}, the forecast {str(forecast)!r}")


def _suite(forecast: Forecast) -> tuple[str, str]:
    """Give main mode and quick mode of a forecast, in the words of the lab."""
    if not forecast.suite:
        return "", ""
    quick_mode, main_mode, *_unused = re.split("[;,] ", forecast.suite)
    *algorithms, group = main_mode.split("-")
    pfs = " PFS" if forecast.suite.endswith("; PFS") else ""
    return "-".join([*algorithms, _GROUPS[group]]).upper(), "+".join(sorted(quick_mode.upper().split("+"))) + pfs


def _lab_suite(enforced: Enforced) -> tuple[str, str]:
    quick_mode, space, pfs = enforced.quick_mode.partition(" ")
    return enforced.main_mode, "+".join(sorted(quick_mode.split("+"))) + space + pfs


def _choices(case: Case, sides: Sides, probe: Probe, tally: Tally) -> None:
    """Compare what each host does with the packet and with the answer to it."""
    packet = Packet(*probe)
    answers = () if _to_many(probe.target) else (packet.reply,)
    for one in (packet, *answers):
        for name, inbound in ((sides.owner(one.source), False), (sides.owner(one.destination), True)):
            host = sides.hosts.get(name)
            if host is None:
                continue
            ports = (one.source_port, one.destination_port)
            rule = host.driver.rule(LabPacket(int(one.source), int(one.destination), one.protocol, *ports), inbound)
            choice = classify(sides.stations[name], one)
            tally.choices += 1
            if not _may_be(one, choice, rule, sides, name):
                lab = f"{rule.name} ({rule.action})" if rule else "no rule"
                text = f"{lab!r} at {name}, the forecast {choice.because!r} with doubts {choice.doubts}"
                tally.disagreements.append(f"{_place(case, probe)}, packet {one}: the lab takes {text}")


def _may_be(packet: Packet, choice: Choice, rule: Rule | None, sides: Sides, name: str) -> bool:
    """Say whether a choice of the lab is that of the forecast or one that its doubts name."""
    word = WORDS[rule.action] if rule else Word.CLEAR
    if word is choice.word and _asks(sides, name, rule) == (choice.treatment.asks if choice.treatment else None):
        return True
    if rule is None and packet.protocol == UDP and _IKE & {packet.source_port, packet.destination_port}:
        return choice.word is Word.CLEAR or any(_EXEMPT in doubt for doubt in choice.doubts)
    if rule is None:
        return False
    return any(rule.name in _QUOTED.findall(doubt) for doubt in choice.doubts)


def _asks(sides: Sides, name: str, rule: Rule | None) -> tuple[object, ...] | None:
    """Give what a rule of the lab asks, as the forecast writes it; None for no rule."""
    policy = sides.stations[name].policy
    found = next((one for one in policy.rules if one.name == rule.name), None) if policy and rule else None
    if found is None:
        return None
    return Treatment(found.name, found.filter_action, found.authentication, found.tunnel).asks


def _to_many(address: IPv4Address) -> bool:
    return address.is_multicast or address == IPv4Address("255.255.255.255")


def _place(case: Case, probe: Probe) -> str:
    return f"case {case.seed}:{case.number}, flow {probe}"
