# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: what the filters share."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils.errors import IpsecError, SpecError
from ..module_utils.model.policy import PolicyStore
from ..module_utils.model.shapes import kind_of
from ..module_utils.model.to_spec import filter_action_to_spec, filter_list_to_spec, policy_to_spec
from ..module_utils.model.windows import WindowsVersion


@contextlib.contextmanager
def filter_errors(name: str) -> Iterator[None]:
    """Turn the library's errors into the one that Ansible shows for a filter."""
    try:
        yield
    except IpsecError as exc:
        raise AnsibleFilterError(f"exchange.ipsec.{name}: {exc}") from exc


def version_from_text(text: str) -> WindowsVersion:
    """Read a version such as ``10.0.20348``."""
    numbers = str(text).split(".")
    if not 2 <= len(numbers) <= 3 or not all(number.isascii() and number.isdigit() for number in numbers):
        raise SpecError("windows", f"{text!r} is no version; write it as ver prints it, for example 10.0.20348")
    return WindowsVersion(*(int(number) for number in numbers))


def text_given(value: Any) -> str:
    """Give what a filter was given to read, which must be text."""
    if not isinstance(value, str):
        raise SpecError("", f"reads text, such as lookup('ansible.builtin.file', PATH) gives, not {kind_of(value)}")
    return value


def store_to_spec(store: PolicyStore, *, reveal: bool = False) -> dict[str, Any]:
    """Give a store in the words that users declare policies in."""
    return {
        "policies": [
            {**policy_to_spec(one, reveal=reveal), "assigned": one.name == store.assigned} for one in store.policies
        ],
        "filter_lists": [filter_list_to_spec(one) for one in store.filter_lists],
        "filter_actions": [filter_action_to_spec(one) for one in store.filter_actions],
        "assigned": store.assigned,
    }
