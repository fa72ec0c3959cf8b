# SPDX-License-Identifier: GPL-3.0-or-later
"""A site whose front ends keep dead associations after a crash, in the lab, and its inventory as a folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible.parsing.vault import VaultLib, VaultSecret

from tests.integration.conftest import Lab
from tests.integration.test_sa import FRONT, NODE, VIRTUAL, fleet, protect
from tests.lab.fleet import running_fleet

FRONT_ENDS = ("fe1", "fe2")
OTHERS = ("be1", "be2")
VAULT_PASSWORD = "lab-vault-password"


@dataclasses.dataclass(frozen=True)
class Site:
    """Two front ends of different Windows and a cluster of two; all of them protect POP3."""

    lab: Lab

    def crash(self, owner: str) -> None:
        """Lose the owner of the virtual address: the front ends keep what nobody knows any more."""
        (other,) = set(OTHERS) - {owner}
        for name in (*FRONT_ENDS, *OTHERS):
            for order in ("clear", "agent-stop", "agent-start"):  # whatever an earlier test left
                self.lab.handle.fault(name, order)
        self.lab.handle.call(self.lab.handle.fleet.computers.move, "EXCH", owner)
        for name in FRONT_ENDS:
            self.lab.handle.talk(name, NODE, "tcp", 110)
            assert self.lab.handle.talk(name, VIRTUAL, "tcp", 110).outcome == "protected"
        self.lab.handle.fault(owner, "cut")
        self.lab.handle.call(self.lab.handle.fleet.computers.move, "EXCH", other)
        assert self.outcomes() == dict.fromkeys(FRONT_ENDS, "fails")
        self.lab.handle.reset()

    def outcomes(self) -> dict[str, str]:
        """What becomes of mail from each front end to the virtual address."""
        return {name: self.lab.handle.talk(name, VIRTUAL, "tcp", 110).outcome for name in FRONT_ENDS}

    def peers(self, name: str) -> set[str]:
        """With whom a host has associations."""
        return {one["peer"] for one in self.lab.handle.associations(name)}

    def shells(self) -> dict[str, int]:
        """How often each host was logged on to since the last crash."""
        return {name: self.lab.handle.counters(name)["shells_created"] for name in (*FRONT_ENDS, *OTHERS)}


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Run the site; its inventory is the folder inventory, whose password lies in a vault."""
    document = fleet()
    document["hosts"]["fe2"] = {"profile": "server2022", "addresses": ["192.0.2.12"]}
    document["groups"]["front_end"] = list(FRONT_ENDS)
    inventory = folder / "inventory"
    (inventory / "group_vars").mkdir(parents=True)
    secret = encrypted("vault_ansible_password: lab-secret\n")
    (inventory / "group_vars" / "all.yml").write_text(secret, encoding="utf-8")
    with running_fleet(document) as handle:
        lab = Lab(handle, inventory, document, [], [], {"ansible_password": "{{ vault_ansible_password }}"})
        lab.inventory()
        protect(lab, *FRONT)
        yield Site(lab)


def encrypted(text: str) -> str:
    """A text as ansible-vault writes it."""
    return VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))]).encrypt(text).decode()
