# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every policy and every text: read back as written, and no error but the library's own."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import NetshError, TextError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import PresharedKey, Secret
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import DefaultResponse, Policy, PolicyStore
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.outcome import faults
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.parse import parse_script
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.quoting import quote
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.render import add_policy, render_policy
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.words import plain_line, split_words

from . import scripts
from .policies import policies

PUBLIC = [value for name, value in sorted(vars(scripts).items()) if name.isupper()]


def alone(policy: Policy, *, assigned: bool) -> PolicyStore:
    """The store that holds this policy and what it uses."""
    return PolicyStore((policy,), policy.filter_lists, policy.filter_actions, policy.name if assigned else None)


@settings(max_examples=60)
@given(policies(), st.booleans())
def test_a_policy_is_read_back_as_it_was_written(policy: Policy, assigned: bool) -> None:
    parsed = parse_script(render_policy(policy, assigned, reveal=True))
    assert parsed.store == alone(policy, assigned=assigned)
    assert parsed.ignored == ()


@settings(max_examples=40)
@given(policies(), st.sampled_from(["utf-8", "utf-16"]))
def test_a_policy_is_read_back_from_a_batch_file(policy: Policy, encoding: str) -> None:
    lines = render_policy(policy, assigned=True, reveal=True).split("\r\n")
    batch = "@echo off\r\n" + "".join(
        f"netsh {line.replace('%', '%%')} >nul 2>&1\r\n" for line in lines if line.startswith("ipsec")
    )
    assert parse_script(batch.encode(encoding), encoding=encoding).store == alone(policy, assigned=True)


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_a_value_is_refused_or_read_back_by_the_splitter(value: str) -> None:
    try:
        quoted = quote(value, "a description")
    except NetshError:
        return
    assert [word.text for word in split_words(plain_line(f"a {quoted} b", 1, "s"))] == ["a", value, "b"]


@settings(max_examples=150)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_text_makes_anything_but_a_text_error(data: str | bytes) -> None:
    with contextlib.suppress(TextError):
        parse_script(data)
    assert isinstance(faults(data), tuple)


@settings(max_examples=150)
@given(st.data())
def test_no_damage_to_a_script_makes_anything_but_a_text_error(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(PUBLIC))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    damage = data.draw(st.sampled_from(["", '"', "=", "%", "^", " all ", "&", ">", "\n", "\0", "%%", "(", "٣", "-1"]))
    with contextlib.suppress(TextError):
        parse_script(text[:start] + damage + text[end:])


@settings(max_examples=30)
@given(policies())
def test_a_key_stands_in_no_script_for_people(policy: Policy) -> None:
    keyed = Policy(
        policy.name, policy.rules, policy.main_mode,
        DefaultResponse(active=True, authentication=(PresharedKey(Secret("hush0key")),)),
    )  # fmt: skip
    assert "hush0key" in "".join(add_policy(keyed))
    assert "hush0key" not in render_policy(keyed, assigned=False)
