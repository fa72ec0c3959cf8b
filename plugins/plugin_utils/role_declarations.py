# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: what the roles would declare for a host, from its variables and the roles' defaults."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.yaml import yaml_load

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19, which asks where a template comes from

    def trust_as_template(value: Any) -> Any:
        """Every text may be a template."""
        return value


from ..module_utils.errors import SpecError
from ..module_utils.topology.site import Role
from .option_shapes import refuse_misshapen
from .specs import FORECAST_POLICY

_TOPOLOGY = (
    "tier", "authentication", "management", "management_ports", "exempt_domain_controllers", "permit_icmp", "site",
    "stage",
)  # fmt: skip
_ROLES = Path(__file__).parents[2] / "roles"


def role_of(host: str, groups: Mapping[str, Any]) -> Role | None:
    """Give the role whose inventory group holds the host."""
    return next((role for role in Role if host in groups.get(role.value, ())), None)


class RoleVariables:
    """The variables of the roles, as the roles would see them on any host."""

    def __init__(self, template: Callable[[Any], Any]) -> None:
        """Take what fills in templates; those in the roles' defaults speak of variables of the run."""
        self._template = template

    def value(self, role: Role, name: str, variables: Mapping[str, Any]) -> Any:
        """Give one of them: the host's, or the role's default."""
        full = f"{role.value}_{name}"
        if full in variables:
            return variables[full]
        default = _defaults(role.value).get(full)
        return self._template(trust_as_template(default)) if isinstance(default, str) else default

    def listed(self, role: Role, name: str, variables: Mapping[str, Any]) -> list[Any]:
        """Give one of them that is a list; a text is what stands between its commas, as in every option of Ansible."""
        given = self.value(role, name, variables) or ()
        return given.split(",") if isinstance(given, str) else list(given)

    def declaration(self, role: Role, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Give the declaration that the role hands to the policy module; SpecError where the host lacks a variable."""
        topology = {name: self.value(role, name, variables) for name in _TOPOLOGY}
        host = f"the policy of {variables.get('inventory_hostname', 'a host')}"
        if topology["authentication"] is None:
            raise SpecError(
                host,
                f"{role.value}_authentication is not set and has no default: say in the inventory, for example in"
                " group_vars/all.yml, how peers prove who they are",
            )
        _refuse_misfits(host, role, variables)
        return {
            "name": self.value(role, "policy_name", variables),
            "assigned": self.value(role, "assigned", variables),
            "topology": {name: value for name, value in topology.items() if value is not None},
        }


def checked(host: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Hold a declaration against the options of the policy module and fill in defaults; SpecError names the host."""
    refuse_misshapen(FORECAST_POLICY, given, f"policies.{host}")
    found = ArgumentSpecValidator(FORECAST_POLICY).validate(dict(given))
    if found.error_messages:
        raise SpecError(f"the policy of {host}", "; ".join(dict.fromkeys(found.error_messages)))
    return dict(found.validated_parameters)


def _refuse_misfits(place: str, role: Role, variables: Mapping[str, Any]) -> None:
    """Hold all variables of a role against its argument spec, which the role itself does when its turn comes.

    By then the servers before it are changed; SpecError before the first one is.
    """
    options = role_options(role.value)
    given = {name: variables[name] for name in options if name in variables}
    try:
        refuse_misshapen(options, given)
    except SpecError as exc:
        raise SpecError(place, str(exc)) from None
    found = ArgumentSpecValidator({name: options[name] for name in given}).validate(given)
    if found.error_messages:
        raise SpecError(place, "; ".join(dict.fromkeys(found.error_messages)))


@functools.cache
def role_options(role: str) -> dict[str, Any]:
    """Give the variables of a role, as its argument spec has them."""
    text = (_ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    options: dict[str, Any] = yaml_load(text)["argument_specs"]["main"]["options"]
    return options


@functools.cache
def _defaults(role: str) -> dict[str, Any]:
    text = (_ROLES / role / "defaults" / "main.yml").read_text(encoding="utf-8")
    return yaml_load(text) or {}
