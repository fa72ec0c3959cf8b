# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that can go wrong in the library: one tree, and no other exception leaves it."""

from __future__ import annotations


class IpsecError(Exception):
    """The root of all errors of the library; its text is one sentence for the operator."""


class SpecError(IpsecError):
    """A wanted value that Windows would refuse, or that means nothing."""

    def __init__(self, place: str, problem: str) -> None:
        """Name the place as the user wrote it (``rules[2].filter_list``) and what is wrong there."""
        super().__init__(f"{place}: {problem}" if place else problem)
        self.place = place
        self.problem = problem


class StoreFormatError(IpsecError):
    """Bytes or links in a policy store that do not mean anything."""

    def __init__(self, what: str, problem: str, offset: int | None = None) -> None:
        """Name the object and value, the byte offset where there is one, and what was found."""
        super().__init__(f"{what}: {problem}" if offset is None else f"{what} at byte {offset}: {problem}")
        self.what = what
        self.problem = problem
        self.offset = offset


class TextError(IpsecError):
    """A script or registry text that cannot be read; line and column count from 1."""

    def __init__(self, source: str, line: int, column: int, problem: str) -> None:
        """Name the text, the place in it and what was expected there."""
        super().__init__(f"{source}, line {line}, column {column}: {problem}")
        self.source = source
        self.line = line
        self.column = column
        self.problem = problem


class PlanError(IpsecError):
    """A wanted policy that cannot be reached without harming what is not ours."""


class NetshError(IpsecError):
    """What netsh refused, or what is missing after it ran."""


class HostError(IpsecError):
    """A host that did not answer as expected; the text names the action and the remedy."""
