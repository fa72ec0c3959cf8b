# SPDX-License-Identifier: GPL-3.0-or-later
"""The role for a Linux peer, run for real on this machine into a folder of the test; no strongSwan is asked."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.playbooks.run import PlaybookRun, run_playbook

KEY = "correct horse 7"
POLICY: dict[str, Any] = {
    "name": "Exchange IPsec",
    "rules": [{
        "name": "mail",
        "filter_list": {"name": "mail", "filters": [
            {"source": "me", "destination": "192.0.2.30", "protocol": "tcp", "destination_port": 110},
        ]},
        "filter_action": {"name": "negotiate", "action": "negotiate"},
        "authentication": [{"method": "psk", "psk": "********"}],
    }],
}  # fmt: skip


def run(folder: Path, *arguments: str, tasks: str = "main", **variables: Any) -> PlaybookRun:
    """Run the role, or one of its task files, with its folder in the test's own."""
    conf = folder / "conf.d"
    conf.mkdir(exist_ok=True)
    given = {
        "linux_peer_policy": POLICY, "linux_peer_addresses": ["192.0.2.11"], "linux_peer_psk": KEY,
        "linux_peer_directory": str(conf), "linux_peer_load": False, "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable, **variables,
    }  # fmt: skip
    inventory, playbook = folder / "inventory.yml", folder / "play.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"proxy": None}, "vars": given}}), encoding="utf-8")
    role = {"ansible.builtin.include_role": {"name": "exchange.ipsec.linux_peer", "tasks_from": tasks}}
    play = {"name": "Proxy", "hosts": "all", "gather_facts": False, "tasks": [{"name": "The role", **role}]}
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    return run_playbook(playbook, inventory, *arguments)


def test_two_files_for_root_alone_and_no_key_in_the_output(tmp_path: Path) -> None:
    first = run(tmp_path, "--diff", "-v")
    assert first.exit_code == 0, first.output
    conf, secrets = (tmp_path / "conf.d" / f"exchange-ipsec{part}.conf" for part in ("", "-secrets"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in (conf, secrets)] == [0o600, 0o600]
    assert "      remote_ts = 192.0.2.30/32[tcp/110]\n".replace("      ", "        ") in conf.read_text()
    assert secrets.read_text().endswith(f"    secret = 0x{KEY.encode().hex()}\n  }}\n}}\n")
    for hidden in (KEY, KEY.encode().hex()):
        assert hidden not in first.output
        assert hidden not in conf.read_text()
    assert run(tmp_path).statuses() == {"proxy": "ok"}


def test_check_mode_writes_nothing(tmp_path: Path) -> None:
    checked = run(tmp_path, "--check", "--diff")
    assert checked.exit_code == 0, checked.output
    assert checked.statuses() == {"proxy": "changed"}
    assert list((tmp_path / "conf.d").iterdir()) == []


def test_comply_finds_a_changed_file_and_a_changed_key(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 0
    assert run(tmp_path, tasks="comply").statuses() == {"proxy": "ok"}
    assert run(tmp_path, tasks="comply", linux_peer_psk="another").exit_code != 0
    (tmp_path / "conf.d/exchange-ipsec.conf").write_text("connections {\n}\n")
    assert run(tmp_path, tasks="comply").exit_code != 0


SWANCTL = """\
#!/bin/sh
echo "$1" >> {0}/asked
case $1 in
--load-all) test ! -e {0}/broken ;;
--list-conns) echo 'list-conn event {{192-0-2-11--192-0-2-30 {{}}' ;;
esac
"""


def test_what_strongswan_refused_to_load_is_loaded_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both files are there already, so nothing changes; strongSwan has them only now."""
    program = tmp_path / "swanctl"
    program.write_text(SWANCTL.format(tmp_path), encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "broken").touch()
    assert run(tmp_path, linux_peer_load=True).exit_code != 0
    (tmp_path / "broken").unlink()
    assert run(tmp_path, linux_peer_load=True).statuses() == {"proxy": "ok"}
    assert (tmp_path / "asked").read_text().split() == ["--load-all", "--load-all", "--list-conns"]


def test_kerberos_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    rule = {**POLICY["rules"][0], "authentication": [{"method": "kerberos"}]}
    refused = run(tmp_path, linux_peer_policy={**POLICY, "rules": [rule]})
    assert refused.exit_code != 0
    assert "strongSwan has no counterpart" in refused.output
    assert list((tmp_path / "conf.d").iterdir()) == []
