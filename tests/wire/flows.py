# SPDX-License-Identifier: GPL-3.0-or-later
"""Who talks to whom in the twin, and what the article asks for on each tier, written down by hand."""

from __future__ import annotations

import dataclasses

ADDRESSES = {
    "fe1": ["192.0.2.11"], "fe2": ["192.0.2.12"], "be1": ["192.0.2.21"], "be2": ["192.0.2.22"],
    "dc1": ["192.0.2.41"], "ctl": ["198.51.100.10"],
}  # fmt: skip
"""The hosts of tests/demo/fleet.yml, and the controller of tests/demo/inventory.yml."""
VIRTUAL, OWNER = "192.0.2.30", "be1"
PORTS = {
    "fe1": [80, 5985], "fe2": [80, 5985], "be1": [25, 80, 110, 143, 5985], "be2": [25, 80, 110, 143, 3343, 5985],
    "dc1": [389, 3268, 5985],
}  # fmt: skip
WAIT = 6.0
"""Seconds until an answer counts as one that never comes: TCP sends its first packet at 0, 1 and 3 s."""
PATIENCE = 30.0
"""Seconds for an answer that must come, on a machine with other things to do."""

CLEAR, PROTECTED, BLOCKED = "clear", "protected", "blocked"
TIERS = ("credentials", "message_stream", "everything")
TABLE = {
    ("fe1", "virtual", 110): (PROTECTED, PROTECTED, PROTECTED),
    ("fe1", "virtual", 143): (PROTECTED, PROTECTED, PROTECTED),
    ("fe1", "virtual", 80): (CLEAR, PROTECTED, PROTECTED),
    ("fe1", "virtual", 25): (CLEAR, CLEAR, PROTECTED),
    ("fe2", "virtual", 110): (PROTECTED, PROTECTED, PROTECTED),
    ("fe2", "virtual", 80): (CLEAR, PROTECTED, PROTECTED),
    ("fe1", "be1", 143): (PROTECTED, PROTECTED, PROTECTED),
    ("fe1", "be2", 110): (PROTECTED, PROTECTED, PROTECTED),
    ("fe2", "be2", 25): (CLEAR, CLEAR, PROTECTED),
    ("fe1", "dc1", 389): (CLEAR, CLEAR, PROTECTED),
    ("fe1", "dc1", 3268): (CLEAR, CLEAR, PROTECTED),
    ("be1", "dc1", 389): (CLEAR, CLEAR, PROTECTED),
    ("be2", "dc1", 3268): (CLEAR, CLEAR, PROTECTED),
    ("fe1", "fe2", 80): (CLEAR, CLEAR, CLEAR),
    ("be1", "be2", 3343): (CLEAR, CLEAR, CLEAR),
    ("ctl", "fe1", 5985): (CLEAR, CLEAR, CLEAR),
    ("ctl", "be1", 5985): (CLEAR, CLEAR, CLEAR),
    ("ctl", "dc1", 5985): (CLEAR, CLEAR, CLEAR),
}
"""Source, target, port -> what the tiers ask for, in the order of TIERS (KB 821839, "suggested policies")."""

OTHERS = {
    "certificate": {
        ("fe1", "virtual", 110): PROTECTED, ("fe1", "virtual", 25): CLEAR, ("fe2", "be2", 143): PROTECTED,
    },
    "other-key": {("fe1", "virtual", 110): BLOCKED, ("fe1", "virtual", 25): CLEAR, ("fe2", "virtual", 110): PROTECTED},
    "other-offers": {
        ("fe1", "virtual", 110): BLOCKED, ("fe1", "virtual", 25): CLEAR, ("fe2", "virtual", 110): PROTECTED,
    },
    "other-main-mode": {
        ("fe1", "virtual", 110): BLOCKED, ("fe1", "virtual", 25): CLEAR, ("fe2", "virtual", 110): PROTECTED,
    },
    "front-end-without": {
        ("fe1", "virtual", 110): BLOCKED, ("fe1", "virtual", 25): CLEAR, ("fe2", "virtual", 110): PROTECTED,
    },
    "back-end-without": {("fe1", "virtual", 110): BLOCKED, ("fe1", "virtual", 25): CLEAR},
    "block-rule": {
        ("fe1", "virtual", 25): BLOCKED, ("fe1", "virtual", 110): PROTECTED, ("fe1", "virtual", 80): CLEAR,
        ("fe2", "virtual", 25): CLEAR,
    },
    "wide-filters": {
        ("fe1", "virtual", 110): PROTECTED, ("fe1", "virtual", 143): PROTECTED, ("fe1", "virtual", 80): PROTECTED,
        ("fe1", "be2", 143): PROTECTED, ("fe1", "be2", 80): PROTECTED, ("fe1", "virtual", 25): CLEAR,
        ("fe1", "fe2", 80): BLOCKED, ("fe2", "virtual", 80): PROTECTED,
    },
}  # fmt: skip
"""Tier credentials with certificates; then policies that do not fit, on top of tier message_stream with a key: what
cannot be negotiated is silent, and nothing else suffers."""


@dataclasses.dataclass(frozen=True)
class Flow:
    """One conversation of a scenario."""

    scenario: str
    source: str
    target: str
    port: int
    expected: str

    @property
    def id(self) -> str:
        """A name that is a file name and a part of the marker."""
        return f"{self.source}-{self.target}-{self.port}"

    @property
    def marker(self) -> str:
        """The text that must not be seen where the flow is protected."""
        return f"MARKER-{self.scenario}-{self.id}-END".replace("_", "-")

    @property
    def address(self) -> str:
        """The address that is asked."""
        return VIRTUAL if self.target == "virtual" else ADDRESSES[self.target][0]

    @property
    def ends(self) -> frozenset[str]:
        """The two addresses of its packets."""
        return frozenset((ADDRESSES[self.source][0], self.address))

    @property
    def server(self) -> str:
        """The host that answers."""
        return OWNER if self.target == "virtual" else self.target


def flows() -> dict[str, list[Flow]]:
    """Every flow of every scenario."""
    found = {
        tier: [Flow(tier, *key, words[column]) for key, words in TABLE.items()] for column, tier in enumerate(TIERS)
    }
    return found | {name: [Flow(name, *key, word) for key, word in table.items()] for name, table in OTHERS.items()}
