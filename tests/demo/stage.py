# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage of the demo: the simulated fleet as a program of its own, and the commands that are run against it."""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.checkout import BUILD, ROOT
from tests.lab.client import ask
from tests.playbooks.run import PlaybookRun, environment, run_command

HERE = Path("tests/demo")
FLEET, INVENTORY = HERE / "fleet.yml", HERE / "inventory.yml"
FOLDER = BUILD / "demo"
HTTP_PORT = 5985
START_SECONDS = 30.0


class StoryError(Exception):
    """The story does not hold; the text says what was told and what happened."""


class Stage:
    """A fleet that runs, and what a person would type."""

    def __init__(self, control: str, port: int) -> None:
        """Talk to the fleet's control endpoint; its hosts listen on that port."""
        self.control = control
        self.port = port

    def playbook_command(self, name: str, *more: str) -> list[str]:
        """The command that runs a playbook of the collection against the fleet."""
        elsewhere = [] if self.port == HTTP_PORT else ["-e", f"ansible_port={self.port}"]
        return ["ansible-playbook", "-i", str(INVENTORY), *elsewhere, f"exchange.ipsec.{name}", *more]

    def playbook(self, name: str, *more: str) -> tuple[PlaybookRun, dict[str, dict[str, Any]]]:
        """Run a playbook; returns how it went, and what the lab counted on each host."""
        ask(self.control, "POST", "/counters", {"reset": True})
        run = run_command(self.playbook_command(name, *more))
        (FOLDER / f"{name}.log").write_text(run.output, encoding="utf-8")
        return run, ask(self.control, "POST", "/counters", {})

    def console_command(self, host: str, typed: str) -> list[str]:
        """The command that types something at the console of a host."""
        return ["python", "-m", "tests.lab", "run", host, typed, "--control", self.control]

    def type(self, host: str, typed: str) -> None:
        """Type something at the console of a host, past everything that watches; StoryError when it fails there."""
        command = [sys.executable, *self.console_command(host, typed)[1:]]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StoryError(f"{shlex.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")


def host_windows() -> dict[str, str]:
    """Which Windows each host of the fleet is, for people."""
    words = {"server2003": "Server 2003", "server2003-ko": "Server 2003, Korean", "server2022": "Server 2022"}
    return {name: words[options["profile"]] for name, options in _hosts().items()}


@contextlib.contextmanager
def running_stage() -> Iterator[Stage]:
    """Start the fleet, and stop it at the end whatever happens."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    port = _free_port()
    ready = FOLDER / "ready.json"
    command = [sys.executable, "-m", "tests.lab", "serve", str(FLEET), "--ready", str(ready), "--control",
               "127.0.0.1:0", "--port-base", str(port), "--log", str(FOLDER / "lab.log")]  # fmt: skip
    with (FOLDER / "lab.out").open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=output, stderr=output)
        try:
            yield Stage(_control(process, ready), port)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _control(process: subprocess.Popen[bytes], ready: Path) -> str:
    """Wait until every host listens; returns where the fleet takes orders."""
    end = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > end:
            said = (FOLDER / "lab.out").read_text(encoding="utf-8")
            raise StoryError(f"the simulated fleet did not start: {said.strip() or 'no answer'}")
        time.sleep(0.05)
    return str(json.loads(ready.read_text(encoding="utf-8"))["control"])


def _hosts() -> dict[str, dict[str, Any]]:
    document: dict[str, Any] = yaml.safe_load((ROOT / FLEET).read_text(encoding="utf-8"))
    return dict(document["hosts"])


def _free_port() -> int:
    """WinRM's own port where nothing of this machine holds it, else two free ones in a row."""
    addresses = [options["listen"] for options in _hosts().values()]
    for port in (HTTP_PORT, *range(15985, 65000, 100)):
        if all(_is_free(address, number) for address in addresses for number in (port, port + 1)):
            return port
    raise StoryError("no port of this machine is free for the simulated fleet")


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True
