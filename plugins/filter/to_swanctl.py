# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write a policy for strongSwan on a Linux peer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.model.authentication import REDACTED
from ..module_utils.model.from_spec import policy_from_spec
from ..module_utils.swanctl.peer import IDLE_SECONDS, linux_peer
from ..module_utils.swanctl.text import connections_text, secrets_text
from ..plugin_utils.filtering import filter_errors, version_from_text

PARTS = ("all", "connections", "secrets")


def to_swanctl(  # noqa: PLR0913 - the options of a filter are its arguments
    policy: Mapping[str, Any],
    addresses: str | Sequence[str],
    *,
    part: str = "all",
    psk: str | None = None,
    certificate: str = "",
    idle_seconds: int = IDLE_SECONDS,
    windows: str = "5.2.3790",
    reveal: bool = False,
) -> str:
    """Give the policy of a Linux host as the text of swanctl.conf."""
    with filter_errors("to_swanctl"):
        if part not in PARTS:
            raise SpecError("part", f"{part!r} is not allowed; allowed are {', '.join(PARTS)}")
        declared = policy_from_spec(with_key(policy, psk), version_from_text(windows))
        peer = linux_peer(addresses, certificate, idle_seconds)
        texts = {
            "connections": connections_text(declared, peer),
            "secrets": secrets_text(declared, peer, reveal=reveal),
        }
        return texts["connections"] + texts["secrets"] if part == "all" else texts[part]


def with_key(policy: Any, psk: str | None) -> Any:
    """Put the key where policy_info printed stars; without a key the stars stay and are refused."""
    if isinstance(policy, Mapping):
        return {
            name: psk if psk and name == "psk" and value == REDACTED else with_key(value, psk)
            for name, value in policy.items()
        }
    return [with_key(one, psk) for one in policy] if isinstance(policy, (list, tuple)) else policy


class FilterModule:
    """Offers the filter to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Give the filters by name."""
        return {"to_swanctl": to_swanctl}
