# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups on the controller: readable for their owner only, and refused where they are about something else."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree, RegistryValue
from ansible_collections.exchange.ipsec.plugins.plugin_utils.backup import backup_of, read_backup, write_backup

KEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\PolicyAgent\Oakley"
BELOW = KEY + r"\Deeper"
TREE = RegistryTree(
    {
        KEY: {"NLBSFlags": RegistryValue("REG_DWORD", 1)},
        BELOW: {"x": RegistryValue("REG_SZ", "y")},
        r"HKEY_LOCAL_MACHINE\SOFTWARE\Other": {"secret": RegistryValue("REG_SZ", "sesame")},
    }
)
WHOLE = backup_of(TREE, [KEY], "FE1")
HOST = {"inventory_hostname": "fe1"}


def test_the_named_keys_and_nothing_else_for_the_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "backup"
    path = Path(write_backup(WHOLE, "oakley", {"backup_dir": str(folder)}, HOST))
    assert re.fullmatch(r"fe1_oakley_\d{8}T\d{6}\.\d{6}Z\.reg", path.name)
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    text = path.read_text(encoding="utf-16")
    assert '"NLBSFlags"=dword:00000001' in text
    assert f"[{BELOW}]" in text
    assert "sesame" not in text


def test_a_key_that_is_not_there_comes_back_as_not_there(tmp_path: Path) -> None:
    path = write_backup(backup_of(RegistryTree(), [KEY], "FE1"), "oakley", {"backup_dir": str(tmp_path)}, HOST)
    found = read_backup(path, about=KEY).contents
    assert (list(found.tree), found.deleted_keys) == ([], (KEY,))


def test_without_a_folder_it_goes_where_ansible_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_backup(WHOLE, "oakley", {"backup_dir": ""}, HOST)
    assert (tmp_path / path).parent == tmp_path / "backup"


def test_a_folder_that_cannot_be_made_is_an_error_before_any_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SpecError, match=r"^backup_dir: the backup cannot be written .* nothing was changed"):
        write_backup(WHOLE, "oakley", {"backup_dir": str(tmp_path / "file")}, HOST)


def test_a_backup_of_something_else_is_refused(tmp_path: Path) -> None:
    other = backup_of(TREE, [r"HKEY_LOCAL_MACHINE\SOFTWARE\Other"], "FE1")
    path = write_backup(other, "other", {"backup_dir": str(tmp_path)}, HOST)
    with pytest.raises(SpecError, match=r"is no backup of .*Oakley"):
        read_backup(path, about=KEY)
    assert read_backup(path, about=r"HKEY_LOCAL_MACHINE\software").contents.tree


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"^restore: the backup cannot be read .*gone\.reg"):
        read_backup(str(tmp_path / "gone.reg"), about=KEY)


def _kept(folder: Path, data: bytes) -> str:
    path = folder / "one.reg"
    path.write_bytes(data)
    return str(path)


def test_a_backup_says_of_which_computer_it_is(tmp_path: Path) -> None:
    head, line, empty, key = WHOLE.decode("utf-16").split("\r\n")[:4]
    assert (head, empty, key) == ("Windows Registry Editor Version 5.00", "", f"[{KEY}]")
    assert line.startswith('; exchange.ipsec backup {"computer": "FE1", "sha256": "')
    found = read_backup(_kept(tmp_path, WHOLE), about=KEY)
    assert (found.computer, found.doubts("fe1")) == ("FE1", [])
    assert found.contents.tree[KEY] == TREE[KEY]
    with pytest.raises(SpecError) as caught:
        found.doubts("BE1")
    assert str(caught.value) == (
        f"restore: {tmp_path}/one.reg is a backup of FE1, and this host is BE1; it was not touched"
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"REGEDIT4\r\n\r\n[{KEY}]\r\n".encode(), id="regedit4"),
        pytest.param(f"Windows Registry Editor Version 5.00\r\n\r\n[{KEY}]\r\n".encode("utf-16"), id="regedit"),
        pytest.param(backup_of(TREE, [KEY], ""), id="nameless"),
    ],
)
def test_a_file_that_does_not_say_is_taken_with_a_warning(tmp_path: Path, data: bytes) -> None:
    found = read_backup(_kept(tmp_path, data), about=KEY)
    sentence = f"{tmp_path}/one.reg does not say of which computer it is; it is taken to be of this one"
    assert found.doubts("FE1") == [sentence]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(WHOLE[:-60], id="cut-off"),
        pytest.param(WHOLE[:-61], id="cut-in-a-letter"),
        pytest.param(WHOLE.replace("00000001".encode("utf-16-le"), "00000000".encode("utf-16-le")), id="edited"),
        pytest.param(WHOLE.replace('{"c'.encode("utf-16-le"), "{c".encode("utf-16-le")), id="line-edited"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SpecError, match=r"one\.reg is damaged or edited: .* take its second line out to use it"):
        read_backup(_kept(tmp_path, data), about=KEY)


def test_without_its_second_line_an_edited_one_is_taken(tmp_path: Path) -> None:
    head, _line, rest = WHOLE.decode("utf-16").split("\r\n", 2)
    data = f"{head}\r\n{rest}".replace("dword:00000001", "dword:00000000").encode("utf-16")
    found = read_backup(_kept(tmp_path, data), about=KEY)
    assert (found.computer, found.contents.tree[KEY]["NLBSFlags"].data) == ("", 0)
