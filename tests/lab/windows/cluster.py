# SPDX-License-Identifier: GPL-3.0-or-later
"""A server cluster that hosts share: its group, its nodes, its virtual addresses; and cluster.exe."""

from __future__ import annotations

import dataclasses
from typing import Any

from .console import Steps
from .context import Context

GROUP_NOT_FOUND, NODE_NOT_FOUND, NO_ENDPOINT, BAD_PARAMETER = 5013, 5042, 1753, 87


@dataclasses.dataclass(slots=True)
class Cluster:
    """One cluster; the node that owns the group also answers for the virtual addresses."""

    name: str
    group: str
    nodes: list[str]
    owner: str
    virtual_ips: list[str]
    online: bool = True

    def node(self, name: str) -> str | None:
        """Return a node's name in its own case, None when it is none of ours."""
        return next((node for node in self.nodes if node.casefold() == name.casefold()), None)

    def move(self, node: str | None = None) -> bool:
        """Give the group to a node, or to the next one; say whether there is such a node."""
        if node is None:
            node = self.nodes[(self.nodes.index(self.owner) + 1) % len(self.nodes)]
        found = self.node(node)
        if found is not None:
            self.owner = found
        return found is not None

    def to_json(self) -> dict[str, Any]:
        """Return the cluster as plain values."""
        return dataclasses.asdict(self)


def _group_table(ctx: Context, cluster: Cluster) -> None:
    status = ctx.host.text("cluster.online" if cluster.online else "cluster.offline")
    ctx.say("cluster.group", group=cluster.group, row=f"{cluster.group:<20} {cluster.owner:<15} {status}")


def _node_table(ctx: Context, cluster: Cluster, name: str) -> int:
    wanted = cluster.nodes if not name else [node for node in [cluster.node(name)] if node]
    if not wanted:
        return _system_error(ctx, NODE_NOT_FOUND)
    up = ctx.host.text("cluster.up")
    rows = "".join(f"{node:<14} {cluster.nodes.index(node) + 1:>7} {up}\r\n" for node in wanted)
    ctx.say("cluster.node", name=name or ctx.host.text("cluster.all"), rows=rows)
    return 0


def _system_error(ctx: Context, code: int) -> int:
    ctx.say("cluster.error", code=code, hex=f"{code:08x}", text=ctx.host.text(f"win32.{code}"))
    return code


def cluster_program(ctx: Context, argv: list[str]) -> Steps:
    """Run cluster.exe: `cluster [name] group ["x" [/status | /moveto:node | /online | /offline]]`, `cluster node`."""
    yield from ()
    cluster = ctx.host.cluster
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
    return _group(ctx, cluster, options[0] if options else "/status")


def _group(ctx: Context, cluster: Cluster, option: str) -> int:
    verb, _unused, node = option.partition(":")
    if verb in ("/move", "/moveto"):
        ctx.say("cluster.moving", group=cluster.group)
        if not cluster.move(node.strip('"') or None):
            return _system_error(ctx, NODE_NOT_FOUND)
    elif verb in ("/online", "/on", "/offline", "/off"):
        cluster.online = verb.startswith("/on")
    elif verb not in ("/status", "/stat"):
        ctx.say("cluster.usage")
        return BAD_PARAMETER
    _group_table(ctx, cluster)
    return 0
