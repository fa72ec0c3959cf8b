# SPDX-License-Identifier: GPL-3.0-or-later
"""A running command line: programs as generators that wait for input or for the host's clock."""

from __future__ import annotations

import codecs
import functools
import itertools
import operator
from collections.abc import Callable, Generator
from typing import Protocol

_CODECS = {65001: "utf-8", 20127: "ascii", 1200: "utf-16-le"}


@functools.cache
def codec_of(codepage: int) -> str:
    """Return Python's name of a Windows code page; raise LookupError for one unknown."""
    name = _CODECS.get(codepage, f"cp{codepage}")
    return codecs.lookup(name).name


class Sleep:
    """What a program yields to wait until the host's clock shows a time."""

    __slots__ = ("until",)

    def __init__(self, until: float) -> None:
        """Wait until that many seconds since 1970 UTC."""
        self.until = until


Wait = Sleep | None
"""What a program yields: a Sleep, or None to wait for standard input."""

Steps = Generator[Wait, None, int]
"""A running program; its value is the exit code."""


class Sink(Protocol):
    """Where a program's text goes."""

    def write(self, text: str) -> None:
        """Take text, lines ended by CR LF."""


class Source(Protocol):
    """Where a program's input comes from."""

    def read_line(self) -> Generator[Wait, None, str]:
        """Return the next line with its end, "" at the end of input."""


class Buffer:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        """Start empty."""
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        """Keep text."""
        self.parts.append(text)

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self.parts)


class Null:
    """The NUL device: a sink that forgets and a source that is at its end."""

    def write(self, text: str) -> None:
        """Forget text."""

    def read_line(self) -> Generator[Wait, None, str]:
        """Return "": nothing to read."""
        yield from ()
        return ""


class TextSource:
    """A source that holds all its text from the start: a file or the left side of a pipe."""

    def __init__(self, text: str) -> None:
        """Read from that text."""
        self._lines = text.splitlines(keepends=True)

    def read_line(self) -> Generator[Wait, None, str]:
        """Return the next line with its end, "" at the end."""
        yield from ()
        return self._lines.pop(0) if self._lines else ""


class ConsoleSource:
    """Standard input of the whole command line: bytes that come when they come."""

    def __init__(self, console: Console) -> None:
        """Read what is fed to that console."""
        self._console = console
        self._decoder: codecs.IncrementalDecoder | None = None
        self._text = ""
        self.ended = False

    def feed(self, data: bytes, end: bool) -> None:
        """Take bytes in the console's code page; end says that no more will come."""
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder(codec_of(self._console.codepage))("replace")
        self._text += self._decoder.decode(data, end)
        self.ended = self.ended or end

    @property
    def ready(self) -> bool:
        """Say whether a reader can go on."""
        return self.ended or "\n" in self._text

    def read_line(self) -> Generator[Wait, None, str]:
        """Return the next line with its end, "" at the end."""
        while not self.ready:
            yield None
        line, newline, self._text = self._text.partition("\n")
        return line + newline


class Console:
    """Code page and collected output of one command line."""

    def __init__(self, codepage: int) -> None:
        """Write in that code page."""
        self.codepage = codepage
        self.chunks: list[tuple[str, bytes]] = []
        self.stdin = ConsoleSource(self)

    def sink(self, stream: str) -> ConsoleSink:
        """Return the sink of "stdout" or "stderr"."""
        return ConsoleSink(self, stream)


class ConsoleSink:
    """Standard output or error of the whole command line."""

    def __init__(self, console: Console, stream: str) -> None:
        """Write to that stream of the console."""
        self._console, self._stream = console, stream

    def write(self, text: str) -> None:
        """Encode text in the code page of now; what it lacks becomes a question mark."""
        if text:
            data = text.encode(codec_of(self._console.codepage), "replace")
            self._console.chunks.append((self._stream, data))


class RunningCommand:
    """One command line. Feed stdin, take output as it appears."""

    def __init__(self, steps: Steps, console: Console, now: Callable[[], float]) -> None:
        """Run steps on that console; now tells the host's time. The first steps run at once."""
        self._steps, self._console, self._now = steps, console, now
        self._wait: Wait = None
        self._code: int | None = None
        self._started = self._stepping = self._killed = False
        self._advance()

    def feed(self, data: bytes, end: bool) -> None:
        """Give standard input; end says that no more will come."""
        self._console.stdin.feed(data, end)
        self._advance()

    def output(self) -> list[tuple[str, bytes]]:
        """Return the chunks ("stdout" or "stderr", bytes) that appeared since the last call."""
        self._advance()
        chunks, self._console.chunks = self._console.chunks, []
        streams = itertools.groupby(chunks, key=operator.itemgetter(0))
        return [(stream, b"".join(data for _unused, data in group)) for stream, group in streams]

    @property
    def exit_code(self) -> int | None:
        """The exit code, None while it runs."""
        self._advance()
        return self._code

    @property
    def sleeps_until(self) -> float | None:
        """The time of the host's clock that it waits for; None while it waits for nothing or for input."""
        self._advance()
        return self._wait.until if self._code is None and isinstance(self._wait, Sleep) else None

    def terminate(self) -> None:
        """End it at once, as WinRM's signal does: the code is that of Ctrl+C."""
        if self._stepping:  # it ends itself: when it next gives way
            self._killed = True
        elif self._code is None:
            self._steps.close()
            self._code = 0xC000013A - 2**32

    def _blocked(self) -> bool:
        if not self._started:
            return False
        if isinstance(self._wait, Sleep):
            return self._now() < self._wait.until
        return not self._console.stdin.ready

    def _advance(self) -> None:
        if self._stepping:  # it looks at itself
            return
        while self._code is None and not self._blocked():
            self._started = self._stepping = True
            try:
                self._wait = next(self._steps)
            except StopIteration as stop:
                self._code = stop.value
            finally:
                self._stepping = False
            if self._killed:
                self.terminate()
