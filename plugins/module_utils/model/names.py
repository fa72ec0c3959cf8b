# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rule that every name of the model obeys."""

from __future__ import annotations

import unicodedata

from ..errors import SpecError

MAX_NAME = 255
"""Longest name or description, in UTF-16 units; our own bound, far below what a store can hold."""


def check_name(text: str, what: str) -> None:
    """Refuse an empty name, a control character (no line of a script could hold it) and an overlong one."""
    if not text.strip():
        raise SpecError("", f"{what} must not be empty")
    check_text(text, what)


def check_text(text: str, what: str) -> None:
    """Refuse control characters, lone surrogates and overlong text; empty text is fine."""
    for position, char in enumerate(text):
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}:
            raise SpecError("", f"{what} {text!r} holds the control character U+{ord(char):04X} at position {position}")
    if len(text.encode("utf-16-le")) // 2 > MAX_NAME:
        raise SpecError("", f"{what} {text[:20]!r}… is longer than {MAX_NAME} characters")
