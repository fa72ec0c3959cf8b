# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of shells as a host sends it, in one answer or in pulls, and what is said of each."""

from __future__ import annotations

from typing import Any

import pytest
from winrm.exceptions import WinRMTransportError, WSManFaultError

from ansible_collections.exchange.ipsec.plugins.plugin_utils.open_shells import OpenShell, list_shells, span

NS = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"'
    ' xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"'
)
ONE = "<rsp:Shell><rsp:ShellId>A</rsp:ShellId><rsp:ClientIP>192.0.2.9</rsp:ClientIP>{}</rsp:Shell>"
AGES = "<rsp:ShellRunTime>P1DT2H3M4S</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H1M40S</rsp:ShellInactivity>"


class Host:
    """Answers in turn; keeps what it was asked for."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []

    def build_wsman_header(self, action: str, resource_uri: str) -> dict[str, Any]:
        self.asked.append((action.rpartition("/")[2], resource_uri.rpartition("/")[2]))
        return {"env:Header": {}}

    def send_message(self, _message: str) -> str:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return f"<s:Envelope {NS}><s:Body>{answer}</s:Body></s:Envelope>"


def test_enumerate_and_pull() -> None:
    host = Host("<n:EnumerationContext>7</n:EnumerationContext>", ONE.format(AGES) + "<n:EndOfSequence/>")
    assert list_shells(host) == (OpenShell("A", "192.0.2.9", 93784, 100),)
    assert host.asked == [("Enumerate", "shell"), ("Pull", "shell")]


def test_server_2003_has_another_address() -> None:
    host = Host(WSManFaultError(500, "", "", ""), ONE.format(""))
    assert list_shells(host) == (OpenShell("A", "192.0.2.9", None, None),)
    assert host.asked == [("Enumerate", "shell"), ("Enumerate", "cmd")]


def test_a_host_that_does_not_tell_is_no_trouble() -> None:
    assert list_shells(Host(WinRMTransportError("http", 500, ""))) == ()
    assert list_shells(Host("<broken>")) == ()


def test_a_host_that_never_ends_its_list_does_not_hang_us() -> None:
    host = Host(*["<n:EnumerationContext>7</n:EnumerationContext>"] * 30)
    assert list_shells(host) == ()
    assert len(host.asked) == 21


@pytest.mark.parametrize(
    ("shell", "said"),
    [
        (OpenShell("A", "192.0.2.9", 93784, 100), "A (opened by 192.0.2.9, 1 d ago, idle for 1 min)"),
        (OpenShell("A", "", None, None), "A (opened by an unknown client)"),
    ],
)
def test_a_shell_in_words(shell: OpenShell, said: str) -> None:
    assert str(shell) == said


@pytest.mark.parametrize(("seconds", "said"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (172800, "2 d")])
def test_spans(seconds: int, said: str) -> None:
    assert span(seconds) == said
