# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A store before and after a plan, as text for ``--diff``; keys are stars."""

from __future__ import annotations

import json

from ..model.policy import PolicyStore
from ..model.to_spec import policy_to_spec
from .compare import canonical


def show_policy(store: PolicyStore, name: str) -> str:
    """Write one policy and whether it is assigned, line by line; empty text when there is none."""
    policy = store.policy(name)
    if policy is None:
        return ""
    shown = policy_to_spec(canonical(policy))
    shown["assigned"] = store.assigned is not None and store.assigned.casefold() == name.casefold()
    return "".join(f"{line}\n" for line in _lines(shown, ""))


def _lines(value: object, indent: str) -> list[str]:
    """Write dicts and lists in the block style of YAML, one value a line."""
    if isinstance(value, dict):
        lines = []
        for key, item in value.items():
            if isinstance(item, (dict, list)) and item:
                lines += [f"{indent}{key}:", *_lines(item, indent + "  ")]
            else:
                lines.append(f"{indent}{key}: {json.dumps(item, ensure_ascii=False)}")
        return lines
    if isinstance(value, list):
        lines = []
        for item in value:
            first, *rest = _lines(item, indent + "  ")
            lines += [f"{indent}- {first.lstrip()}", *rest]
        return lines
    return [f"{indent}{json.dumps(value, ensure_ascii=False)}"]
