# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a cluster group is, as one of its nodes sees it, and how it gets to another node."""

from __future__ import annotations

import dataclasses
import time

from ..errors import HostError
from ..host import commands as host_commands
from ..host.port import HostPort
from ..host.reading import dotted_quads, service_state, version_numbers
from . import commands

RUNNING = 4
PAUSE = 0.5
"""Seconds between two looks at a group that moves."""


@dataclasses.dataclass(frozen=True)
class Group:
    """A group of a cluster by its name, with the virtual addresses that belong to it."""

    name: str
    addresses: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where a group is at one moment.

    ``node`` is the computer that was asked, ``owner`` the node that has the group, None where that cannot be told;
    ``addresses`` those of the virtual addresses that the asked node holds. ``online`` is None where it cannot be told:
    cluster.exe says it in the host's language only, so that it takes the virtual addresses, asked on the owner.
    """

    node: str
    owner: str | None
    addresses: tuple[str, ...]
    online: bool | None

    @property
    def here(self) -> bool:
        """Whether the asked node has the group."""
        return self.is_on(self.node)

    def is_on(self, owner: str) -> bool:
        """Tell whether that node has the group."""
        return self.owner is not None and self.owner.casefold() == owner.casefold()

    def reached(self, owner: str) -> bool:
        """Tell whether the group is on that node, and not known to be down there."""
        return self.is_on(owner) and self.online is not False and (self.here or not self.addresses)


@dataclasses.dataclass(frozen=True)
class Move:
    """A move that went through: what stands now, when it began (seconds since 1970), how many seconds it took."""

    standing: Standing
    began: float
    seconds: float


class ClusterGroup:
    """One group, asked and moved through one of the nodes."""

    def __init__(self, host: HostPort, group: Group) -> None:
        """Take the node that is asked; nothing is sent yet."""
        self._host, self._group = host, group
        self._version: tuple[int, int, int] | None = None

    @property
    def _modern(self) -> bool:
        return self._version is not None and self._version >= commands.POWERSHELL_SINCE

    def look(self) -> Standing:
        """Ask the node; HostError when it is no node, its cluster service does not run, or there is no such group."""
        question = commands.status_script(self._group.name) if self._modern else commands.status(self._group.name)
        always = (host_commands.VERSION, commands.COMPUTER, commands.SERVICE_STATE, host_commands.ADDRESSES)
        marker = host_commands.new_marker()
        completed = self._host.run(host_commands.ask((*always, question), marker))
        version, computer, service, addresses, listing = host_commands.answers(
            completed.stdout, len(always) + 1, marker, self._host.name
        )
        self._check_service(service_state(service))
        asked_modern, self._version = self._modern, version_numbers(version.text, self._host.name)
        if self._modern and not asked_modern:
            return self.look()
        if not listing.ok:
            raise HostError(f"{self._host.name}: {self._reason(question)}")
        quads = set(dotted_quads(addresses.text))
        held = tuple(address for address in self._group.addresses if address in quads)
        return self._standing(computer.text.strip(), held, listing.text)

    def move(self, owner: str, timeout: int) -> Move:
        """Move the group and wait until it is up; HostError when it is not, naming where it is then."""
        began, clock = time.time(), time.monotonic()
        line = commands.move_script if self._modern else commands.move
        code = self._host.run(line(self._group.name, owner, timeout)).exit_code
        found = self.look()
        if code and not found.is_on(owner):
            raise HostError(f"{self._host.name}: {self._kept(owner, found, _meaning(code, self._modern))}")
        found = self._wait(found, owner, clock + timeout)
        return Move(found, began, time.monotonic() - clock)

    def wait(self, found: Standing, owner: str, timeout: int) -> Standing:
        """Wait until a group that is on its node already is up there; HostError when that takes too long."""
        return self._wait(found, owner, time.monotonic() + timeout)

    def _wait(self, found: Standing, owner: str, end: float) -> Standing:
        while not found.reached(owner):
            if time.monotonic() > end:
                raise HostError(f"{self._host.name}: {self._not_up(owner, found)}")
            time.sleep(PAUSE)
            found = self.look()
        return found

    def _standing(self, node: str, held: tuple[str, ...], listing: str) -> Standing:
        wanted = self._group.addresses
        if self._modern:
            answer = commands.state_in(listing)
            if answer is None:
                raise HostError(f"{self._host.name}: PowerShell gave no owner of the group {self._group.name!r}")
            found = Standing(node, answer[0], held, online=answer[1] == "Online")
            return dataclasses.replace(found, online=found.online and (not found.here or held == wanted))
        found = Standing(node, commands.owner_in(listing, self._group.name) or (node if held else None), held, None)
        return dataclasses.replace(found, online=held == wanted) if wanted and found.here else found

    def _check_service(self, state: int | None) -> None:
        if state is None:
            raise HostError(f"{self._host.name}: it has no cluster service (ClusSvc), so it is no node of a cluster")
        if state != RUNNING:
            raise HostError(
                f"{self._host.name}: the cluster service (ClusSvc) does not run, state {state}; start it with "
                f"'net start ClusSvc' or ask another node"
            )

    def _reason(self, question: str) -> str:
        """Ask once more for the exit code of a question that failed."""
        code = self._host.run(question).exit_code
        return f"the group {self._group.name!r} cannot be asked for: {_meaning(code, self._modern)}"

    def _kept(self, owner: str, found: Standing, why: str) -> str:
        stays = f"stays on {found.owner}" if found.owner else "did not move"
        return f"the group {self._group.name!r} {stays} and did not get to {owner}: {why}"

    def _not_up(self, owner: str, found: Standing) -> str:
        if not found.is_on(owner):
            return self._kept(owner, found, "the time-out is over")
        missing = [address for address in self._group.addresses if address not in found.addresses]
        what = f"{', '.join(missing)} is not up there" if found.here and missing else "it is not online there"
        return f"the group {self._group.name!r} is on {found.owner}, but {what}; look at it in Cluster Administrator"


def _meaning(code: int, modern: bool) -> str:
    known = commands.MOVE_ERRORS["powershell" if modern else "cluster.exe"].get(code)
    return f"{known} (exit code {code})" if known else f"exit code {code}"
