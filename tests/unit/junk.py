# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the wrong kind, and a way to put them anywhere into plain data."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

JUNK = st.sampled_from(
    [None, True, False, 0, -1, 7, 2.5, "", " ", "no", "--5", "1.2", "²", [], {}, [None], ["x"], [[]], {"a": 1},
     {1: "a"}, [{"a": 1}], {"name": []}]
)  # fmt: skip


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in plain data, as the way from its top."""
    yield here
    if isinstance(value, (dict, list)):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(one, (*here, name))


def put(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    """Copy plain data with another value at one place."""
    if not way:
        return new
    result = copy.copy(value)
    result[way[0]] = put(value[way[0]], way[1:], new)
    return result
