# SPDX-License-Identifier: GPL-3.0-or-later
"""Trouble made to order, and requests that make no sense: each ends as real hosts end it, and can be cleared."""

from __future__ import annotations

import base64
import random
import threading
import time
from pathlib import Path

import pytest
import requests
import spnego
from winrm.exceptions import InvalidCredentialsError, WSManFaultError

from tests.lab.fleet import FleetHandle
from tests.lab.tests.conftest import Connect, run
from tests.lab.wire.injection import Injection
from tests.lab.wire.login import Accounts, Login
from tests.lab.wire.sealed import CONTENT_TYPE, SealError, unseal

SOAP_POST = {"Content-Type": "application/soap+xml;charset=UTF-8"}


def test_slow(fleet: FleetHandle, connect: Connect) -> None:
    fleet.fault("old", "slow", "0.2")
    began = time.monotonic()
    shell = connect("old").open_shell()
    assert time.monotonic() - began >= 0.2
    assert shell


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_drop_in_the_middle_of_an_answer(fleet: FleetHandle, connect: Connect, scheme: str) -> None:
    fleet.fault("old", "drop", "2")
    protocol = connect("old", "basic", scheme)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "ver")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        protocol.get_command_output_raw(shell, command)
    fleet.fault("old", "clear")
    protocol.close_shell(shell)


def test_output_that_stops_in_the_middle(fleet: FleetHandle, connect: Connect) -> None:
    fleet.fault("old", "truncate", "700")
    protocol = connect("old", "ntlm")
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "ver")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="700 bytes read"):
        protocol.get_command_output_raw(shell, command)


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
def test_nobody_may_log_on(fleet: FleetHandle, connect: Connect, transport: str) -> None:
    fleet.fault("old", "deny")
    with pytest.raises(InvalidCredentialsError):
        connect("old", transport).open_shell()
    assert fleet.counters("old")["auth_failures"] == 1


def test_nobody_may_do_anything(fleet: FleetHandle, connect: Connect) -> None:
    fleet.fault("old", "deny", "access")
    with pytest.raises(WSManFaultError) as caught:
        connect("old", "ntlm").open_shell()
    assert (caught.value.wsman_fault_code, caught.value.fault_subcode) == (5, "w:AccessDenied")


def test_a_host_dies_with_its_second_command(fleet: FleetHandle, connect: Connect) -> None:
    fleet.fault("old", "die", "2")
    protocol = connect("old")
    shell = protocol.open_shell()
    assert protocol.get_command_output(shell, protocol.run_command(shell, "ver"))[2] == 0
    with pytest.raises(requests.exceptions.ConnectionError):
        protocol.run_command(shell, "ver")
    with pytest.raises(requests.exceptions.ConnectionError):
        connect("old").open_shell()
    fleet.fault("old", "clear")
    assert run(connect("old"), "ver")[2] == 0


@pytest.mark.parametrize(("host", "number"), [("old", 2150858815), ("new", 2150859173)])
def test_quota_is_full(fleet: FleetHandle, connect: Connect, host: str, number: int) -> None:
    fleet.fault(host, "quota")
    with pytest.raises(WSManFaultError) as caught:
        connect(host).open_shell()
    assert (caught.value.wsman_fault_code, caught.value.fault_subcode) == (number, "w:QuotaLimit")


def test_every_shell_expires(fleet: FleetHandle, connect: Connect) -> None:
    protocol = connect("old")
    shell = protocol.open_shell()
    fleet.fault("old", "expire-shells")
    with pytest.raises(WSManFaultError) as caught:
        protocol.run_command(shell, "ver")
    assert (caught.value.wsman_fault_code, caught.value.fault_subcode) == (2150858843, "w:InvalidSelectors")
    assert shell in caught.value.reason
    assert protocol.open_shell() != shell


def test_tls_that_nobody_speaks(fleet: FleetHandle, connect: Connect) -> None:
    fleet.fault("old", "tls-refuse")
    with pytest.raises(requests.exceptions.SSLError):
        connect("old", "basic", "https").open_shell()
    fleet.fault("old", "clear")
    assert run(connect("old", "basic", "https"), "ver")[2] == 0


@pytest.mark.parametrize(
    ("kind", "argument"), [("fire", None), ("slow", None), ("slow", "x"), ("deny", "x"), ("truncate", None)]
)
def test_orders_that_make_no_sense(kind: str, argument: str | None) -> None:
    with pytest.raises(ValueError, match=r"no such fault|needs a number|could not convert|is none of"):
        Injection().order(kind, argument)


def _post(fleet: FleetHandle, body: bytes, path: str = "", **headers: str) -> requests.Response:
    reach = fleet.host("old").reach()
    account = (reach["user"], reach["password"])
    return requests.post(reach["http"] + path, body, auth=account, headers=SOAP_POST | headers, timeout=30)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"no xml", id="no-xml"),
        pytest.param(b"<a/>", id="no-envelope"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', id="entity"),
        pytest.param(b"\xff\xfe\x00", id="bytes"),
    ],
)
def test_what_is_no_envelope_is_a_fault(fleet: FleetHandle, body: bytes) -> None:
    answer = _post(fleet, body)
    assert answer.status_code == 500
    assert 'Code="2150858817"' in answer.text


def test_an_unknown_action_and_an_unknown_resource(fleet: FleetHandle) -> None:
    envelope = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header><a:Action>{}</a:Action></s:Header>'
        "<s:Body/></s:Envelope>"
    )
    assert 'Code="2150858753"' in _post(fleet, envelope.format("urn:dance").encode()).text
    create = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
    assert 'Code="2150858752"' in _post(fleet, envelope.format(create).encode()).text


def test_other_paths_and_methods(fleet: FleetHandle) -> None:
    url = fleet.host("old").reach()["http"]
    assert requests.get(url, timeout=30).status_code == 405
    assert requests.post(url.replace("wsman", "owa"), b"", timeout=30).status_code == 404


@pytest.mark.parametrize("value", ["Negotiate", "Negotiate ????", "NTLM TlRMTVNTUAADAAAA", "Basic x", "Digest a=b", ""])
def test_broken_credentials(fleet: FleetHandle, value: str) -> None:
    url = fleet.host("old").reach()["http"]
    answer = requests.post(url, b"", headers={"Authorization": value}, timeout=30)
    assert answer.status_code == 401
    assert "Negotiate" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("body", [b"", b"--Encrypted Boundary\r\n", b"<s:Envelope/>"])
def test_a_body_that_is_not_sealed(fleet: FleetHandle, body: bytes) -> None:
    with pytest.raises(SealError):
        unseal(body, None)  # type: ignore[arg-type]


def test_a_body_sealed_in_another_session(fleet: FleetHandle, connect: Connect) -> None:
    first, second = connect("strict", "ntlm"), connect("strict", "ntlm")
    first.open_shell()
    second.open_shell()
    transport = second.transport
    foreign = first.transport.encryption.prepare_encrypted_request(first.transport.session, transport.endpoint, b"<a/>")
    assert transport.session.send(foreign, timeout=30).status_code == 400


def test_a_host_decides_who_may_reach_it(monkeypatch: pytest.MonkeyPatch, fleet: FleetHandle, connect: Connect) -> None:
    station = fleet.host("old")
    asked: list[tuple[str, int]] = []

    def admits(peer: str, port: int) -> bool:
        asked.append((peer, port))
        return False

    protocol = connect("old")
    shell = protocol.open_shell()
    monkeypatch.setattr(station, "admits", admits)
    before = fleet.counters("old")["requests"]
    for attempt in (lambda: protocol.run_command(shell, "ver"), connect("old").open_shell):
        with pytest.raises(requests.exceptions.ConnectionError):
            attempt()
    assert fleet.counters("old")["requests"] == before
    assert set(asked) == {("127.0.0.1", 5985)}


def test_a_host_cuts_open_connections(monkeypatch: pytest.MonkeyPatch, fleet: FleetHandle, connect: Connect) -> None:
    station = fleet.host("old")
    protocol = connect("old", operation_timeout_sec=50, read_timeout_sec=60)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "findstr x", console_mode_stdin=False)
    monkeypatch.setattr(station, "admits", lambda peer, port: False)
    timer = threading.Timer(0.2, fleet.call, [station.cut_refused])
    timer.start()
    began = time.monotonic()
    with pytest.raises(requests.exceptions.ConnectionError):
        protocol.get_command_output_raw(shell, command)
    assert time.monotonic() - began < 40  # neither time-out has passed
    timer.join()


@pytest.mark.parametrize("options", [{"codepage": "korean"}, {"idle_timeout": "soon"}])
def test_a_shell_with_options_that_are_no_numbers(connect: Connect, options: dict[str, str]) -> None:
    with pytest.raises(WSManFaultError) as caught:
        connect("new").open_shell(**options)
    assert caught.value.wsman_fault_code == 87


def test_a_sealed_body_without_a_session(fleet: FleetHandle, connect: Connect) -> None:
    reach = fleet.host("new").reach()
    headers = {"Content-Type": CONTENT_TYPE}
    account = (reach["user"], reach["password"])
    assert requests.post(reach["http"], b"x", auth=account, headers=headers, timeout=30).status_code == 400


def _damaged(token: bytes, dice: random.Random) -> bytes:
    data = bytearray(token)
    for _unused in range(dice.randint(1, 6)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data[: dice.randint(1, len(data))] if dice.random() < 0.3 else data)


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
@pytest.mark.parametrize("message", ["first", "last"])
def test_damaged_tokens_are_never_let_in(tmp_path: Path, protocol: str, message: str) -> None:
    accounts = Accounts(tmp_path, "host", {"user": "secret"})
    dice = random.Random(f"{protocol} {message}")  # noqa: S311
    for _unused in range(50):
        client = spnego.client("user", "secret", protocol=protocol, options=spnego.NegotiateOptions.use_ntlm)
        login = Login(accounts, basic=True)
        token = client.step()
        if message == "last":
            challenge = login.check(f"Negotiate {base64.b64encode(token).decode()}").reply or ""
            token = client.step(base64.b64decode(challenge.split()[1]))
        verdict = login.check(f"Negotiate {base64.b64encode(_damaged(token, dice)).decode()}")
        assert verdict.user in (None, "user")
        assert verdict.refused or verdict.reply or verdict.user
