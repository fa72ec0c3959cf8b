# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write policies as a registry file."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.model.from_spec import policy_from_spec
from ..module_utils.model.policy import Policy, PolicyStore
from ..module_utils.model.shapes import flag, listed
from ..module_utils.registry.reg_file import render_reg_file
from ..module_utils.store.keys import Generation
from ..module_utils.store.writer import write_policies
from ..plugin_utils.filtering import filter_errors, version_from_text


def to_reg(policies: Mapping[str, Any] | Sequence[Mapping[str, Any]], windows: str = "5.2.3790") -> str:
    """Give the store that holds the declared policies, as the text of a registry file."""
    with filter_errors("to_reg"):
        version = version_from_text(windows)
        one = isinstance(policies, Mapping)
        specs = [policies] if one else listed(policies, "policies", " of policies, or one policy")
        built = tuple(policy_from_spec(spec, version, f"[{index}]") for index, spec in enumerate(specs))
        generation = Generation.VISTA if version.is_vista_or_later else Generation.SERVER_2003
        store = PolicyStore(built, assigned=_assigned(specs, built))
        tree = write_policies(store, generation, guid_source=uuid.uuid4, now=int(time.time()))
        return render_reg_file(tree).decode("utf-16").replace("\r\n", "\n")


def _assigned(specs: Sequence[Mapping[str, Any]], built: Sequence[Policy]) -> str | None:
    names = [policy.name for spec, policy in zip(specs, built, strict=True) if flag(spec, "assigned")]
    if len(names) > 1:
        raise SpecError("assigned", f"{names[0]!r} and {names[1]!r} are both assigned; Windows has one policy in force")
    return names[0] if names else None


class FilterModule:
    """Offers the filter to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Give the filters by name."""
        return {"to_reg": to_reg}
