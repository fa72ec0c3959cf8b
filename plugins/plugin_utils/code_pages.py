# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Code pages of the remote shell, by their Windows numbers."""

from __future__ import annotations

import codecs

from ansible.errors import AnsibleError

DEFAULT = 65001

_CODECS = {
    932: "cp932",
    936: "gbk",
    949: "cp949",
    950: "cp950",
    20127: "ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    28591: "iso8859-1",
    28592: "iso8859-2",
    28595: "iso8859-5",
    28597: "iso8859-7",
    28599: "iso8859-9",
    28605: "iso8859-15",
    54936: "gb18030",
    65001: "utf-8",
}
"""Windows code page number -> Python codec (learn.microsoft.com, "Code Page Identifiers"); the rest are called cpN."""


def codec(codepage: int, variable: str = "ansible_winrs_codepage") -> str:
    """Return the Python codec of a Windows code page; AnsibleError naming the variable when there is none."""
    name = _CODECS.get(codepage, f"cp{codepage}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise AnsibleError(
            f"Code page {codepage} is not known: set {variable} to the number that chcp prints on the host,"
            " such as 437, 850, 949 or 65001."
        ) from None


def decode(data: bytes, codepage: int, host: str, variable: str = "ansible_winrs_codepage") -> str:
    """Read what a host printed; AnsibleError naming code page, place and variable when it is no text of that page."""
    name = codec(codepage, variable)
    try:
        return data.decode(name)
    except UnicodeDecodeError as exc:
        raise AnsibleError(
            f"{host}: byte {exc.start} of the output ({data[exc.start : exc.start + 4].hex(' ')}) is no text of code"
            f" page {codepage}: set {variable} to the code page that the host writes in (chcp prints it)."
        ) from None


def encode(text: str, codepage: int, host: str, variable: str = "ansible_winrs_codepage") -> bytes:
    """Write what a host shall read; AnsibleError naming the code page and the variable when a character has no byte."""
    name = codec(codepage, variable)
    try:
        return text.encode(name)
    except UnicodeEncodeError as exc:
        raise AnsibleError(
            f"{host}: character {exc.start} of the input (U+{ord(text[exc.start]):04X}) does not exist in code page"
            f" {codepage}: set {variable} to a code page that has it, or avoid the character."
        ) from None
