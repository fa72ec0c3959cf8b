# SPDX-License-Identifier: GPL-3.0-or-later
"""`reg query` as Server 2003 (version 3.0) and Vista and later print it."""

from __future__ import annotations

import dataclasses
import fnmatch

from . import registry as reg
from .context import Context


def data_text(value: reg.Value, modern: bool) -> str:
    """Return a value's data as reg.exe prints it."""
    if value.type in (reg.REG_SZ, reg.REG_EXPAND_SZ):
        return value.text
    if value.type in (reg.REG_DWORD, reg.REG_DWORD_BE, reg.REG_QWORD):
        return f"0x{value.number:x}"
    if value.type == reg.REG_MULTI_SZ:
        joined = "\\0".join(value.texts)
        return joined if modern else joined + "\\0\\0"
    return value.data.hex().upper()


@dataclasses.dataclass(slots=True)
class Query:
    """What one `reg query` asks for."""

    path: str
    name: str | None = None
    deep: bool = False
    pattern: str | None = None
    keys_only: bool = False
    data_only: bool = False
    exact: bool = False
    case: bool = False
    types: frozenset[str] = frozenset()

    def fits(self, text: str) -> bool:
        """Say whether text holds the pattern of /f."""
        pattern = self.pattern or ""
        if not self.case:
            text, pattern = text.casefold(), pattern.casefold()
        wild = pattern if self.exact else f"*{pattern}*"
        return fnmatch.fnmatchcase(text, wild.replace("[", "[[]"))


class Printer:
    """Prints keys and values in one of the two dialects."""

    def __init__(self, ctx: Context) -> None:
        """Print to that program's output."""
        self.ctx = ctx
        self.modern = ctx.host.profile.reg_dialect != "3.0"

    def begin(self) -> None:
        """Print what stands above the first key."""
        self.ctx.out.write("\r\n" if self.modern else "\r\n! REG.EXE VERSION 3.0\r\n\r\n")

    def line(self, text: str = "") -> None:
        """Print a line."""
        self.ctx.out.write(text + "\r\n")

    def value(self, value: reg.Value, name: str | None = None) -> None:
        """Print a value, under another spelling of its name where one is given."""
        shown = value.name if name is None else name
        if not shown:
            shown = self.ctx.host.text("reg.default") if self.modern else self.ctx.host.text("reg.noname")
        kind = reg.TYPE_NAMES.get(value.type, f"0x{value.type:x}")
        between = "    " if self.modern else "\t"
        self.line(f"    {shown}{between}{kind}{between}{data_text(value, self.modern)}")


def run_query(ctx: Context, query: Query) -> int:
    """Print what is asked for and return the exit code."""
    key = ctx.host.registry.open(query.path)
    if key is None:
        ctx.complain("reg.notfound")
        return 1
    printer = Printer(ctx)
    if query.pattern is not None:
        return _search(printer, query, key)
    if query.name is not None:
        return _named(printer, query, key)
    printer.begin()
    _print_key(printer, query.path, key, query.deep)
    return 0


def _print_key(printer: Printer, path: str, key: reg.Key, deep: bool, first: bool = True) -> None:
    silent = first and printer.modern and not key.values  # the key asked for is named only above values of its own
    if not silent:
        printer.line(path)
    for value in key.values.values():
        printer.value(value)
    if not silent and (deep or key.values or not printer.modern):
        printer.line()
    for sub in key.subkeys():
        if deep:
            _print_key(printer, f"{path}\\{sub.name}", sub, deep, first=False)
        else:
            printer.line(f"{path}\\{sub.name}")


def _named(printer: Printer, query: Query, key: reg.Key) -> int:
    name = query.name or ""
    if not query.deep:
        value = key.get(name)
        if value is None and not (printer.modern and not name):
            printer.ctx.complain("reg.notfound")
            return 1
        printer.begin()
        printer.line(query.path)
        printer.value(value or _unset(printer), name)
        if value is not None:
            printer.line()
        return 0
    found = [(where, value) for where, here in _walk(query.path, key) if (value := here.get(name))]
    if found or printer.modern:
        printer.begin()
    for where, value in found:
        printer.line(where)
        printer.value(value, name)
        printer.line()
    return _end_search(printer, len(found))


def _unset(printer: Printer) -> reg.Value:
    return reg.Value("", reg.REG_SZ, reg.encode_text(printer.ctx.host.text("reg.unset")))


def _walk(path: str, key: reg.Key) -> list[tuple[str, reg.Key]]:
    found = [(path, key)]
    for sub in key.subkeys():
        found += _walk(f"{path}\\{sub.name}", sub)
    return found


def _end_search(printer: Printer, count: int) -> int:
    if printer.modern:
        printer.ctx.say("reg.search", count=count)
    elif not count:
        printer.ctx.complain("reg.notfound")
    return 0 if count else 1


def _hits(query: Query, key: reg.Key, modern: bool) -> list[reg.Value]:
    found = []
    for value in key.values.values():
        if query.types and reg.TYPE_NAMES.get(value.type) not in query.types:
            continue
        named = not query.data_only and query.fits(value.name)
        held = (query.data_only or not query.keys_only) and query.fits(data_text(value, modern))
        if not query.keys_only and (named or held):
            found.append(value)
    return found


def _search(printer: Printer, query: Query, key: reg.Key) -> int:
    count = 0
    printer.begin()
    for where, here in _walk(query.path, key):
        if where != query.path and not query.deep and where.count("\\") > query.path.count("\\") + 1:
            continue
        below = where != query.path
        named = below and not query.data_only and not query.types and query.fits(here.name)
        hits = _hits(query, here, printer.modern) if query.deep or not below else []
        count += len(hits) + named
        if named or hits:
            printer.line(where)
        for value in hits:
            printer.value(value)
        if hits:
            printer.line()
    return _end_search(printer, count)
