# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in a line of netsh and what no line can hold."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import NetshError
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.quoting import quote, quote_name
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.words import plain_line, split_words


@pytest.mark.parametrize(("value", "quoted"), [
    pytest.param("Mail", '"Mail"', id="plain"),
    pytest.param("Front end to back end", '"Front end to back end"', id="blanks"),
    pytest.param("a&b|c<d>e^f%g", '"a&b|c<d>e^f%g"', id="special-to-cmd"),
    pytest.param("CN=Root, O=Example", '"CN=Root, O=Example"', id="equals-sign"),
    pytest.param("it's", '"it\'s"', id="apostrophe"),
    pytest.param("메일 서버", '"메일 서버"', id="korean"),
    pytest.param("", '""', id="empty"),
    pytest.param("a\\b", '"a\\b"', id="backslash-inside"),
])
def test_a_value_in_quotes(value: str, quoted: str) -> None:
    assert quote(value, "a description") == quoted
    assert [word.text for word in split_words(plain_line(quoted, 1, "s"))] == [value]


@pytest.mark.parametrize(("value", "problem"), [
    pytest.param('5" disk', "a description holds a double quote, which no line of netsh can express; leave it out",
                 id="double-quote"),
    pytest.param("a\nexit", "a description is overlong or holds a control character; netsh reads one line at a time",
                 id="line-feed"),
    pytest.param("a\x00b", "a description is overlong or holds a control character; netsh reads one line at a time",
                 id="nul"),
    pytest.param("a\u2028b", "a description is overlong or holds a control character; netsh reads one line at a time",
                 id="line-separator"),
    pytest.param("x" * 256, "a description is overlong or holds a control character; netsh reads one line at a time",
                 id="overlong"),
    pytest.param(" a", "a description begins or ends with a blank, which netsh may drop; leave it out", id="blank"),
    pytest.param("C:\\", "a description ends with a backslash, which may swallow the closing quote; leave it out",
                 id="backslash-at-the-end"),
])
def test_a_value_that_no_line_can_hold(value: str, problem: str) -> None:
    with pytest.raises(NetshError) as caught:
        quote(value, "a description")
    assert str(caught.value) == problem


@pytest.mark.parametrize("name", ["all", "ALL", " All "])
def test_the_name_all_is_refused_for_it_means_every_object(name: str) -> None:
    with pytest.raises(NetshError, match="netsh's word for all objects"):
        quote_name(name, "policy")


def test_an_object_without_a_name_is_refused() -> None:
    with pytest.raises(NetshError, match=r"^the rule for 'Mail' has no name, and netsh finds its objects by name$"):
        quote_name("", "the rule for 'Mail'")
