# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write a policy as a script for netsh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils.model.from_spec import policy_from_spec
from ..module_utils.model.shapes import flag
from ..module_utils.netsh.render import render_policy
from ..plugin_utils.filtering import filter_errors, version_from_text


def to_netsh(policy: Mapping[str, Any], windows: str = "5.2.3790", reveal: bool = False) -> str:
    """Give the commands that create a declared policy."""
    with filter_errors("to_netsh"):
        declared = policy_from_spec(policy if reveal else _with_any_key(policy), version_from_text(windows))
        return render_policy(declared, assigned=flag(policy, "assigned"), reveal=reveal)


def _with_any_key(value: Any) -> Any:
    """Put some key where policy_info shows stars: the script shows stars again, so which one it is means nothing."""
    if isinstance(value, Mapping):
        return {key: "any" if key == "psk" else _with_any_key(item) for key, item in value.items()}
    return [_with_any_key(item) for item in value] if isinstance(value, list) else value


class FilterModule:
    """Offers the filter to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Give the filters by name."""
        return {"to_netsh": to_netsh}
