"""The proxy must be as far away as it says, or "controls within 5 s" would mean nothing."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.bench.latency import far_away

ROUND_TRIP_S = 0.2


@pytest.fixture
def echo_url() -> Iterator[str]:
    """A server that says what it is told, to any number of callers."""

    def answer(connection: socket.socket) -> None:
        with connection:
            while data := connection.recv(65_536):
                connection.sendall(data)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def call(url: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[-1])), timeout=10)


def told(connection: socket.socket, data: bytes) -> float:
    """Seconds until it is all said back."""
    began = time.perf_counter()
    threading.Thread(target=connection.sendall, args=(data,)).start()
    back = b""
    while len(back) < len(data):
        back += connection.recv(65_536)
    assert back == data
    return time.perf_counter() - began


def test_a_connection_takes_a_round_trip_and_an_answer_another(echo_url: str) -> None:
    with far_away(echo_url, ROUND_TRIP_S) as url, call(url) as connection:
        assert told(connection, b"a") >= 2 * ROUND_TRIP_S
        assert told(connection, b"b") >= ROUND_TRIP_S


def test_much_takes_no_longer_than_little(echo_url: str) -> None:
    """Distance is no lack of bandwidth: pieces are under way together."""
    with far_away(echo_url, ROUND_TRIP_S) as url, call(url) as connection:
        told(connection, b"a")
        assert told(connection, bytes(4_000_000)) < 20 * ROUND_TRIP_S  # 60 pieces and more


def test_whoever_hangs_up_is_hung_up_on(echo_url: str) -> None:
    with far_away(echo_url, 0.01) as url, call(url) as connection:
        told(connection, b"a")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
