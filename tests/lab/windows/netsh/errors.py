# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbered errors of `netsh ipsec`, and the two that netsh itself has.

Numbers seen in public scripts that read netsh's answers: 05005, 05010, 05014, 05020, 05049, 05067, 05072, 05073.
The other numbers are the lab's own (not proven): rely on "there is a number", never on which.
"""

from __future__ import annotations

POLICY_EXISTS, LIST_EXISTS, ACTION_EXISTS, RULE_EXISTS = 5005, 5010, 5014, 5020
NO_LIST, NO_LISTS, NO_POLICIES, NO_STORE = 5049, 5067, 5072, 5073
NO_POLICY, NO_ACTION, NO_RULE, NO_ACTIONS, NO_RULES = 5050, 5051, 5052, 5068, 5069
LIST_IN_USE, ACTION_IN_USE, NO_FILTER, FILTER_EXISTS = 5030, 5031, 5053, 5054
MISSING_TAG, UNKNOWN_TAG, BAD_VALUE, TWICE, BAD_MASK, PORT_PROTOCOL = 15001, 15002, 15003, 15004, 15005, 15006
SERVER_NEEDS_ME, NOT_DOMAIN, EMPTY_LIST, NAME_TOO_LONG, DAMAGED = 15007, 15008, 15009, 15010, 15011


class NetshError(Exception):
    """A command failed; number picks the text, fields fill it."""

    def __init__(self, number: int, **fields: object) -> None:
        """Fail with that number."""
        super().__init__(number)
        self.number, self.fields = number, fields


class NoSuchCommand(Exception):
    """netsh has no command of that name here."""
