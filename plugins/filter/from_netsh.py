# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read policies out of a script for netsh."""

from __future__ import annotations

from typing import Any

from ..module_utils.netsh.parse import parse_script
from ..plugin_utils.filtering import filter_errors, store_to_spec, text_given


def from_netsh(script: str, reveal: bool = False) -> dict[str, Any]:
    """Give the policies that a script would create."""
    with filter_errors("from_netsh"):
        parsed = parse_script(text_given(script))
        return {**store_to_spec(parsed.store, reveal=reveal), "ignored": [str(one) for one in parsed.ignored]}


class FilterModule:
    """Offers the filter to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Give the filters by name."""
        return {"from_netsh": from_netsh}
