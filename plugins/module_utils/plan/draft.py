# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan while it is being drawn up: the steps so far, and the store as it would stand after them."""

from __future__ import annotations

from ..model.policy import PolicyStore
from . import steps as s
from .effects import apply_step


class Draft:
    """Steps in two halves; each step that is added changes ``store`` at once, so the next is decided on that."""

    def __init__(self, have: PolicyStore) -> None:
        """Start from what stands on the host."""
        self.store = have
        self.build: list[s.Step] = []
        self.switch: list[s.Step] = []

    def add(self, step: s.Step) -> None:
        """Add a step to the half that builds."""
        if self.switch:
            raise AssertionError("a step that builds comes after one that switches")
        self.build.append(step)
        self.store = apply_step(self.store, step)

    def then(self, step: s.Step) -> None:
        """Add a step to the half that runs once the build is verified."""
        self.switch.append(step)
        self.store = apply_step(self.store, step)

    def in_force(self, name: str) -> bool:
        """Say whether a policy is the assigned one."""
        return self.store.assigned is not None and self.store.assigned.casefold() == name.casefold()
