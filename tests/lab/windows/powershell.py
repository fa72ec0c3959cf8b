# SPDX-License-Identifier: GPL-3.0-or-later
"""powershell.exe -EncodedCommand: the few words of the language and the few cmdlets that scripts here need.

A script is a list of statements: assignments, commands with `-Name value` arguments, `try { } catch { }` and `exit`.
Values are texts in single quotes, numbers, and variables with their properties. Anything else is a parse error, which
ends a real PowerShell with exit code 1 as well.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Generator
from typing import Any

from .cluster import Cluster, move_and_wait, running_cluster
from .console import Steps, Wait
from .context import Context

Values = dict[str, Any]
Cmdlet = Callable[[Context, Values], Generator[Wait, None, Any]]

_QUOTES = "'\u2018\u2019\u201a\u201b"
"""All that PowerShell takes for a single quote (language specification 3.0, section 2.3.5.2)."""
_TEXT = rf"[{_QUOTES}](?:[^{_QUOTES}]|[{_QUOTES}]{{2}})*[{_QUOTES}]"
_TOKENS = re.compile(rf"[ \t\r]*({_TEXT}|\$[\w.]+(?:\(\))?|-?[A-Za-z][\w-]*|\d+|[={{}}|;\n])|[ \t\r]+")
_CLUSTER_MODULE = "failoverclusters"


class ScriptError(Exception):
    """A terminating error; its text goes to standard error."""


class _Exit(Exception):
    """The statement `exit`."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


def _group_object(ctx: Context, cluster: Cluster) -> Values:
    pending = not cluster.holds(cluster.owner, ctx.host.clock.now())
    state = "Offline" if not cluster.online else "Pending" if pending else "Online"
    return {"Name": cluster.group, "OwnerNode": {"Name": cluster.owner}, "State": state}


def _cluster(ctx: Context) -> Cluster:
    cluster = running_cluster(ctx)
    if cluster is None:
        raise ScriptError("The cluster service is not running.")
    return cluster


def _import_module(ctx: Context, values: Values) -> Generator[Wait, None, Any]:
    yield from ()
    if values["0"].lower() != _CLUSTER_MODULE or ctx.host.cluster is None:
        raise ScriptError(f"The specified module '{values['0']}' was not loaded.")
    return None


def _get_group(ctx: Context, values: Values) -> Generator[Wait, None, Any]:
    yield from ()
    cluster = _cluster(ctx)
    if values["name"].casefold() != cluster.group.casefold():
        raise ScriptError(f"Cluster group {values['name']} not found.")
    return _group_object(ctx, cluster)


def _get_node(ctx: Context, values: Values) -> Generator[Wait, None, Any]:
    yield from ()
    cluster = _cluster(ctx)
    node = cluster.node(values["name"])
    if node is None:
        raise ScriptError(f"Cluster node {values['name']} not found.")
    return {"Name": node, "State": "Down" if node in cluster.down else "Up"}


def _move_group(ctx: Context, values: Values) -> Generator[Wait, None, Any]:
    yield from _get_group(ctx, values)
    cluster = _cluster(ctx)
    code = yield from move_and_wait(ctx, cluster, values.get("node"), float(values.get("wait", "inf")))
    if code and cluster.refusal(values.get("node") or cluster.owner):
        raise ScriptError(f"An error occurred while moving the clustered role '{cluster.group}' ({code}).")
    return _group_object(ctx, cluster)


def _write_output(ctx: Context, values: Values) -> Generator[Wait, None, Any]:
    yield from ()
    return values["0"]


CMDLETS: dict[str, Cmdlet] = {
    "import-module": _import_module,
    "get-clustergroup": _get_group,
    "get-clusternode": _get_node,
    "move-clustergroup": _move_group,
    "write-output": _write_output,
}


class Script:
    """One script under way."""

    def __init__(self, ctx: Context, text: str) -> None:
        """Cut the text into words."""
        self._ctx, self._variables = ctx, dict[str, Any]()
        self._words: list[str] = []
        at = 0
        while at < len(text):
            match = _TOKENS.match(text, at)
            if match is None:
                raise ScriptError(f"At char:{at} Unexpected token '{text[at : at + 10]}'.")
            self._words += [match[1].replace("\n", ";")] if match[1] else []
            at = match.end()
        self._at = 0

    def run(self) -> Steps:
        """Run all statements and return the exit code."""
        try:
            yield from self._block("", live=True)
        except _Exit as end:
            return end.code
        return 0

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _next(self) -> str:
        word = self._peek()
        self._at += 1
        return word

    def _block(self, end: str, live: bool) -> Generator[Wait, None, None]:
        while self._peek() != end:
            if self._peek() == ";":
                self._next()
            elif not self._peek():
                raise ScriptError("Missing closing '}'.")
            else:
                yield from self._statement(live)
        self._next()

    def _statement(self, live: bool) -> Generator[Wait, None, None]:
        word = self._next()
        if word.lower() == "try":
            yield from self._try(live)
        elif word.lower() == "exit":
            code = int(self._next())
            if live:
                raise _Exit(code)
        elif word.startswith("$") and self._peek() == "=":
            self._next()
            value = yield from self._command(self._next(), live)
            self._variables[word.lower()] = value
        else:
            value = yield from self._command(word, live)
            if value is not None and live:
                self._ctx.out.write(f"{value}\r\n")

    def _try(self, live: bool) -> Generator[Wait, None, None]:
        self._next()
        failed = False
        try:
            yield from self._block("}", live)
        except ScriptError:
            failed = True
            self._skip_past("}")
        self._skip_past("{")
        yield from self._block("}", live and failed)

    def _skip_past(self, end: str) -> None:
        while self._peek() != end:
            if not self._next():
                raise ScriptError(f"Missing '{end}'.")
        self._next()

    def _command(self, word: str, live: bool) -> Generator[Wait, None, Any]:
        if "-" not in word or word[0] in f"{_QUOTES}-":
            return self._value(word, live)
        values: Values = {}
        while self._peek() not in ("", ";", "}", "|"):
            name = self._next()
            if name.startswith("-"):
                values[name[1:].lower()] = self._value(self._next(), live)
            else:
                values[str(len(values))] = self._value(name, live)
        cmdlet = CMDLETS.get(word.lower())
        if cmdlet is None and live:
            raise ScriptError(f"The term '{word}' is not recognized as the name of a cmdlet.")
        value = (yield from cmdlet(self._ctx, values)) if cmdlet is not None and live else None
        if self._peek() == "|":
            self._next()
            if self._next().lower() != "out-null":
                raise ScriptError("Only Out-Null stands at the end of a pipe here.")
            return None
        return value

    def _value(self, word: str, live: bool) -> Any:
        if word[0] in _QUOTES:
            return re.sub(f"[{_QUOTES}]([{_QUOTES}])", r"\1", word[1:-1])
        if not word.startswith("$"):
            return word
        name, *properties = word.removesuffix("()").split(".")
        value = self._variables.get(name.lower())
        for one in properties if live else ():
            if one.lower() != "tostring":
                value = next((item for key, item in (value or {}).items() if key.lower() == one.lower()), None)
        return value


def powershell(ctx: Context, argv: list[str]) -> Steps:
    """Run `powershell … -EncodedCommand TEXT`; a terminating error that nobody catches gives exit code 1."""
    low = [word.lower() for word in argv]
    try:
        encoded = argv[low.index("-encodedcommand") + 1]
        script = Script(ctx, base64.b64decode(encoded, validate=True).decode("utf-16-le"))
        return (yield from script.run())
    except (ValueError, IndexError, binascii.Error):
        ctx.err.write("Cannot process the command because the value specified with -EncodedCommand is not valid.\r\n")
    except ScriptError as error:
        ctx.err.write(f"{error}\r\n")
    return 1
