"""A visit's cookie for the balancer: set where a visit begins, and where it moves."""

import asyncio

import pytest

from serving import app as served
from serving.replica import COOKIE, Named

OURS = f"{COOKIE}=app-a; Path=/; HttpOnly; SameSite=Lax"


async def _page(_scope, _receive, send) -> None:
    headers = [(b"set-cookie", b"another=1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


async def _stream(_scope, _receive, send) -> None:
    await send({"type": "websocket.accept", "subprotocol": "streamlit"})


def set_by(path: str, *, base: str = "", scheme: str = "http", **headers: str) -> list[str]:
    """The cookies that an answer sets; `headers` with _ for -."""
    sent = []
    socket = scheme in ("ws", "wss")

    async def send(message) -> None:
        sent.append(message)

    given = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    scope = {
        "type": "websocket" if socket else "http",
        "scheme": scheme,
        "path": path,
        "headers": given,
    }
    named = Named(_stream if socket else _page, "app-a", base)
    asyncio.run(named(scope, None, send))
    assert len(sent) == (1 if socket else 2)
    return [
        value.decode() for key, value in sent[0].get("headers", ()) if key.lower() == b"set-cookie"
    ]


def test_a_page_names_its_replica_beside_other_cookies() -> None:
    assert set_by("/") == ["another=1", OURS]


@pytest.mark.parametrize(
    ("scheme", "headers"),
    [("https", {}), ("wss", {}), ("http", {"x_forwarded_proto": "https"})],
)
def test_over_https_the_cookie_stays_there(scheme: str, headers: dict[str, str]) -> None:
    assert set_by("/", scheme=scheme, **headers)[-1] == f"{OURS}; Secure"


def test_a_visit_that_moves_here_is_ours_from_then_on() -> None:
    assert set_by("/_stcore/stream", scheme="ws", cookie=f"{COOKIE}=app-b; x=1") == [OURS]


def test_nothing_is_set_that_is_set_already_nor_by_what_begins_no_visit() -> None:
    assert set_by("/", cookie=f"x=1; {COOKIE}=app-a") == ["another=1"]
    assert set_by("/_stcore/stream", scheme="ws", cookie=f"{COOKIE}=app-a") == []
    assert set_by("/media/a") == ["another=1"]


@pytest.mark.parametrize("base", ["music", "/music/faces/"])
def test_the_page_may_stand_below_a_folder(base: str) -> None:
    path = f"/{base.strip('/')}/"
    assert f"; Path={path};" in set_by(path, base=base)[-1]


def test_only_a_replica_with_a_name_sets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACE_THE_MUSIC_REPLICA", raising=False)
    assert Named not in [one.cls for one in served.middleware()]
    monkeypatch.setenv("FACE_THE_MUSIC_REPLICA", "app-a")
    assert Named in [one.cls for one in served.middleware()]
