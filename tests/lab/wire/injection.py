# SPDX-License-Identifier: GPL-3.0-or-later
"""Trouble made to order: what shall go wrong on a host, until it is cleared."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

_HERE = ("slow", "drop", "deny", "die", "truncate", "quota", "tls-refuse", "clear")
KINDS = (*_HERE[:-1], "expire-shells", "cut", "agent-stop", "agent-start", "clear")
"""Every fault; those that are none of the transport's are the station's."""


@dataclasses.dataclass(slots=True)
class Injection:
    """The faults that stand on one host; seconds, requests, commands and bytes."""

    slow: float = 0.0
    drop_after: int | None = None
    deny: str | None = None
    die_after: int | None = None
    truncate: int | None = None
    quota: bool = False
    tls_refuse: bool = False
    watcher: Callable[[int], bool] | None = None
    """Called with each request's number before it is carried out; true = the request is lost on its way."""

    def order(self, kind: str, argument: str | None = None) -> None:
        """Let something go wrong from now on; ValueError when nobody knows the kind or its argument."""
        match kind:
            case "slow":
                self.slow = float(_needed(kind, argument))
            case "drop":
                self.drop_after = int(argument or 0)
            case "deny":
                self.deny = _one_of(argument or "password", ("password", "access"))
            case "die":
                self.die_after = int(argument or 0)
            case "truncate":
                self.truncate = int(_needed(kind, argument))
            case "quota":
                self.quota = True
            case "tls-refuse":
                self.tls_refuse = True
            case "clear":
                self.__init__()  # type: ignore[misc]
            case _unused:
                raise ValueError(f"no such fault: {kind!r}; known are {', '.join(KINDS)}")

    @property
    def dead(self) -> bool:
        """Whether the host has crashed."""
        return self.die_after is not None and self.die_after <= 0

    def count_command(self) -> None:
        """Note one more command on its way."""
        if self.die_after is not None:
            self.die_after -= 1

    def drops(self) -> bool:
        """Tell whether the connection of this request is to be cut; counts the request."""
        if self.drop_after is None:
            return False
        self.drop_after -= 1
        return self.drop_after < 0


def _needed(kind: str, argument: str | None) -> str:
    if argument is None:
        raise ValueError(f"{kind} needs a number")
    return argument


def _one_of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return value
