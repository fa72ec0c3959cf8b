# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of a plan as lines: what is written for the host and what people see of it."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import AnyAddress, Me
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import PresharedKey, Secret
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter, FilterList
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse, Policy, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003, strongest_main_mode
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.from_steps import lines_for
from ansible_collections.exchange.ipsec.plugins.module_utils.plan import steps as s

ONE = Filter(Me(), AnyAddress())
LIST = FilterList("L", (ONE,))
BLOCK = FilterAction("A", ActionKind.BLOCK)
KEYED = (PresharedKey(Secret("hush")),)
RULE = Rule("R", LIST, BLOCK, KEYED)
RESPONSE = DefaultResponse(active=True, authentication=KEYED)
POLICY = Policy("P", (RULE,), strongest_main_mode(SERVER_2003), RESPONSE)


@pytest.mark.parametrize(("step", "lines"), [
    pytest.param(s.CreateFilterList(LIST), [
        'ipsec static add filterlist name="L"',
        'ipsec static add filter filterlist="L" srcaddr=me dstaddr=any protocol=ANY mirrored=yes',
    ], id="create-list"),
    pytest.param(s.SetFilterList("L ~new", new_name="L"), ['ipsec static set filterlist name="L ~new" newname="L"'],
                 id="rename-list"),
    pytest.param(s.DeleteFilterList("L"), ['ipsec static delete filterlist name="L"'], id="delete-list"),
    pytest.param(s.AddFilter("L", ONE),
                 ['ipsec static add filter filterlist="L" srcaddr=me dstaddr=any protocol=ANY mirrored=yes'],
                 id="add-filter"),
    pytest.param(s.DeleteFilter("L", ONE),
                 ['ipsec static delete filter filterlist="L" srcaddr=me dstaddr=any protocol=ANY mirrored=yes'],
                 id="delete-filter"),
    pytest.param(s.CreateFilterAction(BLOCK), ['ipsec static add filteraction name="A" action=block'],
                 id="create-action"),
    pytest.param(s.SetFilterAction(BLOCK), [
        'ipsec static set filteraction name="A" action=block', 'ipsec static set filteraction name="A" description=""',
    ], id="set-action-and-clear-its-description"),
    pytest.param(s.SetFilterAction(FilterAction("A", ActionKind.PERMIT, description="d")),
                 ['ipsec static set filteraction name="A" description="d" action=permit'], id="set-action"),
    pytest.param(s.RenameFilterAction("A ~new", "A"), ['ipsec static set filteraction name="A ~new" newname="A"'],
                 id="rename-action"),
    pytest.param(s.DeleteFilterAction("A"), ['ipsec static delete filteraction name="A"'], id="delete-action"),
    pytest.param(s.SetPolicy("P", polling_minutes=5), ['ipsec static set policy name="P" pollinginterval=5'],
                 id="set-policy"),
    pytest.param(s.SetPolicy("P", description=""), ['ipsec static set policy name="P" description=""'],
                 id="clear-description"),
    pytest.param(s.SetPolicy("P", description="", polling_minutes=5), [
        'ipsec static set policy name="P" description=""', 'ipsec static set policy name="P" pollinginterval=5',
    ], id="set-policy-and-clear-its-description"),
    pytest.param(s.DeletePolicy("P"), ['ipsec static delete policy name="P"'], id="delete-policy"),
    pytest.param(s.DeleteRule("P", RULE), ['ipsec static delete rule name="R" policy="P"'], id="delete-rule"),
    pytest.param(s.Assign("P"), ['ipsec static set policy name="P" assign=yes'], id="assign"),
    pytest.param(s.Unassign("P"), ['ipsec static set policy name="P" assign=no'], id="unassign"),
])
def test_the_lines_of_a_step(step: s.Step, lines: list[str]) -> None:
    assert lines_for(step, reveal=True) == lines
    assert lines_for(step, reveal=False) == lines


@pytest.mark.parametrize("step", [
    pytest.param(s.AddRule("P", RULE), id="rule"),
    pytest.param(s.CreatePolicy(POLICY), id="policy"),
    pytest.param(s.SetDefaultResponse("P", RESPONSE), id="default-response"),
])
def test_a_key_goes_to_the_host_and_to_nobody_else(step: s.Step) -> None:
    assert lines_for(step, reveal=True)[-1].endswith(' psk="hush"')
    assert lines_for(step, reveal=False)[-1].endswith(' psk="********"')
