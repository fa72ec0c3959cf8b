# SPDX-License-Identifier: GPL-3.0-or-later
"""A server cluster that hosts share: its group, its nodes, its virtual addresses; and cluster.exe."""

from __future__ import annotations

import dataclasses
from typing import Any

from .console import Sleep, Steps
from .context import Context
from .services import RUNNING

SERVICE = "ClusSvc"
GROUP_NOT_FOUND, NODE_NOT_FOUND, NODE_DOWN, NO_ENDPOINT, BAD_PARAMETER, TIMED_OUT = 5013, 5042, 5050, 1753, 87, 258
NEVER = 1e9
MOVE_WAIT = 20.0
"""Seconds that a move is waited for without /wait (TechNet cc783967)."""


@dataclasses.dataclass(slots=True)
class Cluster:
    """One cluster; the node that owns the group also answers for the virtual addresses.

    `down` are the nodes that can own nothing at the moment, `lame` those on which the virtual addresses never come up.
    `delay` is how many seconds a move takes until they are up, and `rising` the time (seconds since 1970) when they are
    after the last one.
    """

    name: str
    group: str
    nodes: list[str]
    owner: str
    virtual_ips: list[str]
    online: bool = True
    down: list[str] = dataclasses.field(default_factory=list)
    lame: list[str] = dataclasses.field(default_factory=list)
    delay: float = 0.0
    rising: float = 0.0

    def node(self, name: str) -> str | None:
        """Return a node's name in its own case, None when it is none of ours."""
        return next((node for node in self.nodes if node.casefold() == name.casefold()), None)

    def refusal(self, node: str) -> int:
        """Return the Windows error that keeps a node from owning the group; 0 when nothing does."""
        found = self.node(node)
        return NODE_NOT_FOUND if found is None else NODE_DOWN if found in self.down else 0

    def holds(self, node: str, now: float) -> bool:
        """Say whether a node answers for the virtual addresses at a time."""
        return self.online and self.owner.casefold() == node.casefold() and now >= self.rising

    def move(self, node: str | None = None, now: float = 0.0) -> bool:
        """Give the group to a node, or to the next one; say whether there is such a node."""
        if node is None:
            node = self.nodes[(self.nodes.index(self.owner) + 1) % len(self.nodes)]
        found = self.node(node)
        if found is not None and found != self.owner:
            self.owner, self.rising = found, now + (NEVER if found in self.lame else self.delay)
        return found is not None

    def to_json(self) -> dict[str, Any]:
        """Return the cluster as plain values."""
        return dataclasses.asdict(self)


def _group_table(ctx: Context, cluster: Cluster) -> None:
    up = cluster.holds(cluster.owner, ctx.host.clock.now())
    status = ctx.host.text("cluster.online" if up else "cluster.offline")
    ctx.say("cluster.group", group=cluster.group, row=f"{cluster.group:<20} {cluster.owner:<15} {status}")


def _node_table(ctx: Context, cluster: Cluster, name: str) -> int:
    wanted = cluster.nodes if not name else [node for node in [cluster.node(name)] if node]
    if not wanted:
        return _system_error(ctx, NODE_NOT_FOUND)
    state = {node: ctx.host.text("cluster.down" if node in cluster.down else "cluster.up") for node in wanted}
    rows = "".join(f"{node:<14} {cluster.nodes.index(node) + 1:>7} {state[node]}\r\n" for node in wanted)
    ctx.say("cluster.node", name=name or ctx.host.text("cluster.all"), rows=rows)
    return 0


def _system_error(ctx: Context, code: int) -> int:
    ctx.say("cluster.error", code=code, hex=f"{code:08x}", text=ctx.host.text(f"win32.{code}"))
    return code


def cluster_program(ctx: Context, argv: list[str]) -> Steps:
    """Run cluster.exe: `cluster [name] group ["x" [/status | /moveto:node [/wait:s] | /online | /offline]]`, `node`."""
    yield from ()
    cluster = running_cluster(ctx)
    if cluster is None:
        return _system_error(ctx, NO_ENDPOINT)
    words = argv[:]
    if words and words[0].lower() not in ("group", "node"):
        words.pop(0)
    if not words or words[0].lower() not in ("group", "node"):
        ctx.say("cluster.usage")
        return BAD_PARAMETER
    noun, *rest = words
    name = next((word for word in rest if not word.startswith("/")), "")
    options = [word.lower() for word in rest if word.startswith("/")]
    if noun.lower() == "node":
        return _node_table(ctx, cluster, name)
    if name and name.casefold() != cluster.group.casefold():
        return _system_error(ctx, GROUP_NOT_FOUND)
    return (yield from _group(ctx, cluster, options or ["/status"]))


def running_cluster(ctx: Context) -> Cluster | None:
    """Return the cluster that the host is a node of; None when it is none, or its cluster service does not run."""
    service = ctx.host.services.find(SERVICE)
    return ctx.host.cluster if service is None or service.state == RUNNING else None


def move_and_wait(ctx: Context, cluster: Cluster, node: str | None, patience: float) -> Steps:
    """Move the group and wait until its addresses are up; the Windows error where that fails."""
    refused = cluster.refusal(node) if node is not None else 0
    if refused:
        return refused
    began = ctx.host.clock.now()
    cluster.move(node, began)
    if cluster.rising > began:
        yield Sleep(min(cluster.rising, began + patience))
    return 0 if cluster.rising <= began + patience else TIMED_OUT


def _patience(options: list[str]) -> float:
    words = [word.partition(":")[2] for word in options if word.startswith("/wait")]
    return float(words[0] or "inf") if words else MOVE_WAIT


def _group(ctx: Context, cluster: Cluster, options: list[str]) -> Steps:
    verb, _unused, node = options[0].partition(":")
    if verb in ("/move", "/moveto"):
        ctx.say("cluster.moving", group=cluster.group)
        code = yield from move_and_wait(ctx, cluster, node.strip('"') or None, _patience(options))
        if code:
            return _system_error(ctx, code)
    elif verb in ("/online", "/on", "/offline", "/off"):
        cluster.online = verb.startswith("/on")
    elif verb not in ("/status", "/stat"):
        ctx.say("cluster.usage")
        return BAD_PARAMETER
    _group_table(ctx, cluster)
    return 0
