# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: variables that look like one of the roles' or the site's, and are none.

Ansible takes any variable; a role then goes on with its default, and encrypts less than somebody meant.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable

from ..module_utils.topology.site import Role
from .role_declarations import role_options

SITE_VARIABLES = (
    "ipsec_addresses", "ipsec_assigned", "ipsec_cluster_group", "ipsec_controller_address", "ipsec_stage",
    "ipsec_virtual_addresses", "ipsec_winrm_port",
)  # fmt: skip
"""Those that have no role's name in front, and without which a run goes on as if nothing were said."""

_ALIKE = 0.9
"""Two letters that changed places in a short name are above it; other words behind the same beginning are below."""

_BEGINNINGS = ("ipsec", "front_end", "back_end", "domain_controller")


def misspelt(names: Iterable[str]) -> list[str]:
    """Name each variable that is nobody's and nearly one that is known and not there itself."""
    given, known = set(names), _known()
    found = []
    for name in sorted(one for one in given - known if one.startswith(_BEGINNINGS)):
        for near in difflib.get_close_matches(name, known - given, n=1, cutoff=_ALIKE):
            found.append(f"the variable {name} is not known here and changes nothing; was {near} meant?")
    return found


@functools.cache
def _known() -> frozenset[str]:
    return frozenset((*SITE_VARIABLES, *(name for role in Role for name in role_options(role.value))))
