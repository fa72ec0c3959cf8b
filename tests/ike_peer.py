# SPDX-License-Identifier: GPL-3.0-or-later
"""An IKE for tests: a listener on a real socket that answers the first message of main mode as it is told."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence

from ansible_collections.exchange.ipsec.plugins.module_utils.ike.transforms import Transform, encode_offer
from tests.unit.plugins.module_utils.ike.messages import NT, message, notification, vendor

Responder = Callable[[bytes, int], Sequence[bytes]]


@contextlib.contextmanager
def peer(answer: Responder) -> Iterator[int]:
    """A listener on this machine; `answer` gets a datagram and its number and gives what goes back."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(60)

        def serve() -> None:
            with contextlib.suppress(OSError):
                for number in range(1, 100):
                    data, sender = listener.recvfrom(65535)
                    for back in answer(data, number):
                        listener.sendto(back, sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]


def taking(*taken: Transform) -> Responder:
    """A peer that takes these, in its own order, and refuses the rest."""

    def answer(data: bytes, _unused: int) -> list[bytes]:
        cookie = data[:8].hex()
        for one in taken:
            if _attributes(one) in data:
                body = encode_offer([one])
                return [message(f"0d 00 {4 + len(body):04x} {body.hex()}" + vendor(NT), cookie=cookie)]
        return [message(notification("000e"), first="0b", exchange="05", cookie=cookie)]

    return answer


def _attributes(one: Transform) -> bytes:
    """The four attributes of a transform without key length, as RFC 2409 numbers them."""
    cipher, digest = {"des": 1, "3des": 5}[one.encryption], {"md5": 1, "sha1": 2}[one.integrity]
    numbers = (cipher, digest, {"psk": 1, "certificate": 3}[one.authentication], one.dh_group)
    return b"".join(struct.pack("!HH", 0x8000 | kind, number) for kind, number in enumerate(numbers, 1))
