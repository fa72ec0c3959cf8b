# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells: which flows and pairs share a fate, and in which order they come."""

from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.engine import Engine
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.flows import Conversations, Flow, Kind, Pair
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.matrix import matrix
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.verdict import Outcome
from tests.unit.plugins.module_utils.forecast.cases import BLOCK, PERMIT, WINDOWS_2000, A, B, host, policy, rule

SMB, LINK_STATE, KERBEROS, POP3, RPC = (
    Flow(name, Kind.OWN, 6, port, "", last)
    for name, port, last in [
        ("SMB", 445, 0), ("link state", 691, 0), ("Kerberos", 88, 0), ("POP3", 110, 0), ("RPC", 1024, 65535),
    ]
)  # fmt: skip
DISCARD, NAT_T = Flow("discard", Kind.OWN, 17, 9, ""), Flow("NAT-T", Kind.OWN, 17, 4500, "")
THERE, BACK = Pair("a", A, "b", B), Pair("b", B, "a", A)
BARE = Engine([host("a", A), host("b", B)])


def test_a_port_that_no_filter_names_may_still_be_one_that_is_exempt() -> None:
    blocks = policy(rule("any me -> any", BLOCK))
    full = [host(name, own, blocks, version=WINDOWS_2000) for name, own in (("a", A), ("b", B))]
    talk = Conversations((SMB, KERBEROS, LINK_STATE, DISCARD, NAT_T), (THERE,))
    found = matrix(BARE, Engine(full), [talk])
    assert [(cell.flow.name, cell.after.outcome, cell.after.certain) for cell in found.cells] == [
        ("SMB", Outcome.BLOCKED, True),
        ("Kerberos", Outcome.CLEAR, True),
        ("link state", Outcome.BLOCKED, True),
        ("discard", Outcome.BLOCKED, True),
        ("NAT-T", Outcome.BLOCKED, False),
    ]


def test_flows_that_nothing_tells_apart_have_cells_of_their_own_in_the_order_of_their_conversation() -> None:
    full = Engine([host("a", A, policy(rule("tcp me -> any:110", BLOCK))), host("b", B)])
    found = matrix(BARE, full, [Conversations((SMB, POP3, RPC), (THERE, BACK))])
    assert [(cell.flow.name, cell.after.outcome, cell.pairs) for cell in found.cells] == [
        ("SMB", Outcome.CLEAR, (THERE, BACK)),
        ("POP3", Outcome.BLOCKED, (THERE,)),
        ("RPC", Outcome.CLEAR, (THERE, BACK)),
        ("POP3", Outcome.CLEAR, (BACK,)),
    ]


def test_conversations_add_their_pairs_to_the_cells_of_a_flow() -> None:
    full = Engine([host("a", A, policy(rule("tcp me -> any:110", PERMIT))), host("b", B)])
    talks = [Conversations((SMB, LINK_STATE), (THERE,)), Conversations((RPC, LINK_STATE), (BACK,))]
    assert [(cell.flow.name, cell.pairs) for cell in matrix(BARE, full, talks).cells] == [
        ("SMB", (THERE,)), ("link state", (THERE, BACK)), ("RPC", (BACK,)),
    ]  # fmt: skip
