# SPDX-License-Identifier: GPL-3.0-or-later
"""A running fleet: every host on its own 127.x.y.z, all in one process."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tests.lab.boundary import Boundary
from tests.lab.computers import Computers
from tests.lab.fleet_spec import FleetError, FleetSpec, read_spec
from tests.lab.station import HTTP_PORT, Outcome, Station
from tests.lab.traffic import Traffic
from tests.lab.windows.negotiate import Verdict
from tests.lab.wire.certificate import write_certificate

T = TypeVar("T")

_TICK = 0.1  # seconds between two looks at the hosts' clocks


class Fleet:
    """The hosts of a fleet file; an async context manager."""

    def __init__(self, document: Mapping[str, Any], *, port_base: int | None = None) -> None:
        """Take a fleet file that has been read from YAML; FleetError when it makes no sense."""
        self.spec = read_spec(document)
        self.computers = Computers(self.spec)
        self.boundary = Boundary(self.spec, self.computers.hosts)
        self.traffic = Traffic(self.boundary, self.computers.hosts)
        self._timer: asyncio.TimerHandle | None = None
        self._port_base = port_base
        self._folder = tempfile.TemporaryDirectory(prefix="lab-")
        folder = Path(self._folder.name)
        self._addresses = _addresses(self.spec)
        certificate = write_certificate(folder, self._addresses.values(), self._addresses)
        self.ca_file = certificate[0]
        self.stations = {
            host.name: Station(host, self.computers.hosts[host.name], self.boundary, folder, certificate)
            for host in self.spec.hosts
        }

    async def __aenter__(self) -> Fleet:
        """Start every host; on return all listen."""
        for name, station in self.stations.items():
            try:
                await station.start(self._addresses[name], self._port_base)
            except OSError as exc:
                await self.__aexit__()
                raise FleetError(f"host {name} cannot listen: {exc}") from exc
        self._tick()
        return self

    def _tick(self) -> None:
        """Let every host do what its clock says, and look again soon; what goes wrong in one is logged by the loop."""
        self._timer = asyncio.get_running_loop().call_later(_TICK, self._tick)
        for host in self.computers.hosts.values():
            host.tick()
        self.traffic.tick()

    async def __aexit__(self, *_unused: object) -> None:
        """Stop every host."""
        if self._timer is not None:
            self._timer.cancel()
        for station in self.stations.values():
            await station.stop()
        self._folder.cleanup()

    def station(self, name: str) -> Station:
        """Return a host by its name; FleetError when there is none."""
        try:
            return self.stations[name]
        except KeyError as exc:
            raise FleetError(f"no host {name!r} in this fleet") from exc

    def flow(self, source: str, target: str, protocol: str = "tcp", port: int = 0) -> Verdict:
        """Return what becomes of a flow between two hosts, addresses, or the "controller"."""
        return self.boundary.flow(source, target, protocol, port)

    def associations(self, name: str) -> list[dict[str, Any]]:
        """Return the security associations that stand on a host now, as plain values."""
        return [one.to_json() for one in self.station(name).host.associations.current()]

    def load(self, state: Mapping[str, Any]) -> None:
        """Bring every host back to a saved state (see `Computers.save`)."""
        self.computers.load(state)
        self.traffic.attach()
        for name, station in self.stations.items():
            station.replace(self.computers.hosts[name])


def _addresses(spec: FleetSpec) -> dict[str, str]:
    """Return where each host listens; one that does not say gets a free address of its own."""
    taken = {host.listen for host in spec.hosts if host.listen is not None}
    found = {}
    for host in spec.hosts:
        found[host.name] = host.listen or _free_address(taken)
        taken.add(found[host.name])
    return found


def _free_address(taken: set[str]) -> str:
    """Find a loopback address whose WinRM port is free; OSError where something holds that port on all of them."""
    for _attempt in range(100):
        address = f"127.{random.randint(64, 127)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311
        with socket.socket() as probe:
            if address not in taken and probe.connect_ex((address, HTTP_PORT)):
                return address
    raise OSError(f"port {HTTP_PORT} is taken on every loopback address; stop what listens there, or set --port-base")


class FleetHandle:
    """A fleet that runs in a thread of its own, for code that is not asynchronous."""

    def __init__(self, fleet: Fleet, loop: asyncio.AbstractEventLoop) -> None:
        """Drive a fleet that was started on that loop."""
        self.fleet = fleet
        self._loop = loop

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function in the fleet's own thread and return its result."""

        async def run() -> T:
            return function(*args)

        return self.wait(run())

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the fleet's own thread and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def host(self, name: str) -> Station:
        """Return a host; read it freely, change it through `call`."""
        return self.fleet.station(name)

    def run(self, host: str, command: str, text: str = "") -> Outcome:
        """Run a command at a host's console; `text` is its standard input."""
        return self.wait(self.fleet.station(host).run(command, text))

    def fault(self, host: str, kind: str, argument: str | None = None) -> None:
        """Order trouble on a host."""
        self.call(self.fleet.station(host).fault, kind, argument)

    def reboot(self, host: str, seconds: float = 0.0) -> None:
        """Restart a host, which takes that many seconds of its clock."""
        self.call(self.fleet.station(host).reboot, seconds)

    def advance(self, host: str, seconds: float) -> None:
        """Push a host's clock forward; what falls due on the way happens."""
        self.call(self.fleet.station(host).host.advance, seconds)

    def flow(self, source: str, target: str, protocol: str = "tcp", port: int = 0) -> Verdict:
        """Return what becomes of a flow between two hosts, addresses, or the "controller"."""
        return self.call(self.fleet.flow, source, target, protocol, port)

    def talk(self, source: str, target: str, protocol: str = "tcp", port: int = 0) -> Verdict:
        """Send a flow's packets; where it is protected, both ends have security associations afterwards."""
        return self.call(self.fleet.traffic.talk, source, target, protocol, port)

    def converse(self, source: str, target: str, protocol: str = "tcp", port: int = 0) -> None:
        """Let a client on the source ask the target again and again, until the fleet ends."""
        self.call(self.fleet.traffic.converse, source, target, protocol, port)

    def associations(self, host: str) -> list[dict[str, Any]]:
        """Return the security associations that stand on a host now."""
        return self.call(self.fleet.associations, host)

    def counters(self, host: str) -> dict[str, Any]:
        """Return what was asked of a host."""
        return self.call(self.fleet.station(host).figures)

    def reset(self) -> None:
        """Begin to count at zero on every host."""
        for station in self.fleet.stations.values():
            self.call(station.counters.reset)


@contextlib.contextmanager
def running_fleet(document: Mapping[str, Any], **options: Any) -> Iterator[FleetHandle]:
    """Run a fleet in a thread while the block lasts; options as for Fleet."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lab fleet", daemon=True)
    thread.start()
    fleet = Fleet(document, **options)
    try:
        asyncio.run_coroutine_threadsafe(fleet.__aenter__(), loop).result(60)
        yield FleetHandle(fleet, loop)
    finally:
        asyncio.run_coroutine_threadsafe(fleet.__aexit__(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
