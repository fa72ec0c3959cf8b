# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of the cluster resource, called by Wine's cscript.exe as the cluster calls it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.checkout import BUILD, ROOT
from tests.wine.wine import Wine

SCRIPT = ROOT / "extensions/cluster/failover.vbs"
CALLS = """
Class ResourceOfTheCluster
  Public Function LogInformation(text)
    WScript.Echo "log: " & text
  End Function
End Class
Dim Resource
Set Resource = New ResourceOfTheCluster
WScript.Echo "online: " & Online()
WScript.Echo "looks alive: " & LooksAlive()
WScript.Echo "is alive: " & IsAlive()
"""


@dataclasses.dataclass(frozen=True)
class Cluster:
    """Something that calls the script."""

    wine: Wine

    @property
    def node(self) -> str:
        """The name that Wine's cmd.exe gives this computer."""
        return self.wine.run(["set COMPUTERNAME"])[0].stdout.strip().removeprefix("COMPUTERNAME=")

    def call(self, url: str, token: str) -> list[str]:
        """Fill in the two lines that a site fills in, and call every entry point; returns the lines that were said."""
        text = SCRIPT.read_text(encoding="ascii")
        for name, value in (("WEBHOOK", url), ("TOKEN", token)):
            text, count = re.subn(rf'^Const {name} = "[^"]*"$', f'Const {name} = "{value}"', text, flags=re.MULTILINE)
            assert count == 1, f"the script has {count} lines for {name}"
        (self.wine.folder / "drive_c" / "called.vbs").write_text(text + CALLS, encoding="ascii")
        (outcome,) = self.wine.run([r"cscript //nologo C:\called.vbs"])
        assert outcome.code == 0, outcome
        return outcome.stdout.splitlines()


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A Windows of its own for the script."""
    wine = Wine(BUILD / "wine-script", "C.UTF-8", "cp437")
    wine.start()
    try:
        yield Cluster(wine)
    finally:
        wine.stop()
