# SPDX-License-Identifier: GPL-3.0-or-later
"""harden.yml with ipsec_with_counterparts: the named hosts, all that would not fit to them, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Lab, LabMaker
from tests.integration.test_cluster_group import moves, owner
from tests.integration.test_cluster_move import writes
from tests.playbooks.run import PlaybookRun

FORECAST, POLICY, TELL = "exchange.ipsec.forecast", "exchange.ipsec.policy", "ansible.builtin.debug"
EVERYBODY = ["fe1", "fe2", "be1", "be2", "dc1"]
FE1 = ("-e", "ipsec_with_counterparts=fe1")
TWO_SITES: dict[str, Any] = {
    "hosts": {
        "fe1": {"profile": "server2003", "addresses": ["192.0.2.11"]},
        "be1": {"profile": "server2003", "addresses": ["192.0.2.21"]},
        "fe2": {"profile": "server2022", "addresses": ["192.0.2.12"]},
        "be2": {"profile": "server2022", "addresses": ["192.0.2.22"]},
    },
    "groups": {
        "front_end": ["fe1", "fe2"], "back_end_cluster": ["be1", "be2"], "one": ["fe1", "be1"], "two": ["fe2", "be2"],
    },
}  # fmt: skip
CLUSTER_AND_ANOTHER_SITE: dict[str, Any] = {
    "hosts": {
        "fe1": {"profile": "server2003", "addresses": ["192.0.2.11"]},
        "be1": {"profile": "server2003", "addresses": ["192.0.2.21"], "cluster": "EXCH"},
        "be2": {"profile": "server2003", "addresses": ["192.0.2.22"], "cluster": "EXCH"},
        "fe2": {"profile": "server2022", "addresses": ["192.0.2.12"]},
        "be3": {"profile": "server2022", "addresses": ["192.0.2.23"]},
    },
    "clusters": {
        "EXCH": {"group": "Exchange Group", "nodes": ["be1", "be2"], "owner": "be1", "virtual_ips": ["192.0.2.30"]}
    },
    "groups": {
        "front_end": ["fe1", "fe2"], "back_end_cluster": ["be1", "be2", "be3"],
        "one": ["fe1", "be1", "be2"], "two": ["fe2", "be3"],
    },
}  # fmt: skip


def written(lab: Lab) -> set[str]:
    """The hosts that were given something to write."""
    return {host for host, line in lab.typed if "netsh" in line or "reg add" in line}


def told(run: PlaybookRun) -> dict[str, str]:
    """What was said of each host that was taken along, up to the reason."""
    loops = [item for one in run.of(TELL) for item in one.result["results"]]
    return {item["item"]["host"]: item["msg"].split(":")[0] for item in loops}


@pytest.fixture
def two_sites(make_lab: LabMaker) -> Lab:
    """Two sites in one inventory, each a front end and a back end."""
    lab = make_lab(TWO_SITES)
    for site, members in (("one", TWO_SITES["groups"]["one"]), ("two", TWO_SITES["groups"]["two"])):
        for name in members:
            lab.host_variables[name] = {"front_end_site": site, "back_end_cluster_site": site}
    return lab


@pytest.mark.core
def test_who_would_not_fit_is_taken_along_and_nobody_else(site: Lab) -> None:
    assert site.run("harden").exit_code == 0
    for name in ("fe1", "be2"):
        site.type(name, 'netsh ipsec static set policy name="Exchange IPsec" assign=no')
    site.type("fe2", 'netsh ipsec static delete rule name="Exchange: management path" policy="Exchange IPsec"')
    before = {name: site.dump(name) for name in EVERYBODY}
    refused = site.run("harden", "--limit", "fe1")
    assert "--limit 'be2:fe1'; or, with harden, ipsec_with_counterparts instead" in refused.one(FORECAST).message
    checked = site.run("harden", *FE1, "--check", "--diff")
    assert checked.exit_code == 0, checked.output
    assert {name: site.dump(name) for name in EVERYBODY} == before

    run = site.run("harden", *FE1)
    assert run.exit_code == 0, run.output
    assert told(checked) == told(run) == {"be2": "be2 takes part because of fe1; else HTTP (tcp 80)"}
    assert checked.statuses() == run.statuses() == dict.fromkeys(EVERYBODY, "ok") | {"fe1": "changed", "be2": "changed"}
    assert {site.policies(name)["assigned"] for name in ("fe1", "be2")} == {"Exchange IPsec"}
    others = ("fe2", "be1", "dc1")
    assert [site.dump(name) for name in others] == [before[name] for name in others]


def test_who_is_taken_along_takes_his_own_counterparts_along(site: Lab) -> None:
    run = site.run("harden", *FE1)
    assert run.exit_code == 0, run.output
    assert told(run) == {
        "be1": "be1 takes part because of fe1; else HTTP (tcp 80)",
        "be2": "be2 takes part because of fe1; else HTTP (tcp 80)",
        "dc1": "dc1 takes part because of fe1; else DNS (tcp 53)",
        "fe2": "fe2 takes part because of be1; else HTTP (tcp 80)",
    }
    actions = [one.action for one in run.results]
    assert actions.index(TELL) < actions.index(POLICY)
    assert {site.policies(name)["assigned"] for name in EVERYBODY} == {"Exchange IPsec"}
    again = site.run("harden", *FE1)
    assert (told(again), set(again.statuses().values())) == ({}, {"ok"})


def test_a_counterpart_that_is_down_stops_the_run_before_anything_is_touched(site: Lab) -> None:
    site.host_variables["be2"] = {"ansible_port": 9, "ansible_winrm_connection_timeout": 5}
    run = site.run("harden", *FE1)
    assert run.exit_code != 0
    assert run.statuses()["be2"] == "unreachable"
    assert "be2 takes part because of fe1" in run.output
    assert written(site) == set()


def test_a_server_that_is_down_and_not_needed_holds_nobody_up(two_sites: Lab) -> None:
    two_sites.host_variables["fe2"] |= {"ansible_port": 9, "ansible_winrm_connection_timeout": 5}
    run = two_sites.run("harden", *FE1)
    assert run.exit_code == 0, run.output
    assert written(two_sites) == {"fe1", "be1"}


def test_a_refusal_stands_for_the_counterparts_too(site: Lab) -> None:
    site.variables["front_end_tier"] = "message_stream"
    run = site.run("harden", *FE1)
    (found,) = run.of(FORECAST)
    assert (run.exit_code, found.status) == (2, "failed")
    assert {one["check"] for one in found.result["findings"] if one["severity"] == "high"} == {"ends.disagree"}
    assert "Taken along: be1, be2, fe2, dc1" in found.message
    assert written(site) == set()


def test_cluster_nodes_that_are_taken_along_are_changed_while_they_are_passive(make_lab: LabMaker) -> None:
    lab = make_lab(CLUSTER_AND_ANOTHER_SITE, ipsec_cluster_group="Exchange Group", ipsec_cluster_move=True)
    for name in ("fe1", "be1", "be2"):
        lab.host_variables[name] = {"front_end_site": "one", "back_end_cluster_site": "one"}
    for name in ("fe2", "be3"):
        lab.host_variables[name] = {"front_end_site": "two", "back_end_cluster_site": "two"}
    lab.host_variables["be3"]["ipsec_virtual_addresses"] = []
    run = lab.run("harden", *FE1)
    assert run.exit_code == 0, run.output
    assert set(told(run)) == {"be1", "be2"}
    assert (moves(lab), owner(lab)) == (["be2"], "be2")
    moved = next(place for place, (_host, line) in enumerate(lab.typed) if "/moveto" in line)
    assert max(writes(lab, "be2")) < moved < min(writes(lab, "be1"))
    assert max(writes(lab, "be1")) < min(writes(lab, "fe1"))
    assert written(lab) == {"fe1", "be1", "be2"}
    assert {lab.policies(name)["assigned"] for name in ("fe1", "be1", "be2")} == {"Exchange IPsec"}


@pytest.mark.parametrize(("rehearse", "waves"), [(True, 4), (False, 2)], ids=["rehearsed", "at-once"])
def test_all_waves_of_a_live_site_take_the_same_hosts_along(two_sites: Lab, rehearse: bool, waves: int) -> None:
    run = two_sites.run("harden_live", *FE1, "-e", f"ipsec_rehearse={rehearse}")
    assert run.exit_code == 0, run.output
    assert list(told(run)) == ["be1"]
    changed = [one.host for one in run.of(POLICY) if one.status == "changed"]
    assert sorted(changed) == ["be1"] * waves + ["fe1"] * waves
    assert [one.result["outcomes"]["after"]["blocked"] for one in run.of(FORECAST)] == [0] * (waves + 2)
    assert written(two_sites) == {"fe1", "be1"}
    assert two_sites.run("comply", "--limit", "one").exit_code == 0


def test_with_every_tag_it_is_the_same_hosts(two_sites: Lab) -> None:
    run = two_sites.run("harden", *FE1, "--tags", "oakley")
    assert run.exit_code == 0, run.output
    assert [two_sites.number(name, "NLBSFlags") for name in ("fe1", "fe2")] == [1, None]
    assert [two_sites.policies(name)["objects"] for name in ("fe1", "be1")] == [0, 0]


def test_a_name_in_the_inventory_is_refused_instead_of_passed_over(two_sites: Lab) -> None:
    two_sites.variables["ipsec_with_counterparts"] = "fe1"
    run = two_sites.run("harden")
    assert run.exit_code != 0
    assert "ipsec_with_counterparts stands in the inventory, where it comes too late" in run.output
    assert two_sites.asked == []


@pytest.mark.parametrize(("names", "limit", "said"), [
    pytest.param("fe1,fe9", (), "with_counterparts: 'fe9' names no host of the groups front_end, ", id="no-such-host"),
    pytest.param("", (), "with_counterparts: '' names no host of the groups front_end, ", id="nobody"),
    pytest.param("fe1", ("--limit", "one,fe2", "-e", "front_end_site="),
                 "with_counterparts: be2 must take part; leave --limit out", id="beside-a-limit"),
])  # fmt: skip
def test_what_cannot_be_meant_is_one_error(two_sites: Lab, names: str, limit: tuple[str, ...], said: str) -> None:
    run = two_sites.run("harden", "-e", f"ipsec_with_counterparts={names}", *limit)
    assert run.exit_code != 0
    assert [one.message.startswith(said) for one in run.results if one.status == "failed"] == [True], run.output
    assert written(two_sites) == set()
