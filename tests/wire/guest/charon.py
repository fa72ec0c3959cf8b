# SPDX-License-Identifier: GPL-3.0-or-later
"""One strongSwan in one host: started with its configuration, asked, told to drop, stopped."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.wire.guest.network import inside
from tests.wire.guest.shell import GuestError, run, start
from tests.wire.guest.vici import order

PLUGINS = (
    "random nonce x509 constraints pubkey pkcs1 pkcs8 pem gcrypt hmac kdf gmp sha1 md5 kernel-netlink "
    "socket-default vici"
)
SETTINGS = """\
charon-systemd {{
  load = {plugins}
  install_routes = no
  retransmit_timeout = {timeout}
  retransmit_base = 2
  retransmit_tries = 5
  block_threshold = 100
  filelog {{
    file {{
      path = {log}
      time_format = %s
      flush_line = yes
      default = 1
    }}
  }}
  plugins {{
    vici {{
      socket = unix://{folder}/vici
    }}
    kernel-netlink {{
      xfrm_acq_expires = 2
    }}
  }}
}}
swanctl {{
  load = pem pkcs1 pkcs8 x509 pubkey random
}}
"""
"""Five retransmissions that double from one second on: the minute that a dead main mode costs (docs/failover.md).
The threshold is strongSwan's for negotiations of one address that are not finished, as those of a probe never are."""

START_SECONDS = 20.0


class Charon:
    """The IKE daemon of one host; its folder is in the guest's memory, its log where it is told."""

    def __init__(self, host: str, files: dict[str, str], log: Path, *, retransmit: float = 1.0) -> None:
        """Start it with files below /etc/swanctl, such as swanctl.conf; returns when everything is loaded."""
        self.host = host
        self.folder = Path("/mnt/wire") / host  # the guest's own memory
        shutil.rmtree(self.folder, ignore_errors=True)
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
        settings = self.folder / "strongswan.conf"
        log.parent.mkdir(parents=True, exist_ok=True)
        text = SETTINGS.format(plugins=PLUGINS, folder=self.folder, log=log, timeout=retransmit)
        settings.write_text(text, encoding="utf-8")
        self._env = {**os.environ, "STRONGSWAN_CONF": str(settings), "SWANCTL_DIR": str(self.folder)}
        self._process = start(self.folder / "output", *inside(host, "/usr/sbin/charon-systemd"), env=self._env)
        end = time.monotonic() + START_SECONDS
        while not (self.folder / "vici").exists():
            if self._process.poll() is not None or time.monotonic() > end:
                raise GuestError(f"charon of {host} did not start: {(self.folder / 'output').read_text()}")
            time.sleep(0.02)

    def load(self) -> str:
        """Load everything; GuestError with strongSwan's own words when it refuses a part."""
        return self.ask("--load-all", "--noprompt")

    def ask(self, *arguments: str, check: bool = True) -> str:
        """Run swanctl against this daemon."""
        command = inside(self.host, "/usr/sbin/swanctl", *arguments, "--uri", f"unix://{self.folder}/vici")
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                              env=self._env)
        if check and done.returncode:
            raise GuestError(f"swanctl {' '.join(arguments)} on {self.host}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def associations(self) -> list[dict[str, Any]]:
        """The IKE associations: `id`, `near`, `far`, `state`, and `children` with `id` and `quiet` (seconds)."""
        return [_association(line) for line in self.ask("--list-sas", "--raw").splitlines() if "list-sa event" in line]

    def drop(self, connection: str) -> None:
        """Drop every association of a connection at once, without waiting for the other end; the policy stays."""
        order(self.folder / "vici", "terminate", {"ike": connection, "force": "yes", "timeout": "-1"})

    def leave(self, address: str) -> None:
        """Delete every association and say so, as a node does that an address leaves; take no new ones.

        What is left of the address's conversations is blocked until `stop`: a policy that requires IPsec stays in
        force on Windows, and the daemon takes its own out of the kernel when it ends.
        """
        for direction, side in (("in", "dst"), ("out", "src")):
            run("ip", "-n", self.host, "xfrm", "policy", "add", side, f"{address}/32", "proto", "tcp",
                "dir", direction, "action", "block", "priority", "1")  # fmt: skip
        self._process.terminate()
        self._process.wait(20)

    def stop(self) -> None:
        """Stop the daemon, which deletes its associations and says so; remove what it left in the kernel."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)
        for what in ("state", "policy"):
            run("ip", "-n", self.host, "xfrm", what, "flush")

    def kill(self) -> None:
        """End the daemon without a word, as a crash does."""
        self._process.kill()
        self._process.wait(20)


def _association(line: str) -> dict[str, Any]:
    """Read one line of `swanctl --list-sas --raw`."""
    head, _unused, tail = line.partition("child-sas {")
    return {
        "id": _value(head, "uniqueid"), "near": _value(head, "local-host"), "far": _value(head, "remote-host"),
        "state": _value(head, "state"),
        "children": [
            {"id": _value(child, "uniqueid"), "quiet": _value(child, "use-in"), "age": _value(child, "install-time")}
            for child in re.split(r"\{(?=name=)", tail)[1:]
        ],
    }  # fmt: skip


def _value(text: str, name: str) -> str:
    found = re.search(rf"(?<![\w-]){name}=(\S+?)[ }}]", text + " ")
    return found.group(1) if found else ""
