# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verifying read says that is not there, in words that name the object."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import PolicyStore
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.verify import unmet
from tests.unit.plugins.module_utils.plan.policies import policy, rule, store

MAIL = policy("Mail", rule("POP3", 110), rule("IMAP4", 143))
EXPECTED = store(MAIL, assigned="Mail")


@pytest.mark.parametrize(
    ("found", "problems"),
    [
        pytest.param(EXPECTED, (), id="all-there"),
        pytest.param(store(), ("policy 'Mail' is missing", "assigned is nothing instead of Mail"), id="no-policy"),
        pytest.param(
            store(policy("Mail", MAIL.rules[0]), assigned="Mail"),
            ("policy 'Mail': rule 'IMAP4' is missing",),
            id="a-rule-missing",
        ),
        pytest.param(
            store(policy("Mail", *MAIL.rules, rule("HTTP", 80)), assigned="Mail"),
            ("policy 'Mail': rule 'HTTP' is still there",),
            id="a-rule-too-many",
        ),
        pytest.param(
            store(policy("Mail", rule("POP3", 110), rule("IMAP4", 993)), assigned="Mail"),
            (
                "policy 'Mail': rules.imap4.filter_list.filters.tcp me <-> 192.0.2.21:143: nothing instead of present",
                "policy 'Mail': rules.imap4.filter_list.filters.tcp me <-> 192.0.2.21:993: present instead of nothing",
            ),
            id="another-filter",
        ),
        pytest.param(
            store(MAIL, policy("Old"), assigned="Old"),
            ("policy 'Old' is still there", "assigned is Old instead of Mail"),
            id="another-assigned",
        ),
    ],
)
def test_what_is_not_there(found: PolicyStore, problems: tuple[str, ...]) -> None:
    assert unmet(EXPECTED, found) == problems


def test_a_wrong_key_is_not_shown() -> None:
    want, have = policy("Mail", rule("POP3", 110, key="sesame")), policy("Mail", rule("POP3", 110, key="open"))
    (problem,) = unmet(store(want), dataclasses.replace(store(have)))
    assert problem == "policy 'Mail': rules.pop3.authentication[0].psk: ******** (another key) instead of ********"
