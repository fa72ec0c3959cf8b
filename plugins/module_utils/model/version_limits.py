# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy may not ask of a Windows version, because that version has it not or cannot be held to it."""

from __future__ import annotations

from ..errors import SpecError
from .authentication import Certificate
from .policy import Policy
from .windows import WindowsVersion, accepted_dh_groups


def check_version(policy: Policy, version: WindowsVersion) -> None:
    """Refuse what ``version`` does not know; SpecError names the place in the declaration."""
    _check_groups(policy, version)
    _check_default_response(policy, version)
    _check_certificate_options(policy, version)


def _check_groups(policy: Policy, version: WindowsVersion) -> None:
    known = accepted_dh_groups(version)
    for index, offer in enumerate(policy.main_mode.offers):
        if offer.dh_group not in known:
            groups = ", ".join(str(int(group)) for group in known)
            problem = f"{version.name} does not know the group of {offer}; it knows {groups}"
            raise SpecError(f"main_mode.offers[{index}]", problem)


def _check_default_response(policy: Policy, version: WindowsVersion) -> None:
    """Refuse a default response rule since Vista, where netsh ignores it (its own help of ``set defaultrule``)."""
    if policy.default_response and policy.default_response.active and version.is_vista_or_later:
        raise SpecError("default_response", f"{version.name} has no default response rule; it ended with Server 2003")


def _check_certificate_options(policy: Policy, version: WindowsVersion) -> None:
    """Refuse certificate options before Vista: no read could verify them there.

    [MS-GPIPSEC] 2.2.1.2.1 has them in the main mode, once for the whole policy; no dump shows one.
    """
    if version.is_vista_or_later:
        return
    for index, rule in enumerate(policy.rules):
        for method in rule.authentication:
            if isinstance(method, Certificate) and (method.map_to_account or method.exclude_ca_name):
                problem = f"map_to_account and exclude_ca_name cannot be verified on {version.name}; leave them out"
                raise SpecError(f"rules[{index}].authentication", problem)
