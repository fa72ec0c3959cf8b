# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How bad a finding is."""

from __future__ import annotations

import enum


class Severity(enum.IntEnum):
    """Four degrees; ``INFO`` never makes anything fail."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """The severity in lower case, as results show it."""
        return self.name.lower()
