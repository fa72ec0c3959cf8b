# SPDX-License-Identifier: GPL-3.0-or-later
"""Security associations: when they come into being, who hears of their end, and what netsh shows of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.__main__ import main
from tests.lab.control import Control
from tests.lab.fleet import FleetHandle, running_fleet
from tests.lab.windows.host import WindowsHost

VIRTUAL, NODE, FRONT = "192.0.2.30", "192.0.2.21", "192.0.2.11"
OAKLEY = r"HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"
FILTERS = {"fe1": [f"me {VIRTUAL}", f"me {NODE}"], "be": ["any me"]}


def site(profile: str = "server2003", **more: Any) -> dict[str, Any]:
    hosts = {name: {"profile": profile, "addresses": [address], "cluster": "EXCH"} for name, address in
             (("be1", NODE), ("be2", "192.0.2.22"))}  # fmt: skip
    return {
        "hosts": {"fe1": {"profile": profile, "addresses": [FRONT]}, **hosts},
        "clusters": {"EXCH": {"group": "Mail", "nodes": ["be1", "be2"], "owner": "be1", "virtual_ips": [VIRTUAL]}},
        **more,
    }


def protect(fleet: FleetHandle) -> None:
    for name in fleet.fleet.stations:
        filters = [f"add filter L {one} protocol=tcp dstport=110" for one in FILTERS["fe1" if name == "fe1" else "be"]]
        for line in (
            "add policy P activatedefaultrule=no", *filters, "add filteraction A action=negotiate",
            "add rule R P L A psk=lab-key", "set policy P assign=y",
        ):  # fmt: skip
            assert fleet.run(name, f"netsh ipsec static {line}").exit_code == 0


@pytest.fixture(params=[{}, {"enforce": True}], ids=["shown", "enforced"])
def fleet(request: pytest.FixtureRequest) -> Iterator[FleetHandle]:
    with running_fleet(site(**request.param)) as handle:
        protect(handle)
        yield handle


def ends(fleet: FleetHandle, host: str) -> list[tuple[str, str, str]]:
    return [(one["mode"], one["local"], one["peer"]) for one in fleet.associations(host)]


BOTH_MODES = [("main", FRONT, VIRTUAL), ("quick", FRONT, VIRTUAL)]


def test_both_ends_have_them_after_a_flow_and_no_second_pair(fleet: FleetHandle) -> None:
    assert ends(fleet, "fe1") == []
    assert fleet.talk("fe1", VIRTUAL, "tcp", 110).outcome == "protected"
    assert fleet.talk("fe1", VIRTUAL, "tcp", 110).outcome == "protected"
    assert ends(fleet, "fe1") == BOTH_MODES
    assert ends(fleet, "be1") == [("main", VIRTUAL, FRONT), ("quick", VIRTUAL, FRONT)]
    assert ends(fleet, "be2") == []


def test_a_clear_flow_makes_none(fleet: FleetHandle) -> None:
    assert fleet.talk("fe1", VIRTUAL, "tcp", 25).outcome == "clear"
    assert ends(fleet, "fe1") == []


def test_a_planned_move_is_told_and_the_next_flow_negotiates_with_the_new_owner(fleet: FleetHandle) -> None:
    fleet.talk("fe1", VIRTUAL, "tcp", 110)
    fleet.talk("fe1", NODE, "tcp", 110)
    assert fleet.run("be2", "cluster group Mail /moveto:be2").exit_code == 0
    assert ends(fleet, "fe1") == [("main", FRONT, NODE), ("quick", FRONT, NODE)]
    assert fleet.talk("fe1", VIRTUAL, "tcp", 110).outcome == "protected"
    assert ends(fleet, "be2") == [("main", VIRTUAL, FRONT), ("quick", VIRTUAL, FRONT)]


@pytest.mark.parametrize(("flag", "before", "rest"), [(0, 299, 2), (1, 59, 2)])
def test_after_a_crash_the_front_end_keeps_its_dead_ones_until_the_idle_timer(
    fleet: FleetHandle, flag: int, before: int, rest: int
) -> None:
    fleet.run("fe1", rf"reg add {OAKLEY} /v NLBSFlags /t REG_DWORD /d {flag} /f")
    fleet.talk("fe1", VIRTUAL, "tcp", 110)
    fleet.fault("be1", "cut")
    fleet.call(fleet.fleet.computers.move, "EXCH", "be2")
    told = fleet.talk("fe1", VIRTUAL, "tcp", 110)
    assert (told.outcome, told.reason) == ("fails", "fe1 keeps an association that be2 does not know")
    fleet.advance("fe1", before)
    assert ends(fleet, "fe1") == BOTH_MODES
    fleet.advance("fe1", rest)
    assert ends(fleet, "fe1") == []
    assert fleet.talk("fe1", VIRTUAL, "tcp", 110).outcome == "protected"


def test_what_comes_back_after_a_crash_does_not_end_the_new_ones(fleet: FleetHandle) -> None:
    fleet.talk("fe1", VIRTUAL, "tcp", 110)
    fleet.fault("be1", "cut")
    fleet.call(fleet.fleet.computers.move, "EXCH", "be2")
    fleet.call(fleet.host("fe1").host.associations.drop)
    assert fleet.talk("fe1", VIRTUAL, "tcp", 110).outcome == "protected"
    fleet.fault("be1", "clear")
    assert ends(fleet, "be1") == []
    assert ends(fleet, "fe1") == BOTH_MODES


@pytest.mark.parametrize("command", [
    "net stop PolicyAgent", "netsh ipsec static set policy P assign=no",
    "netsh ipsec static set filteraction A action=block",
])  # fmt: skip
def test_what_ends_them_on_both_sides(fleet: FleetHandle, command: str) -> None:
    fleet.talk("fe1", VIRTUAL, "tcp", 110)
    assert fleet.run("fe1", command).exit_code == 0
    assert ends(fleet, "fe1") == []
    assert ends(fleet, "be1") == []


def test_a_restart_of_the_computer_ends_them(fleet: FleetHandle) -> None:
    fleet.talk("fe1", VIRTUAL, "tcp", 110)
    fleet.reboot("be1")
    assert ends(fleet, "fe1") == []


def test_a_policy_that_still_negotiates_keeps_them(fleet: FleetHandle) -> None:
    fleet.talk("fe1", VIRTUAL, "tcp", 110)
    fleet.run("fe1", "netsh ipsec static set policy P description=other")
    assert ends(fleet, "fe1") == BOTH_MODES


def test_who_converses_has_new_ones_by_himself(fleet: FleetHandle) -> None:
    fleet.converse("fe1", VIRTUAL, "tcp", 110)
    for owner in ("be1", "be2"):
        fleet.call(fleet.fleet.computers.move, "EXCH", owner)
        end = time.monotonic() + 20
        while not ends(fleet, owner) and time.monotonic() < end:
            time.sleep(0.05)
        assert ends(fleet, owner) == [("main", VIRTUAL, FRONT), ("quick", VIRTUAL, FRONT)]


DYNAMIC = "netsh ipsec dynamic"
RULE = "srcaddr=me dstaddr=192.0.2.30 dstmask=31 protocol=any srcport=0 dstport=0 mirrored=yes conntype=all"


def test_a_dynamic_rule_catches_what_the_policy_lets_go_and_is_forgotten_with_the_service(fleet: FleetHandle) -> None:
    assert fleet.run("fe1", f"{DYNAMIC} add mmpolicy name=guard").exit_code == 0
    add = f"{DYNAMIC} add rule {RULE} mmpolicy=guard actioninbound=block actionoutbound=block"
    assert fleet.run("fe1", add).exit_code == 0
    assert fleet.run("fe1", add).exit_code == 1
    assert fleet.flow("fe1", VIRTUAL, "tcp", 110).outcome == "protected"
    assert fleet.flow("fe1", VIRTUAL, "tcp", 25).outcome == "blocked"
    fleet.run("fe1", "netsh ipsec static set policy P assign=no")
    assert fleet.flow("fe1", VIRTUAL, "tcp", 110).outcome == "blocked"
    assert fleet.run("fe1", f"{DYNAMIC} delete rule {RULE}").exit_code == 0
    assert fleet.run("fe1", f"{DYNAMIC} delete rule {RULE}").exit_code == 1
    assert fleet.flow("fe1", VIRTUAL, "tcp", 25).outcome == "clear"
    fleet.run("fe1", add)
    fleet.run("fe1", "net stop PolicyAgent & net start PolicyAgent")
    assert fleet.flow("fe1", VIRTUAL, "tcp", 25).outcome == "clear"


@pytest.mark.parametrize("line", [
    "add rule srcaddr=me dstaddr=any protocol=any mirrored=yes conntype=all mmpolicy=none actioninbound=block"
    " actionoutbound=block",
    "add mmpolicy", "delete mmpolicy name=none", "show mmsas", "delete all",
])  # fmt: skip
def test_dynamic_commands_that_fail(line: str) -> None:
    assert WindowsHost("fe1", addresses=(FRONT,)).run(f"{DYNAMIC} {line}")[0] == 1


@pytest.mark.parametrize(("profile", "word"), [("server2003", "Main Mode"), ("server2003-ko", "주 모드")])
def test_server_2003_shows_them(profile: str, word: str) -> None:
    with running_fleet(site(profile)) as fleet:
        protect(fleet)
        assert fleet.run("fe1", f"{DYNAMIC} show mmsas all").exit_code == 1
        fleet.talk("fe1", VIRTUAL, "tcp", 110)
        main_modes = fleet.run("fe1", f"{DYNAMIC} show mmsas all")
        assert (main_modes.exit_code, VIRTUAL in main_modes.stdout, word in main_modes.stdout) == (0, True, True)
        assert VIRTUAL in fleet.run("fe1", f"{DYNAMIC} show qmsas all").stdout
        assert fleet.run("fe1", "netsh advfirewall monitor show mmsa").exit_code == 1
        assert VIRTUAL not in fleet.run("fe1", "netsh advfirewall monitor show mmsa").stdout


def test_a_newer_windows_deletes_one_pair() -> None:
    monitor = "netsh advfirewall monitor"
    with running_fleet(site("server2022")) as fleet:
        protect(fleet)
        fleet.talk("fe1", VIRTUAL, "tcp", 110)
        fleet.talk("fe1", NODE, "tcp", 110)
        assert VIRTUAL in fleet.run("fe1", f"{monitor} show qmsa").stdout
        for mode in ("qmsa", "mmsa"):
            assert fleet.run("fe1", f"{monitor} delete {mode} {FRONT} {VIRTUAL}").exit_code == 0
            assert fleet.run("fe1", f"{monitor} delete {mode} {FRONT} {VIRTUAL}").exit_code == 1
        assert ends(fleet, "fe1") == [("main", FRONT, NODE), ("quick", FRONT, NODE)]
        assert len(ends(fleet, "be1")) == 2
        assert fleet.run("fe1", f"{monitor} delete mmsa all").exit_code == 0
        assert fleet.run("fe1", f"{monitor} show mmsa").exit_code == 1
        for wrong in ("delete mmsa", "delete mmsa one two", "show nothing", "show"):
            assert fleet.run("fe1", f"{monitor} {wrong}").exit_code == 1


def test_orders_from_outside(capsys: pytest.CaptureFixture[str]) -> None:
    with running_fleet(site()) as fleet:
        protect(fleet)
        control = Control(fleet.fleet)
        fleet.wait(control.start("127.0.0.1:0"))
        where = ["--control", control.url]
        try:
            assert main(["talk", *where, "fe1", VIRTUAL, "tcp", "110"]) == 0
            assert '"outcome": "protected"' in capsys.readouterr().out
            assert main(["associations", *where, "fe1"]) == 0
            assert '"mode": "quick"' in capsys.readouterr().out
            assert main(["converse", *where, "fe1", NODE, "tcp", "110"]) == 0
            assert main(["converse", *where, "fe1", "nobody", "tcp", "110"]) == 2
            assert main(["associations", *where, "nobody"]) == 2
        finally:
            fleet.wait(control.stop())
