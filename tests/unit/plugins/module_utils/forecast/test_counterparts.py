# SPDX-License-Identifier: GPL-3.0-or-later
"""Who would be left behind by a change, and by whom."""

from __future__ import annotations

from ipaddress import IPv4Address

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.counterparts import Counterpart, beside, ends
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.findings import Finding
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.flows import Pair
from ansible_collections.exchange.ipsec.plugins.module_utils.model.severity import Severity

ADDRESSES = {"fe1": "192.0.2.11", "fe2": "192.0.2.12", "be1": "192.0.2.21", "be2": "192.0.2.22"}


def finding(check: str, flow: str, *pairs: str) -> Finding:
    """A finding about pairs that are written ``fe1 > be1``."""
    made = [
        Pair(sender, IPv4Address(ADDRESSES[sender]), receiver, IPv4Address(ADDRESSES[receiver]))
        for sender, receiver in (pair.split(" > ") for pair in pairs)
    ]
    return Finding(Severity.HIGH, check, flow, "blocked", "", tuple(made))


FINDINGS = (
    finding("lost.domain", "DNS", "fe1 > fe2"),
    finding("ends.disagree", "POP3", "fe2 > be2", "fe1 > be1"),
    finding("ends.disagree", "SMTP", "be1 > fe1", "be1 > fe2"),
    finding("peer.outside", "HTTP", "fe1 > be2"),
)


def test_a_counterpart_is_who_would_not_fit_to_one_of_the_hosts() -> None:
    assert beside(FINDINGS, ["fe1"]) == {
        "be1": Counterpart("be1", "fe1", "POP3: blocked"), "be2": Counterpart("be2", "fe1", "HTTP: blocked"),
    }  # fmt: skip
    assert beside(FINDINGS, ["fe1", "be1", "be2"]) == {"fe2": Counterpart("fe2", "be2", "POP3: blocked")}
    assert beside(FINDINGS, ADDRESSES) == {}


def test_the_ends_are_also_those_that_have_nothing_to_do_with_the_hosts() -> None:
    assert ends(FINDINGS[:2]) == {"fe1", "be1", "fe2", "be2"}
    assert ends(FINDINGS[:1]) == set()
