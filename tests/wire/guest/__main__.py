# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest's work from a plan, a JSON file: builds the hosts, plays every scenario, writes `result.json` beside it."""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.wire.guest import network
from tests.wire.guest.failover import play_case
from tests.wire.guest.role import prove_role
from tests.wire.guest.scenario import heard, play, serve


def main(path: Path) -> None:
    """Do the plan; the result says `error` where something broke."""
    plan = json.loads(path.read_text(encoding="utf-8"))
    result: dict[str, Any] = {"scenarios": {}, "cases": {}}
    try:
        network.build(plan["hosts"])
        serve(plan["ports"])
        for scenario in plan["scenarios"]:
            network.take_once(plan["nodes"][0], plan["virtual"])
            result["scenarios"][scenario["name"]] = play(scenario, path.parent)
        for case in plan["cases"]:
            result["cases"][case["name"]] = play_case(case, plan, path.parent)
        if "role" in plan:
            result["role"] = prove_role(plan["role"]["host"], Path(plan["role"]["folder"]))
        result["heard"] = heard(plan["ports"])
    except Exception:
        result["error"] = traceback.format_exc()
    (path.parent / "result.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
