# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections and settings of a file that strongSwan reads, as values and as text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

Setting = tuple[str, str]
"""A name and the text of its value, ready to stand in the file."""


@dataclasses.dataclass(frozen=True)
class Section:
    """A named pair of braces: settings first, then sections; ``comment`` stands in the line above."""

    name: str
    settings: tuple[Setting, ...] = ()
    sections: tuple[Section, ...] = ()
    comment: str = ""


def quoted(text: str) -> str:
    """Write a text value in double quotes; a quote and a backslash in it get a backslash (strongswan.conf(5))."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def render(section: Section) -> str:
    """Write a section with everything in it, two spaces for each depth; ends with a line feed."""
    return "\n".join(_lines(section, "")) + "\n"


def _lines(section: Section, indent: str) -> Iterator[str]:
    if section.comment:
        yield f"{indent}# {section.comment}"
    yield f"{indent}{section.name} {{"
    for name, value in section.settings:
        yield f"{indent}  {name} = {value}"
    for inner in section.sections:
        yield from _lines(inner, indent + "  ")
    yield f"{indent}}}"
