# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command lines that ask for a cluster group and move it: cluster.exe up to Server 2008 R2, PowerShell since 2012.

Only exit codes, names and .NET enumeration values are read. What cluster.exe prints is in the host's language but for
the names of the group and of the node (learn.microsoft.com cc783967, "Cluster group"); cluster.exe became an optional
feature in Server 2012, and the cmdlets of the module FailoverClusters take its place.
"""

from __future__ import annotations

import base64
import ipaddress
import re

from ..errors import SpecError

POWERSHELL_SINCE = (6, 2, 0)
"""The first version of Windows whose clusters are asked through PowerShell."""
SERVICE_STATE = "sc query ClusSvc"
COMPUTER = "echo %COMPUTERNAME%"

_NAME = re.compile(r'(?!/)[^"%*?\[\]\x00-\x1f]+(?<!\\)')
_NODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_COLUMN = 20
"""Width of the column of group names; that a longer one is cut is only allowed for."""

MOVE_ERRORS = {
    "cluster.exe": {
        5013: "there is no such group",
        5042: "there is no such node",
        5050: "that node is down",
        1722: "the cluster service does not answer",
        1753: "the cluster service does not answer",
        5: "this user may not administer the cluster",
    },
    "powershell": {
        3: "the PowerShell module FailoverClusters is not there",
        4: "there is no such group",
        5: "there is no such node",
        6: "the cluster refused",
    },
}
"""What an exit code of the command that moves means: Windows errors of cluster.exe, our own of the script."""


def check_group(name: str) -> str:
    """Give the name of a group back when it can stand on a command line of either generation; SpecError otherwise."""
    if not _NAME.fullmatch(name):
        raise SpecError("name", f"{name!r} is no name of a cluster group that can be asked for")
    return name


def check_node(name: str) -> str:
    """Give the name of a node back when it can be a computer's name; SpecError otherwise."""
    if not _NODE.fullmatch(name):
        raise SpecError("owner", f"{name!r} is no name of a computer")
    return name


def check_addresses(addresses: list[str]) -> tuple[str, ...]:
    """Give IPv4 addresses back; SpecError names the first that is none."""
    for number, address in enumerate(addresses):
        try:
            ipaddress.IPv4Address(address)
        except ValueError as exc:
            raise SpecError(f"virtual_addresses[{number}]", f"{address!r} is no IPv4 address") from exc
    return tuple(addresses)


def status(group: str) -> str:
    """Give the question of cluster.exe for a group."""
    return f'cluster.exe group "{group}"'


def move(group: str, node: str, seconds: int) -> str:
    """Give the command of cluster.exe that moves a group and waits so many seconds for the end of it."""
    return f'cluster.exe group "{group}" /moveto:{node} /wait:{seconds}'


def owner_in(listing: str, group: str) -> str | None:
    """Take the node out of the last row that begins with the group's name: names are the same in every language."""
    found = None
    for line in listing.splitlines():
        for shown in dict.fromkeys((group, group[:_COLUMN])):
            if line.casefold().startswith(f"{shown.casefold()} "):
                words = line[len(shown) :].split()
                found = words[0] if words and _NODE.fullmatch(words[0]) else found
                break
    return found


def status_script(group: str) -> str:
    """Give the question of PowerShell for a group; `state_in` reads the answer."""
    return _powershell(
        "try { Import-Module FailoverClusters } catch { exit 3 }",
        f"try {{ $group = Get-ClusterGroup -Name {_quoted(group)} }} catch {{ exit 4 }}",
        "Write-Output $group.OwnerNode.Name",
        "Write-Output $group.State.ToString()",
    )


def state_in(output: str) -> tuple[str, str] | None:
    """Read the answer to `status_script`: the owner and the state, an enumeration value such as Online."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return (lines[0], lines[1]) if len(lines) == 2 and _NODE.fullmatch(lines[0]) else None


def move_script(group: str, node: str, seconds: int) -> str:
    """Give the command of PowerShell that moves a group and waits so many seconds for the end of it."""
    return _powershell(
        "try { Import-Module FailoverClusters } catch { exit 3 }",
        f"try {{ Get-ClusterGroup -Name {_quoted(group)} | Out-Null }} catch {{ exit 4 }}",
        f"try {{ Get-ClusterNode -Name {_quoted(node)} | Out-Null }} catch {{ exit 5 }}",
        f"try {{ Move-ClusterGroup -Name {_quoted(group)} -Node {_quoted(node)} -Wait {seconds} | Out-Null }}"
        " catch { exit 6 }",
    )


def _quoted(text: str) -> str:
    """Quote a text; PowerShell takes the typographic quotes for its own as well (language specification, 2.3.5.2)."""
    return "'" + re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", text) + "'"


def _powershell(*statements: str) -> str:
    """Wrap a script so that no quoting of cmd.exe touches it, and nothing waits for standard input."""
    script = "\n".join(["$ErrorActionPreference = 'Stop'", "$ProgressPreference = 'SilentlyContinue'", *statements])
    encoded = base64.b64encode(script.encode("utf-16-le")).decode("ascii")
    return f"powershell.exe -NoProfile -NonInteractive -EncodedCommand {encoded} <nul"
