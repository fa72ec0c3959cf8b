# SPDX-License-Identifier: GPL-3.0-or-later
"""`make wire`: the roles harden simulated servers; what they wrote runs on a real kernel; the packets are judged."""

from __future__ import annotations

import argparse
import sys

from tests.checkout import import_as_collection

import_as_collection()

from tests.wire.run import PARTS, QUICK, run_wire  # noqa: E402 - imports the collection
from tests.wire.uml import missing_packages  # noqa: E402


def main() -> int:
    """Run what the command line asks for; the exit code is 0 when every flow is as expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire", description=__doc__)
    parser.add_argument("--only", default=",".join(QUICK), metavar="PART,PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--twice", action="store_true", help="run a part once more where something was wrong")
    asked = parser.parse_args()
    only = [name for name in asked.only.split(",") if name] or QUICK
    if unknown := sorted(set(only) - set(PARTS)):
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    lacking = missing_packages()
    if lacking:
        print(f"needs packages: apt-get install --no-install-recommends {' '.join(lacking)}")
        return 2
    return run_wire(only, twice=asked.twice)


if __name__ == "__main__":
    sys.exit(main())
