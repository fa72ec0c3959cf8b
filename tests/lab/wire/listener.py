# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side of a host: connections, authentication, sealed bodies, and the trouble ordered for them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from tests.lab.wire.connection import Access, Connection, Reply
from tests.lab.wire.login import Login
from tests.lab.wire.sealed import CONTENT_TYPE, SealError, sealed, unseal
from tests.lab.wire.service import Caller, Service

_SEALING = 2048
_RETRY = 0.05  # seconds between two looks whether packets pass again


class _Server(web.Server):
    """aiohttp's server, which tells the listener of connections that come and go."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener.handle, handler_cancellation=True, access_log=None, keepalive_timeout=120.0)
        self._listener = listener

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._listener.opened(handler, transport)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        self._listener.closed(handler)
        super().connection_lost(handler, exc)


class Listener:
    """One host's WinRM ports."""

    def __init__(self, service: Service, access: Access) -> None:
        """Carry requests to this service."""
        self._service = service
        self._access = access
        self._connections: dict[RequestHandler, Connection] = {}
        self._software = f"Microsoft-HTTPAPI/{2 if service.profile.modern else 1}.0"
        self._server: _Server | None = None
        self._sockets: list[asyncio.Server] = []

    async def start(self, address: str, http_port: int, https_port: int, tls: ssl.SSLContext) -> tuple[int, int]:
        """Listen; return the two ports, which the system chose where 0 was asked for."""
        loop = asyncio.get_running_loop()
        self._server = _Server(self)
        for port, context in ((http_port, None), (https_port, tls)):
            self._sockets.append(await loop.create_server(self._server, address, port, ssl=context, backlog=256))
        http, https = (server.sockets[0].getsockname()[1] for server in self._sockets)
        return http, https

    async def stop(self) -> None:
        """Close the ports and every connection."""
        for server in self._sockets:
            server.close()
        for connection in list(self._connections.values()):
            connection.transport.abort()
        if self._server is not None:
            await self._server.shutdown(0)
        self._sockets.clear()

    def opened(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Note a new connection, or cut it at once when the host does not take it."""
        peer, port = transport.get_extra_info("peername")[0], transport.get_extra_info("sockname")[1]
        admitted = self._access.gate.admits(peer, port)
        if self._service.injection.dead or not (admitted or self._access.gate.patience):
            transport.abort()
            return
        connection = Connection(
            transport=transport,
            peer=peer,
            port=port,
            encrypted=transport.get_extra_info("sslcontext") is not None,
            login=Login(self._access.accounts, basic=self._access.basic),
        )
        if admitted:
            self._know(connection)
        self._connections[handler] = connection

    def _know(self, connection: Connection) -> None:
        """Count a connection from when its packets arrive: before, the host does not know of it."""
        others = sum(other.known for other in self._connections.values())
        connection.known, connection.surplus = True, others >= self._service.shells.quotas.max_connections
        self._service.counters.connections += 1

    def closed(self, handler: RequestHandler) -> None:
        """Forget a connection."""
        self._connections.pop(handler, None)

    def cut(self, which: Callable[[str, int], bool]) -> None:
        """Cut the open connections that this picks by client's address and own port; all when the host is dead."""
        for connection in list(self._connections.values()):
            if self._service.injection.dead or which(connection.peer, connection.port):
                connection.transport.abort()

    async def _passes(self, connection: Connection) -> bool:
        """Wait like a sender whose packets are dropped: true once they get through, false when it gave up."""
        gate, loop = self._access.gate, asyncio.get_running_loop()
        deadline = loop.time() + gate.patience
        while not gate.admits(connection.peer, connection.port):
            if loop.time() >= deadline:
                return False
            await asyncio.sleep(_RETRY)
        if not connection.known:
            self._know(connection)
        return True

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        connection = self._connections.get(request.protocol)
        if connection is None or not await self._passes(connection):
            return _cut_off(request)
        injection = self._service.injection
        if request.method == "POST":
            self._service.counters.requests += 1
            if injection.watcher is not None and injection.watcher(self._service.counters.requests):
                return _cut_off(request)
        if injection.slow:
            await asyncio.sleep(injection.slow)
        drop = injection.drops()
        reply = await self._reply(request, connection)
        if injection.dead:
            self.cut(lambda peer, port: True)
        if injection.dead or not await self._passes(connection):
            return _cut_off(request)
        if drop:
            return await self._cut(request, reply, len(reply.body) // 2)
        if injection.truncate is not None and reply.output and len(reply.body) > injection.truncate:
            return await self._cut(request, reply, injection.truncate)
        response = web.Response(status=reply.status, body=reply.body)
        self._dress(response, reply)
        return response

    async def _reply(self, request: web.BaseRequest, connection: Connection) -> Reply:
        if status := self._out_of_hand(request, connection):
            return Reply(status)
        body = await request.read()
        if request.headers.get("WSMANIDENTIFY", "").lower() == "unauthenticated":
            self._service.counters.by_action["Identify"] += 1
            return Reply(200, self._service.identify(anonymous=True))
        verdict = connection.login.check(request.headers.get("Authorization"))
        if verdict.user is None or self._service.injection.deny == "password":
            return self._unknown(connection, verdict.reply, refused=verdict.refused or verdict.user is not None)
        if not body:
            self._service.counters.by_action["handshake"] += 1
            return Reply(200, challenges=(verdict.reply,) if verdict.reply else ())
        caller = Caller(verdict.user, connection.peer)
        return await self._envelope(request, connection, caller, body)

    def _out_of_hand(self, request: web.BaseRequest, connection: Connection) -> int | None:
        """Return the HTTP status of a request that WS-Management never sees."""
        if connection.surplus:
            return 503
        if request.path.rstrip("/") not in {"/wsman", "/wsman-anon/identify"}:
            return 404
        if request.method != "POST":
            return 405
        limit = self._service.shells.quotas.max_envelope_kb * 1024
        return 413 if (request.content_length or 0) > limit + _SEALING else None

    def _unknown(self, connection: Connection, challenge: str | None, *, refused: bool) -> Reply:
        counters = self._service.counters
        counters.auth_failures += refused
        counters.by_action["refused" if refused else "handshake"] += 1
        return Reply(401, challenges=(challenge,) if challenge and not refused else tuple(connection.login.schemes))

    async def _envelope(self, request: web.BaseRequest, connection: Connection, caller: Caller, body: bytes) -> Reply:
        seal = connection.login.seal
        is_sealed = request.content_type == "multipart/encrypted"
        if is_sealed:
            if seal is None:
                return Reply(400, b"nothing was agreed that could have sealed this", "text/plain")
            try:
                body = unseal(body, seal)
            except SealError as exc:
                return Reply(400, str(exc).encode(), "text/plain")
        elif not (connection.encrypted or self._access.allow_unencrypted):
            return Reply(500)
        if len(body) > self._service.shells.quotas.max_envelope_kb * 1024:
            return Reply(413)
        status, envelope = await self._service.perform(body, caller)
        output = b"<rsp:ReceiveResponse>" in envelope[:1024]
        if is_sealed:
            return Reply(status, sealed(envelope, seal), CONTENT_TYPE, output=output)
        return Reply(status, envelope, output=output)

    def _dress(self, response: web.StreamResponse, reply: Reply) -> None:
        response.headers["Server"] = self._software
        if reply.body:
            response.headers["Content-Type"] = reply.content_type
        for challenge in reply.challenges:
            response.headers.add("WWW-Authenticate", challenge)

    async def _cut(self, request: web.BaseRequest, reply: Reply, kept: int) -> web.StreamResponse:
        """Announce the whole answer, send its first bytes, and end the connection."""
        response = web.StreamResponse(status=reply.status)
        self._dress(response, reply)
        response.content_length = max(len(reply.body), 1)
        await response.prepare(request)
        if kept:
            await response.write(reply.body[:kept])
        if request.transport is not None:
            request.transport.close()
        return response


def _cut_off(request: web.BaseRequest) -> web.Response:
    """End the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
