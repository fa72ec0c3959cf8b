# SPDX-License-Identifier: GPL-3.0-or-later
"""`make wire`: the roles harden simulated servers; what they wrote runs on a real kernel; the packets are judged."""

from __future__ import annotations

import argparse
import sys

from tests.checkout import import_as_collection

import_as_collection()

from tests.wire.run import PARTS, run_wire  # noqa: E402 - imports the collection
from tests.wire.uml import TwinError, missing_packages  # noqa: E402


def main() -> int:
    """Run what the command line asks for; the exit code is 0 when every flow is as expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire", description=__doc__)
    parser.add_argument("--only", default="", help="parts, with commas: flows, failover (both when left out), real")
    asked = parser.parse_args()
    lacking = missing_packages()
    if lacking:
        print(f"needs packages: apt-get install --no-install-recommends {' '.join(lacking)}")
        return 2
    try:
        return run_wire([name for name in asked.only.split(",") if name] or PARTS)
    except TwinError as exc:
        print(f"the twin did not run: {exc}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
