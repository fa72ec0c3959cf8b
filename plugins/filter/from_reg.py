# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read policies out of a registry file."""

from __future__ import annotations

from typing import Any

from ..module_utils.registry.query_text import parse_query
from ..module_utils.registry.reg_file import is_reg_file, parse_reg_file
from ..module_utils.store.reader import read_policies
from ..plugin_utils.filtering import filter_errors, store_to_spec, text_given


def from_reg(text: str, reveal: bool = False) -> dict[str, Any]:
    """Give the policies of the local store in a registry file, or in what ``reg query /s`` printed."""
    with filter_errors("from_reg"):
        tree = parse_reg_file(text).tree if is_reg_file(text_given(text)) else parse_query(text)
        store = read_policies(tree)
        return {**store_to_spec(store, reveal=reveal), "problems": list(store.problems)}


class FilterModule:
    """Offers the filter to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Give the filters by name."""
        return {"from_reg": from_reg}
