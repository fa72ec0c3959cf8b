# SPDX-License-Identifier: GPL-3.0-or-later
"""The forecast of a play, from what Ansible knows of inventory, roles and registered results."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.foresee import Foresight
from ansible_collections.exchange.ipsec.plugins.plugin_utils.controller_address import controller_address
from ansible_collections.exchange.ipsec.plugins.plugin_utils.role_declarations import RoleVariables, checked
from ansible_collections.exchange.ipsec.plugins.plugin_utils.site_forecast import PlayForecast

BARE: dict[str, Any] = {
    "policies": [], "assigned": None, "domain_policy": None, "service": {"state": "running"}, "settings": {},
    "windows": "Windows Server 2003 (5.2.3790)",
}  # fmt: skip
GROUPS = {"front_end": ["fe1"], "back_end_cluster": ["be1"], "domain_controller": ["dc1"], "all": ["fe1", "be1", "dc1"]}
CERTIFICATE = [{"method": "certificate", "ca": "CN=Root"}]
ARGS = {"policies": {}, "now": "ipsec_now", "management": [], "controller": False, "flows": [], "pairs": 0,
        "peers": {}, "order": [], "absent": [], "with_counterparts": None}  # fmt: skip


def variables(**more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Host variables of a site of three that was read; ``more`` are further ones by host."""
    found: dict[str, dict[str, Any]] = {}
    for role, number in (("front_end", 11), ("back_end_cluster", 21), ("domain_controller", 41)):
        (name,) = GROUPS[role]
        found[name] = {
            "inventory_hostname": name, "ansible_host": f"192.0.2.{number}", "ansible_port": 5985,
            "ipsec_now": copy.deepcopy(BARE), f"{role}_authentication": CERTIFICATE, **more.get(name, {}),
        }  # fmt: skip
    return found


def forecast(hostvars: dict[str, dict[str, Any]], *play: str, **args: Any) -> Foresight:
    task_vars = {"groups": GROUPS, "hostvars": hostvars, "ansible_play_hosts": list(play or GROUPS["all"])}
    return play_forecast(task_vars, **args).result()


def play_forecast(task_vars: dict[str, Any], **args: Any) -> PlayForecast:
    run = Templar(loader=DataLoader(), variables=task_vars)
    return PlayForecast({**ARGS, **args}, task_vars, RoleVariables(run.template))


def outcomes(found: Foresight, flow: str) -> dict[str, str]:
    """What becomes of a flow, by pair."""
    return {str(pair): cell.after.outcome.value for cell in found.matrix.cells if cell.flow.name == flow
            for pair in cell.pairs}  # fmt: skip


POP3 = "fe1 (192.0.2.11) -> be1 (192.0.2.21)"


def test_the_roles_defaults_count_where_the_host_says_nothing() -> None:
    found = forecast(variables())
    assert found.findings == ()
    assert outcomes(found, "POP3")[POP3] == "protected"
    assert outcomes(found, "HTTP")[POP3] == "clear"


def test_what_a_host_says_comes_before_the_default() -> None:
    stream = variables(fe1={"front_end_tier": "message_stream"}, be1={"back_end_cluster_tier": "message_stream"})
    assert outcomes(forecast(stream), "HTTP")[POP3] == "protected"


def test_two_hosts_of_different_tiers_do_not_agree() -> None:
    found = forecast(variables(fe1={"front_end_tier": "message_stream"}))
    assert [(one.check, one.flow) for one in found.findings] == [("ends.disagree", "HTTP (tcp 80)")]


def test_a_policy_that_is_not_assigned_changes_nothing() -> None:
    apart = variables(fe1={"front_end_assigned": False}, be1={"back_end_cluster_assigned": False})
    assert outcomes(forecast(apart), "POP3")[POP3] == "clear"


def test_a_host_outside_the_play_keeps_what_stands_there() -> None:
    found = forecast(variables(), "fe1")
    assert {one.check for one in found.findings} == {"ends.disagree"}
    assert outcomes(found, "POP3")[POP3] == "negotiation fails"


def test_a_host_outside_the_play_that_nobody_read() -> None:
    found = forecast(variables(be1={"ipsec_now": None}), "fe1")
    assert {one.check for one in found.findings} == {"peer.outside"}


def test_a_host_outside_the_play_that_somebody_else_read() -> None:
    found = forecast(variables(be1={"ipsec_now": None}), "fe1", peers={"be1": BARE})
    assert {one.check for one in found.findings} == {"ends.disagree"}


def test_own_policies_by_host() -> None:
    shut = {
        "name": "Shut", "assigned": True,
        "rules": [{"name": "Shut", "filter_list": {"name": "All", "filters": [{"source": "any", "destination": "me"}]},
                   "filter_action": {"name": "Block", "action": "block"}}],
    }  # fmt: skip
    found = forecast(variables(), policies={"fe1": shut}, management=["198.51.100.7"])
    assert {one.check for one in found.findings} >= {"lost.management", "lost.domain"}


def test_a_policy_that_shuts_a_server_once_its_service_runs_stops_the_run() -> None:
    shut = {"name": "Shut", "assigned": True, "rules": [{
        "name": "Nobody", "filter_list": {"name": "All", "filters": [{"source": "any", "destination": "me"}]},
        "filter_action": {"name": "Block", "action": "block"},
    }]}  # fmt: skip
    idle = variables(fe1={"ipsec_now": {**BARE, "service": {"state": "stopped"}}})
    found = forecast(idle, policies={"fe1": shut}, management=["203.0.113.7"])
    assert outcomes(found, "remote desktop")["203.0.113.7 (203.0.113.7) -> fe1 (192.0.2.11)"] == "clear"
    later = [one for one in found.findings if one.found.startswith("once PolicyAgent runs on fe1: blocked: ")]
    assert {one.check for one in later} >= {"lost.management", "lost.domain"}
    assert not found.safe()


def test_own_flows() -> None:
    flow = {"name": "backup", "source": "203.0.113.9", "destination": "back_end_cluster", "port": 10000}
    assert outcomes(forecast(variables(), flows=[flow]), "backup") == {
        "203.0.113.9 (203.0.113.9) -> be1 (192.0.2.21)": "clear"
    }


@pytest.mark.parametrize(("given", "flow"), [
    pytest.param({"ansible_port": 80}, "tcp 80", id="port"),
    pytest.param({"ansible_port": 80, "ansible_winrm_port": 443}, "tcp 443", id="winrm-port"),
    pytest.param({"ansible_port": 15985, "ipsec_winrm_port": 5985}, "tcp 5985", id="behind-a-translation"),
    pytest.param({"ansible_port": None, "ansible_winrm_scheme": "http"}, "tcp 5985", id="http"),
    pytest.param({"ansible_port": None}, "tcp 5986", id="https-is-the-default"),
])  # fmt: skip
def test_winrm_on_the_port_that_is_really_used(given: dict[str, Any], flow: str) -> None:
    found = forecast(variables(fe1=given), management=["198.51.100.7"])
    winrm = [str(cell.flow) for cell in found.matrix.cells if cell.flow.name == "WinRM"
             and any(pair.receiver == "fe1" for pair in cell.pairs)]  # fmt: skip
    assert winrm == [f"WinRM ({flow})"]


def test_management_networks_of_the_roles_and_of_the_task() -> None:
    named = variables(fe1={"front_end_management": ["198.51.100.7"]})
    for one in named.values():
        one["ipsec_controller_address"] = "198.51.100.9"
    found = forecast(named, management=["203.0.113.7"])
    senders = {pair.split()[0] for pair in outcomes(found, "remote desktop")}
    assert senders == {"198.51.100.7", "198.51.100.9", "203.0.113.7"}


def test_the_way_of_the_controller_stays_permitted_by_default() -> None:
    everything = {"tier": "everything", "authentication": CERTIFICATE}
    hosts = {name: {f"{role}_{key}": value for key, value in everything.items()} | {
        "ipsec_controller_address": "192.0.2.60"} for role, (name,) in list(GROUPS.items())[:3]}  # fmt: skip
    assert outcomes(forecast(variables(**hosts)), "WinRM")["192.0.2.60 (192.0.2.60) -> fe1 (192.0.2.11)"] == "clear"


def test_a_stage_of_the_run_counts_where_the_host_names_none() -> None:
    task_vars = {"groups": GROUPS, "hostvars": variables(), "ansible_play_hosts": GROUPS["all"]}
    found = play_forecast({**task_vars, "ipsec_stage": "permit"}).result()
    assert {cell.after.because for cell in found.matrix.cells if cell.flow.name == "POP3"} == {
        "rule 'Exchange: POP3 to back end' permits it at the sender"
    }
    task_vars["hostvars"] = variables(fe1={"front_end_stage": "require"}, be1={"back_end_cluster_stage": "require"})
    assert outcomes(play_forecast({**task_vars, "ipsec_stage": "permit"}).result(), "POP3")[POP3] == "protected"


def test_what_is_lost_only_on_the_way_there_is_told_where_the_order_is_known() -> None:
    assert forecast(variables()).findings == ()
    (told,) = forecast(variables(), order=["domain_controller", "back_end_cluster", "front_end"]).findings
    assert (told.check, told.flow) == ("transit.lost", "POP3 (tcp 110) and 1 more")


def test_the_limit_that_takes_the_counterparts_along() -> None:
    task_vars = {"groups": GROUPS, "hostvars": variables(), "ansible_play_hosts": ["fe1"]}
    alone = play_forecast(task_vars)
    assert alone.limit(alone.result()) == "be1:fe1"
    whole = play_forecast({**task_vars, "ansible_play_hosts": GROUPS["all"]})
    assert whole.limit(whole.result()) == ""


def test_with_counterparts_all_are_taken_along_who_would_not_fit() -> None:
    groups = {**GROUPS, "front_end": ["fe1", "fe2"]}
    hostvars = variables()
    hostvars["fe2"] = {**hostvars["fe1"], "ansible_host": "192.0.2.12"}
    task_vars = {"groups": groups, "hostvars": hostvars, "ansible_play_hosts_all": ["fe1", "fe2", "be1", "dc1"]}
    widened = play_forecast(task_vars, with_counterparts=["fe1"])
    found = widened.result()
    assert found.findings == ()
    assert widened.hosts == ["fe1", "be1", "fe2"]
    assert [(one.host, one.peer) for one in widened.taken_along] == [("be1", "fe1"), ("fe2", "be1")]
    assert widened.limit(found) == ""
    whole = play_forecast(task_vars, with_counterparts=["front_end", "be1"])
    assert (whole.result().findings, whole.hosts, whole.taken_along) == ((), ["fe1", "fe2", "be1"], [])


@pytest.mark.parametrize(("names", "play", "said"), [
    pytest.param(["fe9"], GROUPS["all"], "'fe9' names no host of the groups front_end, ", id="no-such-host"),
    pytest.param(["fe1"], ["fe1", "dc1"], "be1 must take part; leave --limit out", id="counterpart-not-in-the-play"),
    pytest.param(["fe1"], ["be1", "dc1"], "fe1 must take part; leave --limit out", id="host-not-in-the-play"),
])  # fmt: skip
def test_counterparts_that_cannot_be_taken_along(names: list[str], play: list[str], said: str) -> None:
    task_vars = {"groups": GROUPS, "hostvars": variables(), "ansible_play_hosts_all": play}
    with pytest.raises(SpecError) as caught:
        play_forecast(task_vars, with_counterparts=names).result()
    assert str(caught.value).startswith(f"with_counterparts: {said}")


def test_a_counterpart_that_no_role_declares_cannot_be_taken_along() -> None:
    hostvars = variables()
    del hostvars["be1"]["back_end_cluster_authentication"]
    task_vars = {"groups": GROUPS, "hostvars": hostvars, "ansible_play_hosts_all": GROUPS["all"]}
    with pytest.raises(SpecError, match="back_end_cluster_authentication is not set"):
        play_forecast(task_vars, with_counterparts=["fe1"]).result()


def test_the_controllers_own_address() -> None:
    found = forecast(variables(fe1={"ansible_host": "127.0.0.1", "ipsec_addresses": ["192.0.2.11"]}), controller=True)
    assert "127.0.0.1 (127.0.0.1) -> fe1 (192.0.2.11)" in outcomes(found, "WinRM")
    assert controller_address("127.0.0.1", {}) == "127.0.0.1"
    assert controller_address("fe1", {"ansible_host": "127.0.0.1"}) == "127.0.0.1"
    assert controller_address("fe1", {"ipsec_controller_address": "198.51.100.9"}) == "198.51.100.9"
    assert controller_address("no such host.invalid", {}) is None


def test_sites_are_forecast_apart() -> None:
    groups = {"front_end": ["fe1", "fe2"], "back_end_cluster": ["be1", "be2"], "one": ["fe1", "be1"],
              "two": ["fe2", "be2"]}  # fmt: skip
    hostvars = {
        name: {"ansible_host": f"192.0.2.{number}", "ipsec_now": BARE, f"{role}_authentication": CERTIFICATE,
               f"{role}_site": site}
        for name, number, role, site in (
            ("fe1", 11, "front_end", "one"), ("be1", 21, "back_end_cluster", "one"),
            ("fe2", 12, "front_end", "two"), ("be2", 22, "back_end_cluster", "two"),
        )
    }  # fmt: skip
    task_vars = {"groups": groups, "hostvars": hostvars, "ansible_play_hosts": list(hostvars)}
    found = play_forecast(task_vars).result()
    assert outcomes(found, "POP3") == {
        "fe1 (192.0.2.11) -> be1 (192.0.2.21)": "protected", "fe2 (192.0.2.12) -> be2 (192.0.2.22)": "protected",
    }  # fmt: skip


def test_a_controller_that_serves_a_site_without_naming_it_is_part_of_its_forecast() -> None:
    groups = {**GROUPS, "one": GROUPS["all"]}
    everything = {
        name: {f"{role}_tier": "everything"} | ({} if name == "dc1" else {f"{role}_site": "one"})
        for role, (name,) in list(GROUPS.items())[:3]
    }
    task_vars = {"groups": groups, "hostvars": variables(**everything), "ansible_play_hosts": GROUPS["all"]}
    found = play_forecast(task_vars).result()
    assert found.findings == ()
    assert outcomes(found, "LDAP")["fe1 (192.0.2.11) -> dc1 (192.0.2.41)"] == "protected"


def test_networks_in_one_text_are_those_between_its_commas() -> None:
    found = forecast(variables(fe1={"front_end_management": "198.51.100.10,198.51.100.64/26"}))
    (winrm,) = [cell for cell in found.matrix.cells if cell.flow.name == "WinRM"]
    assert {str(pair.source) for pair in winrm.pairs if pair.receiver == "fe1"} >= {"198.51.100.10", "198.51.100.65"}


@pytest.mark.parametrize(("args", "more", "said"), [
    pytest.param({"policies": {"nobody": {}}}, {}, "policies.nobody: the inventory has no such", id="no-such-host"),
    pytest.param({"policies": {"fe1": {"nam": "x"}}}, {}, "the policy of fe1: ", id="no-such-option"),
    pytest.param({"management": ["here"]}, {}, "management: 'here' is no IPv4 address or subnet", id="management"),
    pytest.param({}, {"fe1": {"front_end_management": ["here"]}}, "the policy of fe1: topology.man", id="role"),
    pytest.param({}, {"fe1": {"front_end_authentication": None}},
                 "the policy of fe1: front_end_authentication is not set", id="no-method"),
    pytest.param({}, {"fe1": {"front_end_confirm": "always"}},
                 "the policy of fe1: argument 'front_end_confirm' is of type", id="what-no-forecast-needs"),
    pytest.param({}, {"be1": {"back_end_cluster_tier": "all"}},
                 "the policy of be1: value of back_end_cluster_tier must be one of", id="a-word-that-is-none"),
    pytest.param({}, {"fe1": {"ansible_port": "http"}}, "ansible_port: 'http' is no port (1 to 65535)", id="port"),
    pytest.param({}, {"fe1": {"ipsec_winrm_port": 70000}}, "ipsec_winrm_port: '70000' is no port", id="high-port"),
])  # fmt: skip
def test_what_is_refused_names_the_host(args: dict[str, Any], more: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        forecast(variables(**more), **args)
    assert str(caught.value).startswith(said)


def test_a_declaration_gets_the_policy_modules_defaults() -> None:
    given = {"name": "x", "topology": {"tier": "credentials", "authentication": [{"method": "psk", "psk": "sesame"}]}}
    found = checked("fe1", given)
    assert (found["assigned"], found["polling_minutes"], found["topology"]["management_ports"]) == (
        None, 180, [5985, 5986],
    )  # fmt: skip
    with pytest.raises(SpecError) as caught:
        checked("fe1", {**given, "polling_minutes": "often"})
    assert "sesame" not in str(caught.value)


def test_of_a_server_that_is_down_no_flow_is_forecast_and_the_policies_still_name_it() -> None:
    groups = {**GROUPS, "front_end": ["fe1", "fe2"]}
    hostvars = variables() | {"fe2": {"ipsec_addresses": ["192.0.2.12"], "front_end_authentication": CERTIFICATE}}
    task_vars = {"groups": groups, "hostvars": hostvars, "ansible_play_hosts": ["fe1", "be1", "dc1"]}
    assert {one.check for one in play_forecast(task_vars).result().findings} == {"peer.outside"}
    found = play_forecast(task_vars, absent=["fe2"]).result()
    assert found.findings == ()
    assert list(outcomes(found, "POP3")) == [POP3]
    assert "192.0.2.12" not in str(found.to_dict(0))


def test_a_policy_of_rules_belongs_to_the_site_of_its_hosts_role() -> None:
    hostvars = variables(fe1={"front_end_site": "here"})
    groups = {**GROUPS, "front_end": ["fe1", "fe9"], "here": ["fe1", "be1", "dc1"]}
    hostvars["fe9"] = {**hostvars["fe1"], "ansible_host": "192.0.2.19"}
    permit = {"name": "P", "assigned": True, "rules": [{
        "name": "R", "filter_list": {"name": "L", "filters": [{"source": "any", "destination": "me"}]},
        "filter_action": {"name": "A", "action": "permit"},
    }]}  # fmt: skip
    task_vars = {"groups": groups, "hostvars": hostvars, "ansible_play_hosts": ["fe1"]}
    assert set(outcomes(play_forecast(task_vars, policies={"fe1": permit}).result(), "POP3")) == {POP3}


def test_no_server_has_the_controllers_address() -> None:
    hostvars = variables(dc1={"ipsec_controller_address": "192.0.2.11"})
    with pytest.raises(SpecError, match=r"ipsec_addresses of fe1: holds 192\.0\.2\.11, the address of this controller"):
        forecast(hostvars, controller=True)


def test_the_limit_names_a_counterpart_that_no_role_declares() -> None:
    hostvars = variables()
    del hostvars["be1"]["back_end_cluster_authentication"]
    one_sided = {"name": "P", "assigned": True, "rules": [{
        "name": "R", "filter_list": {"name": "L", "filters": [{"source": "me", "destination": "192.0.2.21"}]},
        "filter_action": {"name": "A", "action": "negotiate"}, "authentication": CERTIFICATE,
    }]}  # fmt: skip
    task_vars = {"groups": GROUPS, "hostvars": hostvars, "ansible_play_hosts": ["fe1"]}
    forecast_of_play = play_forecast(task_vars, policies={"fe1": one_sided})
    assert forecast_of_play.limit(forecast_of_play.result()) == "be1:fe1"
