# SPDX-License-Identifier: GPL-3.0-or-later
"""The role linux_peer on a host of the guest, for real: files below /etc/swanctl, a running strongSwan, two runs.

Run inside a host as `python -m tests.wire.guest.role FOLDER`: FOLDER has `inventory.yml` and `play.yml`, and gets
`result.json` with the status of both runs, whether a secret was shown, the modes of the files, and what is loaded.
"""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.playbooks.run import run_playbook
from tests.wire.guest.network import inside
from tests.wire.guest.shell import GuestError, run

ETC = Path("/etc/swanctl")
FILES = ("exchange-ipsec.conf", "exchange-ipsec-secrets.conf")
SETTINGS = "charon-systemd {\n  load = random nonce gcrypt hmac kdf gmp sha1 kernel-netlink socket-default vici\n}\n"
SOCKET = Path("/run/charon.vici")


def prove_role(host: str, folder: Path) -> dict[str, Any]:
    """Give a host an empty /etc/swanctl and a strongSwan, let the role run there twice, and give what came of it."""
    run("mount", "-t", "tmpfs", "tmpfs", str(ETC))
    (ETC / "conf.d").mkdir()
    (ETC / "swanctl.conf").write_text("include conf.d/*.conf\n", encoding="utf-8")
    settings = Path("/tmp/wire/role.conf")  # noqa: S108 - the guest's own memory
    settings.write_text(SETTINGS, encoding="utf-8")
    command = inside(host, "env", f"STRONGSWAN_CONF={settings}", "/usr/sbin/charon-systemd")
    daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 20
        while not SOCKET.exists():
            if time.monotonic() > end:
                raise GuestError("strongSwan for the role did not start")
            time.sleep(0.05)
        run(*inside(host, sys.executable, "-B", "-m", "tests.wire.guest.role", str(folder)))
    finally:
        daemon.terminate()
        daemon.wait(20)
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result


def main(folder: Path) -> None:
    """Run the role twice and look."""
    runs = [run_playbook(folder / "play.yml", folder / "inventory.yml") for _unused in range(2)]
    key = json.loads((folder / "inventory.yml").read_text(encoding="utf-8"))["all"]["vars"]["linux_peer_psk"]
    shown = any(secret in one.output for one in runs for secret in (key, key.encode().hex()))
    result = {
        "statuses": [one.statuses() for one in runs],
        "output": "" if shown else runs[0].output[-2000:],
        "key_shown": shown,
        "modes": [_mode(ETC / "conf.d" / name) for name in FILES],
        "loaded": run("/usr/sbin/swanctl", "--list-conns", "--raw"),
    }
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode)) if path.exists() else "missing"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
