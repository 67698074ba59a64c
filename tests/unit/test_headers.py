"""What browsers are told with every answer, and what is not answered at all."""

import asyncio
import re
from collections.abc import Callable

import pytest
from starlette.datastructures import Headers as Found
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from streamlit.web.server.starlette import starlette_routes, starlette_websocket

from music_mood.errors import SettingsError
from serving.app import middleware
from serving.doors import OPEN, Doors, is_open
from serving.frontend import Frontend, streamlits_index
from serving.headers import ALWAYS, NONCE, Headers, with_nonce

POLICY = "content-security-policy"


def answer(
    path: str, given: Response | None = None, environ: dict[str, str] | None = None, base: str = ""
) -> tuple[Found, dict]:
    """Headers of an answer to a path, and the scope in which it was made."""
    seen: dict = {}
    sent: list[dict] = []

    async def app(scope: dict, receive: Callable, send: Callable) -> None:
        seen.update(scope)
        await (given or HTMLResponse("<p>"))(scope, receive, send)

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    asyncio.run(Headers(app, base, environ or {})(scope, None, send))
    return Found(raw=sent[0]["headers"]), seen


def policy(headers: Found) -> dict[str, list[str]]:
    directives = [part.split() for part in headers[POLICY].split(";")]
    return {name: sources for name, *sources in directives}


def test_every_answer_says_what_holds_for_all() -> None:
    for path, given in (
        ("/", None),
        ("/media/a.png", Response(b"", media_type="image/png")),
        ("/static/js/a.js", Response(b"", media_type="text/javascript")),
        ("/_stcore/none", PlainTextResponse("Not Found", 404)),
        ("/", Response(status_code=304)),
        ("/", Response(status_code=500)),
    ):
        found, _ = answer(path, given)
        assert {name: found[name] for name in ALWAYS} == dict(ALWAYS)
    assert ALWAYS["Referrer-Policy"] == "no-referrer"  # the address says what somebody feels


def test_nothing_runs_in_the_page_but_what_it_is_made_of() -> None:
    found, scope = answer("/")
    told = policy(found)
    assert told["default-src"] == ["'none'"]
    assert told["script-src"] == ["'self'", "blob:", f"'nonce-{scope[NONCE]}'"]
    for name in ("object-src", "worker-src", "child-src", "manifest-src"):
        assert name not in told  # so it is as default-src says
    assert told["base-uri"] == told["form-action"] == ["'none'"]
    assert told["connect-src"] == ["'self'", "data:"]
    assert not [one for one in told["img-src"] if one in ("*", "https:", "http:")]
    assert "'unsafe-eval'" not in found[POLICY]
    assert "sandbox" not in told


def test_each_request_has_a_nonce_of_its_own() -> None:
    nonces = {answer("/")[1][NONCE] for _ in range(20)}
    assert len(nonces) == 20
    assert min(map(len, nonces)) >= 20


def test_all_scripts_of_the_page_carry_the_nonce_and_nothing_else_does() -> None:
    page = with_nonce(streamlits_index(), "abc")
    scripts = re.findall(r"<script[^>]*>", page)
    assert len(scripts) >= 2
    assert all('nonce="abc"' in one for one in scripts)
    assert page.replace(' nonce="abc"', "") == streamlits_index()
    assert "<scripted>" in with_nonce("<scripted>", "abc")


def test_a_file_opened_by_itself_can_do_nothing() -> None:
    found, _ = answer("/media/a.svg", Response(b"<svg/>", media_type="image/svg+xml"))
    told = policy(found)
    assert told["default-src"] == ["'none'"]
    assert told["sandbox"] == []
    assert "script-src" not in told
    assert found["cross-origin-resource-policy"] == "same-origin"


def test_what_a_browser_has_kept_keeps_its_policy() -> None:
    found, _ = answer("/page", Response(status_code=304))
    assert POLICY not in found
    assert "x-frame-options" not in found


def test_the_cameras_frame_has_a_policy_of_its_own() -> None:
    page, component = answer("/")[0], answer("/component/streamlit_webrtc.x/index.html")[0]
    assert policy(component)["script-src"] == ["'self'"]
    assert policy(component)["frame-ancestors"] == policy(page)["frame-ancestors"] == ["'self'"]
    below = answer("/music/component/x/index.html", base="/music/")[0]
    assert below[POLICY] == component[POLICY]


def test_an_answers_own_header_wins() -> None:
    own = HTMLResponse("", headers={"Content-Security-Policy": "default-src 'self'"})
    assert answer("/", own)[0][POLICY] == "default-src 'self'"


@pytest.mark.parametrize(
    ("setting", "ancestors", "options"),
    [
        ("", "'self'", "SAMEORIGIN"),
        ("none", "'none'", "DENY"),
        ("*", "*", None),
        ("https://a.example", "'self' https://a.example", None),
        (" 'self'  https://*.a.org http://b:80 ", "'self' https://*.a.org http://b:80", None),
    ],
)
def test_who_may_show_the_page_in_a_frame_can_be_set(setting, ancestors, options) -> None:
    found, _ = answer("/", environ={"FACE_THE_MUSIC_FRAME_ANCESTORS": setting})
    assert " ".join(policy(found)["frame-ancestors"]) == ancestors
    assert found.get("x-frame-options") == options
    within, _ = answer("/component/a/", environ={"FACE_THE_MUSIC_FRAME_ANCESTORS": setting})
    # the page itself shows that one, whoever shows the page
    assert " ".join(policy(within)["frame-ancestors"]) == ancestors.replace("'none'", "'self'")


@pytest.mark.parametrize(
    "setting",
    [
        "https://a.example; script-src *",
        "https://a.example, https://b.example",
        "a.example",
        "https://a.example/path",
        "* https://a.example",
        "javascript:",
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(setting: str) -> None:
    with pytest.raises(SettingsError, match="FRAME_ANCESTORS must hold"):
        Headers(None, environ={"FACE_THE_MUSIC_FRAME_ANCESTORS": setting})


def test_sound_comes_from_a_service_that_was_put_in_anothers_place() -> None:
    found, _ = answer(
        "/", environ={"DEEZER_API_URL": "http://127.0.0.1:9/deezer", "ITUNES_API_URL": "x; y"}
    )
    assert policy(found)["media-src"][-1] == "http://127.0.0.1:9"
    assert "y" not in found[POLICY].split()


def test_websockets_pass_as_they_are() -> None:
    seen = []

    async def app(scope: dict, receive: object, send: object) -> None:
        seen.append((scope, receive, send))

    scope, receive, send = {"type": "websocket", "path": "/_stcore/stream"}, object(), object()
    for layer in (Headers(app, environ={}), Doors(app)):
        asyncio.run(layer(scope, receive, send))
    assert seen == [(scope, receive, send)] * 2


# Doors


@pytest.mark.parametrize("base", ["", "music", "/music/"])
@pytest.mark.parametrize(
    ("path", "opens"),
    [
        ("/", True),
        ("/media/a", True),
        ("/static/js/a.js", True),
        ("/component/streamlit_webrtc.x/index.html", True),
        ("/_stcore/health", True),
        ("/_stcore/host-config", True),
        ("/_stcore/stream", True),
        ("/_stcore/upload_file/a/b", True),
        ("/_stcore/metrics", False),
        ("/_stcore/metrics/", False),
        ("//_stcore///metrics", False),
        ("/_stcore/health/../metrics", True),  # Streamlit refuses these; none leads to another
        ("/_stcore/script-health-check", False),
        ("/_stcore/bidi-components/a/b.js", False),
        ("/_stcore/agent/interact", False),
        ("/_stcore/what-comes-next", False),
        ("/_stcore", False),
        ("/auth/login", False),
        ("/oauth2callback", False),
        ("/app/static/a", False),
        ("/authors", True),
    ],
)
def test_only_what_the_page_needs_is_open(path: str, opens: bool, base: str) -> None:
    answered = []

    async def app(scope: dict, receive: object, send: object) -> None:
        answered.append("app")

    async def send(message: dict) -> None:
        answered.append(message.get("status", message.get("body")))

    prefix = f"/{base.strip('/')}".rstrip("/")
    scope = {"type": "http", "method": "GET", "path": prefix + path, "headers": []}
    asyncio.run(Doors(app, base)(scope, None, send))
    assert answered == (["app"] if opens else [404, b"Not Found"])


def test_streamlit_still_calls_what_is_open_and_shut_as_we_do() -> None:
    served = {
        starlette_routes.ROUTE_HEALTH,
        starlette_routes.ROUTE_HOST_CONFIG,
        starlette_routes.BASE_ROUTE_UPLOAD_FILE,
        starlette_websocket._ROUTE_WEBSOCKET_STREAM,
    }
    assert {f"_stcore/{name}" for name in OPEN} == served
    for path in (starlette_routes.ROUTE_METRICS, starlette_routes.ROUTE_SCRIPT_HEALTH):
        assert not is_open(f"/{path}")


def test_headers_stand_before_everything() -> None:
    first, *others = [one.cls for one in middleware()]
    assert first is Headers
    assert others.index(Doors) < others.index(Frontend)
