# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of the cluster resource: from the node that comes online to the front ends, and when nobody listens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.eda.rulebook import TOKEN, Rulebook
from tests.eda.script import Cluster, running_cluster
from tests.eda.site import FRONT_ENDS, NODE, OTHERS, Site

ALIVE = ["online: 0", "looks alive: True", "is alive: True"]
STATUS = "log: exchange.ipsec: HTTP status of the webhook (0: no answer): "


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as running:
        yield running


@contextmanager
def webhook(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Answers the n-th request with the n-th of these and closes; gives its address and the requests."""
    requests: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):  # the listener is closed at the end
            while True:
                connection, _peer = listener.accept()
                with connection:
                    requests.append(connection.recv(65536))
                    connection.sendall(answers[min(len(requests), len(answers)) - 1])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/endpoint", requests
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_node_comes_online_and_the_front_ends_negotiate_anew(
    site: Site, rulebook: Rulebook, cluster: Cluster
) -> None:
    site.crash("be1")
    before = len(rulebook.rounds())
    assert cluster.call(rulebook.url, TOKEN) == [f"{STATUS}200", *ALIVE]
    (done,) = rulebook.wait_for(cluster.node, before)
    assert done == {"payload": {"event": "online", "node": cluster.node}, "hosts": list(FRONT_ENDS)}
    assert site.shells() == dict.fromkeys(FRONT_ENDS, 1) | dict.fromkeys(OTHERS, 0)
    assert site.peers("fe2") == {NODE}
    assert site.outcomes() == dict.fromkeys(FRONT_ENDS, "protected")
    assert TOKEN not in rulebook.said()


def test_the_resource_comes_online_without_a_webhook(cluster: Cluster) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert cluster.call(f"http://127.0.0.1:{port}/endpoint", TOKEN) == [f"{STATUS}0", *ALIVE]


def test_a_refusal_is_logged_and_not_repeated(cluster: Cluster) -> None:
    with webhook(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") as (url, requests):
        assert cluster.call(url, "wrong") == [f"{STATUS}401", *ALIVE]
    assert len(requests) == 1
    assert b"\r\nAuthorization: Bearer wrong\r\n" in requests[0]


def test_an_answer_that_was_lost_is_asked_for_again(cluster: Cluster) -> None:
    with webhook(b"", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (url, requests):
        assert cluster.call(url, TOKEN) == [f"{STATUS}200", *ALIVE]
    assert len(requests) == 3
    assert len(set(requests)) == 1


def test_it_gives_up_after_three_times(cluster: Cluster) -> None:
    with webhook(b"") as (url, requests):
        assert cluster.call(url, TOKEN) == [f"{STATUS}0", *ALIVE]
    assert len(requests) == 3
