# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A netsh script or a batch file of netsh commands to values of the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from ..errors import SpecError
from ..model.policy import PolicyStore
from ..model.windows import WindowsVersion
from . import commands_add as adds
from . import commands_change as changes
from .arguments import Arguments
from .batch import is_batch, peel
from .encodings import decode_script
from .verbs import VERBS, find_command, pick, subjects_of
from .words import IgnoredLine, Line, Word, plain_line, split_words
from .workspace import Refused, Workspace

_Place = tuple[str, ...]
_STATIC: _Place = ("ipsec", "static")
_LEAVE = ("exit", "bye", "quit")
_WITHOUT_EFFECT = ("online", "offline", "commit", "abort", "flush", "popd", "..", "?", "/?", "help")
_READ_ONLY = ("show", "dump", "help", "exportpolicy")

_COMMANDS: dict[tuple[str, str], Callable[[Workspace, Arguments], None]] = {
    ("add", "filter"): adds.add_filter,
    ("add", "filteraction"): adds.add_filter_action,
    ("add", "filterlist"): adds.add_filter_list,
    ("add", "rule"): adds.add_rule,
    ("delete", "all"): changes.delete_all,
    ("delete", "filter"): changes.delete_filter,
    ("delete", "filteraction"): changes.delete_filter_action,
    ("delete", "filterlist"): changes.delete_filter_list,
    ("delete", "policy"): changes.delete_policy,
    ("delete", "rule"): changes.delete_rule,
    ("set", "defaultrule"): changes.set_default_rule,
    ("set", "filteraction"): changes.set_filter_action,
    ("set", "filterlist"): changes.set_filter_list,
    ("set", "policy"): changes.set_policy,
    ("set", "rule"): changes.set_rule,
}


@dataclasses.dataclass(frozen=True)
class ParsedScript:
    """What a script makes of an empty store.

    ``store`` holds all policies, lists and actions and which policy is assigned; ``ignored`` the lines without
    effect and why; ``encoding`` is what the bytes were read as, empty for text.
    """

    store: PolicyStore
    ignored: tuple[IgnoredLine, ...]
    encoding: str


def parse_script(
    data: bytes | str, source: str = "script", *, encoding: str | None = None, version: WindowsVersion | None = None
) -> ParsedScript:
    """Read a script for ``netsh -f`` or standard input, or a batch file that calls ``netsh ipsec static``.

    ``version`` is the host it is meant for: before Vista ``add policy`` makes an active default response rule where
    the command is silent. Without it the host is taken for a later one. A command that netsh would refuse without
    harm to the others is ignored with the reason. TextError, with line and column, for all that cannot be read.
    """
    text, found = (data, "") if isinstance(data, str) else decode_script(data, source, encoding)
    reader = _Reader(default_response=version is not None and not version.is_vista_or_later)
    if is_batch(text):
        reader.run_batch(text, source)
    else:
        reader.run_script(text, source)
    return ParsedScript(reader.space.finish(), tuple(reader.ignored), found)


class _Reader:
    """Follows the commands of one script."""

    def __init__(self, *, default_response: bool) -> None:
        self.space = Workspace()
        self.ignored: list[IgnoredLine] = []
        self._default_response = default_response
        self._elsewhere = ""
        self._place: _Place = ()
        self._stack: list[_Place] = []

    def run_batch(self, text: str, source: str) -> None:
        """Every call of netsh starts at its root."""
        for item in peel(text, source):
            if isinstance(item, IgnoredLine):
                self.ignored.append(item)
                continue
            words = split_words(item)
            if words and words[0].text.casefold() in ("-c", "/c") and len(words) > 1:
                words = [*_words_of_context(words[1]), *words[2:]]
            if words and words[0].text[:1] in ("-", "/"):
                self._ignore(words[0], f"netsh is called with {words[0].text}")
                continue
            self._place = ()
            self._run(words)

    def run_script(self, text: str, source: str) -> None:
        """Contexts stay from line to line until the script leaves them."""
        for line in _script_lines(text, source):
            words = split_words(line)
            low = words[0].text.casefold() if words else ""
            if low in _LEAVE:
                return
            if low == "pushd":
                self._stack.append(self._place)
                self._place, _unused = _enter((), words[1:])
            elif low == "popd":
                self._place = self._stack.pop() if self._stack else ()
            elif low == "..":
                self._place = self._place[:-1]
            else:
                self._run(words)

    def _run(self, words: list[Word]) -> None:
        """Enter a context or carry out a command of one."""
        if not words or words[0].text.casefold() in _WITHOUT_EFFECT:
            return
        place, rest = _enter(self._place, words)
        if self._place and rest == words and pick(words[0].text, VERBS) is None:
            place, rest = _enter((), words)
            if not place:
                raise words[0].problem(f"{words[0].text!r} is no command of netsh {' '.join(self._place)}")
        if not rest:
            self._place = place
        elif place == _STATIC:
            self._static(rest)
        elif place == ("ipsec",):
            raise rest[0].problem(f"{rest[0].text!r} is no command of netsh ipsec")
        elif place:
            self._ignore(rest[0], "'ipsec dynamic' changes what is in force, not the policies")
        else:
            self._ignore(rest[0], "is no command of netsh ipsec")

    def _static(self, words: list[Word]) -> None:
        head = words[0]
        verb = pick(head.text, VERBS)
        if verb is None:
            raise head.problem(f"{head.text!r} is no command of netsh ipsec static")
        if verb in _READ_ONLY:
            return
        if verb == "importpolicy":
            self._ignore(head, "'importpolicy' reads another file")
            return
        subject = pick(words[1].text, subjects_of(verb)) if len(words) > 1 else None
        if subject is None:
            at = words[1] if len(words) > 1 else head
            raise at.problem(f"'{verb}' takes {', '.join(subjects_of(verb))}")
        arguments = Arguments(find_command(verb, subject), head, words[2:])
        try:
            self._carry_out(verb, subject, arguments)
        except Refused as exc:
            self._ignore(head, str(exc))
        except SpecError as exc:
            raise head.problem(str(exc)) from None

    def _carry_out(self, verb: str, subject: str, arguments: Arguments) -> None:
        if subject == "batch":
            return
        if subject == "store":
            location = arguments.choice("location", ("local", "persistent", "domain")) or "local"
            self._elsewhere = "" if location == "local" else location
        elif self._elsewhere:
            raise Refused(f"goes to the {self._elsewhere} store, which is not read")
        elif (verb, subject) == ("add", "policy"):
            adds.add_policy(self.space, arguments, default_response=self._default_response)
        else:
            _COMMANDS[verb, subject](self.space, arguments)

    def _ignore(self, word: Word, reason: str) -> None:
        self.ignored.append(IgnoredLine(word.line, reason))


def _script_lines(text: str, source: str) -> Iterator[Line]:
    """Give the lines of a script that are no remarks."""
    for number, raw in enumerate(text.splitlines(), 1):
        if raw.strip() and not raw.lstrip().startswith(("#", ";", "::")):
            first = raw.split(None, 1)[0].casefold()
            if first != "rem":
                yield plain_line(raw, number, source)


def _enter(place: _Place, words: list[Word]) -> tuple[_Place, list[Word]]:
    """Follow the names of contexts as far as the words go; ``ips`` is the shortest that means only ipsec."""
    while words:
        low = words[0].text.casefold()
        if not place and len(low) >= 3 and "ipsec".startswith(low):
            place = ("ipsec",)
        elif place == ("ipsec",) and low and pick(low, ("dynamic", "static")):
            place = ("ipsec", pick(low, ("dynamic", "static")) or "")
        else:
            break
        words = words[1:]
    return place, words


def _words_of_context(word: Word) -> list[Word]:
    """Split the value of ``netsh -c "ipsec static"``."""
    return [dataclasses.replace(word, text=part) for part in word.text.split()]
