# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-rulebook, running with the collection's rulebook as docs/failover.md says."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from tests.eda.site import VAULT_PASSWORD, encrypted
from tests.playbooks.run import environment

TOKEN = "lab-token"
PATIENCE = 120.0
"""Seconds to wait for what must happen; a wait that ends well is over much sooner."""
CALLBACKS = Path(__file__).with_name("callback")


@dataclasses.dataclass(frozen=True)
class Rulebook:
    """A rulebook that listens, and the rounds that it ran."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        """Where its webhook listens."""
        return f"http://127.0.0.1:{self.port}/endpoint"

    def post(self, body: Any, authorization: str | None = f"Bearer {TOKEN}") -> int:
        """Send an event, as JSON unless it is bytes; returns the HTTP status."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url, data, {"Content-Type": "application/json"})  # noqa: S310
        if authorization is not None:
            request.add_header("Authorization", authorization)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def said(self) -> str:
        """All that the rulebook printed."""
        return (self.folder / "rulebook.log").read_text(encoding="utf-8", errors="replace")

    def rounds(self) -> list[dict[str, Any]]:
        """The payload and the hosts of each playbook that has ended."""
        lines = (self.folder / "rounds.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def wait_for(self, node: object, since: int) -> list[dict[str, Any]]:
        """Wait until the playbook for this node has ended; returns the rounds since then, this one the last."""
        self.until(lambda: any(one["payload"]["node"] == node for one in self.rounds()[since:]), f"a round for {node}")
        return self.rounds()[since:]

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition; AssertionError with what the rulebook said where it does not come about."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"no {what}; the rulebook ended with {self.process.poll()}:\n{self.said()}")
            time.sleep(0.1)

    def listens(self) -> bool:
        """Say whether its webhook takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running_rulebook(folder: Path, **variables: Any) -> Iterator[Rulebook]:
    """Start the rulebook with the inventory in that folder, wait until it listens, and end it with all it started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    values = {"failover_listen": "127.0.0.1", "failover_port": port, "failover_token": encrypted(TOKEN), **variables}
    (folder / "variables.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    (folder / "rounds.jsonl").touch()
    with (folder / "rulebook.log").open("wb") as log:
        process = subprocess.Popen(
            ["ansible-rulebook", "-r", "exchange.ipsec.failover", "-i", "inventory", "--vars", "variables.yml",
             "--vault-password-file", "vault-password"],
            cwd=folder, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    rulebook = Rulebook(process, port, folder)
    try:
        rulebook.until(rulebook.listens, "webhook")
        yield rulebook
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def _environment(folder: Path) -> Mapping[str, str]:
    password = folder / "vault-password"
    password.write_text(VAULT_PASSWORD, encoding="utf-8")
    return environment(
        ANSIBLE_VAULT_PASSWORD_FILE=str(password),
        ANSIBLE_CALLBACK_PLUGINS=str(CALLBACKS),
        ANSIBLE_CALLBACKS_ENABLED="rounds",
        ROUNDS_FILE=str(folder / "rounds.jsonl"),
    )
