# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook of a batch of cases: a play for each, which does what a user does, and goes on where he is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.torture.cases import Case
from tests.torture.site import CONTROLLER, NETWORK

CONFIRM = 10
INFO, FORECAST, POLICY = (f"exchange.ipsec.{name}" for name in ("policy_info", "forecast", "policy"))
TELL, GUARD, CHANGE = "Tell", "Guard", "Change"
_OPTIONS = ("state", "assigned", "rules", "main_mode", "default_response")


def plays(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Every case as a play."""
    return [_play(case) for case in cases]


def _play(case: Case) -> dict[str, Any]:
    wanted = {case.site.name(short): spec for short, spec in case.wanted.items()}
    declared = {name: {key: one for key, one in spec.items() if key != "state"} for name, spec in wanted.items()}
    others = [name for name in case.site.names if name not in wanted]
    common = {"policies": declared, "peers": "{{ torture_peers }}", "management": [CONTROLLER, NETWORK]}
    forecast = {**common, "controller": False}
    tasks = [
        {"name": "Read", INFO: {}, "register": "ipsec_now", "ignore_unreachable": True},
        {"name": "Read the others", INFO: {}, "delegate_to": "{{ item }}", "loop": others, "run_once": True,
         "register": "ipsec_peers"},
        {"name": TELL, FORECAST: {**forecast, "fail_on": "never", "pairs": 0}, "run_once": True,
         "ignore_errors": True},
        {"name": GUARD, FORECAST: forecast, "run_once": True, "ignore_errors": True},
        {"name": CHANGE, POLICY: _change(), "ignore_errors": True, "ignore_unreachable": True},
    ]  # fmt: skip
    peers = "{{ dict(ipsec_peers.results | map(attribute='item') | zip(ipsec_peers.results)) }}"
    return {
        "name": str(case),
        "hosts": list(wanted),
        "gather_facts": False,
        "vars": {"torture_wanted": wanted, "torture_peers": peers if others else {}},
        "tasks": tasks,
    }


def _change() -> dict[str, Any]:
    """The task's options; the same whether the forecast let it pass or not, so that both ways are taken alike."""
    mine = "torture_wanted[inventory_hostname]"
    given = {name: f"{{{{ {mine}.{name} | default(omit) }}}}" for name in _OPTIONS}
    return {"name": f"{{{{ {mine}.name }}}}", **given, "confirm": CONFIRM, "backup": False}
