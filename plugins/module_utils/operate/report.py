# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a survey found, as plain data in the words that users declare policies in."""

from __future__ import annotations

from typing import Any

from ..compliance.state import Service
from ..model.authentication import REDACTED
from ..model.to_spec import filter_action_to_spec, filter_list_to_spec, policy_to_spec
from ..registry.tree import RegistryValue
from ..store.rule_blob import holds_key
from .survey import Survey


def describe(found: Survey, *, only: str | None = None) -> dict[str, Any]:
    """Give policies, assignment, service and settings of a host; ``only`` names the one policy to show."""
    store, state = found.store, found.state
    policies = [one for one in store.policies if only is None or one.name.casefold() == only.casefold()]
    return {
        "policies": [{**policy_to_spec(one), "assigned": one.name == store.assigned} for one in policies],
        "assigned": store.assigned,
        "source": _source(found),
        "domain_policy": state.domain_policy,
        "service": {"state": state.service.value, "start": state.start.value if state.start else None},
        "filter_lists": [filter_list_to_spec(one) for one in store.filter_lists],
        "filter_actions": [filter_action_to_spec(one) for one in store.filter_actions],
        "settings": dict(state.settings),
        "unread": list(store.unread),
        "problems": [*store.problems, *state.problems],
        "windows": found.windows,
    }


def evidence(found: Survey) -> dict[str, dict[str, Any]]:
    """Give every registry key that was read with its values; a value that holds a pre-shared key is stars."""
    return {
        key: {name: _shown(key, name, value) for name, value in values.items()}
        for key, values in found.registry.items()
    }


def _source(found: Survey) -> str:
    if found.state.domain_policy:
        return "domain"
    return "local" if found.store.assigned and found.state.service is Service.RUNNING else "none"


def _shown(key: str, name: str, value: RegistryValue) -> Any:
    if isinstance(value.data, bytes):
        hidden = name.casefold() == "ipsecdata" and holds_key(value.data)
        return REDACTED if hidden else value.data.hex()
    return list(value.data) if isinstance(value.data, tuple) else value.data
