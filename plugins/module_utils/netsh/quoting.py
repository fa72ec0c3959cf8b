# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a value stands in a line of netsh, and what no line of netsh can hold."""

from __future__ import annotations

from ..errors import NetshError, SpecError
from ..model.names import check_text


def quote(value: str, what: str) -> str:
    """Put a value in double quotes, so that blanks and ``&|<>^%=`` in it are plain characters.

    netsh splits a line at blanks outside double quotes and knows no escape for a double quote (its help gives one
    for ``rootca`` only), so NetshError for a double quote, a control character, a blank at either end and a
    backslash at the end. ``what`` names the value in the message; the value itself is never shown.
    """
    try:
        check_text(value, what)
    except SpecError:
        raise NetshError(f"{what} is overlong or holds a control character; netsh reads one line at a time") from None
    if '"' in value:
        raise NetshError(f"{what} holds a double quote, which no line of netsh can express; leave it out")
    if value != value.strip():
        raise NetshError(f"{what} begins or ends with a blank, which netsh may drop; leave it out")
    if value.endswith("\\"):
        raise NetshError(f"{what} ends with a backslash, which may swallow the closing quote; leave it out")
    return f'"{value}"'


def quote_name(name: str, what: str) -> str:
    """Quote the name of an object; NetshError for an empty one, and for ``all``, netsh's word for every object."""
    if not name.strip():
        raise NetshError(f"{what} has no name, and netsh finds its objects by name")
    if name.strip().casefold() == "all":
        raise NetshError(f"{what} is called {name!r}, netsh's word for all objects; give it another name")
    return quote(name, f"the name of {what} {name!r}")
