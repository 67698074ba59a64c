"""Where uploads are while they come in, never on the disk; and which are let in at all."""

import asyncio
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from starlette.requests import Request

import emotion.panel.ways  # noqa: F401  what the page imports before it can be drawn
import serving.uploads
from emotion.uploads import MAX_SPOOLED_MB
from music_mood.settings import Settings
from music_mood.sources.files import MAX_MB_IN_ALL
from serving.uploads import FRAME_BYTES, MB, Room, Uploads, room_as_set

ROOT = Path(__file__).resolve().parents[2]


def parked_on_disk(megabytes: int) -> bool:
    """Let Starlette take an upload as Streamlit does, and see where it was put."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n'
        + bytes(megabytes << 20)
        + b"\r\n--x--\r\n"
    )
    headers = [(b"content-type", b"multipart/form-data; boundary=x")]

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def upload() -> bool:
        request = Request({"type": "http", "method": "PUT", "headers": headers}, receive)
        async with request.form() as form:
            return form["f"].file._rolled  # of tempfile.SpooledTemporaryFile

    return asyncio.run(upload())


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [2, 10, MAX_SPOOLED_MB - 1])
def test_no_upload_touches_the_disk(megabytes):
    assert not parked_on_disk(megabytes)


def test_nothing_larger_is_accepted():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["maxUploadSize"] < MAX_SPOOLED_MB


def test_without_our_setting_it_would():
    """Or the test above could not fail."""
    code = (
        "from starlette.formparsers import MultiPartParser\nprint(MultiPartParser.spool_max_size)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(answer.stdout) < 10 << 20


def test_the_server_sets_it_too():
    """Before the page's code is loaded, or a panel imported."""
    code = (
        "import serving.app\nfrom starlette.formparsers import MultiPartParser\n"
        "print(MultiPartParser.spool_max_size)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(answer.stdout) == MAX_SPOOLED_MB << 20


class Visits:
    """Who is here, and what Streamlit holds for them: file ids by session, bytes by file."""

    def __init__(self, **held: int) -> None:
        self.held = {"one": 0, "other": 0, **held}
        self.cleared: list[str] = []

    def has_asked(self, session_id: str, upload_id: str) -> bool:
        return session_id in self.held and upload_id != "invented"

    def is_here(self, session_id: str) -> bool:
        return session_id in self.held

    def held_bytes(self, session_id: str | None = None) -> int:
        return sum(size for name, size in self.held.items() if session_id in (None, name))

    def clear(self, session_id: str) -> None:
        self.cleared.append(session_id)


ROOM = Room(file=4 * MB, visit=8 * MB, server=12 * MB)


class Put:
    """An upload, piece by piece, to Streamlit's route behind ours.

    Attributes
    ----------
    read : int
        Bytes that Streamlit read; -1 if it was not asked at all.
    """

    def __init__(self, visits: Visits, uploads: Uploads | None = None) -> None:
        self.visits = visits
        self.sent: list[dict] = []
        self.read, self.received, self.answered_after = -1, 0, -1
        self.uploads = uploads or Uploads(self.streamlits_own, visits, get_room=lambda: ROOM)

    async def streamlits_own(self, _scope: dict, receive: object, send: object) -> None:
        self.read = 0
        while (message := await receive())["type"] == "http.request":
            self.read += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def __call__(
        self,
        size: int,
        announced: bool = True,
        path: str = "/_stcore/upload_file/one/a",
        method: str = "PUT",
        **headers: str,
    ) -> int:
        left = size

        async def receive() -> dict:
            nonlocal left
            piece = min(left, 64 << 10)
            left -= piece
            self.received += piece
            return {"type": "http.request", "body": bytes(piece), "more_body": left > 0}

        async def send(message: dict) -> None:
            self.sent.append(message)
            if message["type"] == "http.response.start":
                self.answered_after = self.received

        given = {"content-length": str(size)} if announced else {}
        raw = [(name.encode(), value.encode()) for name, value in {**given, **headers}.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw}
        await self.uploads(scope, receive, send)
        return self.sent[0]["status"]


def status_of(put: Put, *args: object, **options: object) -> int:
    return asyncio.run(put(*args, **options))


def test_what_a_visit_asked_for_comes_in():
    put = Put(Visits())
    assert status_of(put, 4 * MB) == 204
    assert put.read == 4 * MB


@pytest.mark.parametrize(
    ("held", "size", "path", "status"),
    [
        ({}, 1, "/_stcore/upload_file/one/invented", 404),
        ({}, 1, "/_stcore/upload_file/nobody/a", 404),
        ({}, 4 * MB + FRAME_BYTES + 1, "/_stcore/upload_file/one/a", 413),
        ({"one": 5 * MB}, 4 * MB, "/_stcore/upload_file/one/a", 413),
        ({"other": 9 * MB}, 4 * MB, "/_stcore/upload_file/one/a", 507),
        ({"one": 4 * MB, "other": 8 * MB}, MB, "/_stcore/upload_file/one/a", 507),
    ],
)
def test_what_has_no_room_is_refused_before_it_is_read(held, size, path, status):
    put = Put(Visits(**held))
    assert status_of(put, size, path=path) == status
    assert put.read == -1 and put.answered_after == 0
    # what was on its way is thrown away, so that the browser finds the answer
    assert put.received == size
    assert put.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


@pytest.mark.parametrize(
    ("size", "headers"), [((MAX_SPOOLED_MB << 20) + 1, {}), (5 * MB, {"expect": "100-continue"})]
)
def test_what_is_absurd_or_waits_for_leave_is_not_even_thrown_away(size, headers):
    put = Put(Visits())
    assert status_of(put, size, **headers) == 413
    assert put.received == 0


@pytest.mark.parametrize(
    ("held", "most_mb", "status"),
    [({}, 4, 413), ({"one": 6 * MB}, 2, 413), ({"other": 11 * MB}, 1, 507)],
)
def test_what_is_not_announced_is_counted(held, most_mb, status):
    put = Put(Visits(**held))
    assert status_of(put, 40 * MB, announced=False) == status
    assert put.read <= (most_mb + 1) * MB


def test_what_is_on_its_way_counts():
    """Ten at once, each of which alone would have room."""
    visits, done = Visits(), []

    async def go() -> None:
        puts = [Put(visits)]
        puts += [Put(visits, puts[0].uploads) for _ in range(9)]
        waiting = asyncio.Event()

        async def slow(_scope: dict, receive: object, send: object) -> None:
            await receive()
            await waiting.wait()
            await send({"type": "http.response.start", "status": 204, "headers": []})

        puts[0].uploads._app = slow
        tasks = [asyncio.create_task(put(3 * MB)) for put in puts]
        await asyncio.sleep(0.1)
        waiting.set()
        done.extend(await asyncio.gather(*tasks))

    asyncio.run(go())
    assert sorted(done) == [204] * 2 + [413] * 8


def test_an_announcement_alone_takes_nobodys_room():
    visits = Visits()

    async def go() -> int:
        put = Put(visits)
        stuck = asyncio.Event()

        async def streamlits_own(scope: dict, receive: object, send: object) -> None:
            if "other" in scope["path"]:
                await stuck.wait()  # nothing of it comes
            await send({"type": "http.response.start", "status": 204, "headers": []})

        put.uploads._app = streamlits_own
        others = [
            asyncio.create_task(
                Put(visits, put.uploads)(4 * MB, path=f"/_stcore/upload_file/other/{name}")
            )
            for name in "ab"
        ]
        await asyncio.sleep(0.05)
        visits.held["one"] = 3 * MB
        status = await put(4 * MB)
        stuck.set()
        await asyncio.gather(*others)
        return status

    assert asyncio.run(go()) == 204


def test_a_visit_that_ends_meanwhile_leaves_nothing():
    visits = Visits()
    put = Put(visits)

    async def streamlits_own(scope: dict, receive: object, send: object) -> None:
        await receive()
        del visits.held["one"]
        await Put.streamlits_own(put, scope, receive, send)

    put.uploads._app = streamlits_own
    assert status_of(put, 3 * MB) == 404
    assert put.read < 2 * MB
    assert visits.cleared == ["one"]


def test_an_upload_that_stops_is_given_up(monkeypatch):
    monkeypatch.setattr(serving.uploads, "IDLE_S", 0.05)
    monkeypatch.setattr(serving.uploads, "FAREWELL_S", 0.05)
    put = Put(Visits())
    sent = []

    async def receive() -> dict:
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/one/a"}
    scope["headers"] = [(b"content-length", b"100")]
    asyncio.run(put.uploads(scope, receive, send))
    assert sent[0]["status"] == 408


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/_stcore/upload_file/one/invented", "DELETE"),
        ("/_stcore/upload_file/one/invented", "OPTIONS"),
        ("/_stcore/upload_file/one", "PUT"),
        ("/", "PUT"),
    ],
)
def test_everything_else_is_left_to_streamlit(path, method):
    put = Put(Visits(one=100 * MB))
    assert status_of(put, 1, path=path, method=method) == 204


def test_room_is_as_set(monkeypatch, caplog):
    assert room_as_set() == Room(50 * MB, MAX_MB_IN_ALL * MB, 300 * MB)
    monkeypatch.setenv("UPLOADS_MB", "77")
    assert room_as_set().server == 77 * MB
    monkeypatch.setenv("UPLOADS_MB", "much")
    assert room_as_set().server == Settings().uploads_mb * MB
    assert "UPLOADS_MB must be a whole number" in caplog.text


def test_no_setting_leads_to_the_disk(monkeypatch):
    monkeypatch.setattr(serving.uploads.config, "get_option", lambda _name: 500)
    assert room_as_set().file + FRAME_BYTES < MAX_SPOOLED_MB << 20
