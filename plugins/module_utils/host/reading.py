# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one read of a host tells, before anybody knows what it means for IPsec."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from ..errors import HostError
from ..registry.query_text import parse_query
from ..registry.tree import RegistryTree
from . import commands
from .port import HostPort

_ALWAYS = (
    commands.VERSION,
    commands.POLICY_STORE,
    commands.POLICY_AGENT,
    commands.IPSEC_DRIVER,
    commands.IKEEXT,
    commands.SERVICE_STATE,
    commands.COMPUTER,
)
_REGISTRY = range(1, 5)
_VERSION_NUMBERS = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_NUMBERED_LINE = re.compile(r"^[^:\r\n]*[^:\s\d][^:\r\n]*:\s+([0-9]+)\b", re.MULTILINE)
_DOTTED_QUAD = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


@dataclasses.dataclass(frozen=True)
class HostReading:
    """A host at one moment.

    ``version`` is major, minor, build; ``registry`` all keys that were asked for; ``service_state`` the number that
    ``sc query`` shows for PolicyAgent (4 running, 1 stopped), None where the service does not exist; ``computer`` the
    name that the computer itself goes by, empty where it does not say; ``quads`` every dotted quad that ``ipconfig``
    printed (addresses, masks, gateways), empty when it was not asked; ``before`` is what the command printed that ran
    first, ``prepared`` whether the one before it went through; ``also`` the answers to what else was asked, at the end.
    """

    version: tuple[int, int, int]
    registry: RegistryTree
    service_state: int | None
    computer: str
    quads: tuple[str, ...]
    before: commands.Answer
    prepared: bool = True
    also: tuple[commands.Answer, ...] = ()


def read_host(
    host: HostPort,
    *,
    prepare: str = "",
    before: str = "",
    stdin: str = "",
    addresses: bool = False,
    also: Sequence[str] = (),
) -> HostReading:
    """Ask a host everything in one command line.

    ``before`` is a command that runs first, in the same line, and takes ``stdin``: a write and its verifying read
    cost one command. ``prepare`` runs before that, ``also`` is asked after all the rest. HostError when the host
    answers with less than it was asked.
    """
    first = [one for one in (prepare, before) if one]
    questions = [*first, *_ALWAYS, *([commands.ADDRESSES] if addresses else []), *also]
    marker = commands.new_marker()
    completed = host.run(commands.ask(questions, marker), stdin)
    everything = commands.answers(completed.stdout, len(questions), marker, host.name)
    found = everything[len(first) :]
    if not found[2].ok:
        raise HostError(
            f"{host.name}: the registry key of the service PolicyAgent cannot be read; "
            f"connect as a member of the host's Administrators group"
        )
    return HostReading(
        version=version_numbers(found[0].text, host.name),
        registry=RegistryTree.merged(parse_query(found[number].text) for number in _REGISTRY if found[number].ok),
        service_state=service_state(found[5]),
        computer=_computer(found[6].text),
        quads=dotted_quads(found[7].text) if addresses else (),
        before=everything[len(first) - 1] if before else commands.Answer(ok=True, text=""),
        prepared=not prepare or everything[0].ok,
        also=found[len(found) - len(also) :],
    )


def version_numbers(text: str, host_name: str) -> tuple[int, int, int]:
    """Take the three numbers out of what ``ver`` prints; the words around them are in the host's language."""
    match = _VERSION_NUMBERS.search(text)
    if match is None:
        raise HostError(f"{host_name}: 'ver' printed no version number; is this a Windows host?")
    major, minor, build = (int(number) for number in match.groups())
    return major, minor, build


def _computer(text: str) -> str:
    """Take the name out of what ``echo`` printed, which is the name of the variable where that is not set."""
    name = text.strip()
    return "" if "%" in name else name


def service_state(answer: commands.Answer) -> int | None:
    """Take the state out of ``sc query``: the second line with a number is STATE, in every language."""
    numbers = _NUMBERED_LINE.findall(answer.text)
    return int(numbers[1]) if answer.ok and len(numbers) > 1 else None


def dotted_quads(text: str) -> tuple[str, ...]:
    """Take every dotted quad out of what ``ipconfig`` prints: addresses, masks, gateways."""
    return tuple(_DOTTED_QUAD.findall(text))
