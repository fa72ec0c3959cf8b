# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.bench.forecast`: how long the forecast takes for a full mesh of many hosts and filters."""

from __future__ import annotations

import argparse
import importlib
import json
from typing import Any

from tests.checkout import BUILD, import_as_collection

FIGURES = BUILD / "forecast.json"
LIMIT_SECONDS = 10.0


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write the figures; the exit code is 0 when each took at most ten seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.forecast", description=__doc__)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--filters", type=int, default=40)
    options = parser.parse_args(arguments)
    import_as_collection()
    mesh = importlib.import_module("tests.bench.mesh")
    figures: dict[str, Any] = {
        "hosts": options.hosts,
        "filters_per_policy": options.filters,
        "flows": len(mesh.FLOWS),
        "limit_seconds": LIMIT_SECONDS,
        "alike": mesh.forecast(mesh.alike, options.hosts, options.filters),
        "grown": mesh.forecast(mesh.grown, options.hosts, options.filters),
    }
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))
    return int(max(figures["alike"]["seconds"], figures["grown"]["seconds"]) > LIMIT_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
