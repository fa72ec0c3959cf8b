# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The netsh commands of a batch file, peeled out of what cmd.exe puts around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .words import IgnoredLine, Line, plain_line

_NETSH = re.compile(
    r'[\s@(]*(?:"[^"]*[\\/]netsh(?:\.exe)?"|(?:[^\s"&|<>]*[\\/])?netsh(?:\.exe)?)(?=$|[\s/])', re.IGNORECASE
)
_REMARK = re.compile(r"[\s@(]*(?:rem(?=$|[\s.,;:=/])|:)", re.IGNORECASE)
_SET = re.compile(r'[\s@(]*set\s+(?:"([^"=]+)=([^"]*)"?|([^"=/]+?)=(.*))\s*$', re.IGNORECASE | re.DOTALL)
_SET_OTHER = re.compile(r"[\s@(]*set\s+/[ap]\s+\"?([^=\"]+)=", re.IGNORECASE)
_CONDITION = re.compile(r"[\s@()]*(?:if|for|else)(?=$|[\s(])", re.IGNORECASE)
_VARIABLE = re.compile(r"%%|%(\d|\*|~[a-z0-9$:]*\d)|%([^%\r\n]+)%", re.IGNORECASE)
_OPERATOR = re.compile(r"&&|\|\||[&|]")
_REDIRECTION = re.compile(r"[<>]{1,2}(?:&\d|\s*(?:\"[^\"]*\"|[^\s&|<>()\"]+))?")
_CONDITIONAL = "depends on a condition or a loop of the batch file"


def is_batch(text: str) -> bool:
    """Say whether a text is a batch file and no script for ``netsh -f``: a line of it calls netsh itself."""
    return any(_NETSH.match(line) for line in text.splitlines()) or bool(
        re.search(r"^[\s@]*echo\s+off\b", text, re.IGNORECASE | re.MULTILINE)
    )


def peel(text: str, source: str) -> Iterator[Line | IgnoredLine]:
    """Give the arguments of each call of netsh in order, and the calls that cannot be followed.

    Variables that ``set`` gives a plain value are put in. What is inside ``if`` and ``for``, depends on an unknown
    variable or runs only after a failure (``||``) is ignored with the reason; other programs are passed over.
    """
    variables: dict[str, str] = {}
    depth = 0
    for line in _logical_lines(text, source):
        number = line.places[0][0] if line.places else 1
        if _REMARK.match(line.text):
            continue
        if depth > 0 or _CONDITION.match(line.text):
            depth = max(0, depth + _balance(line.text))
            if "netsh" in line.text.casefold():
                yield IgnoredLine(number, _CONDITIONAL)
            _forget(line.text, variables)
            continue
        for after, command in _commands(line):
            yield from _one_command(command, after, variables)


def _one_command(command: Line, after: str, variables: dict[str, str]) -> Iterator[Line | IgnoredLine]:
    number = command.places[0][0] if command.places else 1
    called = _NETSH.match(command.text)
    if called is not None:
        command = command.part(called.end())
    expanded, unknown = _expand(command, variables)
    if called is None and (called := _NETSH.match(expanded.text)):
        expanded = expanded.part(called.end())
    if called is None:
        if not _remember(expanded.text, variables, known=not unknown) and "netsh" in expanded.text.casefold():
            yield IgnoredLine(number, "netsh is not what this command runs")
    elif after == "||":
        yield IgnoredLine(number, "runs only after a failure")
    elif unknown:
        yield IgnoredLine(number, f"the value of {unknown} is not known here")
    else:
        yield _without_redirections(expanded)


def _logical_lines(text: str, source: str) -> Iterator[Line]:
    """Join lines that end with a caret outside quotes, as cmd.exe does."""
    held: Line | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = plain_line(raw, number, source)
        if held is not None:
            line = Line(held.text + line.text, held.places + line.places, source)
        stripped = line.text.rstrip(" \t") if line.text.rstrip(" \t").endswith("^") else line.text
        carets = len(stripped) - len(stripped.rstrip("^"))
        if carets % 2 and stripped.count('"') % 2 == 0 and not _REMARK.match(line.text):
            held = line.part(0, len(stripped) - 1)
            continue
        held = None
        yield line
    if held is not None:
        yield held


def _commands(line: Line) -> Iterator[tuple[str, Line]]:
    """Split a line at ``&``, ``&&``, ``|`` and ``||`` outside quotes; each command comes with what stands before it."""
    after, start, index, quoted = "", 0, 0, False
    while index < len(line.text):
        char = line.text[index]
        if char == '"':
            quoted = not quoted
        elif char == "^" and not quoted:
            index += 1
        elif not quoted and (match := _OPERATOR.match(line.text, index)) and not _is_handle(line.text, index):
            yield after, line.part(start, index)
            after, start = match[0], match.end()
            index = match.end() - 1
        index += 1
    yield after, line.part(start)


def _is_handle(text: str, index: int) -> bool:
    """Say whether the ampersand is the one of ``2>&1``."""
    return text[index] == "&" and index > 0 and text[index - 1] in "<>"


def _without_redirections(line: Line) -> Line:
    """Take ``>nul``, ``2>&1`` and carets out of a command; inside quotes both are plain characters."""
    keep: list[int] = []
    index, quoted = 0, False
    while index < len(line.text):
        char = line.text[index]
        if char == '"':
            quoted = not quoted
        elif char == "^" and not quoted:
            index += 1
            if index >= len(line.text):
                break
        elif char in "<>" and not quoted:
            match = _REDIRECTION.match(line.text, index)
            if keep and line.text[keep[-1]].isdigit() and (len(keep) == 1 or line.text[keep[-2]] in " \t"):
                keep.pop()
            index = match.end() if match else index + 1
            continue
        keep.append(index)
        index += 1
    return Line("".join(line.text[at] for at in keep), tuple(line.places[at] for at in keep), line.source)


def _expand(line: Line, variables: dict[str, str]) -> tuple[Line, str]:
    """Put the values of variables in; the second value names the first one that is not known, empty when all are."""
    chars: list[str] = []
    places: list[tuple[int, int]] = []
    unknown, last = "", 0
    for match in _VARIABLE.finditer(line.text):
        chars += line.text[last : match.start()]
        places += line.places[last : match.start()]
        name = match[2]
        value = "%" if match[0] == "%%" else variables.get(name.casefold()) if name else None
        if value is None:
            unknown = unknown or match[0]
            value = match[0]
        chars += value
        places += [line.places[match.start()]] * len(value)
        last = match.end()
    return Line("".join(chars) + line.text[last:], (*places, *line.places[last:]), line.source), unknown


def _remember(text: str, variables: dict[str, str], *, known: bool) -> bool:
    """Keep what ``set`` sets; a value that is not known makes the variable unknown. False for another command."""
    other = _SET_OTHER.match(text)
    if other is not None:
        variables.pop(other[1].strip().casefold(), None)
        return True
    match = _SET.match(text)
    if match is None:
        return False
    name, value = (match[1], match[2]) if match[1] is not None else (match[3], match[4])
    if known:
        variables[name.strip().casefold()] = value
    else:
        variables.pop(name.strip().casefold(), None)
    return True


def _forget(text: str, variables: dict[str, str]) -> None:
    """Make every variable unknown that a conditional line may set."""
    for name in re.findall(r"\bset\s+(?:/[ap]\s+)?\"?([^=\"\s]+)\s*=", text, re.IGNORECASE):
        variables.pop(name.casefold(), None)


def _balance(text: str) -> int:
    """Count open minus closed parentheses outside quotes."""
    bare = re.sub(r'"[^"]*"?', "", text).replace("^(", "").replace("^)", "")
    return bare.count("(") - bare.count(")")
