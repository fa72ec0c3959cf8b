# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds which shells of a killed run count as left behind: those that it had noted, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.exchange.ipsec.plugins.plugin_utils.shell_record import ShellRecord
from tests.torture import kill


def test_the_shells_that_a_run_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill, "environment", lambda: {"ANSIBLE_HOME": str(tmp_path)})
    folder = tmp_path / "exchange.ipsec/shells"
    assert kill.noted_shells() == set()
    for number, shell in enumerate(("AAAA", "BBBB")):
        ShellRecord(str(folder), f"http://192.0.2.{number}:5985/wsman", "Administrator").write(shell)
    note = next(folder.glob("*/*.json"))
    (note.parent / "0123456789abcdef.json").write_text('{"endpoint": "http', encoding="utf-8")
    (note.parent / "fedcba9876543210.json").touch()
    assert kill.noted_shells() == {"AAAA", "BBBB"}
