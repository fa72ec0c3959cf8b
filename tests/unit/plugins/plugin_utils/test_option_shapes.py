# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in the options of a module, or in the variables that forecast reads, is taken or named as wrong."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import IpsecError, SpecError
from ansible_collections.exchange.ipsec.plugins.plugin_utils.declared import declaration
from ansible_collections.exchange.ipsec.plugins.plugin_utils.option_shapes import refuse_misshapen
from ansible_collections.exchange.ipsec.plugins.plugin_utils.specs import COMPLIANCE_SPEC, POLICY_SPEC
from tests.unit.junk import JUNK, places, put
from tests.unit.plugins.filter.test_shapes import POLICY
from tests.unit.plugins.plugin_utils.test_site_forecast import BARE, forecast, variables

SHUT: dict[str, Any] = {
    "name": "Shut",
    "assigned": True,
    "rules": [{
        "name": "Shut", "filter_list": {"name": "All", "filters": [{"source": "any", "destination": "me"}]},
        "filter_action": {"name": "Block", "action": "block"},
    }],
}  # fmt: skip
OPTIONS: dict[str, Any] = {"policies": {"fe1": SHUT}, "peers": {"be1": BARE}}
SAID: dict[str, Any] = {
    "fe1": {
        "front_end_tier": "everything", "front_end_management": ["198.51.100.10"], "ipsec_addresses": ["192.0.2.11"],
        "front_end_management_ports": [5985], "front_end_site": "", "front_end_policy_name": "Mail",
        "front_end_confirm": 180, "front_end_probes": [{"port": 25}], "ansible_port": 5985,
    },
    "be1": {"ipsec_virtual_addresses": ["192.0.2.30"], "back_end_cluster_stage": "require"},
}  # fmt: skip


@given(data=st.data())
@settings(max_examples=1000, deadline=None)
def test_another_exception_never_comes_of_options(data: st.DataObject) -> None:
    ways = [one for one in places(OPTIONS["policies"], ("policies",)) if len(one) > 1]
    way = data.draw(st.sampled_from([*ways, ("peers", "be1")]))  # what policy_info told is policy_info's own
    options = put(OPTIONS, way, data.draw(JUNK))
    with contextlib.suppress(IpsecError):
        forecast(variables(), "fe1", **options)


@given(data=st.data())
@settings(max_examples=1000, deadline=None)
def test_another_exception_never_comes_of_variables(data: st.DataObject) -> None:
    way = data.draw(st.sampled_from([one for one in places(SAID) if len(one) > 1]))
    with contextlib.suppress(IpsecError):
        forecast(variables(**put(SAID, way, data.draw(JUNK))))


@pytest.mark.parametrize(("options", "said"), [
    pytest.param({"policies": {"fe1": "Shut"}}, "policies.fe1: must be a dict, not text", id="policy"),
    pytest.param({"policies": {"fe1": {**SHUT, "rules": [{"filter_list": True}]}}},
                 "policies.fe1.rules[0].filter_list: must be a dict, not true or false", id="part-of-a-policy"),
    pytest.param({"peers": {"be1": [BARE]}}, "peers.be1: must be a result of policy_info, not a list", id="peer"),
])  # fmt: skip
def test_an_option_of_the_wrong_kind_is_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        forecast(variables(), "fe1", **options)
    assert str(caught.value) == said


def test_a_variable_of_the_wrong_kind_is_named() -> None:
    with pytest.raises(SpecError) as caught:
        forecast(variables(fe1={"front_end_authentication": [True]}))
    said = "front_end_authentication[0]: must be a dict, not true or false"
    assert str(caught.value) == f"the policy of fe1: {said}"


@given(data=st.data(), spec=st.sampled_from([POLICY_SPEC, COMPLIANCE_SPEC]))
@settings(max_examples=100, deadline=None)
def test_another_exception_never_comes_of_the_options_of_a_module(data: st.DataObject, spec: dict[str, Any]) -> None:
    options = {**POLICY, "topology": None}
    way = data.draw(st.sampled_from([one for one in places(options) if one]))
    options = put(options, way, data.draw(JUNK))
    with contextlib.suppress(IpsecError):
        refuse_misshapen(spec, options)
        found = ArgumentSpecValidator(spec).validate(options)
        if not found.error_messages:
            declaration(found.validated_parameters, {"inventory_hostname": "fe1"})
