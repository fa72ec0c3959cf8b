# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that Windows would refuse cannot be built."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import AnyAddress, Me
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import (
    Certificate,
    Kerberos,
    PresharedKey,
    Secret,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import (
    Filter,
    FilterList,
    protocol_from_text,
    protocol_to_text,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy, PolicyStore, Rule
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)

OFFER = QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1))
MAIN = MainMode((MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MEDIUM),))
POP3 = Filter(Me(), AnyAddress(), protocol=6, destination_port=110)
PERMIT = FilterAction("Permit", ActionKind.PERMIT)


def rule(name: str, filters: tuple[Filter, ...] = (POP3,), list_name: str = "Mail") -> Rule:
    """Give a permitting rule."""
    return Rule(name, FilterList(list_name, filters), PERMIT)


@pytest.mark.parametrize(
    ("build", "problem"),
    [
        pytest.param(lambda: Filter(Me(), Me(), protocol=256), "256 is no IP protocol number", id="protocol"),
        pytest.param(lambda: Filter(Me(), Me(), protocol=6, source_port=65536), "65536 is no port", id="port"),
        pytest.param(lambda: Filter(Me(), Me(), protocol=1, destination_port=7), "not icmp", id="icmp-port"),
        pytest.param(lambda: FilterList("Mail", (POP3, POP3)), "holds tcp me <-> any:110 twice", id="filter-twice"),
        pytest.param(lambda: FilterList(" "), "must not be empty", id="blank-name"),
        pytest.param(lambda: FilterList("a\nb"), r"control character U\+000A at position 1", id="newline"),
        pytest.param(lambda: FilterList("x" * 256), "longer than 255", id="long-name"),
        pytest.param(lambda: Esp(Encryption.NONE, Integrity.NONE), "protects nothing", id="null-esp"),
        pytest.param(QuickModeOffer, "needs esp, ah or both", id="empty-offer"),
        pytest.param(lambda: QuickModeOffer(ah=Integrity.NONE), "ah without a hash", id="null-ah"),
        pytest.param(lambda: QuickModeOffer(ah=Integrity.MD5, lifetime_seconds=299), "299 seconds", id="seconds"),
        pytest.param(lambda: QuickModeOffer(ah=Integrity.MD5, lifetime_kilobytes=20479), "20479 kilo", id="kilobytes"),
        pytest.param(lambda: MainMode(()), "at least one offer", id="no-main-mode-offer"),
        pytest.param(lambda: MainMode(MAIN.offers * 2), "stands twice", id="main-mode-offer-twice"),
        pytest.param(lambda: MainMode(MAIN.offers, lifetime_seconds=10), "10 seconds", id="main-mode-lifetime"),
        pytest.param(lambda: MainMode(MAIN.offers, quick_modes=-1), "-1 is out of range", id="quick-modes"),
        pytest.param(
            lambda: MainModeOffer(Encryption.NONE, Integrity.SHA1, DhGroup.LOW), "always encrypts", id="clear-main-mode"
        ),
        pytest.param(lambda: FilterAction("A", ActionKind.NEGOTIATE), "at least one offer", id="nothing-to-negotiate"),
        pytest.param(
            lambda: FilterAction("A", ActionKind.BLOCK, (OFFER,)), "does not negotiate", id="block-with-offer"
        ),
        pytest.param(lambda: FilterAction("A", ActionKind.PERMIT, soft=True), "does not negotiate", id="soft-permit"),
        pytest.param(lambda: FilterAction("A", ActionKind.NEGOTIATE, (OFFER, OFFER)), "same offer twice", id="offers"),
        pytest.param(lambda: Certificate(""), "must not be empty", id="no-authority"),
        pytest.param(lambda: Policy("P", (rule("A"), rule("a")), MAIN), "two rules .* called 'A'", id="rule-names"),
        pytest.param(
            lambda: Policy("P", (rule("A"), rule("B", ())), MAIN), "'Mail' is declared twice", id="list-two-meanings"
        ),
        pytest.param(lambda: Policy("P", (), MAIN, polling_minutes=0), "0 is out of range", id="polling"),
        pytest.param(
            lambda: Rule("R", FilterList("L"), FilterAction("N", ActionKind.NEGOTIATE, (OFFER,)), ()),
            "needs at least one method",
            id="no-authentication",
        ),
        pytest.param(
            lambda: Rule("R", FilterList("L"), PERMIT, (Kerberos(), Kerberos())), "same method twice", id="methods"
        ),
    ],
)
def test_cannot_be_built(build: Callable[[], object], problem: str) -> None:
    with pytest.raises(SpecError, match=problem):
        build()


def test_a_key_never_prints_and_never_goes_to_disk() -> None:
    method = PresharedKey(Secret("open sesame"))
    for text in (repr(method), str(method), f"{method.key}", f"{method.key!r}", repr([method])):
        assert "sesame" not in text
    with pytest.raises(TypeError):
        pickle.dumps(method)
    assert method == PresharedKey(Secret("open sesame"))
    assert method != PresharedKey(Secret("other"))
    assert method.key.reveal() == "open sesame"


@pytest.mark.parametrize("key", ["", "secret\tkey", "k" * 256])
def test_a_refused_key_is_not_shown(key: str) -> None:
    with pytest.raises(SpecError) as caught:
        PresharedKey(Secret(key))
    assert "secret" not in str(caught.value)
    assert "kkk" not in str(caught.value)


def test_a_secret_cannot_be_copied_deep() -> None:
    with pytest.raises(TypeError, match="not written to disk"):
        copy.deepcopy(Secret("x"))


def test_protocols_by_name_and_number() -> None:
    assert [protocol_from_text(text, "protocol") for text in ("any", "TCP", "udp", "icmp", "47")] == [0, 6, 17, 1, 47]
    assert [protocol_to_text(number) for number in (0, 6, 47, 255)] == ["any", "tcp", "47", "raw"]
    for text in ("tpc", "256", "-1", "²"):
        with pytest.raises(SpecError, match="is no protocol"):
            protocol_from_text(text, "protocol")


def test_a_store_finds_names_without_regard_to_case() -> None:
    policy = Policy("Mail", (rule("A"),), MAIN)
    assert PolicyStore((policy,)).policy("mAIL") is policy
    assert PolicyStore((policy,)).policy("Nail") is None
