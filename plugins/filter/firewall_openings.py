# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List what a firewall between the servers of a site must pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils.model.shapes import mapping
from ..module_utils.topology.design import design_from_spec
from ..module_utils.topology.openings import openings
from ..plugin_utils.declared import site_of
from ..plugin_utils.filtering import filter_errors


def firewall_openings(
    groups: Mapping[str, Any], hostvars: Mapping[str, Any], topology: Mapping[str, Any], nat_traversal: bool = False
) -> list[dict[str, str]]:
    """Give the openings of a site, each as a dict."""
    with filter_errors("firewall_openings"):
        mapping(topology, "topology", "a dict with tier and authentication")
        site = site_of(topology.get("site"), groups, hostvars)
        design = design_from_spec({key: value for key, value in topology.items() if key != "site"})
        return [one.to_dict() for one in openings(site, design, nat_traversal=nat_traversal)]


class FilterModule:
    """Offers the filter to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Give the filters by name."""
        return {"firewall_openings": firewall_openings}
