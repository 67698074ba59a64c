"""A call ends when its time is over, wherever the other side lets it wait: real sockets, real time.

Without one end for the whole call, each of these would take half a minute or more.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from music_mood.errors import ProviderError, TimedOutError, UnavailableError
from music_mood.reference import ShortLink, find_link
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.sources.short_links import ShortLinks
from music_mood.values import Track
from music_mood.web import deadline as deadline_module
from music_mood.web.deadline import look_up
from music_mood.web.service import Service
from music_mood.web.transport import Patience
from tests.contract import faults
from tests.contract.lines import HEARD_BYTES, listening, tls, trickle
from tests.contract.server import FakeWeb, Reply, as_json
from tests.contract.world import World

SHORT = Patience(connect_s=0.6, read_s=0.6, total_s=1.0)
LATE_S = 1.0
"""What a loaded machine may add."""

MakeService = Callable[..., Service]
JSON_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def in_time(
    words: str = "too slowly",
    kind: type[ProviderError] = TimedOutError,
    total_s: float = SHORT.total_s,
) -> Iterator[None]:
    """The block fails in these words, when its time is over, and leaves no thread behind."""
    threads, started = threading.active_count(), time.monotonic()
    with pytest.raises(kind, match=words):
        yield
    took_s = time.monotonic() - started
    assert took_s < total_s + LATE_S
    assert threading.active_count() <= threads + 1  # the server's own, for this connection


@pytest.fixture
def brief(make_service: MakeService) -> Service:
    """A service that has a second, in real time."""
    return make_service(patience=SHORT, clock=time.monotonic, sleep=time.sleep)


@pytest.mark.parametrize("reply", faults.TRICKLES.values(), ids=faults.TRICKLES)
def test_a_trickle_ends_with_the_calls_time(web: FakeWeb, brief: Service, reply: Reply) -> None:
    assert brief.get("/playlist/1"), "who has answered is forgiven a timeout"
    web.misbehave("/deezer", reply)
    with in_time():
        brief.get("/playlist/2")
    assert brief.get("/playlist/3")["title"] == "Fake playlist 3"
    first, second, third = web.calls
    assert first.port == second.port, "connections are kept"
    assert third.port != second.port, "but not one on which an answer is still under way"


def test_further_tries_and_pauses_are_within_the_same_time(
    web: FakeWeb, make_service: MakeService
) -> None:
    patience = replace(SHORT, total_s=3.0)  # the pause before the second try is up to 0.75 s
    service = make_service(patience=patience, clock=time.monotonic, sleep=time.sleep)
    web.misbehave("/deezer", faults.BROKEN, faults.TRICKLES["headers"], always=True)
    with in_time(total_s=patience.total_s):
        service.get("/playlist/1")
    assert len(web.calls) == 2


def test_a_part_of_an_answer_is_within_the_same_time(web: FakeWeb, brief: Service) -> None:
    web.misbehave("/deezer", faults.TRICKLES["body"])
    request = requests.Request("GET", f"{web.url}/deezer/x")
    with in_time():
        brief.call(request, lambda answer: answer, first_bytes=1_000)


def test_a_short_link_has_the_time_of_one_call_for_all_its_hops(world: World) -> None:
    hops = ["link.deezer.com/s/30Abc", "dzr.page.link/a", "deezer.page.link/b"]
    world.short_links.lead(*hops, "www.deezer.com/playlist/12")
    patience = Patience(connect_s=2.0, read_s=2.0, total_s=3.0)
    world.short_links.pages = {
        hop: replace(reply, silence_s=1.2) for hop, reply in world.short_links.pages.items()
    }
    link = find_link(f"https://{hops[0]}")
    assert isinstance(link, ShortLink)
    with (
        closing(ShortLinks(patience, world.stand_ins)) as short_links,
        in_time(total_s=patience.total_s),
    ):
        short_links.resolve(link)
    assert len(world.web.calls) == 3


@pytest.mark.parametrize("trickle", ["status line", "headers", "body"])
def test_a_login_at_spotify_ends_with_the_calls_time(world: World, trickle: str) -> None:
    settings = Settings.from_environment(world.environment | world.spotify_app)
    with Services(settings, SHORT) as services:
        _, state = services.spotify_login.start()
        world.web.misbehave("/spotify-accounts/api/token", faults.TRICKLES[trickle])
        with in_time():
            services.spotify_login.finish("code", state)


def test_a_search_at_spotify_ends_with_the_calls_time(world: World) -> None:
    settings = Settings.from_environment(world.environment | world.spotify_app)
    with Services(settings, SHORT) as services:
        spotify = services.spotify()
        assert spotify.search_tracks("amber")
        world.web.misbehave("/spotify-api", faults.TRICKLES["headers"])
        with in_time():
            spotify.search_tracks("umber")


def test_a_preview_that_is_probed_ends_with_the_calls_time(world: World) -> None:
    settings = Settings.from_environment(world.environment)
    with Services(settings, SHORT) as services:
        world.web.misbehave("/deezer", faults.TRICKLES["header"])
        world.web.misbehave("/itunes", faults.TRICKLES["status line"])
        track = Track("Song", "Somebody", isrc="DEA000000001", uri="u:1")
        started = time.monotonic()
        services.previews.resolve([track])
        assert time.monotonic() - started < 2 * SHORT.total_s + LATE_S  # two services, in turn
        assert len(world.web.calls) == 2


def test_what_is_not_taken_is_not_sent_for_ever(brief: Service) -> None:
    with listening(lambda line: threading.Event().wait(5)) as port:
        request = requests.Request("POST", f"http://127.0.0.1:{port}/", data=b"x" * 30_000_000)
        with in_time("cannot be reached", UnavailableError):
            brief.call(request, lambda answer: answer)


def test_a_call_whose_time_is_over_is_not_begun(web: FakeWeb, brief: Service) -> None:
    request = requests.Request("GET", f"{web.url}/deezer/playlist/1")
    with in_time():
        brief.call(request, lambda answer: answer, deadline=time.monotonic() - 1)
    assert web.calls == []


@pytest.fixture
def server_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's TLS, which the service trusts."""
    context, trusted = tls(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    return context


def test_with_tls_an_answer_comes_as_ever(brief: Service, server_tls: ssl.SSLContext) -> None:
    def handle(line: socket.socket) -> None:
        with server_tls.wrap_socket(line, server_side=True) as secure:
            while secure.recv(HEARD_BYTES):
                secure.sendall(JSON_ANSWER)

    with listening(handle) as port:
        brief.base_url = f"https://127.0.0.1:{port}"
        assert brief.get("/a") == brief.get("/b") == {}


def test_a_certificate_that_nobody_signed_is_refused(brief: Service, tmp_path: Path) -> None:
    context, _ = tls(tmp_path)

    def handle(line: socket.socket) -> None:
        context.wrap_socket(line, server_side=True)

    with listening(handle) as port:
        brief.base_url = f"https://127.0.0.1:{port}"
        with pytest.raises(ProviderError, match="No secure connection"):
            brief.get("/a")


@pytest.mark.parametrize("slowly", [b"", b"\x16\x03\x03\x40\x00" + b"x" * 600], ids=["", "bytes"])
def test_a_handshake_that_hangs_or_trickles(brief: Service, slowly: bytes) -> None:
    def handle(line: socket.socket) -> None:
        trickle(line, slowly)
        line.recv(HEARD_BYTES)
        line.recv(HEARD_BYTES)

    with listening(handle) as port:
        brief.base_url = f"https://127.0.0.1:{port}"
        with in_time("in time"):
            brief.get("/a")


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Mine: ", JSON_ANSWER[:-2]])
def test_a_trickle_within_tls(brief: Service, server_tls: ssl.SSLContext, head: bytes) -> None:
    def handle(line: socket.socket) -> None:
        with server_tls.wrap_socket(line, server_side=True) as secure:
            secure.recv(HEARD_BYTES)
            secure.sendall(head.replace(b"Length: 2", b"Length: 900"))
            trickle(secure, b" " * 600)

    with listening(handle) as port:
        brief.base_url = f"https://127.0.0.1:{port}"
        with in_time():
            brief.get("/a")


def through(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("https_proxy", proxy)


def test_a_proxy_whose_consent_trickles(brief: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(line: socket.socket) -> None:
        assert line.recv(HEARD_BYTES).startswith(b"CONNECT api.example:443")
        trickle(line, b"HTTP/1.1 200 OK\r\nX-Mine: " + b"x" * 600)

    with listening(handle) as port:
        through(f"http://127.0.0.1:{port}", monkeypatch)
        brief.base_url = "https://api.example"
        with in_time():
            brief.get("/a")


def test_a_proxy_behind_tls_whose_consent_trickles(
    brief: Service, server_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(line: socket.socket) -> None:
        with server_tls.wrap_socket(line, server_side=True) as secure:
            assert secure.recv(HEARD_BYTES).startswith(b"CONNECT api.example:443")
            trickle(secure, b"HTTP/1.1 200 OK\r\nX-Mine: " + b"x" * 600)

    with listening(handle) as port:
        through(f"https://127.0.0.1:{port}", monkeypatch)
        brief.base_url = "https://api.example"
        with in_time():
            brief.get("/a")


def test_a_handshake_within_a_proxys_tls_that_trickles(
    brief: Service, server_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []

    def handle(line: socket.socket) -> None:
        with server_tls.wrap_socket(line, server_side=True) as secure:
            secure.recv(HEARD_BYTES)
            secure.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            heard.append(secure.recv(HEARD_BYTES)[:1])
            trickle(secure, b"\x16\x03\x03\x40\x00" + b"x" * 600)

    with listening(handle) as port:
        through(f"https://127.0.0.1:{port}", monkeypatch)
        brief.base_url = "https://api.example"
        with in_time():
            brief.get("/a")
    assert heard == [b"\x16"], "a handshake was begun"


# `requests` trusts any proxy with what goes to an http address, which is open to all anyway.
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_a_proxy_that_passes_an_answer_on_in_a_trickle(
    brief: Service, server_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(line: socket.socket) -> None:
        with server_tls.wrap_socket(line, server_side=True) as secure:
            assert secure.recv(HEARD_BYTES).startswith(b"GET http://api.example/a")
            trickle(secure, b"HTTP/1.1 200 OK\r\nX-Mine: " + b"x" * 600)

    with listening(handle) as port:
        through(f"https://127.0.0.1:{port}", monkeypatch)
        brief.base_url = "http://api.example"
        with in_time():
            brief.get("/a")


@pytest.fixture
def no_answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Name servers that are silent, until this is set."""
    heard = threading.Event()

    def silent(*args: object, **options: object) -> list:
        heard.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    yield heard
    heard.set()


def test_a_name_server_that_is_silent(brief: Service, no_answer: threading.Event) -> None:
    brief.base_url = "http://api.example"
    with in_time("in time"):  # the server's thread that `in_time` allows for is the lookup's here
        brief.get("/a")
    no_answer.set()
    assert not [one for one in threading.enumerate() if one.name == "look up a name" and ended(one)]


def ended(thread: threading.Thread) -> bool:
    thread.join(5)
    return thread.is_alive()


def test_names_without_an_answer_do_not_fill_the_process_with_threads(
    make_service: MakeService, no_answer: threading.Event
) -> None:
    before = threading.active_count()
    patience = Patience(connect_s=0.02, read_s=0.02, total_s=0.02, tries=1, rest_s=0)
    for _ in range(deadline_module.MAX_LOOKUPS + 10):
        service = make_service(patience=patience, clock=time.monotonic, sleep=time.sleep)
        service.base_url = "http://api.example"
        with pytest.raises(TimedOutError):
            service.get("/a")
    assert threading.active_count() - before <= deadline_module.MAX_LOOKUPS


def test_a_name_that_is_none_is_told(brief: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **options: object) -> list:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    brief.base_url = "http://api.example"
    with pytest.raises(ProviderError, match="cannot be reached"):
        brief.get("/a")


def test_the_next_address_of_a_name_is_tried(brief: Service, web: FakeWeb, monkeypatch) -> None:
    port = int(web.url.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", at)) for at in (9, port)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    web.misbehave("/deezer", as_json({"here": True}))
    brief.base_url = f"http://api.example:{port}/deezer"
    assert brief.get("/a") == {"here": True}


def test_without_a_limit_a_name_is_looked_up_as_ever() -> None:
    assert {one[4][0] for one in look_up("localhost", 80)} <= {"127.0.0.1", "::1"}
