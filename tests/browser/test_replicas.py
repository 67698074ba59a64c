"""Two replicas behind nginx with one library in PostgreSQL, and visitors in a real Chromium.

Everything is started as in ``deploy/``: nginx with its very configuration, PostgreSQL, and two
servers with one cookie secret. What must hold is what a visitor notices: a visit stays where it
lives, what one replica learnt the other knows, and a replica that dies takes its own live visits
only, which go on at the other.
"""

import json
import os
import secrets
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from serving.replica import COOKIE
from tests.browser import nginx as nginx_module
from tests.browser.helpers import open_page, rows, show_photo, upload, wait_for_streamlit_idle
from tests.browser.nginx import Line, Proxy, configured, find_nginx, nginx
from tests.browser.server import ROOT, Server, free_port, streamlit_server
from tests.browser.watch import Watch
from tests.contract.postgresql import REQUIRED, make_database, postgresql
from tests.contract.server import FakeWeb, running
from tests.contract.world import World

pytestmark = pytest.mark.browser

A, B = "app-a", "app-b"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
STREAM, UPLOAD, MEDIA = "/_stcore/stream", "/_stcore/upload_file/...", "/media/..."
LINK = "https://www.deezer.com/fr/playlist/24"
FEELINGS_MS = 30_000


class Replicas:
    """Two servers that can be ended and started again, each always on its port.

    Parameters
    ----------
    folder : pathlib.Path
    environment : dict of str to str
        What both are told.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.ports = {name: free_port() for name in (A, B)}
        self.metrics_ports = {name: free_port() for name in (A, B)}
        self.servers: dict[str, Server] = {}
        self.logs: list[Path] = []
        self._folder, self._environment = folder, environment
        self._running: dict[str, ExitStack] = {}

    def start(self, name: str) -> None:
        folder = self._folder / f"{name}-{len(self.logs)}"
        folder.mkdir()
        stack = self._running[name] = ExitStack()
        self.servers[name] = stack.enter_context(
            streamlit_server(
                ROOT / "main.py",
                folder,
                self.ports[name],
                **self._environment,
                FACE_THE_MUSIC_REPLICA=name,
                FACE_THE_MUSIC_METRICS_PORT=str(self.metrics_ports[name]),
            )
        )
        self.logs.append(self.servers[name].log_path)

    def end(self, name: str) -> None:
        """As a balancer's operator would: SIGTERM, and wait."""
        self._running.pop(name).close()

    def kill(self, name: str) -> None:
        """Nobody gets to say goodbye."""
        os.kill(self.servers[name].pid, signal.SIGKILL)
        self.end(name)

    def close(self) -> None:
        for name in list(self._running):
            self.end(name)

    def address(self, name: str) -> str:
        return f"127.0.0.1:{self.ports[name]}"

    def metric(self, name: str, sample: str) -> float:
        url = f"http://127.0.0.1:{self.metrics_ports[name]}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(f"{sample} "))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(FakeWeb()) as web:
        yield World(web, tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def replicas(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    find_nginx()
    with postgresql() as port:
        own = {
            "DATABASE_URL": make_database(port, f"replicas_{secrets.token_hex(4)}"),
            "STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(32),
            "FACE_THE_MUSIC_LOG": "json",
        }
        both = Replicas(tmp_path_factory.mktemp("replicas"), {**world.environment, **own})
        try:
            both.start(A)
            both.start(B)
            yield both
        finally:
            both.close()


@pytest.fixture(scope="module")
def proxy(replicas: Replicas, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    with nginx(replicas.ports, folder) as running_proxy:
        yield running_proxy


@pytest.fixture
def arrive(new_page: Callable[..., Page], proxy: Proxy) -> Callable[..., Page]:
    """Open the page as a visitor of a given replica, or as a new one."""

    def make(replica: str | None = None, query: str = "") -> Page:
        page = new_page()
        page.route(
            "https://cdn-images.dzcdn.net/**",
            lambda route: route.fulfill(body=PICTURE, content_type="image/svg+xml"),
        )
        if replica:
            page.context.add_cookies([{"name": COOKIE, "value": replica, "url": proxy.url}])
        open_page(page, f"{proxy.url}/{query}")
        return page

    return make


def home(page: Page) -> str:
    """The replica that the visit's cookie names."""
    (found,) = [one["value"] for one in page.context.cookies() if one["name"] == COOKIE]
    return found


def status_of(url: str, data: bytes | None = None, **headers: str) -> int:
    """What is answered to a visitor without a browser."""
    request = urllib.request.Request(url, data, headers)  # noqa: S310  http
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    wait_for_streamlit_idle(page)


def expect_music(page: Page, mood: str) -> None:
    heading = page.get_by_role("heading", name=f"{mood.capitalize()} music")
    expect(heading).to_be_visible(timeout=FEELINGS_MS)
    expect(rows(page).nth(4)).to_be_visible(timeout=FEELINGS_MS)


def feel(page: Page, emotion: str) -> None:
    choose(page, emotion)
    expect_music(page, emotion)  # "happy" and "sad" are moods as well


def left(page: Page, proxy: Proxy, since: int) -> list[Line]:
    """End a visit, and give what nginx passed on since a line: WebSockets are told at their end."""
    page.goto("about:blank")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        # nginx's own answers, to who asked whether it is up, may be written late
        lines = [line for line in proxy.lines()[since:] if line.what != "/readyz"]
        if any(line.what == STREAM for line in lines):
            return lines
        time.sleep(0.05)
    raise AssertionError("no WebSocket is told")


def but_for_the_lost_connection(watch: Watch) -> list[str]:
    """What went wrong beside a connection that a dead server dropped."""
    words = ("WebSocket connection to", "Failed to load resource", "net::ERR", "Audio source error")
    return [one for one in watch.take() if not any(word in one for word in words)]


@pytest.mark.parametrize("replica", [A, B])
def test_a_visit_stays_on_its_replica(
    arrive, proxy: Proxy, replicas: Replicas, astronaut_jpeg: bytes, replica: str
) -> None:
    since = len(proxy.lines())
    page = arrive(replica)
    show_photo(page, "me.jpg", "image/jpeg", astronaut_jpeg)
    expect_music(page, "happy")
    assert home(page) == replica
    readings = 'face_the_music_reading_seconds_count{way="photo"}'
    assert replicas.metric(replica, readings) >= 1
    assert replicas.metric(replica, "face_the_music_visitors") == 1
    lines = left(page, proxy, since)
    assert {STREAM, UPLOAD, MEDIA, "/"} <= {line.what for line in lines}
    assert {line.replica for line in lines} == {replicas.address(replica)}
    assert [line for line in lines if line.status >= 400] == []


def test_who_is_new_gets_a_place_and_keeps_it(arrive, proxy: Proxy, replicas: Replicas) -> None:
    since = len(proxy.lines())
    page = arrive()
    place = home(page)
    feel(page, "happy")
    assert home(page) == place
    lines = left(page, proxy, since)
    first = next(at for at, line in enumerate(lines) if line.what == "/")
    assert {line.replica for line in lines[first:]} == {replicas.address(place)}


def test_a_playlist_labelled_on_one_is_known_on_the_other(
    arrive, replicas: Replicas, world: World
) -> None:
    hits = 'face_the_music_library_lookups_total{result="hit"}'
    before = replicas.metric(B, hits)
    for replica in (A, B):
        page = arrive(replica)
        asked = len(world.web.calls_to("/reccobeats"))
        feel(page, "happy")
        choose(page, "Link")
        box = page.get_by_label("Link of a playlist")
        box.fill(LINK)
        box.press("Enter")
        expect(page.get_by_text("Fake playlist 24")).to_be_visible(timeout=FEELINGS_MS)
        wait_for_streamlit_idle(page)
        anew = len(world.web.calls_to("/reccobeats")) - asked
        assert anew > 0 if replica == A else anew == 0
    assert replicas.metric(B, hits) > before
    calls = 'face_the_music_provider_call_seconds_count{outcome="ok",service="ReccoBeats"}'
    assert replicas.metric(A, calls) >= 1


def test_what_is_the_operators_is_closed_and_what_is_large_is_refused(proxy: Proxy) -> None:
    closed = ["/readyz", "/_stcore/metrics", "/_stcore/metrics/", "/_stcore/script-health-check"]
    for path in [*closed, "/_stcore/agent/openapi.json"]:
        assert status_of(f"{proxy.url}{path}") == 404
    assert status_of(f"{proxy.url}/", data=b"x" * 70_000) == 413
    assert status_of(f"{proxy.url}/_stcore/health") == 200


def test_a_replica_that_is_killed_takes_its_own_live_visits_only(
    arrive, replicas: Replicas, proxy: Proxy, watch: Watch, astronaut_jpeg: bytes
) -> None:
    """And a rolling restart, while both visitors stay."""
    of_a, of_b = arrive(A), arrive(B)
    feel(of_a, "sad")
    feel(of_b, "happy")
    assert not watch.take()

    replicas.kill(A)
    feel(of_b, "sad")
    assert home(of_b) == B
    # Who was there gets the page from the other replica, with what the address says: how they feel.
    expect(of_a.get_by_test_id("stApp")).to_have_attribute(
        "data-test-connection-state", "CONNECTED", timeout=FEELINGS_MS
    )
    wait_for_streamlit_idle(of_a)
    assert "sad" in of_a.url
    expect_music(of_a, "sad")
    assert home(of_a) == B
    feel(of_a, "happy")
    assert but_for_the_lost_connection(watch) == []

    # The first is back; the visit that moved is the second's, uploads and all.
    replicas.start(A)
    ready(replicas, A)
    since = len(proxy.lines())
    show_photo(of_a, "me.jpg", "image/jpeg", astronaut_jpeg)
    expect_music(of_a, "happy")
    passed_on = [line for line in proxy.lines()[since:] if line.what in (UPLOAD, MEDIA)]
    assert UPLOAD in {line.what for line in passed_on}  # and music, if it was not there yet
    assert {line.replica for line in passed_on} == {replicas.address(B)}

    # The second is taken out in good order, and both go on at the first.
    replicas.end(B)
    for page, emotion in ((of_a, "sad"), (of_b, "happy")):  # what neither chose last
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-connection-state", "CONNECTED", timeout=FEELINGS_MS
        )
        wait_for_streamlit_idle(page)
        feel(page, emotion)
        assert home(page) == A
    replicas.start(B)
    ready(replicas, B)
    assert but_for_the_lost_connection(watch) == []


def ready(replicas: Replicas, name: str) -> None:
    """Wait until a replica says that it can serve."""
    url, deadline = f"http://{replicas.address(name)}/readyz", time.monotonic() + 30
    while True:
        if status_of(url) == 200:
            return
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_nothing_personal_is_in_any_log(
    arrive, replicas: Replicas, proxy: Proxy, astronaut_jpeg: bytes, watch: Watch
) -> None:
    page = arrive(A, "?feeling=sad")
    upload_names = ("Mein Tagebuch.jpg", "Mein Bild.jpg")
    show_photo(page, upload_names[0], "image/jpeg", b"no picture")
    choose(page, "My files")
    upload(page, "Trauriges.csv", "text/csv", b"nothing,here\nMein Lied,1\n", label="Audio")
    visitor = page.evaluate("document.cookie")
    page.goto("about:blank")
    another = arrive(A)
    show_photo(another, upload_names[1], "image/jpeg", astronaut_jpeg)
    another.goto("about:blank")
    assert status_of(f"{proxy.url}/?feeling=sad", **{"X-Forwarded-For": "203.0.113.9"}) == 200
    watch.take()

    logs = [path.read_text() for path in replicas.logs]
    lines = [json.loads(line) for text in logs for line in text.splitlines() if line[:1] == "{"]
    messages = [one["message"] for one in lines]
    assert "a picture could not be read: " in " ".join(messages)
    # What is no JSON is Streamlit's greeting, and LiteRT's, which it writes past Python.
    plain = [line for text in logs for line in text.splitlines() if line.strip()[:1] not in "{"]
    assert {line.split(":")[0].strip() for line in plain} <= {
        "You can now view your Streamlit app in your browser.",
        "URL",
        "INFO",
    }
    everything = "\n".join([*logs, proxy.log_path.read_text()])
    tokens = [part.partition("=")[2] for part in visitor.split("; ") if "xsrf" in part]
    personal = [*upload_names, "Trauriges", "Mein Lied", "feeling=", "203.0.113.9", *tokens]
    assert not [one for one in personal if one in everything]


# -- without anything started


def test_a_missing_nginx_skips_loudly_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nginx_module.shutil, "which", lambda *_, **__: None)
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="nginx is not installed"):
        find_nginx()
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="nginx is not installed"):
        find_nginx()


def test_ci_installs_it() -> None:
    assert "nginx" in (ROOT / ".ci" / "run").read_text()


def test_nothing_but_places_is_put_into_the_configuration(tmp_path: Path) -> None:
    before = (ROOT / "deploy" / "nginx.conf").read_text().splitlines()
    after = configured({A: 1001, B: 1002}, 8081, tmp_path).splitlines()
    words = ("server app-", "listen", "/tmp/nginx", "access_log /dev/stdout")  # noqa: S108
    assert all(any(word in one for word in words) for one in before if one not in after)
    assert len(before) == len(after)
