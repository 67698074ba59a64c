"""When a visit ends, what is taken away then, and what Streamlit must have for that."""

import asyncio
import gc
from collections.abc import Coroutine
from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import serving.visits
from serving.doorkeeper import GOING_AWAY, STREAM, Doorkeeper
from serving.visits import (
    MOST_UPLOADS,
    NEEDED,
    Visits,
    lacks,
)

LOST_S = 115.0
SOON_S = 10.0
"""What the page promises."""


class Hasty(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to whatever comes next: nothing depends on the machine."""

    jumped = 0.0

    def time(self) -> float:
        return self.jumped

    def _run_once(self) -> None:
        coming = [one.when() for one in self._scheduled if not one.cancelled()]
        if not self._ready and coming:
            self.jumped = max(self.jumped, min(coming))
        super()._run_once()


def run(coroutine: Coroutine) -> None:
    with asyncio.Runner(loop_factory=Hasty) as runner:
        runner.run(coroutine)


class State(dict):
    """What Streamlit keeps of a session for its script."""

    def __init__(self, **kept: object) -> None:
        super().__init__(kept)
        self._new_widget_state = SimpleNamespace(widget_metadata={"button": "a callback"})


class Session:
    """Streamlit's session."""

    def __init__(self) -> None:
        self.shut = False
        self.session_state = State(visit="a photo")
        self._fragment_storage = {"fragment": "a portrait"}

    def shutdown(self) -> None:
        self.shut = True


class Runtime:
    """Streamlit's runtime, with what `serving.visits` uses of it."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.active: set[str] = set()
        self.closed: list[str] = []
        self.cleared: list[tuple[str, str]] = []
        self.orphans_looked_for = 0
        self.uploaded_file_mgr = SimpleNamespace(
            remove_session_files=lambda one: self.cleared.append(("uploads", one)),
            get_files=lambda _session, ids: [SimpleNamespace(data=bytes(10)) for _ in ids],
        )
        self.media_file_mgr = SimpleNamespace(
            clear_session_refs=lambda one: self.cleared.append(("media", one)),
            remove_orphaned_files=self._look_for_orphans,
        )

    def _look_for_orphans(self) -> None:
        self.orphans_looked_for += 1

    def connect(self, session_id: str) -> None:
        self.sessions.setdefault(session_id, Session())
        self.active.add(session_id)

    def is_active_session(self, session_id: str) -> bool:
        return session_id in self.active

    def get_app_session(self, session_id: str) -> Session | None:
        return self.sessions.get(session_id)

    def close_session(self, session_id: str) -> None:
        self.closed.append(session_id)


@pytest.fixture
def streamlit() -> Runtime:
    return Runtime()


@pytest.fixture
def visits(streamlit: Runtime) -> Visits:
    return Visits(lambda: streamlit, LOST_S)


def new_session(session_id: str) -> bytes:
    message = ForwardMsg()
    message.new_session.initialize.session_id = session_id
    return message.SerializeToString()


def asked_for(session_id: str, *upload_ids: str) -> bytes:
    message = ForwardMsg()
    for upload_id in upload_ids:
        url = message.file_urls_response.file_urls.add()
        url.file_id = upload_id
        url.upload_url = f"/_stcore/upload_file/{session_id}/{upload_id}"
    return message.SerializeToString()


async def connect(
    visits: Visits,
    streamlit: Runtime,
    messages: list[bytes],
    code: int | None,
    *,
    path: str = STREAM,
    base: str = "",
) -> list[bytes]:
    """Speak as Streamlit's server does over one connection, which ends with a code."""
    came: list[bytes] = []

    async def streamlits_own(scope: dict, receive: object, send: object) -> None:
        streamlit.connect("one")
        for message in messages:
            await send({"type": "websocket.send", "bytes": message})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        streamlit.active.discard("one")

    coming = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": code}])

    async def receive() -> dict:
        return next(coming)

    async def send(message: dict) -> None:
        came.append(message["bytes"])

    door = Doorkeeper(streamlits_own, visits, base)
    await door({"type": "websocket", "path": path}, receive, send)
    return came


def test_a_page_that_says_goodbye_ends_its_visit_soon(visits: Visits, streamlit: Runtime) -> None:
    async def go() -> None:
        messages = [new_session("one"), b"", asked_for("one", "a")]
        assert await connect(visits, streamlit, messages, GOING_AWAY) == messages  # passed on
        assert visits.is_here("one")
        await asyncio.sleep(SOON_S)
        assert not visits.is_here("one")
        assert streamlit.closed == ["one"] and streamlit.sessions["one"].shut
        assert {("uploads", "one"), ("media", "one")} == set(streamlit.cleared)
        # Streamlit's main loop may still hold the session
        assert not streamlit.sessions["one"].session_state
        assert not streamlit.sessions["one"].session_state._new_widget_state.widget_metadata
        assert not streamlit.sessions["one"]._fragment_storage
        # Streamlit looked, too, as the session was shut: a download goes the second time. Never
        # twice at once: one that another visitor has just asked for would go with it.
        assert streamlit.orphans_looked_for == 1
        await asyncio.sleep(LOST_S)
        assert streamlit.orphans_looked_for == 2  # a script that was busy had put something down

    run(go())


@pytest.mark.parametrize("code", [None, 1000, 1005, 1006])
def test_a_lost_connection_keeps_its_visit_for_a_while(
    visits: Visits, streamlit: Runtime, code: int | None
) -> None:
    async def go() -> None:
        await connect(visits, streamlit, [new_session("one")], code)
        await asyncio.sleep(LOST_S / 2)
        assert visits.is_here("one") and not streamlit.closed
        await asyncio.sleep(LOST_S)
        assert not visits.is_here("one") and streamlit.closed == ["one"]

    run(go())


def test_a_connection_that_comes_back_keeps_the_visit(visits: Visits, streamlit: Runtime) -> None:
    async def go() -> None:
        await connect(visits, streamlit, [new_session("one"), asked_for("one", "a")], 1006)
        streamlit.connect("one")
        visits.arrive("one", object())
        await asyncio.sleep(LOST_S * 1.5)
        assert visits.has_asked("one", "a") and not streamlit.closed

    run(go())


def test_a_connection_whose_place_was_taken_ends_nothing(
    visits: Visits, streamlit: Runtime
) -> None:
    async def go() -> None:
        old, new = object(), object()
        streamlit.connect("one")
        visits.arrive("one", old)
        visits.arrive("one", new)
        visits.leave("one", old, goodbye=True)
        await asyncio.sleep(LOST_S / 2)
        assert visits.is_here("one") and not streamlit.closed

    run(go())


def test_a_session_that_streamlit_calls_active_is_not_closed(
    visits: Visits, streamlit: Runtime
) -> None:
    async def go() -> None:
        await connect(visits, streamlit, [new_session("one")], GOING_AWAY)
        streamlit.connect("one")
        await asyncio.sleep(LOST_S / 2)
        assert visits.is_here("one") and not streamlit.closed

    run(go())


def test_a_session_is_not_kept_in_memory_by_being_watched(
    visits: Visits, streamlit: Runtime
) -> None:
    async def go() -> None:
        await connect(visits, streamlit, [new_session("one")], 1006)
        streamlit.sessions.clear()
        gc.collect()
        await asyncio.sleep(LOST_S * 1.5)
        assert streamlit.closed == ["one"]

    run(go())


def test_only_what_a_connected_session_asked_for_counts(visits: Visits, streamlit: Runtime) -> None:
    streamlit.connect("one")
    visits.arrive("one", object())
    visits.ask("one", ["a"])
    visits.ask("nobody", ["b"])
    assert visits.has_asked("one", "a")
    assert not visits.has_asked("one", "b") and not visits.has_asked("nobody", "b")
    assert visits.held_bytes("one") == visits.held_bytes() == 10
    streamlit.active.clear()
    assert not visits.has_asked("one", "a")


def test_nobody_asks_for_ever_more(visits: Visits, streamlit: Runtime) -> None:
    streamlit.connect("one")
    visits.arrive("one", object())
    visits.ask("one", map(str, range(2 * MOST_UPLOADS)))
    assert visits.has_asked("one", str(MOST_UPLOADS - 1))
    assert not visits.has_asked("one", str(MOST_UPLOADS))


@pytest.mark.parametrize(
    ("path", "base", "seen"),
    [
        ("/_stcore/stream", "", True),
        ("/music/_stcore/stream", "/music/", True),
        ("/_stcore/stream", "music", False),
        ("/other", "", False),
    ],
)
def test_the_page_may_lie_in_a_folder(
    visits: Visits, streamlit: Runtime, path: str, base: str, seen: bool
) -> None:
    async def go() -> None:
        await connect(visits, streamlit, [new_session("one")], 1006, path=path, base=base)
        assert visits.is_here("one") is seen

    run(go())


def test_the_installed_streamlit_has_all_that_is_used() -> None:
    assert lacks() == [], "another Streamlit: serving/visits.py must be looked at"


def test_a_streamlit_that_lacks_something_is_left_alone(
    visits: Visits,
    streamlit: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = {"streamlit.runtime:Runtime": ("end_session",), "streamlit.elsewhere:Other": ("it",)}
    monkeypatch.setattr(serving.visits, "NEEDED", {**NEEDED, **other})
    assert lacks() == ["streamlit.runtime:Runtime.end_session", "streamlit.elsewhere:Other"]

    async def go() -> None:
        await connect(visits, streamlit, [new_session("one")], GOING_AWAY)
        assert not visits.is_here("one")

    run(go())
    assert "visits end when Streamlit clears them away" in caplog.text
