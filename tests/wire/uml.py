# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots User-Mode Linux as an ordinary process, with this machine's files as its root, and lets it do a plan."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.checkout import ROOT

PROGRAMS = {
    "linux.uml": "user-mode-linux",
    "charon-systemd": "charon-systemd",
    "swanctl": "strongswan-swanctl",
    "tcpdump": "tcpdump",
    "ike-scan": "ike-scan",
    "ip": "iproute2",
    "modprobe": "kmod",
}
"""Program -> Debian package."""
PLUGINS = {
    "/usr/lib/ipsec/plugins/libstrongswan-gcrypt.so": "libstrongswan-extra-plugins",
    "/usr/lib/ipsec/plugins/libstrongswan-kernel-netlink.so": "libstrongswan",
}
SBIN = "/usr/sbin:/sbin"


class TwinError(Exception):
    """The twin did not come to a result; the text says where it ended."""


def missing_packages() -> list[str]:
    """The Debian packages that this machine lacks."""
    lacking = [package for program, package in PROGRAMS.items() if not _found(program)]
    return lacking + [package for path, package in PLUGINS.items() if not Path(path).exists()]


def run_guest(plan: Mapping[str, Any], folder: Path, seconds: float) -> dict[str, Any]:
    """Boot, do the plan, and give the guest's result; TwinError when it breaks or takes longer than `seconds`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "plan.json").touch(0o600)
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    command = [
        "linux.uml", "mem=1024M", "rootfstype=hostfs", "rw", f"init={ROOT / 'tests/wire/guest/init'}",
        "con0=null,fd:1", "con=null", "quiet", f"uml_dir={folder}", "umid=uml",
        f"WIRE_PYTHON={sys.executable}", f"WIRE_ROOT={ROOT}", f"WIRE_PLAN={folder / 'plan.json'}",
    ]  # fmt: skip
    console = folder / "console.log"
    with console.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   start_new_session=True)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired as exc:
            raise TwinError(f"the guest kernel was not done after {seconds:.0f} s; see {console}") from exc
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)
            (folder / "plan.json").unlink()
    return _result(folder, console)


def _result(folder: Path, console: Path) -> dict[str, Any]:
    path = folder / "result.json"
    if not path.exists():
        said = console.read_text(errors="replace")[-400:]
        raise TwinError(f"the guest kernel left no result; {console} ends: {said}")
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "error" in result:
        raise TwinError(f"the guest broke: {result['error']}")
    return result


def _found(program: str) -> bool:
    return any(shutil.which(program, path=path) for path in (None, SBIN))
