# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups on the controller: readable for their owner only, and refused where they are about something else."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue
from ansible_collections.exchange.ipsec.plugins.plugin_utils.backup import read_backup, write_backup

KEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"
BELOW = KEY + r"\Deeper"
TREE = RegistryTree(
    {
        KEY: {"NLBSFlags": RegistryValue("REG_DWORD", 1)},
        BELOW: {"x": RegistryValue("REG_SZ", "y")},
        r"HKEY_LOCAL_MACHINE\SOFTWARE\Other": {"secret": RegistryValue("REG_SZ", "sesame")},
    }
)
HOST = {"inventory_hostname": "fe1"}


def test_the_named_keys_and_nothing_else_for_the_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "backup"
    path = Path(write_backup(TREE, [KEY], "oakley", {"backup_dir": str(folder)}, HOST))
    assert re.fullmatch(r"fe1_oakley_\d{8}T\d{6}\.\d{6}Z\.reg", path.name)
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    text = path.read_text(encoding="utf-16")
    assert '"NLBSFlags"=dword:00000001' in text
    assert f"[{BELOW}]" in text
    assert "sesame" not in text


def test_a_key_that_is_not_there_comes_back_as_not_there(tmp_path: Path) -> None:
    path = write_backup(RegistryTree(), [KEY], "oakley", {"backup_dir": str(tmp_path)}, HOST)
    found = read_backup(path, about=KEY)
    assert (list(found.tree), found.deleted_keys) == ([], (KEY,))


def test_without_a_folder_it_goes_where_ansible_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_backup(TREE, [KEY], "oakley", {"backup_dir": ""}, HOST)
    assert (tmp_path / path).parent == tmp_path / "backup"


def test_a_folder_that_cannot_be_made_is_an_error_before_any_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SpecError, match=r"^backup_dir: the backup cannot be written .* nothing was changed"):
        write_backup(TREE, [KEY], "oakley", {"backup_dir": str(tmp_path / "file")}, HOST)


def test_a_backup_of_something_else_is_refused(tmp_path: Path) -> None:
    path = write_backup(TREE, [r"HKEY_LOCAL_MACHINE\SOFTWARE\Other"], "other", {"backup_dir": str(tmp_path)}, HOST)
    with pytest.raises(SpecError, match=r"is no backup of .*Oakley"):
        read_backup(path, about=KEY)
    assert read_backup(path, about=r"HKEY_LOCAL_MACHINE\software").tree


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"^restore: the backup cannot be read .*gone\.reg"):
        read_backup(str(tmp_path / "gone.reg"), about=KEY)
