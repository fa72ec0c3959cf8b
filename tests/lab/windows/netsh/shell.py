# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh.exe itself: one command on the command line, a script file (-f), or commands on standard input."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..console import Steps
from ..context import Context
from . import errors
from .dynamic import run_dynamic
from .errors import NetshError, NoSuchCommand
from .monitor import NothingThere, run_monitor
from .static import run_static
from .words import pick, split_line

if TYPE_CHECKING:
    from ..host import WindowsHost

_TREE: dict[str, list[str]] = {"": ["ipsec"], "ipsec": ["dynamic", "static"]}
_SINCE_VISTA: dict[str, list[str]] = {**_TREE, "": ["ipsec", "advfirewall"], "advfirewall": ["monitor"]}
_RUN: dict[str, Callable[[WindowsHost, list[str]], str]] = {
    "ipsec static": run_static,
    "ipsec dynamic": run_dynamic,
    "advfirewall monitor": run_monitor,
}
_WITHOUT_EFFECT = ("online", "offline", "commit", "abort", "flush")
_LEAVE = ("bye", "exit", "quit")


class Netsh:
    """One netsh process: where it stands in the tree of contexts."""

    def __init__(self, ctx: Context) -> None:
        """Start at the root."""
        self.ctx, self.place, self.stack = ctx, "", list[str]()

    @property
    def prompt(self) -> str:
        """The prompt of the current context."""
        return f"netsh {self.place}>" if self.place else "netsh>"

    def _enter(self, place: str, words: list[str]) -> tuple[str, list[str]]:
        """Follow context names as far as the words go."""
        tree = _SINCE_VISTA if self.ctx.host.profile.modern else _TREE
        while words and (found := pick(words[0], tree.get(place, []))):
            place, words = f"{place} {found}".strip(), words[1:]
        return place, words

    def _outer(self) -> None:
        self.place = self.place.rpartition(" ")[0]

    def run(self, words: list[str]) -> int:
        """Run one command; 0 or 1. Errors are printed where netsh prints them: on standard output."""
        try:
            return self._run(words)
        except NetshError as exc:
            self._print_error(exc.number, exc.fields)
        except NothingThere as exc:
            self.ctx.say(str(exc))
        except NoSuchCommand:
            self.ctx.say("netsh.nocommand", command=" ".join(words))
        except ValueError:
            self._print_error(errors.DAMAGED, {})
        return 1

    def _print_error(self, number: int, fields: dict[str, object]) -> None:
        text = self.ctx.host.text(f"netsh.{number:05}", **fields)
        self.ctx.out.write(f"ERR IPsec[{number:05}] : {text}\r\n\r\n")

    def _run(self, words: list[str]) -> int:
        low = words[0].lower() if words else "#"
        if low == "..":
            self._outer()
        elif low in ("pushd", "popd"):
            return self._push(low, words[1:])
        elif low not in _WITHOUT_EFFECT and not low.startswith(("#", ";")):
            self._command(words)
        return 0

    def _command(self, words: list[str]) -> None:
        """Enter a context or carry out a command of one."""
        place, rest = self._enter(self.place, words)
        if rest == words and self.place:
            place, rest = self._from_root(words)
        if not rest:
            self.place = place
        elif rest[0].lower() in ("?", "/?", "-?", "help"):
            self.ctx.say("netsh.help")
        elif place in _RUN:
            self.ctx.out.write(_RUN[place](self.ctx.host, rest) + "\r\n")
        else:
            raise NoSuchCommand

    def _from_root(self, words: list[str]) -> tuple[str, list[str]]:
        """Commands of outer contexts are known inside too; the own context comes first."""
        place, rest = self._enter("", words)
        return (place, rest) if rest != words else (self.place, words)

    def _push(self, verb: str, words: list[str]) -> int:
        if verb == "pushd":
            self.stack.append(self.place)
            return self._run(words)
        if self.stack:
            self.place = self.stack.pop()
        return 0


def _script(netsh: Netsh, text: str) -> int:
    code = 0
    for line in text.splitlines():
        words = split_line(line)
        if words and words[0].lower() in _LEAVE:
            break
        code = netsh.run(words) or code
    return code


def _standard_input(netsh: Netsh) -> Steps:
    while True:
        netsh.ctx.out.write(netsh.prompt)
        line = yield from netsh.ctx.stdin.read_line()
        words = split_line(line)
        if not line or (words and words[0].lower() in _LEAVE):
            netsh.ctx.out.write("\r\n")
            return 0
        netsh.run(words)


def netsh_program(ctx: Context, argv: list[str]) -> Steps:
    """Run netsh.exe. On standard input an error does not end it, and the exit code is 0."""
    netsh = Netsh(ctx)
    words = argv[:]
    script: str | None = None
    while len(words) > 1 and words[0].lower() in ("-f", "-c", "-r", "-a"):
        option, value, words = words[0].lower(), words[1], words[2:]
        if option in ("-f", "-a"):
            script = value
        elif option == "-c":
            netsh.run(split_line(value))
    if script is not None:
        text = ctx.read_file(script)
        if text is None:
            ctx.say("netsh.nofile", name=script)
            return 1
        return _script(netsh, text)
    if words:
        place = netsh.place
        code = netsh.run(words)
        if code or netsh.place == place:
            return code
    return (yield from _standard_input(netsh))
