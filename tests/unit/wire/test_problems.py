# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the twin must not pass over: what strongSwan loaded, the role, compliance, a capture with a hole."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from tests.wire import compliance, linux_peer, outage
from tests.wire.flows import ADDRESSES, VIRTUAL
from tests.wire.guest.recording import complete, frame
from tests.wire.guest.shell import GuestError
from tests.wire.loaded import ANNOUNCED_LIFE, CHILDREN, CONNECTION, HOST, PASSED, SCENARIO, load_problems
from tests.wire.pcap import ETHERNET, GLOBAL, MAGIC, RECORD, read

LOADED = [CONNECTION, *CHILDREN, *PASSED]


def loaded(parts: list[str], capture: bytes = ANNOUNCED_LIFE) -> list[str]:
    return load_problems({"scenarios": {SCENARIO: {"connections": {HOST: " ".join(parts)}}}}, capture)


@pytest.mark.parametrize(("parts", "capture", "count"), [
    pytest.param(LOADED, ANNOUNCED_LIFE, 0, id="good"),
    pytest.param(LOADED[:-1], ANNOUNCED_LIFE, 2, id="one-lacks"),
    pytest.param([*LOADED, LOADED[-1]], ANNOUNCED_LIFE, 2, id="one-twice"),
    pytest.param([*LOADED, "mode=PASS local-ts=[0.0.0.0/0]}"], ANNOUNCED_LIFE, 1, id="one-too-many"),
    pytest.param(LOADED, b"", 1, id="no-lifetime"),
])
def test_what_strongswan_loaded(parts: list[str], capture: bytes, count: int) -> None:
    assert len(loaded(parts, capture)) == count


ROLE: dict[str, Any] = {
    "statuses": [{"proxy": "changed"}, {"proxy": "ok"}], "key_shown": False, "modes": ["0o600", "0o600"], "output": "",
    "loaded": "".join(f"list-conn event {{{name} {{}} " for name in linux_peer.LOADED),
}  # fmt: skip


@pytest.mark.parametrize(("more", "count"), [
    pytest.param({}, 0, id="good"),
    pytest.param({"statuses": [{"proxy": "changed"}] * 2}, 1, id="changed-twice"),
    pytest.param({"key_shown": True}, 1, id="key"),
    pytest.param({"modes": ["0o644", "0o600"]}, 1, id="readable"),
    pytest.param({"loaded": ""}, len(linux_peer.LOADED), id="not-loaded"),
])
def test_what_the_role_left(more: dict[str, Any], count: int) -> None:
    assert len(linux_peer.role_problems({**ROLE, **more})) == count


def test_compliance_that_finds_something_else() -> None:
    good = [{"question": "q", "expected": "nothing", "found": "nothing"}]
    worse = copy.deepcopy(good)
    worse[0]["found"] = "high ike.silent"
    assert compliance.wrong(good) == []
    assert compliance.wrong(worse) == ["q: expected nothing, found high ike.silent"]


SAID = "{} packets captured\n{} packets received by filter\n{} packets dropped by kernel\n"


@pytest.mark.parametrize("said", [
    pytest.param(SAID.format(9, 9, 1), id="dropped"),
    pytest.param("tcpdump: wire0: That device is not up\n", id="no-end"),
])
def test_a_capture_with_a_hole(said: str) -> None:
    complete(SAID.format(0, 8, 0))  # the kernel counts what passed before the expression was in force, too
    with pytest.raises(GuestError):
        complete(said)


def test_the_mark_is_a_packet_that_belongs_to_no_flow(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    sent = frame(b"sixteen bytes...")
    path.write_bytes(GLOBAL.pack(MAGIC, 2, 4, 0, 0, 4096, ETHERNET) + RECORD.pack(1, 0, len(sent), len(sent)) + sent)
    (packet,) = read(path)
    assert (packet.kind, packet.payload) == ("clear", b"sixteen bytes...")
    assert packet.ends == {"203.0.113.1", "203.0.113.2"}
    known = {VIRTUAL, *outage.FRONT_ENDS.values(), *(one for given in ADDRESSES.values() for one in given)}
    assert not packet.ends & known
