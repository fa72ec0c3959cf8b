# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of ``netsh ipsec static``: one table that both the writer and the reader of scripts go by.

Source: netsh's own help, as Microsoft prints it for Server 2025 (windowsserverdocs, netsh-ipsec.md) and as
uitranslation.com keeps it; the order of the tags is the order of arguments without a tag.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

REPEATABLE = ("rootca",)
"""Tags that may come more than once; the order of all authentication methods is their order of preference."""

BARE_WORDS = ("all", "default")
"""Arguments that are a word by themselves."""

_AUTHENTICATION = "kerberos psk rootca"
_OFFER = "qmpfs inpass soft action qmsecmethods"
_MAIN_MODE = "mmpfs qmpermm mmlifetime activatedefaultrule pollinginterval assign"
_FILTER = "protocol mirrored srcmask dstmask srcport dstport"
_LOOK = "level format wide"


@dataclasses.dataclass(frozen=True)
class Command:
    """One command: its two words, its slots in order, and which tags it cannot do without.

    A slot is a tag, or the tags of which one is given: ``name|guid``. ``subject`` is empty for commands of one word.
    """

    verb: str
    subject: str
    slots: tuple[tuple[str, ...], ...]
    required: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags in order."""
        return tuple(tag for slot in self.slots for tag in slot)

    def __str__(self) -> str:
        """Write the command as a person types it."""
        return f"{self.verb} {self.subject}".strip()


def _command(words: str, tags: str = "", required: str = "") -> Command:
    verb, _unused, subject = words.partition(" ")
    return Command(verb, subject, tuple(tuple(slot.split("|")) for slot in tags.split()), tuple(required.split()))


COMMANDS = (
    _command("add filter", f"filterlist srcaddr dstaddr description {_FILTER}", "filterlist srcaddr dstaddr"),
    _command("add filteraction", f"name description {_OFFER}", "name"),
    _command("add filterlist", "name description", "name"),
    _command("add policy", f"name description {_MAIN_MODE} mmsecmethods", "name"),
    _command(
        "add rule",
        f"name policy filterlist filteraction tunnel conntype activate description {_AUTHENTICATION}",
        "name policy filterlist filteraction",
    ),
    _command("delete all"),
    _command("delete filter", f"filterlist srcaddr dstaddr {_FILTER}", "filterlist srcaddr dstaddr"),
    _command("delete filteraction", "name|all"),
    _command("delete filterlist", "name|all"),
    _command("delete policy", "name|all"),
    _command("delete rule", "name|id|all policy", "policy"),
    _command("dump"),
    _command("exportpolicy", "file"),
    _command("help"),
    _command("importpolicy", "file"),
    _command("set batch", "mode"),
    _command("set defaultrule", f"policy qmpfs activate qmsecmethods {_AUTHENTICATION}", "policy"),
    _command("set filteraction", f"name|guid newname description {_OFFER}"),
    _command("set filterlist", "name|guid newname description"),
    _command("set policy", f"name|guid newname description {_MAIN_MODE} gponame mmsecmethods"),
    _command(
        "set rule",
        f"name|id policy newname description filterlist filteraction tunnel conntype activate {_AUTHENTICATION}",
        "policy",
    ),
    _command("set store", "location domain"),
    _command("show all", "format wide"),
    _command("show filteraction", f"name|rule|all {_LOOK}"),
    _command("show filterlist", "name|rule|all level format resolvedns wide"),
    _command("show gpoassignedpolicy", "name"),
    _command("show policy", f"name|all {_LOOK}"),
    _command("show rule", f"name|id|all|default policy type {_LOOK}"),
    _command("show store"),
)
"""Every command of the context, sorted as netsh's help sorts them."""

_BY_WORDS = {(command.verb, command.subject): command for command in COMMANDS}
VERBS = tuple(dict.fromkeys(command.verb for command in COMMANDS))


def pick(word: str, choices: Sequence[str]) -> str | None:
    """Give the choice that a word names: the exact one, else the first that begins with it, else None.

    netsh takes any abbreviation and, as public scripts show (``add rule … filter=All``), the first that fits.
    """
    low = word.casefold()
    if low in choices:
        return low
    return next((choice for choice in choices if low and choice.startswith(low)), None)


def find_command(verb: str, subject: str) -> Command:
    """Give the command of two words that stand in the table."""
    return _BY_WORDS[verb, subject]


def subjects_of(verb: str) -> tuple[str, ...]:
    """Give the second words that a verb takes; one empty word for a verb that stands alone."""
    return tuple(command.subject for command in COMMANDS if command.verb == verb)
