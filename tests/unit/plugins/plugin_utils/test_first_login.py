# SPDX-License-Identifier: GPL-3.0-or-later
"""NTLM that begins with the first request, against a real HTTP server that logs in by NTLM too."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from winrm.exceptions import InvalidCredentialsError
from winrm.protocol import Protocol

from ansible_collections.exchange.ipsec.plugins.plugin_utils.first_login import FirstLogin, log_in
from ansible_collections.exchange.ipsec.plugins.plugin_utils.pywinrm import forget_session
from tests.lab.wire.login import Accounts, Login
from tests.lab.wire.sealed import CONTENT_TYPE, sealed, unseal

pytestmark = pytest.mark.core
USER, PASSWORD = "Administrator", "correct horse"
Answers = Callable[..., Any]


class _Listener(ThreadingHTTPServer):
    """Notes every request: what its Authorization header began with, and the status of the answer."""

    daemon_threads = True

    def __init__(self, accounts: Accounts, *, unasked: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.accounts, self.unasked = accounts, unasked
        self.seen: list[tuple[bool, int]] = []
        self.heard: list[bytes] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def setup(self) -> None:
        super().setup()
        self.login, self.asked = Login(self.server.accounts, basic=False), self.server.unasked

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        header = self.headers.get("Authorization")
        verdict = self.login.check(header if self.asked else None)
        self.asked = True
        status, challenge, answer = 401, verdict.reply or "Negotiate", b""
        if verdict.user is not None:
            status, challenge = 200, verdict.reply or ""
            if body:
                self.server.heard.append(unseal(body, self.login.seal))
                answer = sealed(b"<answer/>", self.login.seal)
        self.server.seen.append((header is not None, status))
        self.send_response(status)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Type", CONTENT_TYPE if answer else "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_unused: Any) -> None:
        """Say nothing."""


@pytest.fixture
def listen(tmp_path: Path) -> Iterator[Callable[[bool], _Listener]]:
    """Start a server that takes credentials unasked, or overlooks them as long as nobody has asked before."""
    started: list[_Listener] = []

    def start(unasked: bool) -> _Listener:
        started.append(_Listener(Accounts(tmp_path, "fe1", {USER: PASSWORD}), unasked=unasked))
        threading.Thread(target=started[-1].serve_forever, daemon=True).start()
        return started[-1]

    yield start
    for one in started:
        one.shutdown()
        one.server_close()


def _protocol(server: _Listener, password: str = PASSWORD, **more: Any) -> Any:
    endpoint = f"http://127.0.0.1:{server.server_port}/wsman"
    return Protocol(endpoint, transport="ntlm", username=USER, password=password, proxy=None, **more)


@pytest.mark.parametrize("encryption", ["auto", "always"])
def test_two_requests_log_in(listen: Callable[[bool], _Listener], encryption: Any) -> None:
    server = listen(True)
    protocol = _protocol(server, message_encryption=encryption)
    log_in(protocol)
    assert server.seen == [(True, 401), (True, 200)]
    assert protocol.transport.send_message("<question/>") == b"<answer/>"
    assert protocol.transport.send_message("<question2/>") == b"<answer/>"
    assert server.heard == [b"<question/>", b"<question2/>"]
    assert server.seen[2:] == [(False, 200), (False, 200)]
    assert protocol.transport.message_encryption == encryption
    forget_session(protocol)


def test_a_server_that_wants_to_be_asked_is_asked(listen: Callable[[bool], _Listener]) -> None:
    server = listen(False)
    protocol = _protocol(server)
    log_in(protocol)
    assert server.seen == [(True, 401), (False, 401), (True, 401), (True, 200)]
    assert protocol.transport.send_message("<question/>") == b"<answer/>"
    assert server.heard == [b"<question/>"]
    forget_session(protocol)


def test_a_wrong_password_is_refused_as_ever(listen: Callable[[bool], _Listener]) -> None:
    server = listen(True)
    protocol = _protocol(server, "wrong")
    with pytest.raises(InvalidCredentialsError, match="rejected by the server"):
        log_in(protocol)
    assert server.seen == [(True, 401), (True, 401)]
    forget_session(protocol)


def test_a_new_session_logs_in_afresh(listen: Callable[[bool], _Listener]) -> None:
    server = listen(True)
    protocol = _protocol(server)
    log_in(protocol)
    forget_session(protocol)
    assert protocol.transport.send_message("<question/>") == b"<answer/>"
    assert server.seen[2:] == [(False, 401), (True, 401), (True, 200), (False, 200)]
    forget_session(protocol)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"transport": "basic"}, id="not-ntlm"),
        pytest.param({"message_encryption": "never"}, id="not-sealed"),
        pytest.param({"endpoint": "https://192.0.2.11:5986/wsman"}, id="over-tls"),
    ],
)
def test_other_logins_are_left_to_the_first_message(arguments: dict[str, Any]) -> None:
    given: dict[str, Any] = {"endpoint": "http://192.0.2.11:5985/wsman", "transport": "ntlm", **arguments}
    protocol = Protocol(**given, username=USER, password=PASSWORD)
    log_in(protocol)
    assert protocol.transport.session is None


def test_a_proxy_is_asked_in_the_usual_way(listen: Callable[[bool], _Listener]) -> None:
    server = listen(True)
    protocol = Protocol(
        "http://192.0.2.11:5985/wsman",
        transport="ntlm",
        username=USER,
        password=PASSWORD,
        proxy=f"http://127.0.0.1:{server.server_port}",
    )
    log_in(protocol)
    assert server.seen == [(False, 401), (True, 401), (True, 200)]
    assert not isinstance(protocol.transport.session.auth, FirstLogin)
    forget_session(protocol)
