# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd.exe's redirections: to NUL, to another handle, to and from files."""

from __future__ import annotations

import dataclasses

from .cmd_tree import Redirect
from .console import Null, Sink, TextSource, codec_of
from .context import Context


class FileSink:
    """A redirection into a file; writes it whole after each piece of text."""

    def __init__(self, ctx: Context, name: str, append: bool) -> None:
        """Write to that file, after what it holds when append."""
        self._ctx, self._name = ctx, name
        old = ctx.read_file(name) if append else None
        self._text = old or ""
        self.write("")

    def write(self, text: str) -> None:
        """Add text to the file, in the OEM code page."""
        self._text += text
        self._ctx.write_file(self._name, self._text.encode(codec_of(self._ctx.host.profile.codepage), "replace"))


def redirected(ctx: Context, redirects: list[Redirect]) -> Context | None:
    """Return the context with its streams changed; None after a message when a file is missing."""
    for redirect in redirects:
        name = redirect.target.strip('"')
        if redirect.handle == 0:
            if name.lower() == "nul":
                ctx = dataclasses.replace(ctx, stdin=Null())
                continue
            text = ctx.read_file(name)
            if text is None:
                ctx.complain("cmd.nofile")
                return None
            ctx = dataclasses.replace(ctx, stdin=TextSource(text))
            continue
        sink: Sink
        if name in ("&1", "&2"):
            sink = ctx.out if name == "&1" else ctx.err
        elif name.lower() in ("nul", "nul:"):
            sink = Null()
        elif not ctx.can_write(name):
            ctx.complain("cmd.nopath")
            return None
        else:
            sink = FileSink(ctx, name, redirect.operator == ">>")
        if redirect.handle == 1:
            ctx = dataclasses.replace(ctx, out=sink)
        elif redirect.handle == 2:
            ctx = dataclasses.replace(ctx, err=sink)
    return ctx
