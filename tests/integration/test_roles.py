# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks and roles against a whole site: order, tags, limits, refusals, judgement, and the way back."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.integration.conftest import OAKLEY as OAKLEY_KEY
from tests.integration.conftest import SITE, Lab, LabMaker

FORECAST, COMPLIANCE = "exchange.ipsec.forecast", "exchange.ipsec.compliance"
EVERYBODY = ["fe1", "fe2", "be1", "be2", "dc1"]


def _all(status: str, hosts: list[str] | None = None) -> dict[str, str]:
    return dict.fromkeys(EVERYBODY if hosts is None else hosts, status)


@pytest.mark.core
def test_the_whole_story(site: Lab) -> None:
    hardened = site.run("harden")
    assert hardened.exit_code == 0, hardened.output
    assert hardened.statuses() == _all("changed")
    assert {name: site.policies(name)["assigned"] for name in EVERYBODY} == _all("Exchange IPsec")
    assert [site.number(name, "NLBSFlags") for name in EVERYBODY] == [1, 1, None, None, None]
    assert all(site.handle.counters(name)["shells_open"] == 0 for name in EVERYBODY)

    dumps = [site.dump(name) for name in EVERYBODY]
    assert site.run("harden").statuses() == _all("ok")
    site.handle.reset()
    judged = site.run("comply")
    assert judged.exit_code == 0, judged.output
    assert judged.statuses() == _all("ok")
    assert "Could not match" not in judged.output
    assert [site.handle.counters(name)["shells_created"] for name in EVERYBODY] == [1, 1, 1, 1, 1]
    assert max(site.handle.counters(name)["requests"] for name in EVERYBODY) == 6
    assert [site.dump(name) for name in EVERYBODY] == dumps

    site.type("be2", 'netsh ipsec static set policy name="Exchange IPsec" assign=no')
    site.type("fe1", 'netsh ipsec static delete rule name="Exchange: management path" policy="Exchange IPsec"')
    found = site.run("comply")
    assert found.exit_code != 0
    assert found.statuses() == _all("ok") | {"be2": "failed", "fe1": "failed"}
    checks = {one.host: [finding["check"] for finding in one.result["findings"]] for one in found.of(COMPLIANCE)}
    assert checks == {"fe1": ["policy.drift.rule"], "fe2": [], "be1": [], "be2": ["policy.assigned"], "dc1": []}

    repaired = site.run("harden")
    assert repaired.exit_code == 0, repaired.output
    assert repaired.statuses() == _all("ok") | {"be2": "changed", "fe1": "changed"}
    assert site.run("comply").exit_code == 0


def test_both_ends_of_each_connection_agree(site: Lab) -> None:
    """Read by the lab: what a front end names towards a back end, the back end names towards it."""
    assert site.run("harden").exit_code == 0
    name_of_list = "Exchange: front end to back end"
    towards = {name: site.policies(name)["lists"][name_of_list]["filters"] for name in EVERYBODY[:4]}
    assert towards["fe1"] == towards["fe2"] == [
        f"me:0 > {address}:0 protocol 0 mirrored" for address in ("192.0.2.21", "192.0.2.22", "192.0.2.30")
    ]  # fmt: skip
    assert towards["be1"] == towards["be2"]
    assert set(towards["be1"]) == {
        f"{peer}:0 > {here}:0 protocol 0 mirrored"
        for peer in ("192.0.2.11", "192.0.2.12") for here in ("me", "192.0.2.30")
    }  # fmt: skip
    actions = [site.policies(name)["actions"]["Exchange: negotiate security"] for name in EVERYBODY]
    assert actions == [actions[0]] * 5


def written(lab: Lab) -> list[str]:
    """The command lines that changed something."""
    return [line for _unused, line in lab.typed if "netsh" in line or "reg add" in line]


def _first_write(lab: Lab, name: str) -> int:
    return next(index for index, (host, line) in enumerate(lab.typed) if host == name and "(netsh)" in line)


def test_the_passive_node_comes_first(site: Lab) -> None:
    assert site.run("harden").exit_code == 0
    last = max(index for index, (host, _unused) in enumerate(site.typed) if host == "be2")
    assert _first_write(site, "be2") < _first_write(site, "be1")
    assert last < _first_write(site, "be1"), "one node at a time"
    requests = [host for host in site.asked if host in ("be1", "be2")]
    assert requests.index("be1") < len(requests) - requests[::-1].index("be2"), "both are asked before one is written"


def test_the_passive_node_comes_first_after_a_move(site: Lab) -> None:
    site.handle.call(site.handle.fleet.computers.move, "EXCH", "be2")
    assert site.run("harden").exit_code == 0
    assert _first_write(site, "be1") < _first_write(site, "be2")


@pytest.mark.core
def test_one_failed_node_leaves_the_owner_untouched(site: Lab) -> None:
    site.host_variables["be2"] = {"ansible_password": "wrong"}
    run = site.run("harden")
    assert run.exit_code != 0
    assert run.statuses()["be2"] == "unreachable"
    assert site.policies("be1")["objects"] == 0
    assert site.policies("fe1")["objects"] == 0


def test_check_mode_and_diff_change_nothing(site: Lab) -> None:
    before = [site.dump(name) for name in EVERYBODY]
    run = site.run("harden", "--check", "--diff")
    assert run.exit_code == 0, run.output
    assert run.statuses() == _all("changed")
    assert "192.0.2.30" in run.output
    assert [site.dump(name) for name in EVERYBODY] == before


def test_a_limit_that_leaves_the_peers_behind_is_refused_and_names_one_that_does_not(site: Lab) -> None:
    refused = site.run("harden", "--limit", "fe1")
    assert refused.exit_code != 0
    (found,) = refused.of(FORECAST)
    assert {one["check"] for one in found.result["findings"] if one["severity"] == "high"} == {"ends.disagree"}
    assert found.result["limit"] == "be1:be2:dc1:fe1:fe2", "fe2 would not fit to the back ends"
    assert "--limit 'be1:be2:dc1:fe1:fe2'" in found.message
    assert {name: site.policies(name)["objects"] for name in EVERYBODY} == _all(0)  # type: ignore[arg-type]
    assert site.run("harden", "--limit", found.result["limit"]).statuses() == _all("changed")


def test_limit_touches_only_the_named_host(site: Lab) -> None:
    assert site.run("harden").exit_code == 0
    site.type("fe1", 'netsh ipsec static set policy name="Exchange IPsec" assign=no')
    before = {name: site.dump(name) for name in EVERYBODY if name != "fe1"}
    assert site.run("harden", "--limit", "fe1").statuses() == {"fe1": "changed"}
    assert site.policies("fe1")["assigned"] == "Exchange IPsec"
    assert {name: site.dump(name) for name in before} == before


def test_tags_choose_the_part(site: Lab) -> None:
    assert site.run("harden", "--limit", "fe1", "--tags", "oakley").exit_code == 0
    assert set(site.asked) == {"fe1"}
    assert site.number("fe1", "NLBSFlags") == 1
    assert site.policies("fe1")["objects"] == 0
    assert site.run("harden", "--tags", "forecast").exit_code == 0
    assert {name: site.policies(name)["objects"] for name in EVERYBODY} == _all(0)  # type: ignore[arg-type]
    assert site.run("harden", "--tags", "policy").exit_code == 0
    assert site.number("fe2", "NLBSFlags") is None
    assert site.policies("fe2")["assigned"] == "Exchange IPsec"


def test_a_server_that_is_down_holds_the_others_up_only_until_it_is_named(site: Lab) -> None:
    site.host_variables["fe2"] = {"ansible_port": 9, "ansible_winrm_connection_timeout": 5}
    stopped = site.run("harden")
    assert stopped.statuses()["fe2"] == "unreachable"
    assert written(site) == []
    refused = site.run("harden", "--limit", "!fe2")
    assert refused.exit_code != 0
    high = {one["check"] for one in refused.one(FORECAST).result["findings"] if one["severity"] == "high"}
    assert high == {"peer.outside"}
    assert "name it as absent where it is down" in refused.one(FORECAST).message
    assert written(site) == []
    run = site.run("harden", "--limit", "!fe2", "-e", '{"ipsec_forecast_absent": ["fe2"]}')
    assert run.exit_code == 0, run.output
    assert {name: site.policies(name)["assigned"] for name in EVERYBODY} == _all("Exchange IPsec") | {"fe2": None}


def test_ends_that_would_not_agree_stop_the_run_before_anything_is_touched(site: Lab) -> None:
    site.variables["front_end_tier"] = "message_stream"
    run = site.run("harden")
    assert run.exit_code != 0
    found = run.one(FORECAST)
    assert {one["check"] for one in found.result["findings"] if one["severity"] == "high"} == {"ends.disagree"}
    assert {name: site.policies(name)["objects"] for name in EVERYBODY} == _all(0)  # type: ignore[arg-type]
    assert written(site) == []


def test_an_address_that_a_server_does_not_have_is_refused(site: Lab) -> None:
    site.host_variables["be2"] = {"ipsec_addresses": ["192.0.2.23"]}
    run = site.run("harden")
    high = [one for one in run.one(FORECAST).result["findings"] if one["severity"] == "high"]
    assert [(one["check"], one["host"]) for one in high] == [("host.addresses", "be2")]
    assert "gives it 192.0.2.23, which the host does not have" in run.output
    assert written(site) == []


def _softness(lab: Lab) -> set[bool]:
    """Whether the rules in force that negotiate fall back to clear text, on any host."""
    told = lab.tasks([{"name": "Read", "exchange.ipsec.policy_info": {}}]).of("exchange.ipsec.policy_info")
    actions = [rule["filter_action"] for one in told for policy in one.result["policies"] for rule in policy["rules"]]
    return {one["soft"] for one in actions if one["action"] == "negotiate"}


def test_a_live_site_is_taken_there_in_waves(site: Lab) -> None:
    run = site.run("harden_live")
    assert run.exit_code == 0, run.output
    assert run.statuses() == _all("changed")
    first, goal, *others = [one.result["outcomes"] for one in run.of(FORECAST)]
    assert goal["after"]["protected"] > 0
    forecasts = [first, *others]
    assert [one["after"]["blocked"] for one in (goal, *forecasts)] == [0, 0, 0, 0, 0]
    assert [one["after"]["clear by fallback"] > 0 for one in forecasts] == [False, False, False, False]
    assert site.run("harden", "-e", "ipsec_stage=request").statuses() == _all("changed")
    assert _softness(site) == {True}
    assert site.run("harden").statuses() == _all("changed")
    assert _softness(site) == {False}
    assert forecasts[-1]["after"]["protected"] > 0
    assert all(one["after"]["protected"] == 0 for one in forecasts[:2])
    assert site.run("comply").exit_code == 0
    assert site.run("harden").statuses() == _all("ok")


def test_what_the_last_wave_would_refuse_does_not_begin(site: Lab) -> None:
    run = site.run("harden_live", "--limit", "fe1")
    assert [one.status for one in run.of(FORECAST)] == ["ok", "failed"]
    assert "To take the counterparts along: --limit" in run.of(FORECAST)[1].message
    assert written(site) == []


@pytest.mark.core
def test_an_inventory_with_ansibles_own_winrm_works_unchanged(site: Lab) -> None:
    site.variables["ansible_connection"] = "winrm"
    site.host_variables["fe2"] = {"ansible_winrs_codepage": 949}
    assert site.run("harden").statuses() == _all("changed")
    assert site.run("harden").statuses() == _all("ok")
    site.handle.reset()
    assert site.run("comply").exit_code == 0
    assert {site.handle.counters(name)["requests"] for name in EVERYBODY} == {6}
    assert not [line for _unused, line in site.typed if "powershell" in line.lower()]


def test_kerberos_towards_a_domain_controller_is_refused_before_anything_is_touched(site: Lab) -> None:
    for role in ("front_end", "back_end_cluster", "domain_controller"):
        site.variables[f"{role}_authentication"] = [{"method": "kerberos"}]
    refused = site.run("harden")
    assert refused.exit_code != 0
    assert "KB 254949" in refused.output or "254949" in refused.output
    assert "exempt_domain_controllers" in refused.output
    assert written(site) == []
    one = site.run("harden", "--limit", "domain_controller")
    assert one.exit_code != 0
    assert written(site) == []

    for role in ("front_end", "back_end_cluster", "domain_controller"):
        site.variables[f"{role}_exempt_domain_controllers"] = True
    assert site.run("harden").exit_code == 0
    assert site.policies("fe1")["policies"]["Exchange IPsec"]["rules"]["Exchange: front end to back end"][
        "authentication"
    ] == ["kerberos"]
    assert site.policies("dc1")["policies"] == {}
    assert site.run("comply").exit_code == 0


def test_the_tier_credentials_asks_nothing_of_a_domain_controller(site: Lab) -> None:
    site.variables |= {f"{role}_tier": "credentials" for role in ("front_end", "back_end_cluster", "domain_controller")}
    assert site.run("harden").statuses() == _all("changed", EVERYBODY[:4]) | {"dc1": "ok"}
    lists = site.policies("fe1")["lists"]
    assert lists.pop("Exchange: management path")
    filters = {one for each in lists.values() for one in each["filters"]}
    assert filters == {
        f"me:0 > {address}:{port} protocol 6 mirrored"
        for address in ("192.0.2.21", "192.0.2.22", "192.0.2.30") for port in (110, 143)
    }  # fmt: skip
    site.variables["back_end_cluster_ike_probe"] = {"addresses": ["255.255.255.255"]}  # to which there is no way
    judged = site.run("comply")
    assert judged.exit_code == 0, judged.output
    checks = {one.host: [finding["check"] for finding in one.result["findings"]] for one in judged.of(COMPLIANCE)}
    assert checks == {"fe1": [], "fe2": [], "be1": ["ike.unproven"], "be2": ["ike.unproven"], "dc1": []}


def test_the_management_network_may_not_hold_the_servers(site: Lab) -> None:
    site.variables["front_end_management"] = ["192.0.2.0/24"]
    run = site.run("harden")
    assert run.exit_code != 0
    assert "192.0.2.0/24" in run.output
    assert written(site) == []


def test_a_misspelt_option_is_named(site: Lab) -> None:
    site.variables["front_end_tier"] = "everthing"
    run = site.run("harden")
    assert run.exit_code != 0
    assert "the policy of fe1: value of front_end_tier must be one of" in run.output
    assert "everthing" in run.output
    assert written(site) == []


def test_a_variable_that_is_missing_or_misspelt_is_named(site: Lab) -> None:
    site.variables["front_end_stgae"] = "permit"
    said = "the variable front_end_stgae is not known here and changes nothing; was front_end_stage meant?"
    for playbook in (["harden", "--check"], ["comply"]):
        assert said in " ".join(site.run(*playbook).output.split())
    site.variables["front_end_authentication"] = None
    run = site.run("harden")
    assert run.exit_code != 0
    assert "the policy of fe1: front_end_authentication is not set and has no default" in run.output
    assert written(site) == []


def test_a_host_outside_its_group_is_told_so(make_lab: LabMaker) -> None:
    document: dict[str, Any] = copy.deepcopy(SITE)
    document["groups"]["front_end"] = ["fe1"]
    lab = make_lab(document)
    role = {"name": "Role", "ansible.builtin.import_role": {"name": "exchange.ipsec.front_end"}}
    run = lab.tasks([role], "--limit", "fe2")
    assert run.exit_code != 0
    assert "not in the inventory group front_end" in run.output
    assert lab.asked == []


def test_restore_puts_back_the_newest_backup_of_each_host(site: Lab) -> None:
    site.type("fe2", rf"reg add {OAKLEY_KEY} /v NLBSFlags /t REG_DWORD /d 0 /f")
    assert site.run("harden").exit_code == 0
    assert [site.number(name, "NLBSFlags") for name in ("fe1", "fe2")] == [1, 1]
    restored = site.run("restore", "-e", f"ipsec_restore_dir={site.backups}")
    assert restored.exit_code == 0, restored.output
    assert [site.number(name, "NLBSFlags") for name in ("fe1", "fe2")] == [None, 0]
    assert not site.backups.joinpath("be1").exists()
    again = site.run("restore", "-e", f"ipsec_restore_dir={site.backups}")
    assert again.exit_code == 0
    assert "changed" not in again.statuses().values()


def test_restore_of_a_named_file(site: Lab) -> None:
    assert site.run("harden").exit_code == 0
    (backup,) = site.backups.glob("fe1_oakley_*.reg")
    run = site.run("restore", "--limit", "fe1", "-e", f"ipsec_restore_file={backup}")
    assert run.exit_code == 0, run.output
    assert [site.number(name, "NLBSFlags") for name in ("fe1", "fe2")] == [None, 1]
    missing = site.run("restore", "--limit", "fe1", "-e", "ipsec_restore_file=nowhere.reg")
    assert missing.exit_code != 0
    assert "nowhere.reg" in missing.output
    assert "Traceback" not in missing.output


def test_restore_of_another_hosts_backup_is_refused(site: Lab) -> None:
    assert site.run("harden").exit_code == 0
    before = site.dump("fe2")
    for what in ("policy", "oakley"):
        (backup,) = site.backups.glob(f"fe1_{what}_*.reg")
        run = site.run("restore", "--limit", "fe2", "-e", f"ipsec_restore_file={backup}")
        assert run.statuses() == {"fe2": "failed"}
        assert f"{backup} is a backup of FE1, and this host is FE2; it was not touched" in " ".join(run.output.split())
    assert site.dump("fe2") == before
    head, _line, rest = backup.read_bytes().decode("utf-16").split("\r\n", 2)
    older = site.folder / "older_oakley_backup.reg"
    older.write_bytes(f"{head}\r\n{rest}".encode("utf-16"))
    run = site.run("restore", "--limit", "fe2", "-e", f"ipsec_restore_file={older}")
    assert run.statuses() == {"fe2": "changed"}
    assert "does not say of which computer it is; it is taken to be of this one" in " ".join(run.output.split())
    assert site.number("fe2", "NLBSFlags") is None


def test_restore_after_the_first_hardening_leaves_what_was_before(site: Lab) -> None:
    """Without a word about folders: backup and restore meet where ansible-playbook is started."""
    for role in ("front_end", "back_end_cluster", "domain_controller"):
        site.variables[f"{role}_backup_dir"] = ""
    site.type("be1", 'netsh ipsec static add policy name="Of before" assign=yes')
    assert site.run("harden").exit_code == 0
    assert site.policies("be1")["assigned"] == "Exchange IPsec"
    restored = site.run("restore")
    assert restored.exit_code == 0, restored.output
    assert {name: site.policies(name)["assigned"] for name in EVERYBODY} == {
        "fe1": None, "fe2": None, "be1": "Of before", "be2": None, "dc1": None
    }  # fmt: skip
    assert [list(site.policies(name)["policies"]) for name in EVERYBODY] == [[], [], ["Of before"], [], []]
    assert [site.number(name, "NLBSFlags") for name in EVERYBODY] == [None] * 5
    assert site.folder.joinpath("backup", "before_restore").is_dir()
    assert "changed" not in site.run("restore").statuses().values()
    nowhere = site.run("restore", "-e", "ipsec_restore_dir=/nowhere")
    assert nowhere.exit_code != 0
    assert "there is no folder /nowhere: start ansible-playbook where harden was started" in nowhere.output


def test_comply_judges_every_group_also_when_all_of_one_fail(site: Lab) -> None:
    assert site.run("harden").exit_code == 0
    for name in ("fe1", "fe2", "dc1"):
        site.type(name, 'netsh ipsec static set policy name="Exchange IPsec" assign=no')
    run = site.run("comply")
    assert run.exit_code != 0
    assert run.statuses() == _all("failed") | {"be1": "ok", "be2": "ok"}
    assert len(run.of(COMPLIANCE)) == 5
