# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's command line: start a simulated fleet of Windows servers, and talk to one that runs."""

from __future__ import annotations

import argparse
import asyncio
import errno
import importlib
import json
import sys
from pathlib import Path
from typing import TypeAlias

from tests.lab.client import DEFAULT, ask
from tests.lab.fleet_spec import HELP, FleetError
from tests.lab.wire.injection import KINDS

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_FAULTS = (
    "slow SECONDS: every answer comes later; drop [AFTER_N]: answers are cut in the middle; "
    "deny [password|access]: nobody may log on, or do anything; die [AFTER_N]: the host is gone after N commands; "
    "truncate BYTES: a command's output stops there; quota: no shell is free; "
    "expire-shells: every open shell ends now; "
    "tls-refuse: no TLS that today's clients speak; cut [SECONDS]: no packet reaches it; "
    "agent-stop, agent-start: its PolicyAgent; clear: all well again"
)

_FLOWS = {
    "flow": "tell what becomes of a flow (JSON)",
    "talk": "send a flow's packets, which makes security associations (JSON)",
    "converse": "let a client send them again and again",
}


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    top = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    _add_serve(verbs)
    _add_orders(verbs)
    return top


def _add_serve(verbs: Verbs) -> None:
    raw = argparse.RawDescriptionHelpFormatter
    serving = verbs.add_parser("serve", help="run a fleet until it is stopped", epilog=HELP, formatter_class=raw)
    serving.add_argument("fleet", metavar="FLEET.yml", type=Path)
    serving.add_argument("--state-dir", metavar="DIR", type=Path, help="keep the hosts' state here between runs")
    serving.add_argument("--ready", metavar="FILE", type=Path, help="written once every host listens (JSON)")
    serving.add_argument("--pid-file", metavar="FILE", type=Path)
    serving.add_argument("--inventory", metavar="FILE", type=Path, help="written as an Ansible inventory (YAML)")
    serving.add_argument("--control", metavar="HOST:PORT", default=DEFAULT, help="default %(default)s; port 0: any")
    serving.add_argument("--port-base", metavar="PORT", type=int, help="HTTP here, HTTPS one above; default 5985")
    serving.add_argument("--log", metavar="FILE", type=Path, help="what went wrong inside the lab")


def _add_orders(verbs: Verbs) -> None:
    def order(verb: str, text: str, *names: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(verb, help=text)
        added.add_argument("--control", metavar="URL", default=DEFAULT, help="default %(default)s")
        for name in names:
            added.add_argument(name, metavar=name.upper())
        return added

    order("run", "run a command at a host's console", "host", "command")
    dump = order("dump", "print a host's registry as a .reg file", "host")
    dump.add_argument("--key", metavar="KEY", help=r"only this key, such as HKLM\SYSTEM; default all")
    order("policies", "print a host's IPsec policies (JSON)").add_argument("host", metavar="HOST")
    counters = order("counters", "print what was asked of each host (JSON)")
    counters.add_argument("--reset", action="store_true", help="and begin again at zero")
    fault = order("fault", "let something go wrong on a host", "host")
    fault.description = _FAULTS
    fault.add_argument("kind", metavar="KIND", choices=KINDS)
    fault.add_argument("argument", metavar="ARG", nargs="?")
    order("move", "move a cluster's group to another node", "cluster", "node")
    order("advance", "push a host's clock forward", "host").add_argument("seconds", metavar="SECONDS", type=float)
    reboot = order("reboot", "restart a host: shells end, jobs and registry stay", "host")
    reboot.add_argument("seconds", metavar="SECONDS", type=float, nargs="?", default=0.0, help="how long it is down")
    order("jobs", "print a host's scheduled jobs (JSON)", "host")
    order("associations", "print a host's security associations (JSON)", "host")
    for verb, text in _FLOWS.items():
        flow = order(verb, text, "source", "target")
        flow.description = "The ends are hosts, addresses, or: controller."
        flow.add_argument("protocol", metavar="PROTOCOL", help="tcp, udp, icmp or a number")
        flow.add_argument("port", metavar="PORT", type=int, nargs="?", default=0)
    order("save", "write the state of every host").add_argument("file", metavar="FILE", type=Path)
    order("load", "bring every host to a saved state").add_argument("file", metavar="FILE", type=Path)
    order("stop", "end the fleet")


def give_order(args: argparse.Namespace) -> int:
    """Send one order to a running fleet, print its answer and return the exit code."""
    named = {name: value for name, value in vars(args).items() if name not in {"verb", "control", "file"}}
    if args.verb == "save":
        args.file.write_text(json.dumps(ask(args.control, "GET", "/state"), indent=1), encoding="utf-8")
    elif args.verb == "load":
        ask(args.control, "PUT", "/state", json.loads(args.file.read_text(encoding="utf-8")))
    elif args.verb == "run":
        outcome = ask(args.control, "POST", "/run", named)
        sys.stdout.write(outcome["stdout"].replace("\r\n", "\n"))
        sys.stderr.write(outcome["stderr"].replace("\r\n", "\n"))
        return outcome["exit_code"] & 0xFF if outcome["exit_code"] else 0
    else:
        answer = ask(args.control, "POST", f"/{args.verb}", named)
        if args.verb in {"counters", "policies", "jobs", "flow", "talk", "associations"}:
            print(json.dumps(answer, indent=2))
        elif args.verb == "dump":
            print(answer["text"].replace("\r\n", "\n"), end="")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says and return the exit code."""
    args = parser().parse_args(arguments)
    try:
        if args.verb == "serve":
            return asyncio.run(
                importlib.import_module("tests.lab.serve").serve(args)
            )  # slow to load, orders need it not
        return give_order(args)
    except (FleetError, OSError) as exc:
        taken = getattr(exc, "errno", None) == errno.EADDRINUSE
        way_out = "; end the lab that runs there (python -m tests.lab stop), or give another --control" if taken else ""
        print(f"lab: {exc}{way_out}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
