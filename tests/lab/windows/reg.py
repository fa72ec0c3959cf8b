# SPDX-License-Identifier: GPL-3.0-or-later
"""reg.exe: query, add, delete, copy, export and import."""

from __future__ import annotations

import re

from . import reg_file
from . import registry as reg
from .console import Steps
from .context import Context
from .reg_query import Query, run_query

_TYPES = {name: number for number, name in reg.TYPE_NAMES.items()}
_TYPES["REG_DWORD_LITTLE_ENDIAN"] = reg.REG_DWORD
_FLAGS = {
    "query": {"/ve", "/s", "/k", "/d", "/c", "/e", "/z"},
    "add": {"/ve", "/f"},
    "delete": {"/ve", "/va", "/f"},
    "copy": {"/s", "/f"},
    "export": {"/y"},
    "import": set(),
}
_WITH_VALUE = {"query": {"/v", "/f", "/t", "/se"}, "add": {"/v", "/t", "/d", "/s"}, "delete": {"/v"}}
_PATHS = {"query": 1, "add": 1, "delete": 1, "copy": 2, "export": 2, "import": 1}


class Usage(Exception):
    """The command line is not one that reg.exe takes; holds the message's key."""


def reg_program(ctx: Context, argv: list[str]) -> Steps:
    """Run reg.exe; exit code 0 or 1."""
    verb = argv[0].lower() if argv else ""
    if verb in ("/?", "-?", "/h", "-h"):
        ctx.say("reg.help")
        return 0
    if verb not in _PATHS:
        ctx.complain("reg.syntax", usage="REG /?")
        return 1
    try:
        paths, options = _read_options(verb, argv[1:])
        if "/?" in options:
            ctx.say("reg.help")
            return 0
        return (yield from _VERBS[verb](ctx, paths, options))
    except Usage as exc:
        ctx.complain(str(exc), usage=f"REG {verb.upper()} /?")
        return 1


def _read_options(verb: str, words: list[str]) -> tuple[list[str], dict[str, str]]:
    paths: list[str] = []
    options: dict[str, str] = {}
    index = 0
    while index < len(words):
        word = words[index]
        low = re.sub(r"^-", "/", word.lower())
        if low == "/?":
            options["/?"] = ""
        elif len(paths) < _PATHS[verb]:  # whatever stands first is a key, switches included
            paths.append(word)
        elif low in _WITH_VALUE.get(verb, ()) and low not in options:
            index += 1
            if index >= len(words):
                raise Usage("reg.syntax")
            options[low] = words[index]
        elif low in _FLAGS[verb] and low not in options:
            options[low] = ""
        elif not re.fullmatch(r"/reg:(32|64)", low):
            raise Usage("reg.syntax")
        index += 1
    if "/?" not in options and len(paths) != _PATHS[verb]:
        raise Usage("reg.syntax")
    return paths, options


def _key_path(path: str) -> str:
    full = re.sub(r"^\\\\[^\\]+\\", "", path)
    hive, slash, rest = full.rstrip("\\").partition("\\")
    long = reg.Registry.canonical(hive)
    if not hive or long is None or "\\\\" in rest or path.endswith("\\\\") or full == f"{hive}\\":
        raise Usage("reg.badkey")
    return long + slash + rest


def _query(ctx: Context, paths: list[str], options: dict[str, str]) -> Steps:
    yield from ()
    modern = ctx.host.profile.reg_dialect != "3.0"
    if ("/v" in options and "/ve" in options) or (not modern and {"/f", "/t", "/k", "/d", "/c", "/e"} & set(options)):
        raise Usage("reg.syntax")
    if "/f" not in options and {"/k", "/d", "/c", "/e"} & set(options):
        raise Usage("reg.syntax")
    types = frozenset(options["/t"].upper().split(",")) if "/t" in options else frozenset()
    if types - set(_TYPES):
        raise Usage("reg.syntax")
    query = Query(
        _key_path(paths[0]),
        options.get("/v", "" if "/ve" in options else None),
        "/s" in options,
        options.get("/f", "*" if types else None),
        "/k" in options,
        "/d" in options,
        "/e" in options,
        "/c" in options,
        types,
    )
    return run_query(ctx, query)


def _number(text: str, size: int) -> bytes:
    match = re.fullmatch(r"0[xX]([0-9a-fA-F]+)|([0-9]+)", text)
    number = (int(match[1], 16) if match[1] else int(match[2])) if match else -1
    if not 0 <= number < 1 << (8 * size):
        raise Usage("reg.syntax")
    return number.to_bytes(size, "little")


def _data(kind: int, text: str | None, separator: str) -> bytes:
    """Turn the text after /d into the data of that type."""
    if kind in (reg.REG_DWORD, reg.REG_QWORD, reg.REG_DWORD_BE):
        data = _number("0" if text is None else text, 8 if kind == reg.REG_QWORD else 4)
        return data[::-1] if kind == reg.REG_DWORD_BE else data
    if kind == reg.REG_BINARY:
        digits = text or ""
        if not re.fullmatch(r"[0-9a-fA-F]*", digits):
            raise Usage("reg.syntax")
        return bytes.fromhex("0" * (len(digits) % 2) + digits)
    if kind == reg.REG_MULTI_SZ:
        parts = (text or "").split(separator)
        parts = parts[:-1] if parts[-1] == "" else parts
        parts = [] if parts == [""] else parts
        if "" in parts:
            raise Usage("reg.syntax")
        return reg.encode_list(parts)
    return reg.encode_text(text or "")


def _add(ctx: Context, paths: list[str], options: dict[str, str]) -> Steps:
    path = _key_path(paths[0])
    kind = _TYPES.get(options.get("/t", "REG_SZ").upper())
    separator = options.get("/s", "\\0")
    if kind is None or ("/v" in options and "/ve" in options) or len(options.get("/s", ";")) != 1:
        raise Usage("reg.syntax")
    if kind in (reg.REG_DWORD, reg.REG_DWORD_BE) and "/d" not in options and ctx.host.profile.modern:
        raise Usage("reg.syntax")
    data = _data(kind, options.get("/d"), separator)
    name = options.get("/v", "")
    old = ctx.host.registry.value(path, name)
    if old is not None and "/f" not in options:
        agreed = yield from ctx.agrees(ctx.host.text("reg.overwrite", name=name or ctx.host.text("reg.default")))
        if not agreed:
            ctx.say("reg.cancelled")
            return 0
    ctx.host.registry.create(path).put(name, kind, data)
    ctx.say("reg.done")
    return 0


def _delete(ctx: Context, paths: list[str], options: dict[str, str]) -> Steps:
    path = _key_path(paths[0])
    chosen = [flag for flag in ("/v", "/ve", "/va") if flag in options]
    if len(chosen) > 1:
        raise Usage("reg.syntax")
    name = options.get("/v", "")
    if "/f" not in options:
        question = {"/v": "reg.delvalue", "/ve": "reg.delvalue", "/va": "reg.delall"}.get("".join(chosen), "reg.delkey")
        agreed = yield from ctx.agrees(ctx.host.text(question, name=name or ctx.host.text("reg.default"), path=path))
        if not agreed:
            ctx.say("reg.cancelled")
            return 0
    key = ctx.host.registry.open(path)
    if key is not None and not chosen:
        gone = ctx.host.registry.delete(path)
    elif key is not None and chosen == ["/va"]:
        key.values.clear()
        gone = True
    else:
        gone = key is not None and key.drop(name)
    if not gone:
        ctx.complain("reg.notfound")
        return 1
    ctx.say("reg.done")
    return 0


def _copy(ctx: Context, paths: list[str], options: dict[str, str]) -> Steps:
    yield from ()
    source, target = _key_path(paths[0]), _key_path(paths[1])
    if source.casefold() == target.casefold():
        raise Usage("reg.syntax")
    key = ctx.host.registry.open(source)
    if key is None:
        ctx.complain("reg.notfound")
        return 1
    pairs = list(ctx.host.registry.walk(source)) if "/s" in options else [(source, key)]
    start = len(reg.Registry.canonical(source) or "")
    for where, here in pairs:
        into = ctx.host.registry.create(target + (where[start:] if here is not key else ""))
        for value in list(here.values.values()):
            into.put(value.name, value.type, value.data)
    ctx.say("reg.done")
    return 0


def _export(ctx: Context, paths: list[str], options: dict[str, str]) -> Steps:
    path = _key_path(paths[0])
    if ctx.host.registry.open(path) is None:
        ctx.complain("reg.notfound")
        return 1
    if ctx.read_file(paths[1]) is not None and "/y" not in options and ctx.host.profile.modern:
        agreed = yield from ctx.agrees(ctx.host.text("reg.overfile", name=paths[1]))
        if not agreed:
            ctx.say("reg.cancelled")
            return 0
    if not ctx.can_write(paths[1]):
        ctx.complain("reg.nofile")
        return 1
    ctx.write_file(paths[1], b"\xff\xfe" + reg_file.export(ctx.host.registry, path).encode("utf-16-le"))
    ctx.say("reg.done")
    return 0


def _import(ctx: Context, paths: list[str], _options: dict[str, str]) -> Steps:
    yield from ()
    text = ctx.read_file(paths[0])
    if text is None or not reg_file.apply(ctx.host.registry, text):
        ctx.complain("reg.nofile" if text is None else "reg.notreg", name=paths[0])
        return 1
    ctx.say("reg.done")
    return 0


_VERBS = {"query": _query, "add": _add, "delete": _delete, "copy": _copy, "export": _export, "import": _import}
