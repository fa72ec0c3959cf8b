# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint: orders to a running fleet as HTTP and JSON on the loopback address."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.lab import orders
from tests.lab.client import DEFAULT
from tests.lab.fleet import Fleet

_GRACE = 0.05  # seconds for the answer to "stop" to leave before the endpoint closes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """Serves the orders of one fleet; `stopped` is set when somebody orders the end."""

    def __init__(self, fleet: Fleet) -> None:
        """Take orders for this fleet."""
        self.fleet = fleet
        self.stopped = asyncio.Event()
        self.url = ""
        application = web.Application(middlewares=[_refusals], client_max_size=1 << 28)
        application.router.add_routes(
            [
                web.get("/ready", self._ready),
                web.get("/inventory", self._inventory),
                web.post("/run", self._run),
                web.post("/counters", self._counters),
                web.post("/fault", self._fault),
                web.post("/dump", self._dump),
                web.post("/policies", self._policies),
                web.post("/move", self._move),
                web.post("/advance", self._advance),
                web.post("/reboot", self._reboot),
                web.post("/flow", self._flow),
                web.post("/talk", self._talk),
                web.post("/converse", self._converse),
                web.post("/associations", self._associations),
                web.post("/jobs", self._jobs),
                web.get("/state", self._save),
                web.put("/state", self._load),
                web.post("/stop", self._stop),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)

    async def start(self, endpoint: str = DEFAULT) -> None:
        """Listen on HOST:PORT; port 0 lets the system choose."""
        host, _unused, port = endpoint.rpartition(":")
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, int(port))
        await site.start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _ready(self, request: web.Request) -> web.Response:
        return web.json_response(orders.ready(self.fleet, self.url))

    async def _inventory(self, request: web.Request) -> web.Response:
        return web.json_response(orders.inventory(self.fleet))

    async def _run(self, request: web.Request) -> web.Response:
        asked = await request.json()
        outcome = await orders.run(self.fleet, asked["host"], asked["command"], asked.get("input", ""))
        return web.json_response(dataclasses.asdict(outcome))

    async def _counters(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response(orders.counters(self.fleet, reset=asked.get("reset", False)))

    async def _fault(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.fleet.station(asked["host"]).fault(asked["kind"], asked.get("argument"))
        return web.json_response({})

    async def _dump(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response({"text": orders.dump(self.fleet, asked["host"], asked.get("key"))})

    async def _policies(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response(orders.policies(self.fleet, asked["host"]))

    async def _move(self, request: web.Request) -> web.Response:
        asked = await request.json()
        orders.move(self.fleet, asked["cluster"], asked["node"])
        return web.json_response({})

    async def _advance(self, request: web.Request) -> web.Response:
        asked = await request.json()
        orders.advance(self.fleet, asked["host"], float(asked["seconds"]))
        return web.json_response({})

    async def _reboot(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.fleet.station(asked["host"]).reboot(float(asked.get("seconds", 0)))
        return web.json_response({})

    async def _flow(self, request: web.Request) -> web.Response:
        asked = await request.json()
        ends = asked["source"], asked["target"]
        return web.json_response(orders.flow(self.fleet, *ends, asked.get("protocol", "tcp"), int(asked["port"])))

    async def _talk(self, request: web.Request) -> web.Response:
        asked = await request.json()
        ends = asked["source"], asked["target"]
        return web.json_response(orders.talk(self.fleet, *ends, asked.get("protocol", "tcp"), int(asked["port"])))

    async def _converse(self, request: web.Request) -> web.Response:
        asked = await request.json()
        ends = asked["source"], asked["target"]
        self.fleet.traffic.converse(*ends, asked.get("protocol", "tcp"), int(asked["port"]))
        return web.json_response({})

    async def _associations(self, request: web.Request) -> web.Response:
        return web.json_response(self.fleet.associations((await request.json())["host"]))

    async def _jobs(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response(orders.jobs(self.fleet, asked["host"]))

    async def _save(self, request: web.Request) -> web.Response:
        return web.json_response(self.fleet.computers.save())

    async def _load(self, request: web.Request) -> web.Response:
        self.fleet.load(await request.json())
        return web.json_response({})

    async def _stop(self, request: web.Request) -> web.Response:
        asyncio.get_running_loop().call_later(_GRACE, self.stopped.set)
        return web.json_response({})


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn an order that makes no sense into status 400 and one sentence."""
    try:
        return await handler(request)
    except KeyError as exc:
        return web.json_response({"error": f"{exc.args[0]} is missing"}, status=400)
    except ValueError as exc:
        return web.json_response({"error": str(exc)}, status=400)
