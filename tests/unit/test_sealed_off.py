"""The guard that keeps tests on this machine: proven, since everything else leans on it."""

import os
import socket
import urllib.request

import pytest

from tests.conftest import KEY_NAMES, KEY_PREFIXES

BLOCKED = pytest.fail.Exception
TEST_NET = ("192.0.2.1", 80)  # RFC 5737: documentation only, nobody answers there


@pytest.mark.parametrize(
    "reach_out",
    [
        lambda: socket.create_connection(TEST_NET, timeout=1),
        lambda: socket.socket().connect(TEST_NET),
        lambda: socket.socket().connect_ex(TEST_NET),
        lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"", TEST_NET),
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: urllib.request.urlopen("http://example.org/", timeout=1),
        lambda: urllib.request.urlopen("http://192.0.2.1/", timeout=1),
    ],
)
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_nothing_reaches_beyond_loopback(reach_out) -> None:
    with pytest.raises(BLOCKED, match="tests stay on this machine"):
        reach_out()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_loopback_is_open(name: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection((name, server.getsockname()[1]), timeout=5) as client,
        server.accept()[0] as accepted,
    ):
        client.sendall(b"hello")
        assert accepted.recv(5) == b"hello"


def test_no_keys_in_the_environment() -> None:
    assert not [key for key in os.environ if key.startswith(KEY_PREFIXES) or key in KEY_NAMES]


def test_the_library_is_a_file_that_goes_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    assert os.environ["DATABASE_URL"].startswith(f"sqlite:///{folder}/")
