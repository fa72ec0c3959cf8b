# SPDX-License-Identifier: GPL-3.0-or-later
"""Examples that run on simulated servers: of every plugin, of docs/modules.md, README, quickstart, roles and lab."""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checkout import ROOT
from tests.integration.conftest import SITE, Lab
from tests.lab.fleet import running_fleet
from tests.playbooks.run import PlaybookRun, run_playbook

STORE = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local"
OAKLEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"
EMPTY = "Windows Registry Editor Version 5.00\r\n\r\n[-{}]\r\n"
"""A backup of a key that was not there."""

BATCH = r"""
@echo off
netsh ipsec static add filter filterlist=POP3 srcaddr=me dstaddr=192.0.2.21 protocol=TCP dstport=110
netsh ipsec static add filteraction name=ESP action=negotiate qmsec="ESP[3DES,SHA1]"
netsh ipsec static add policy name=Mail
netsh ipsec static add rule name=POP3 policy=Mail filterlist=POP3 filteraction=ESP kerberos=yes
"""
AUTHENTICATION = [{"method": "certificate", "ca": "CN=Example Root, O=Example"}]
TOPOLOGY = {"tier": "credentials", "authentication": AUTHENTICATION}
KEYED: dict[str, Any] = {
    "name": "Keyed",
    "assigned": True,
    "rules": [
        {
            "name": "POP3",
            "filter_list": {
                "name": "POP3 to the back end",
                "filters": [{"source": "me", "destination": "192.0.2.21", "protocol": "tcp", "destination_port": 110}],
            },
            "filter_action": {"name": "Require ESP", "action": "negotiate"},
            "authentication": [{"method": "psk", "psk": "an example key"}],
        }
    ],
}


@dataclasses.dataclass(frozen=True)
class Setting:
    """Where the examples of a plugin run, and what stands around them."""

    hosts: str
    variables: dict[str, Any] = dataclasses.field(default_factory=dict)
    before: tuple[dict[str, Any], ...] = ()


def standing(policy: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Tasks that make a policy and find it."""
    return (
        {"name": "A policy", "exchange.ipsec.policy": policy},
        {"name": "Found", "exchange.ipsec.policy_info": {"name": policy["name"]}, "register": "found"},
    )


PLAIN = {**KEYED, "name": "Plain", "rules": [{**KEYED["rules"][0], "authentication": [{"method": "kerberos"}]}]}
COMPLIANT: tuple[dict[str, Any], ...] = (
    {"name": "Policy", "exchange.ipsec.policy": {"name": "Exchange IPsec", "assigned": True, "topology": TOPOLOGY}},
    {"name": "Value", "exchange.ipsec.oakley": {"nlbs_flags": "1"}},
)
SETTINGS = {
    "forecast": Setting("all"),
    "policy": Setting("fe1", {"vaulted_key": "an example key"}),
    "oakley": Setting("fe2"),
    "policy_info": Setting("dc1"),
    "snapshot": Setting("fe1"),
    "cluster_group": Setting("be2"),
    "compliance": Setting("be2", {"virtual_addresses": ["127.0.0.1"]}, COMPLIANT),  # where nobody answers
    "sa": Setting("fe2"),
    "from_netsh": Setting("be1"),
    "to_netsh": Setting("be1", {"declared": KEYED}, standing(PLAIN)),
    "to_swanctl": Setting("be1", {"site_key": "an example key"}, standing(KEYED)),
}
"""By plugin, in the order in which they run; all others run on the controller."""

ON_THE_WIRE = {"ike_probe"}
"""Plugins whose examples ask a real IKE by its address: tests/wire runs them, where one answers."""

PLUGINS = {
    path.stem: path
    for kind in ("modules", "filter")
    for path in (ROOT / "plugins" / kind).glob("*.yml")
    if path.stem not in ON_THE_WIRE
}


def page(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def blocks(text: str) -> list[Any]:
    """What the YAML blocks of a page hold, indented ones too."""
    found = re.findall(r"^( *)```yaml\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)
    return [yaml.safe_load("\n".join(line.removeprefix(dent) for line in block.splitlines())) for dent, block in found]


def tasks_of(name: str) -> list[dict[str, Any]]:
    """The examples of a plugin: first that of docs/modules.md, then those of its own documentation."""
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", page("docs/modules.md"), re.DOTALL | re.MULTILINE)
    assert section, f"docs/modules.md has no section {name}"
    first = blocks(section[1])[0]
    own: list[dict[str, Any]] = yaml.safe_load(yaml.safe_load(PLUGINS[name].read_text(encoding="utf-8"))["EXAMPLES"])
    return [*first, *own]


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Any]]:
    """One site for all examples, and the state to come back to."""
    with running_fleet(SITE) as handle:
        lab = Lab(handle, tmp_path_factory.mktemp("documented"), copy.deepcopy(SITE), [], [])
        yield lab, handle.call(handle.fleet.computers.save)


@pytest.fixture
def lab(documented: tuple[Lab, Any], tmp_path: Path) -> Lab:
    """The site as it was at first, and a folder to work in."""
    found, state = documented
    found.handle.call(found.handle.fleet.load, state)
    return dataclasses.replace(found, folder=tmp_path)


def furnished(folder: Path) -> Path:
    """A folder for a playbook to lie and run in, with the files that the examples name."""
    (folder / "backup").mkdir()
    stamp = "20260102T030405.000000Z"
    for name, key in (("policy", STORE), ("oakley", OAKLEY)):
        (folder / f"backup/fe1_{name}_{stamp}.reg").write_bytes(EMPTY.format(key).encode("utf-16"))
    (folder / "ipsec.cmd").write_text(BATCH, encoding="utf-8")
    (folder / "store.reg").write_text(EMPTY.format(STORE), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for a documented site."""
    return tmp_path


def play(name: str) -> dict[str, Any]:
    """The examples of a plugin as a play; each task bears the name of the plugin in front of its own."""
    setting = SETTINGS.get(name, Setting("localhost", {"declared": KEYED}))
    local = {"connection": "local"} if setting.hosts == "localhost" else {}
    tasks = [*setting.before, *({**one, "name": f"{name}: {one['name']}"} for one in tasks_of(name))]
    return {"name": name, "hosts": setting.hosts, "gather_facts": False, "vars": setting.variables, **local,
            "tasks": tasks}  # fmt: skip


@pytest.fixture(scope="module")
def examples(documented: tuple[Lab, Any], tmp_path_factory: pytest.TempPathFactory) -> PlaybookRun:
    """One run of the examples of every plugin."""
    lab, _unused = documented
    folder = furnished(tmp_path_factory.mktemp("examples"))
    content = [play(name) for name in [*SETTINGS, *sorted(PLUGINS.keys() - SETTINGS.keys())]]
    path = folder / "examples.yml"
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return run_playbook(path, lab.inventory(), cwd=folder)


@pytest.mark.parametrize("name", sorted(PLUGINS))
def test_the_examples_of_every_plugin(examples: PlaybookRun, name: str) -> None:
    results = [one for one in examples.results if one.task.startswith(f"{name}: ")]
    assert {one.task for one in results} == {f"{name}: {one['name']}" for one in tasks_of(name)}, examples.output
    assert {one.status for one in results} <= {"ok", "changed", "skipped"}, examples.output
    for result in results:
        if result.action == f"exchange.ipsec.{name}" and result.status != "skipped":
            assert result_problems(name, dict(result.result)) == []


def test_no_example_shows_its_key(examples: PlaybookRun) -> None:
    assert examples.results
    assert "an example key" not in examples.output


ALWAYS_THERE = {"changed", "failed", "msg", "warnings", "diff", "invocation", "deprecations", "exception"}
"""Keys that Ansible itself gives to any result."""


def result_problems(name: str, result: dict[str, Any]) -> list[str]:
    """What a result has and RETURN has not, and the other way round."""
    documented = yaml.safe_load(PLUGINS[name].read_text(encoding="utf-8"))["RETURN"]
    given = {key for key in result if key not in ALWAYS_THERE and not key.startswith("_")}
    missing = {key for key, about in documented.items() if about["returned"] == "always"} - given
    undocumented = given - set(documented)
    return [*(f"{key} is documented, not given" for key in sorted(missing)),
            *(f"{key} is given, not documented" for key in sorted(undocumented))]  # fmt: skip


def override(lab: Lab, folder: Path, hosts: list[str]) -> Path:
    """An inventory that leads the hosts of a documented one to the lab, and nothing else."""
    reach = {
        name: {
            "ansible_host": lab.handle.host(name).address, "ansible_port": lab.handle.host(name).http_port,
            "ansible_user": "Administrator", "ansible_password": "lab-secret", "ansible_winrm_scheme": "http",
        } for name in hosts
    }  # fmt: skip
    path = folder / "reach.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": reach}}), encoding="utf-8")
    return path


def members(inventory: dict[str, Any]) -> list[str]:
    """The hosts of an inventory, by its groups."""
    return sorted(name for group in inventory["all"]["children"].values() for name in group["hosts"])


def run_site(lab: Lab, folder: Path, inventory: dict[str, Any], playbook: str | Path, *arguments: str) -> PlaybookRun:
    """Run a playbook as the page says, on the simulated servers of the same names."""
    written = folder / "inventory.yml"
    written.write_text(yaml.safe_dump(inventory, sort_keys=False), encoding="utf-8")
    reach = override(lab, folder, members(inventory))
    return run_playbook(playbook, written, "-i", str(reach), *arguments, cwd=folder)


def test_the_site_of_the_readme(lab: Lab, folder: Path) -> None:
    text = page("README.md")
    inventory, *_unused = blocks(text)
    assert members(inventory) == ["be1", "be2", "dc1", "fe1", "fe2"]
    for typed in re.findall(r"^\$ ansible-playbook -i inventory\.yml (\S+(?: --\w+)*)", text, re.MULTILINE):
        name, *arguments = typed.split()
        run = run_site(lab, folder, inventory, name, *arguments)
        assert run.exit_code == 0, run.output
    assert {name: lab.policies(name)["assigned"] for name in members(inventory)} == {
        "be1": "Exchange IPsec", "be2": "Exchange IPsec", "dc1": None, "fe1": "Exchange IPsec", "fe2": "Exchange IPsec",
    }  # fmt: skip


def test_the_playbook_of_the_readme(lab: Lab, folder: Path) -> None:
    inventory, playbook, *_unused = blocks(page("README.md"))
    path = folder / "pop3.yml"
    path.write_text(yaml.safe_dump(playbook), encoding="utf-8")
    run = run_site(lab, folder, inventory, path)
    assert run.exit_code == 0, run.output
    assert lab.policies("fe1")["assigned"] == "POP3 to the back end"


def test_the_site_of_the_quickstart(lab: Lab, folder: Path) -> None:
    inventory, variables, *_unused = blocks(page("docs/quickstart.md"))
    (folder / "group_vars").mkdir()
    (folder / "group_vars/all.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
    run = run_site(lab, folder, inventory, "exchange.ipsec.harden", "--check", "--diff")
    assert run.exit_code == 0, run.output
    assert run.statuses() == dict.fromkeys(("be1", "be2", "fe1", "fe2"), "changed") | {"dc1": "ok"}


def test_the_play_of_the_roles_page(lab: Lab, folder: Path) -> None:
    (nodes,) = blocks(page("docs/roles.md"))
    path = folder / "nodes.yml"
    path.write_text(yaml.safe_dump(nodes), encoding="utf-8")
    run = run_playbook(path, lab.inventory(), cwd=folder)
    assert run.exit_code == 0, run.output
    assert [lab.policies(name)["assigned"] for name in ("be1", "be2", "fe1")] == ["Exchange IPsec"] * 2 + [None]


def test_the_fleet_and_the_python_of_the_lab_page(capsys: pytest.CaptureFixture[str]) -> None:
    text = page("docs/lab.md")
    (document,) = blocks(text)
    document["hosts"]["fe1"].pop("listen")  # any address that is free: a fleet of the demo may run
    with running_fleet(document) as fleet:
        assert set(fleet.fleet.stations) == {"fe1", "fe2", "be1", "be2", "dc1"}
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(code, "docs/lab.md", "exec"), {})  # noqa: S102
    address, version, requests = [line for line in capsys.readouterr().out.splitlines() if line]
    assert re.fullmatch(r"127\.\d+\.\d+\.\d+ 5985", address)
    assert "5.2.3790" in version
    assert requests == "0"
