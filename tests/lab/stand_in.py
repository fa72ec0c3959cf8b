"""A computer that knows one command: used until the Windows half of the lab stands."""

from __future__ import annotations

from tests.lab.fleet_spec import FleetSpec
from tests.lab.wire.computer import Computer


class Running:
    exit_code: int | None = None

    def __init__(self, line: str) -> None:
        self.line = line
        self.chunks: list[tuple[str, bytes]] = []
        if line.strip().lower() == "ver":
            self.chunks.append(("stdout", b"\r\nMicrosoft Windows [Version 5.2.3790]\r\n"))
            self.exit_code = 0
        elif line.strip() != "cat":
            self.chunks.append(("stderr", b"not recognized\r\n"))
            self.exit_code = 1

    def feed(self, data: bytes, end: bool) -> None:
        if data:
            self.chunks.append(("stdout", data))
        if end:
            self.exit_code = 0

    def output(self) -> list[tuple[str, bytes]]:
        chunks, self.chunks = self.chunks, []
        return chunks

    def terminate(self) -> None:
        self.exit_code = 1


class StandIn:
    def __init__(self, name: str) -> None:
        self.name = name

    def start(self, command_line: str, codepage: int) -> Running:
        return Running(command_line)


def build(spec: FleetSpec) -> dict[str, Computer]:
    return {host.name: StandIn(host.name) for host in spec.hosts}
