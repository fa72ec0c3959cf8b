# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How two hosts prove who they are, and a wrapper that keeps a key out of every text."""

from __future__ import annotations

import dataclasses
from typing import Union

from ..errors import SpecError
from .names import check_name, check_text

REDACTED = "********"


class Secret:
    """A key that compares like its text but never prints."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep the text; reveal() is the only way back."""
        self._text = text

    def reveal(self) -> str:
        """Give the text to the one line that must write it."""
        return self._text

    def __eq__(self, other: object) -> bool:
        """Two secrets are equal when their texts are."""
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        """Hash like the text, so that a secret can stand in a set."""
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        """Print stars, however it is printed."""
        return REDACTED

    __str__ = __repr__

    def __reduce__(self) -> str:
        """Refuse to be pickled: a pickle is a file in clear."""
        raise TypeError("a secret is not written to disk")


@dataclasses.dataclass(frozen=True)
class Kerberos:
    """Kerberos V5 of the Active Directory domain."""


@dataclasses.dataclass(frozen=True)
class Certificate:
    """A certificate from the named root authority, written as its subject: ``CN=Example Root, O=Example``."""

    ca: str
    map_to_account: bool = False
    exclude_ca_name: bool = False

    def __post_init__(self) -> None:
        """Refuse an authority without a name."""
        check_name(self.ca, "the root authority of a certificate")


@dataclasses.dataclass(frozen=True)
class PresharedKey:
    """A key typed in on both ends. Windows stores it in clear; use it for tests and islands only."""

    key: Secret

    def __post_init__(self) -> None:
        """Refuse an empty key and control characters, without ever showing the key."""
        text = self.key.reveal()
        if not text:
            raise SpecError("psk", "a pre-shared key must not be empty")
        try:
            check_text(text, "psk")
        except SpecError:
            raise SpecError("psk", "the pre-shared key is overlong or holds a control character") from None


Authentication = Union[Kerberos, Certificate, PresharedKey]  # noqa: UP007
"""One method of a rule; a rule holds them in order of preference."""
