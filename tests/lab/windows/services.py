# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of a host: their state, and their start type in the registry."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from .registry import REG_EXPAND_SZ, Registry, encode_text

STOPPED, RUNNING = 1, 4
AUTO, DEMAND, DISABLED = 2, 3, 4
NOT_INSTALLED, ALREADY_RUNNING, DISABLED_ERROR, NOT_STARTED, BAD_CONTROL = 1060, 1056, 1058, 1062, 1052

_ROOT = r"HKLM\SYSTEM\CurrentControlSet\Services"


@dataclasses.dataclass(slots=True)
class Service:
    """One installed service; its start type lives in the registry."""

    name: str
    kind: int
    state: int
    display: str
    pid: int
    image: str
    account: str
    needs: tuple[str, ...] = ()
    exit_code: int = 0


def _policy_agent(modern: bool) -> Service:
    if modern:
        return Service(
            "PolicyAgent",
            0x20,
            RUNNING,
            "IPsec Policy Agent",
            1180,
            r"%SystemRoot%\system32\svchost.exe -k NetworkServiceNetworkRestricted -p",
            r"NT Authority\NetworkService",
            ("Tcpip", "bfe"),
        )
    return Service(
        "PolicyAgent",
        0x20,
        RUNNING,
        "IPSEC Services",
        428,
        r"%SystemRoot%\system32\lsass.exe",
        "LocalSystem",
        ("RPCSS", "Tcpip", "IPSec"),
    )


def _task_scheduler(modern: bool) -> Service:
    image = r"%SystemRoot%\system32\svchost.exe -k netsvcs"
    needs = ("RPCSS", "SystemEventsBroker") if modern else ("RpcSs",)
    return Service("Schedule", 0x20, RUNNING, "Task Scheduler", 952, image, "LocalSystem", needs)


def _cluster_service() -> Service:
    image = r"%SystemRoot%\Cluster\ClusSvc.exe"
    return Service("ClusSvc", 0x10, RUNNING, "Cluster Service", 1504, image, "LocalSystem", ("ClusNet", "RpcSs"))


class Services:
    """The services of one host."""

    def __init__(self, registry: Registry, modern: bool) -> None:
        """Install PolicyAgent, and IKEEXT on Vista and later, into the registry."""
        self._registry = registry
        self.items: dict[str, Service] = {}
        self.on_change: Callable[[Service], None] = lambda service: None
        self._install(_policy_agent(modern), DEMAND if modern else AUTO)
        self._install(_task_scheduler(modern), AUTO)
        if modern:
            self._install(
                Service(
                    "IKEEXT",
                    0x20,
                    RUNNING,
                    "IKE and AuthIP IPsec Keying Modules",
                    964,
                    r"%systemroot%\system32\svchost.exe -k netsvcs -p",
                    "LocalSystem",
                    ("BFE",),
                ),
                AUTO,
            )
        else:
            self._registry.create(rf"{_ROOT}\IPSEC").put_number("Start", 1)

    def join_cluster(self) -> None:
        """Install the cluster service, which runs on every node; nothing where it is installed."""
        if self.find("ClusSvc") is None:
            self._install(_cluster_service(), AUTO)

    def _install(self, service: Service, start: int) -> None:
        self.items[service.name.casefold()] = service
        key = self._registry.create(rf"{_ROOT}\{service.name}")
        key.put_number("Type", service.kind)
        key.put_number("Start", start)
        key.put_number("ErrorControl", 1)
        key.put("ImagePath", REG_EXPAND_SZ, encode_text(service.image))
        key.put_text("DisplayName", service.display)
        key.put_texts("DependOnService", list(service.needs))
        key.put_text("ObjectName", service.account)
        if service.name == "PolicyAgent":
            key.child("Oakley", create=True)

    def find(self, name: str) -> Service | None:
        """Return a service by its name, or its display name; None when not installed."""
        low = name.casefold()
        found = self.items.get(low)
        return found or next((s for s in self.items.values() if s.display.casefold() == low), None)

    def start_type(self, service: Service) -> int:
        """Return the start type the registry holds now."""
        value = self._registry.value(rf"{_ROOT}\{service.name}", "Start")
        return value.number if value else DEMAND

    def set_start_type(self, service: Service, start: int) -> None:
        """Write the start type into the registry."""
        self._registry.create(rf"{_ROOT}\{service.name}").put_number("Start", start)

    def start(self, service: Service) -> int:
        """Start a service; return 0 or the Windows error."""
        if service.state == RUNNING:
            return ALREADY_RUNNING
        if self.start_type(service) == DISABLED:
            return DISABLED_ERROR
        service.state, service.exit_code = RUNNING, 0
        self.on_change(service)
        return 0

    def stop(self, service: Service) -> int:
        """Stop a service; return 0 or the Windows error."""
        if service.state == STOPPED:
            return NOT_STARTED
        service.state, service.exit_code = STOPPED, 0
        self.on_change(service)
        return 0

    def boot(self) -> None:
        """Bring every service to the state it has after a restart of the host."""
        for service in self.items.values():
            service.state = RUNNING if self.start_type(service) == AUTO else STOPPED

    def to_json(self) -> list[dict[str, Any]]:
        """Return all services as plain values."""
        return [dataclasses.asdict(service) for service in self.items.values()]

    def adopt(self, registry: Registry, state: list[dict[str, Any]]) -> None:
        """Take over what to_json gave, and a registry that already knows the services."""
        self._registry, self.items = registry, {}
        for item in state:
            service = Service(**{**item, "needs": tuple(item["needs"])})
            self.items[service.name.casefold()] = service
