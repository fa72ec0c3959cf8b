# SPDX-License-Identifier: GPL-3.0-or-later
"""An order to strongSwan, byte for byte, against a daemon of this test's own."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from tests.wire.guest.shell import GuestError
from tests.wire.guest.vici import conf, order, request

TERMINATE = bytes.fromhex(
    "00 09 7465726d696e617465"  # a request called terminate
    "03 03 696b65 0003 612d62"  # ike = a-b
    "03 05 666f726365 0003 796573"  # force = yes
)


def test_an_order_byte_for_byte() -> None:
    assert request("terminate", {"ike": "a-b", "force": "yes"}) == TERMINATE


def test_sections_and_lists_of_a_configuration() -> None:
    text = """\
connections {
  a--b {
    version = 1
    # A remark
    children {
      c {
        local_ts = 192.0.2.11/32[tcp], 192.0.2.12/32
      }
    }
  }
}
secrets {
  ike-1 {
    secret = "a = b"
  }
}
"""
    read = conf(text)
    assert read["connections"]["a--b"] == {
        "version": "1", "children": {"c": {"local_ts": ["192.0.2.11/32[tcp]", "192.0.2.12/32"]}},
    }  # fmt: skip
    assert request("load-conn", {"c": {"local_ts": ["a", "b"]}}) == bytes.fromhex(
        "00 09 6c6f61642d636f6e6e"
        "01 01 63  04 08 6c6f63616c5f7473  05 0001 61  05 0001 62  06  02"
    )


@pytest.mark.parametrize(("answer", "message"), [
    (b"\x00\x00\x00\x03\x01ok", b"ok"), (b"\x00\x00\x00\x01\x02", None), (b"\x00\x00\x00\x09\x01", None), (b"", None),
])  # fmt: skip
def test_what_the_daemon_answers(tmp_path: Path, answer: bytes, message: bytes | None) -> None:
    heard = []

    def serve(door: socket.socket) -> None:
        visitor, _unused = door.accept()
        with visitor:
            heard.append(visitor.recv(4096))
            visitor.sendall(answer)

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "vici"))
        door.listen()
        server = threading.Thread(target=serve, args=(door,))
        server.start()
        try:
            if message is None:
                with pytest.raises(GuestError):
                    order(tmp_path / "vici", "terminate", {"ike": "a-b", "force": "yes"})
            else:
                assert order(tmp_path / "vici", "terminate", {"ike": "a-b", "force": "yes"}) == message
        finally:
            server.join(20)
    assert heard == [b"\x00\x00\x00\x21" + TERMINATE]
