# SPDX-License-Identifier: GPL-3.0-or-later
"""exchange.ipsec.sa against hosts that have associations: listed, dropped by each means, refused, interrupted."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.integration.conftest import Lab, LabMaker
from tests.playbooks.run import PlaybookRun, TaskResult

MODULE = "exchange.ipsec.sa"
VIRTUAL, NODE = "192.0.2.30", "192.0.2.21"
BOTH = [{"peer": VIRTUAL, "modes": ["main", "quick"]}]
STATIC = "netsh ipsec static"
ENFORCED = {"enforce": True, "silence": 2, "controller": {"addresses": ["198.51.100.10"]}}
FRONT = (f"me {VIRTUAL} protocol=tcp dstport=110", f"me {NODE} protocol=tcp dstport=110")
PROFILES = ["server2003", "server2003-ko", "server2022"]


def fleet(profile: str = "server2003", **more: Any) -> dict[str, Any]:
    back = {"profile": "server2003", "cluster": "EXCH"}
    return {
        "hosts": {
            "fe1": {"profile": profile, "addresses": ["192.0.2.11"]},
            "be1": {**back, "addresses": [NODE]},
            "be2": {**back, "addresses": ["192.0.2.22"]},
        },
        "clusters": {"EXCH": {"group": "Mail", "nodes": ["be1", "be2"], "owner": "be1", "virtual_ips": [VIRTUAL]}},
        "groups": {"front_end": ["fe1"], "back_end_cluster": ["be1", "be2"]},
        **copy.deepcopy(ENFORCED),
        **more,
    }


def protect(lab: Lab, *filters: str, soft: str = "no", name: str = "Mail") -> None:
    """Give every host a policy that protects POP3; a front end's has these filters."""
    for host in lab.document["hosts"]:
        listed = filters if host.startswith("fe") else ("any me protocol=tcp dstport=110",)
        for line in (
            f'add policy "{name}" activatedefaultrule=no',
            *(f"add filter POP3 {one}" for one in listed),
            f"add filteraction ESP action=negotiate soft={soft}",
            f'add rule POP3 "{name}" POP3 ESP psk=lab-secret-key',
            f'set policy "{name}" assign=y',
        ):
            lab.type(host, f"{STATIC} {line}")


def crash(lab: Lab) -> None:
    """Lose the owner: the front end keeps what nobody knows any more."""
    for address in (VIRTUAL, NODE):
        assert lab.handle.talk("fe1", address, "tcp", 110).outcome == "protected"
    lab.handle.fault("be1", "cut")
    lab.handle.call(lab.handle.fleet.computers.move, "EXCH", "be2")
    assert lab.handle.talk("fe1", VIRTUAL, "tcp", 110).outcome == "fails"


def ran(lab: Lab, *arguments: str, **options: Any) -> PlaybookRun:
    run = lab.task(MODULE, {"state": "dropped", **options}, "--limit", "fe1", *arguments)
    assert "Traceback" not in run.output
    assert "lab-secret-key" not in run.output
    return run


def drop(lab: Lab, *arguments: str, **options: Any) -> TaskResult:
    return ran(lab, *arguments, **options).one(MODULE)


@pytest.fixture(params=PROFILES)
def crashed(request: pytest.FixtureRequest, make_lab: LabMaker) -> Lab:
    lab = make_lab(fleet(request.param))
    protect(lab, *FRONT)
    crash(lab)
    return lab


def test_a_crash_is_over_once_they_are_dropped(crashed: Lab) -> None:
    modern = crashed.document["hosts"]["fe1"]["profile"] == "server2022"
    before = crashed.dump("fe1")
    shown = ran(crashed, "--check", "--diff")
    assert f"-{VIRTUAL}: main, quick" in shown.output
    checked = shown.one(MODULE)
    assert checked.status == "changed"
    assert checked.result["dropped"] == [VIRTUAL]
    assert checked.result["associations"] == BOTH
    assert crashed.dump("fe1") == before

    crashed.handle.reset()
    done = ran(crashed)
    assert "WARNING" not in done.output
    dropped = done.one(MODULE)
    assert dropped.status == "changed"
    assert dropped.result["dropped"] == [VIRTUAL]
    assert dropped.result["peers"] == [VIRTUAL]
    assert dropped.result["means"] == ("associations" if modern else "policy")
    assert dropped.result["gap"]["protected"] is True
    assert dropped.result["gap"]["scope"] == ("peers" if modern else "every peer")
    counted = crashed.handle.counters("fe1")
    assert (counted["shells_created"], counted["commands"]) == (1, 2)

    kept = [NODE] * 2 if modern else []
    assert [one["peer"] for one in crashed.handle.associations("fe1")] == kept
    assert crashed.handle.talk("fe1", VIRTUAL, "tcp", 110).outcome == "protected"
    assert crashed.host("fe1").driver.dynamic == []
    assert set(crashed.policies("fe1")["policies"]) == {"Mail"}
    assert crashed.policies("fe1")["assigned"] == "Mail"


def test_nothing_to_drop_is_ok_and_costs_one_command(make_lab: LabMaker) -> None:
    lab = make_lab(fleet())
    protect(lab, *FRONT)
    lab.handle.talk("fe1", NODE, "tcp", 110)
    lab.handle.reset()
    found = drop(lab)
    assert found.status == "ok"
    assert (found.result["dropped"], found.result["means"], found.result["gap"], found.result["plan"]) == (
        [], None, None, [],
    )  # fmt: skip
    assert lab.handle.counters("fe1")["commands"] == 1
    assert len(lab.handle.associations("fe1")) == 2


def test_listed(crashed: Lab) -> None:
    every = crashed.task(MODULE, {"peers": []}, "--limit", "fe1").one(MODULE)
    assert every.status == "ok"
    assert every.result["associations"] == [{"peer": NODE, "modes": ["main", "quick"]}, *BOTH]
    assert crashed.task(MODULE, {}, "--limit", "fe1").one(MODULE).result["associations"] == BOTH
    none = crashed.task(MODULE, {"peers": ["192.0.2.99"]}, "--limit", "fe1").one(MODULE)
    assert none.result["associations"] == []


def test_restart_only_for_who_accepts_the_gap(make_lab: LabMaker) -> None:
    lab = make_lab(fleet())
    protect(lab, *FRONT)
    crash(lab)
    lab.handle.reset()
    refused = drop(lab, means="restart")
    assert refused.status == "failed"
    assert "accept_gap" in refused.message
    assert lab.handle.counters("fe1")["requests"] == 0
    done = ran(lab, means="restart", accept_gap=True)
    accepted = done.one(MODULE)
    assert accepted.status == "changed"
    assert accepted.result["gap"]["protected"] is False
    assert "packets may leave in clear" in done.output
    assert lab.handle.associations("fe1") == []
    assert lab.handle.talk("fe1", VIRTUAL, "tcp", 110).outcome == "protected"


@pytest.mark.parametrize("profile", ["server2003", "server2022"])
def test_a_rule_that_falls_back_to_clear_is_refused(make_lab: LabMaker, profile: str) -> None:
    lab = make_lab(fleet(profile))
    protect(lab, *FRONT, soft="yes")
    crash(lab)
    refused = drop(lab)
    assert refused.status == "failed"
    assert "'POP3' is soft" in refused.message
    assert len(lab.handle.associations("fe1")) == 4
    assert drop(lab, accept_gap=True).status == "changed"


@pytest.mark.parametrize(("filters", "name", "says"), [
    pytest.param(("me any protocol=tcp dstport=110",), "Mail", "cannot be guarded", id="wide-filter"),
    pytest.param(FRONT, "Mail & more", "cannot stand on a command line", id="name"),
])  # fmt: skip
def test_policies_that_cannot_be_left_for_a_second(
    make_lab: LabMaker, filters: tuple[str, ...], name: str, says: str
) -> None:
    lab = make_lab(fleet())
    protect(lab, *filters, name=name)
    crash(lab)
    before = lab.dump("fe1")
    for arguments in (["--check"], []):
        refused = drop(lab, *arguments)
        assert refused.status == "failed"
        assert says in refused.message
    assert lab.dump("fe1") == before


def test_where_the_guard_cannot_stand_nothing_is_switched(make_lab: LabMaker) -> None:
    lab = make_lab(fleet())
    protect(lab, *FRONT)
    crash(lab)
    before = lab.policies("fe1")
    lab.type("fe1", "netsh ipsec dynamic add mmpolicy name=exchange.ipsec")
    driver = lab.host("fe1").driver
    lab.handle.call(setattr, driver, "main_modes", Stubborn({"exchange.ipsec"}))
    refused = drop(lab)
    assert refused.status == "failed"
    assert "could not be put up" in refused.message
    assert lab.policies("fe1") == before
    assert len(lab.handle.associations("fe1")) == 4


class Stubborn(set):
    """A service that keeps what it has."""

    def remove(self, element: object) -> None:
        """Refuse."""
        raise ValueError(element)


def test_an_interrupted_run_is_put_right(make_lab: LabMaker) -> None:
    lab = make_lab(fleet())
    protect(lab, *FRONT)
    crash(lab)
    for line in (
        'add filteraction "Mail ~drop" action=block', 'add policy "Mail ~drop" activatedefaultrule=no',
        'add rule POP3 "Mail ~drop" POP3 "Mail ~drop"', 'set policy "Mail ~drop" assign=y',
    ):  # fmt: skip
        lab.handle.run("fe1", f"{STATIC} {line}")
    lab.handle.run("fe1", "netsh ipsec dynamic add mmpolicy name=exchange.ipsec")
    assert lab.policies("fe1")["assigned"] == "Mail ~drop"
    assert "a run was interrupted" in lab.task(MODULE, {}, "--limit", "fe1").output
    resumed = drop(lab)
    assert resumed.status == "changed"
    assert resumed.result["plan"] == ["put policy 'Mail' back in force, which an interrupted run left blocked"]
    assert lab.policies("fe1")["assigned"] == "Mail"
    assert set(lab.policies("fe1")["policies"]) == {"Mail"}


@pytest.mark.parametrize(("options", "says"), [
    pytest.param({"peers": []}, "empty list", id="everybody"),
    pytest.param({"peers": ["mail.example"]}, "no IPv4 address", id="name"),
    pytest.param({"peers": ["255.255.255.255"]}, "not the address of one host", id="mask"),
    pytest.param({"peers": [VIRTUAL], "means": "associations"}, "no command that deletes", id="means-of-another"),
    pytest.param({"site": "nowhere"}, "no group 'nowhere'", id="site"),
])  # fmt: skip
def test_what_cannot_be_asked(make_lab: LabMaker, options: dict[str, Any], says: str) -> None:
    lab = make_lab(fleet())
    refused = drop(lab, **options)
    assert refused.status == "failed"
    assert says in refused.message


def test_a_host_that_counts_down_is_left_alone(make_lab: LabMaker) -> None:
    lab = make_lab(fleet())
    protect(lab, *FRONT)
    crash(lab)
    lab.type("fe1", r"md %SystemRoot%\system32\config\exchange.ipsec")
    refused = drop(lab)
    assert refused.status == "failed"
    assert "another run" in refused.message
    assert len(lab.handle.associations("fe1")) == 4


def test_a_stopped_service_is_said(make_lab: LabMaker) -> None:
    lab = make_lab(fleet())
    protect(lab, *FRONT)
    lab.type("fe1", "net stop PolicyAgent")
    refused = drop(lab)
    assert refused.status == "failed"
    assert "PolicyAgent is stopped" in refused.message


def test_a_host_that_dies_while_it_is_asked(make_lab: LabMaker) -> None:
    lab = make_lab(fleet())
    lab.handle.fault("fe1", "die", "0")
    run = lab.task(MODULE, {"state": "dropped"}, "--limit", "fe1")
    assert run.one(MODULE).status in ("failed", "unreachable")
    assert "Traceback" not in run.output
