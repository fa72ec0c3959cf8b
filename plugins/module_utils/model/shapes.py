# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain data taken apart: whatever is not of the kind that its place asks for is a SpecError that names the place.

No value is turned into another kind in silence, and none is shown where it may hold a key.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ..errors import SpecError

T = TypeVar("T")
Spec = Mapping[str, Any]

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_KINDS = ((bool, "true or false"), (int, "a number"), (str, "text"), (Mapping, "a dict"), ((list, tuple), "a list"))


def kind_of(value: Any) -> str:
    """Say in a word or two what a value is, without showing it."""
    if value is None:
        return "nothing"
    return next((words for kind, words in _KINDS if isinstance(value, kind)), type(value).__name__)


@contextlib.contextmanager
def at(place: str) -> Iterator[None]:
    """Put ``place`` in front of the place of any SpecError raised below."""
    try:
        yield
    except SpecError as exc:
        separator = "." if place and exc.place else ""
        raise SpecError(f"{place}{separator}{exc.place}", exc.problem) from exc.__cause__


def mapping(value: Any, place: str = "", what: str = "a dict") -> Spec:
    """Give the value, which must be a dict; ``what`` says which one."""
    if not isinstance(value, Mapping):
        raise SpecError(place, f"must be {what}, not {kind_of(value)}")
    return value


def listed(value: Any, place: str, of: str = "") -> Sequence[Any]:
    """Give the value, which must be a list; nothing is an empty one."""
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
        raise SpecError(place, f"must be a list{of}, not {kind_of(value)}")
    return value


def built(value: Any, place: str, build: Callable[[Spec], T]) -> tuple[T, ...]:
    """Build each dict of a list; SpecError names ``place[1]``."""
    found = []
    for index, item in enumerate(listed(value, place, " of dicts")):
        with at(f"{place}[{index}]"):
            found.append(build(mapping(item)))
    return tuple(found)


def each(spec: Spec, name: str, build: Callable[[Spec], T]) -> tuple[T, ...]:
    """Build each dict of the list that an option holds."""
    return built(spec.get(name), name, build)


def required(spec: Spec, name: str, build: Callable[[Spec], T]) -> T:
    """Build the dict that an option must hold."""
    value = spec.get(name)
    if value is None or value == {}:
        raise SpecError(name, "is required")
    with at(name):
        return build(mapping(value))


def optional(spec: Spec, name: str, build: Callable[[Spec], T]) -> T | None:
    """Build the dict that an option holds, None where it holds nothing."""
    return None if spec.get(name) in (None, {}) else required(spec, name, build)


def text(spec: Spec, name: str) -> str:
    """Give an option that must be text with something in it."""
    value = spec.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SpecError(name, "is required and must be text")
    return value


def words(spec: Spec, name: str) -> str:
    """Give an option that is text, empty where it is left out."""
    value = spec.get(name)
    if value is not None and not isinstance(value, str):
        raise SpecError(name, f"must be text, not {kind_of(value)}")
    return value or ""


def flag(spec: Spec, name: str, default: bool = False) -> bool:
    """Give an option that is true or false; text such as ``no`` is neither, for it would pass as true."""
    value = spec.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise SpecError(name, f"must be true or false, not {kind_of(value)}")
    return value


def number(spec: Spec, name: str, default: int) -> int:
    """Give an option that is a whole number, or text that is one."""
    value = spec.get(name)
    if value is None:
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    raise SpecError(name, f"{value!r} is not a whole number")


def choice(spec: Spec, name: str, kind: type[T], default: str | None) -> T:
    """Give an option that is one of a few words."""
    value = spec.get(name) or default
    allowed = [member.value for member in kind]  # type: ignore[attr-defined]
    if value not in allowed:
        raise SpecError(name, f"{value!r} is not allowed; allowed are {', '.join(allowed)}")
    return kind(value)  # type: ignore[call-arg]
