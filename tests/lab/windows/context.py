# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program on a lab host can reach: its host, its three streams, its environment."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from .console import Console, Sink, Source, Steps, Wait, codec_of

if TYPE_CHECKING:
    from .cmd_batch import Batch
    from .host import WindowsHost


@dataclasses.dataclass(slots=True)
class Shell:
    """The changing state of one cmd.exe."""

    env: dict[str, tuple[str, str]]
    cwd: str = r"C:\Documents and Settings\Administrator"
    errorlevel: int = 0
    delayed: bool = False
    echo: bool = True
    saved: list[tuple[dict[str, tuple[str, str]], str, bool]] = dataclasses.field(default_factory=list)

    def save(self, delayed: bool | None = None) -> None:
        """Keep environment and directory until restore(), as `setlocal` does."""
        self.saved.append((dict(self.env), self.cwd, self.delayed))
        self.delayed = self.delayed if delayed is None else delayed

    def restore(self) -> None:
        """Bring back what the last save() kept; nothing when there is none."""
        if self.saved:
            self.env, self.cwd, self.delayed = self.saved.pop()

    def get(self, name: str) -> str | None:
        """Return an environment variable, None when it is not defined."""
        found = self.env.get(name.upper())
        return found[1] if found else None

    def put(self, name: str, value: str) -> None:
        """Set an environment variable; an empty value deletes it."""
        if value:
            self.env[name.upper()] = (name, value)
        else:
            self.env.pop(name.upper(), None)

    def copy(self) -> Shell:
        """Return what a child process inherits."""
        return Shell(dict(self.env), self.cwd)


@dataclasses.dataclass(slots=True)
class Context:
    """One program's surroundings."""

    host: WindowsHost
    console: Console
    shell: Shell
    stdin: Source
    out: Sink
    err: Sink
    batch: Batch | None = None

    def say(self, key: str, **fields: object) -> None:
        """Write a message of the host's language to standard output."""
        self.out.write(self.host.text(key, **fields))

    def complain(self, key: str, **fields: object) -> None:
        """Write a message of the host's language to standard error."""
        self.err.write(self.host.text(key, **fields))

    def path(self, name: str) -> str:
        """Return the full path of a file name, relative to the current directory."""
        name = name.strip('"').replace("/", "\\")
        if name.startswith("\\\\"):
            return name
        if name.startswith("\\"):
            name = self.shell.cwd[:2] + name
        elif not re.match(r"[A-Za-z]:\\", name):
            name = self.shell.cwd + "\\" + name
        parts: list[str] = []
        for part in name.split("\\"):
            if part == "..":
                parts = parts[:-1] if len(parts) > 1 else parts
            elif part not in ("", "."):
                parts.append(part)
        return "\\".join(parts) if len(parts) > 1 else parts[0] + "\\"

    def is_folder(self, path: str) -> bool:
        """Tell whether there is a folder of that full path."""
        return path.rstrip("\\").casefold() in self.host.folders

    def exists(self, name: str) -> bool:
        """Tell whether there is a file or folder of that name; * and ? stand for anything."""
        path = self.path(re.sub(r"(?i)\\nul$", "", name.strip('"')))
        if "*" in path or "?" in path:
            found = [*self.host.files, *self.host.folders]
            return any(fnmatch.fnmatchcase(key, path.casefold()) for key in found)
        return path.casefold() in self.host.files or self.is_folder(path)

    def can_write(self, name: str) -> bool:
        """Tell whether the folder of a file is there."""
        path = self.path(name)
        return path.startswith("\\\\") or (self.is_folder(path.rpartition("\\")[0]) and not self.is_folder(path))

    def read_file(self, name: str) -> str | None:
        """Return a file's text, decoded by its mark or the OEM code page; None when missing."""
        data = self.host.files.get(self.path(name).casefold())
        if data is None:
            return None
        if data[1].startswith(b"\xff\xfe"):
            return data[1][2:].decode("utf-16-le", "replace")
        return data[1].decode(codec_of(self.host.profile.codepage), "replace")

    def write_file(self, name: str, data: bytes) -> None:
        """Write a file whole."""
        path = self.path(name)
        self.host.files[path.casefold()] = (path, data)

    def agrees(self, question: str) -> Generator[Wait, None, bool]:
        """Write a question and say whether the answer begins with the language's letter for yes."""
        self.out.write(question)
        answer = yield from self.stdin.read_line()
        if not answer:
            self.out.write("\r\n")
        return answer.strip()[:1].upper() in set(self.host.text("yes"))


Program = Callable[[Context, list[str]], Steps]


def done(code: int = 0) -> Steps:
    """Return the steps of a program that is over at once."""
    yield from ()
    return code


def split_argv(line: str) -> list[str]:
    """Split a command line as the Microsoft C run-time does (documented as "Parsing C command-line arguments")."""
    argv, word, quoted, started, index = [], "", False, False, 0
    while index < len(line):
        char = line[index]
        if char == "\\":
            run = len(line) - index - len(line[index:].lstrip("\\"))
            index += run
            if line[index : index + 1] == '"':
                word += "\\" * (run // 2)
                if run % 2:
                    word, index = word + '"', index + 1
            else:
                word += "\\" * run
            started = True
            continue
        if char == '"':
            if quoted and line[index + 1 : index + 2] == '"':
                word, index = word + '"', index + 1
            else:
                quoted = not quoted
            started = True
        elif char in " \t" and not quoted:
            if started:
                argv.append(word)
            word, started = "", False
        else:
            word, started = word + char, True
        index += 1
    return [*argv, word] if started else argv
