# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that has no server to work on is an error that names the groups, whatever the playbook; nobody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.playbooks.run import PlaybookRun, run_playbook

MISSPELT = "all: {children: {frontends: {hosts: {fe1: {}}}, back_end_cluster: {hosts: {}}}}"
MIXED = "all: {children: {front_end: {hosts: {fe1: {}}}, domain_controller: {hosts: {dc1: {}}}, w: {hosts: {w1: {}}}}}"
SERVERS = "front_end, back_end_cluster, domain_controller"
LACKS = "no server to work on: the inventory has no host in the groups {}. Look at -i and at the names"
LIMIT = "no server to work on: --limit w1 leaves no host of the groups {}. Name one of their hosts"


def run(folder: Path, inventory: str, playbook: str, *arguments: str) -> PlaybookRun:
    path = folder / "inventory.yml"
    path.write_text(inventory, encoding="utf-8")
    return run_playbook(f"exchange.ipsec.{playbook}", path, *arguments, cwd=folder)


@pytest.mark.parametrize(("playbook", "inventory", "limit", "said"), [
    pytest.param("harden", MISSPELT, (), LACKS.format(SERVERS), id="harden", marks=pytest.mark.core),
    pytest.param("harden", MIXED, ("--limit", "w1"), LIMIT.format(SERVERS), id="harden-limit", marks=pytest.mark.core),
    pytest.param("harden_live", MISSPELT, (), LACKS.format(SERVERS), id="harden_live"),
    pytest.param("comply", MISSPELT, (), LACKS.format(SERVERS), id="comply"),
    pytest.param("comply", MIXED, ("--limit", "w1"), LIMIT.format(SERVERS), id="comply-limit"),
    pytest.param("restore", MISSPELT, (), LACKS.format(SERVERS), id="restore"),
    pytest.param("failover_drill", MISSPELT, (), LACKS.format("front_end"), id="failover_drill"),
])  # fmt: skip
def test_a_run_without_a_server_is_one_error(
    tmp_path: Path, playbook: str, inventory: str, limit: tuple[str, ...], said: str
) -> None:
    ended = run(tmp_path, inventory, playbook, *limit)
    assert ended.exit_code == 2, ended.output
    assert [one.status for one in ended.results] == ["failed"]
    assert ended.results[0].message.startswith(said)


@pytest.mark.parametrize("arguments", [("--list-hosts", "--list-tasks"), ("--syntax-check",)])
def test_what_only_lists_goes_on_working(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = run(tmp_path, MISSPELT, "harden", *arguments)
    assert ended.exit_code == 0, ended.output
    assert ("Read what stands on the server" in ended.output) is ("--list-tasks" in arguments)


@pytest.mark.parametrize(("limit", "listed"), [
    pytest.param((), {"fe1", "dc1"}, id="everybody"),
    pytest.param(("--limit", "w1,dc1"), {"dc1"}, id="limit"),
])  # fmt: skip
def test_who_is_no_server_is_not_listed_beside_servers(
    tmp_path: Path, limit: tuple[str, ...], listed: set[str]
) -> None:
    ended = run(tmp_path, MIXED, "harden", "--list-hosts", *limit)
    assert {line.strip() for line in ended.output.splitlines() if line.startswith("      ")} == listed, ended.output
    assert "ignoring: ipsec_" not in ended.output  # no warning names a group of our own; what may be misspelt is told
    assert "ignoring: back_end_cluster" in ended.output
