# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab cannot be made to answer: the rest of the sentences."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure
from requests.exceptions import ConnectionError as CutOff
from requests.exceptions import ConnectTimeout
from spnego.exceptions import BadMICError
from winrm.exceptions import WinRMOperationTimeoutError, WinRMTransportError, WSManFaultError

from ansible_collections.exchange.ipsec.plugins.plugin_utils.winrm_faults import MEANINGS, explain, is_shell_quota


def fault(number: int | None, subcode: str | None = None, wmi: int | None = None) -> WSManFaultError:
    return WSManFaultError(500, "Bad HTTP response", "", "", "s:Sender", subcode, number, wmi)


@pytest.mark.parametrize(
    ("exc", "unreachable", "sentence"),
    [
        pytest.param(fault(1326), True, "refused the user name or the password (WS-Management fault 1326)", id="1326"),
        pytest.param(fault(170), False, "fault 170 (no sub-code) while running: the shell is busy", id="busy"),
        pytest.param(
            fault(4711, "w:Other"), False, "fault 4711 (w:Other) while running: look the number up", id="other"
        ),
        pytest.param(fault(None), False, "fault 0 (no sub-code)", id="no-number"),
        pytest.param(fault(2150858815, "w:QuotaLimit"), False, "a quota of remote shells is used up", id="processes"),
        pytest.param(WinRMTransportError("http", 503, ""), True, "HTTP status 503 while running: the WinRM", id="503"),
        pytest.param(WinRMTransportError("http", 418, ""), True, "HTTP status 418 while running: see that", id="418"),
        pytest.param(WinRMOperationTimeoutError(), False, "running took longer than the operation time-out", id="slow"),
        pytest.param(ConnectTimeout(), True, "does not answer: see that it is up", id="silent"),
        pytest.param(CutOff("x"), True, "cut the connection while running", id="cut"),
        pytest.param(BadMICError(), True, "its seal is wrong", id="seal"),
        pytest.param(StopIteration(), True, "stopped in the middle or is none of WinRM's (StopIteration)", id="no-id"),
        pytest.param(ElementTree.ParseError("x"), True, "none of WinRM's (ParseError)", id="no-xml"),
    ],
)
def test_sentences(exc: Any, unreachable: bool, sentence: str) -> None:
    error = explain(exc, "fe1", "running")
    assert sentence in str(error)
    assert "fe1" in str(error)
    assert str(error).endswith(".")
    assert isinstance(error, AnsibleConnectionFailure) is unreachable


def test_a_refused_password_is_an_authentication_failure() -> None:
    assert isinstance(explain(fault(1326), "fe1", "running"), AnsibleAuthenticationFailure)


@pytest.mark.parametrize(
    ("exc", "full"),
    [
        pytest.param(fault(2150859173), True, id="shells-of-today"),
        pytest.param(fault(2150858815), True, id="server-2003"),
        pytest.param(fault(None, "wsman:QuotaLimit"), True, id="by-sub-code"),
        pytest.param(fault(None, None, 2150859173), True, id="by-wmi-code"),
        pytest.param(fault(5, "w:AccessDenied"), False, id="access-denied"),
        pytest.param(fault(2150859174, "w:InternalError"), False, id="operations"),
        pytest.param(WinRMTransportError("http", 401, ""), False, id="password"),
    ],
)
def test_only_a_shell_quota_is_one(exc: Any, full: bool) -> None:
    assert is_shell_quota(exc) is full


def test_meanings_end_in_a_remedy() -> None:
    assert all(": " in meaning and not meaning.endswith(".") for meaning in MEANINGS.values())
