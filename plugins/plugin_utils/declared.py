# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: from the arguments of a task to the policy it wants."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.model.from_spec import policy_from_spec
from ..module_utils.model.policy import Policy
from ..module_utils.model.shapes import mapping
from ..module_utils.model.version_limits import check_version
from ..module_utils.model.windows import SERVER_2003, WindowsVersion
from ..module_utils.topology.design import design_from_spec
from ..module_utils.topology.site import Role, Site, members_of, site_from_inventory
from ..module_utils.topology.tiers import has_part, policy_for
from .controller_address import management_networks
from .misspelt import misspelt


@dataclasses.dataclass(frozen=True)
class Declaration:
    """What a task declares, before the Windows version of its host is known."""

    args: Mapping[str, Any]
    site: Site | None
    host_name: str
    variables: Mapping[str, Any]

    def policy(self, version: WindowsVersion | None) -> Policy | None:
        """Give the policy for a host of that version, None where the tier asks nothing of it.

        Without a version only what holds for all of them is judged.
        """
        declared = policy_from_spec({**self.args, "rules": self.args["rules"] or ()}, version, place="")
        if self.site is None:
            return declared
        design = design_from_spec({**self._topology(), "policy_name": declared.name})
        if not has_part(self.site, self.host_name, design):
            return None
        policy = dataclasses.replace(
            declared, rules=policy_for(self.site, self.host_name, design, version or SERVER_2003).rules
        )
        if version is not None:
            check_version(policy, version)
        return policy

    @property
    def doubts(self) -> list[str]:
        """What looks wrong about the variables of the host, where they make the policy."""
        return misspelt(self.variables)

    def _topology(self) -> dict[str, Any]:
        given = {key: value for key, value in self.args["topology"].items() if key != "site" and value is not None}
        try:
            given["management"] = management_networks(given.get("management", ()), self.host_name, self.variables)
        except SpecError as exc:
            raise SpecError(f"topology.{exc.place}", exc.problem) from None
        return given


def declaration(args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Declaration:
    """Read what a task declares and refuse what no host could take; SpecError before anything is touched."""
    if (args["rules"] is None) == (args["topology"] is None):
        raise SpecError("", "a policy is declared by either rules or topology; give one of them")
    topology = args["topology"]
    site = site_of(topology["site"], task_vars["groups"], task_vars["hostvars"]) if topology else None
    host = str(task_vars.get("inventory_hostname", ""))
    declared = Declaration(args, site, host, task_vars["hostvars"][host] if site else {})
    declared.policy(None)
    return declared


def site_of(name: str | None, groups: Mapping[str, Sequence[str]], hostvars: Mapping[str, Any]) -> Site:
    """Give the site that the inventory group ``name`` holds, or the whole inventory where it is empty."""
    mapping(groups, "groups", "the variable groups")
    mapping(hostvars, "hostvars", "the variable hostvars")
    if name and (not isinstance(name, str) or name not in groups):
        raise SpecError("topology.site", f"the inventory has no group {name!r}")
    roles = {role.value: members_of(groups, role.value) for role in Role}
    if name:
        members = set(members_of(groups, name))
        roles = {role: [host for host in hosts if host in members] for role, hosts in roles.items()}
    return site_from_inventory(roles, hostvars)
