# SPDX-License-Identifier: GPL-3.0-or-later
"""The Windows versions that a lab host can be, as data."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Quotas:
    """WinRM limits (MS-WSMV product notes 8, 20, 23, 26, 27, 30 to 34, 116); None = no limit of that kind."""

    max_shells_per_user: int
    max_processes_per_shell: int
    max_concurrent_users: int
    max_connections: int
    max_envelope_kb: int
    commands_per_shell: int | None
    idle_timeout_ms: int | None
    max_operations_per_user: int


@dataclasses.dataclass(frozen=True, slots=True)
class Profile:
    """One kind of Windows: what it prints, how it stores policies, what WinRM allows."""

    name: str
    version: tuple[int, int, int]
    codepage: int
    language: str
    reg_dialect: str
    generation: str
    winrm_stack: str
    http_port: int
    https_port: int
    quotas: Quotas

    @property
    def modern(self) -> bool:
        """Say whether this is Windows Vista or later."""
        return self.version[0] >= 6

    @property
    def policy_path(self) -> str:
        """The IPsec store as its references spell it, without the hive."""
        word = "IPSEC" if self.modern else "IPSec"
        return rf"SOFTWARE\Policies\Microsoft\Windows\{word}\Policy\Local"


_OLD = Quotas(
    max_shells_per_user=2,
    max_processes_per_shell=5,
    max_concurrent_users=5,
    max_connections=5,
    max_envelope_kb=150,
    commands_per_shell=1,
    idle_timeout_ms=None,
    max_operations_per_user=15,
)
_NEW = Quotas(
    max_shells_per_user=30,
    max_processes_per_shell=25,
    max_concurrent_users=10,
    max_connections=300,
    max_envelope_kb=500,
    commands_per_shell=None,
    idle_timeout_ms=7_200_000,
    max_operations_per_user=1500,
)

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("server2003", (5, 2, 3790), 437, "en", "3.0", "xp", "1.1", 80, 443, _OLD),
        Profile("server2003-ko", (5, 2, 3790), 949, "ko", "3.0", "xp", "1.1", 80, 443, _OLD),
        Profile("server2022", (10, 0, 20348), 437, "en", "modern", "vista", "3.0", 5985, 5986, _NEW),
    )
}
