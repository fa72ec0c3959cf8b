# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet in the foreground: started from a file, announced in files, ended by an order or a signal."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
from pathlib import Path
from typing import Any

import yaml

from tests.lab import orders
from tests.lab.control import Control
from tests.lab.fleet import Fleet
from tests.lab.fleet_spec import FleetError


async def serve(args: argparse.Namespace) -> int:
    """Serve until the end is ordered; the arguments are those of `python -m tests.lab serve`."""
    logging.basicConfig(filename=args.log, level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    fleet = Fleet(_read(args.fleet), port_base=args.port_base)
    state = args.state_dir and args.state_dir / "fleet.json"
    if state is not None and state.exists():
        fleet.load(json.loads(state.read_text(encoding="utf-8")))
    async with fleet:
        control = Control(fleet)
        await control.start(args.control)
        print(orders.greeting(fleet, control.url), flush=True)
        _announce(args, fleet, control.url)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, control.stopped.set)
        await control.stopped.wait()
        if state is not None:
            _write(state, json.dumps(fleet.computers.save()))
        await control.stop()
    for file in (args.ready, args.pid_file):
        if file is not None:
            file.unlink(missing_ok=True)
    return 0


def _announce(args: argparse.Namespace, fleet: Fleet, control: str) -> None:
    """Write the files that were asked for, the ready file last."""
    if args.pid_file is not None:
        _write(args.pid_file, f"{os.getpid()}\n")
    if args.inventory is not None:
        _write(args.inventory, yaml.safe_dump(orders.inventory(fleet), sort_keys=False))
    if args.ready is not None:
        _write(args.ready, json.dumps(orders.ready(fleet, control), indent=2))


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as exc:
        raise FleetError(f"{file} is not YAML: {exc}") from exc
    if not isinstance(document, dict):
        raise FleetError(f"{file} is not a fleet file")
    return document


def _write(file: Path, text: str) -> None:
    """Write a file at once, readable only by its owner: it may hold the hosts' passwords."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.replace(file)
