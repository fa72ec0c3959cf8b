# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that a lab host can have, by name."""

from __future__ import annotations

from . import tools
from .at import at_program
from .builtins import chcp
from .cluster import cluster_program
from .context import Program
from .net import net_program
from .netsh.shell import netsh_program
from .powershell import powershell
from .reg import reg_program
from .sc import sc_program
from .schtasks import schtasks_program

PROGRAMS: dict[str, Program] = {
    "at": at_program,
    "chcp": chcp,
    "cluster": cluster_program,
    "find": tools.find,
    "findstr": tools.findstr,
    "hostname": tools.hostname,
    "ipconfig": tools.ipconfig,
    "more": tools.more,
    "net": net_program,
    "net1": net_program,
    "netsh": netsh_program,
    "ping": tools.ping,
    "powershell": powershell,
    "reg": reg_program,
    "sc": sc_program,
    "schtasks": schtasks_program,
    "sort": tools.sort,
    "timeout": tools.timeout,
    "whoami": tools.whoami,
}

NOT_ON_OLD = {"powershell", "timeout"}
"""Programs that Windows Server 2003 lacks."""

NOT_ON_NEW = {"cluster"}
"""Programs that Windows Server 2022 lacks (cluster.exe was an optional tool up to 2012 R2)."""
