# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: from the arguments of a task to the registry values it wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.oakley.settings import find_setting


def wanted_settings(args: Mapping[str, Any]) -> dict[str, int | None]:
    """Give the wanted values by name, None for absent; SpecError for an unknown name or what is no number."""
    given = dict(args["settings"])
    if args["nlbs_flags"] != "unmanaged":
        given["NLBSFlags"] = args["nlbs_flags"]
    return {find_setting(str(name)).name: _number(str(name), value) for name, value in given.items()}


def _number(name: str, value: Any) -> int | None:
    text = str(value).strip().lower()
    if text == "absent":
        return None
    if not text.isascii() or not text.isdigit():
        raise SpecError(f"settings.{name}", f"{value!r} is no number; allowed are a whole number or absent")
    return int(text)
