# SPDX-License-Identifier: GPL-3.0-or-later
"""`make docs`: the documentation of modules, plugins and roles as a site in .build/docs/build/html."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.checkout import BUILD, COLLECTIONS, link_collection

SITE = BUILD / "docs"


def main() -> int:
    """Make the site anew; the exit code is 0 when it stands."""
    link_collection()
    shutil.rmtree(SITE, ignore_errors=True)
    SITE.mkdir(mode=0o700, parents=True)
    programs = Path(sys.executable).parent
    surroundings = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    for command in (
        ["antsibull-docs", "sphinx-init", "--use-current", "--squash-hierarchy", "--lenient",
         "--sphinx-theme", "alabaster",
         "--project", "exchange.ipsec", "--title", "exchange.ipsec", "--dest-dir", str(SITE), "exchange.ipsec"],
        ["bash", str(SITE / "build.sh")],
    ):
        done = subprocess.run(command, env=surroundings, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            return done.returncode
    print(f"\nThe site: {SITE}/build/html/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
