# SPDX-License-Identifier: GPL-3.0-or-later
"""What front ends drop after a crash and how, worked out by the product: peers, the policy that blocks, its guards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.exchange.ipsec.plugins.filter.to_swanctl import with_key
from ansible_collections.exchange.ipsec.plugins.module_utils.associations.guard import guards_for
from ansible_collections.exchange.ipsec.plugins.module_utils.associations.interlude import interlude_policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.from_spec import policy_from_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.to_spec import policy_to_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003
from ansible_collections.exchange.ipsec.plugins.plugin_utils.declared import site_of
from tests.wire.flows import VIRTUAL
from tests.wire.hardened import KEY, Standing, in_force
from tests.wire.plan import BACK_ENDS, files
from tests.wire.uml import TwinError


def flush_plan(standing: Standing, hosts: Mapping[str, list[str]]) -> dict[str, Any]:
    """What the guest needs: `peers` as exchange.ipsec.sa finds them, and for each front end `interludes`, `guards`."""
    declared = {host: _policy(told) for host, told in standing.items() if host not in BACK_ENDS}
    blocking: Standing = {host: _blocking(standing[host], policy) for host, policy in declared.items()}
    return {
        "peers": [str(one) for one in _virtual_addresses(hosts)],
        "interludes": {host: found["swanctl.conf"] for host, found in files(blocking, {}, hosts).items()},
        "guards": {host: [str(one) for one in guards_for(policy)] for host, policy in declared.items()},
    }


def _policy(told: Mapping[str, Any]) -> Policy:
    """The policy in force, with the key that policy_info hides."""
    policy = in_force(told)
    if policy is None:
        raise TwinError("a front end has no policy in force")
    return policy_from_spec(with_key(policy, KEY), SERVER_2003)


def _blocking(told: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    return {**told, "policies": [{**policy_to_spec(interlude_policy(policy)), "assigned": True}]}


def _virtual_addresses(hosts: Mapping[str, list[str]]) -> tuple[Any, ...]:
    """The peers that the module means where none are named, by the inventory of these hosts."""
    groups = {"front_end": [host for host in hosts if host not in BACK_ENDS], "back_end_cluster": list(BACK_ENDS)}
    variables = {host: {"ipsec_addresses": addresses} for host, addresses in hosts.items()}
    for node in BACK_ENDS:
        variables[node]["ipsec_virtual_addresses"] = [VIRTUAL]
    return site_of("", groups, variables).virtual_addresses
