# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: options within options that are no dict, which Ansible's own check stumbles over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.model.shapes import mapping


def refuse_misshapen(spec: Mapping[str, Any], given: Mapping[Any, Any], place: str = "") -> None:
    """Refuse what is no dict where an argument spec has options within an option; SpecError names ``rules[0].esp``.

    Text stays for Ansible, which reads ``name=value`` out of it. All else that is wrong Ansible says itself.
    """
    for name, value in given.items():
        if not isinstance(name, str):
            raise SpecError(place, f"{name!r} is no name of an option")
        option = spec.get(name, {})
        here = f"{place}.{name}" if place else name
        if "options" in option and value is not None:
            for where, item in _items(option, value, here):
                if not isinstance(item, str):
                    refuse_misshapen(option["options"], mapping(item, where), where)


def _items(option: Mapping[str, Any], value: Any, place: str) -> list[tuple[str, Any]]:
    """Give each value that must be a dict, with its place."""
    if option["type"] == "list" and isinstance(value, (list, tuple)):
        return [(f"{place}[{index}]", one) for index, one in enumerate(value)]
    return [(place, value)]
