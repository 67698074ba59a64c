"""What remains of a visit: nothing, ten seconds after its end, and all while it only stumbles."""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import (
    NEVER_CONNECTS,
    open_live,
    open_page,
    player_really_plays,
    press_in_player,
    press_start,
    show_photo,
    start_camera,
    wait_for_streamlit_idle,
)
from tests.browser.protocol import visitor
from tests.browser.server import ROOT, Server, streamlit_server
from tests.browser.watch import Watch
from tests.sounds import encoded

pytestmark = [pytest.mark.browser, pytest.mark.alone]

SOON_S = 10
"""What SECURITY.md promises."""

SOCKETS = """
const Real = WebSocket;
window.sockets = [];
window.WebSocket = class extends Real {
    constructor(...given) { super(...given); window.sockets.push(this); }
};
"""

CONNECTED_AGAIN = "() => window.sockets.length > 1 && window.sockets.at(-1).readyState === 1"


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody else visits, which tells what it still holds of those who did."""
    with streamlit_server(ROOT / "tests/browser/apps/remains.py", tmp_path) as running:
        yield running


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[Server]:
    """A server that ends a visit as soon as its connection is lost."""
    ttl = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "5"}  # less the margin: at once
    with streamlit_server(ROOT / "main.py", tmp_path, **ttl) as running:
        yield running


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Server]:
    """A server without room for files."""
    with streamlit_server(ROOT / "main.py", tmp_path, UPLOADS_MB="1") as running:
        yield running


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  loopback
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def told_by(server: Server, what: str) -> Any:
    """What `alone` tells about itself."""
    with urllib.request.urlopen(f"{server.url}/{what}", timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def remains(server: Server) -> dict[str, int]:
    """What `alone` still holds."""
    return told_by(server, "remains")


def held_bytes(server: Server) -> int:
    """Uploads that Streamlit holds."""
    return remains(server)["bytes"]


def rss_mb(server: Server) -> float:
    line = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text())
    return int(line.group(1)) * 1024 / 2**20


def bring_sound(page: Page) -> None:
    """Bring an audio file and play it."""
    page.get_by_role("radio", name="My files").click()
    wait_for_streamlit_idle(page)
    files = page.get_by_test_id("stFileUploader").filter(has_text="Audio files")
    sound = {
        "name": "My Song.mp3",
        "mimeType": "audio/mpeg",
        "buffer": encoded("mp3", 20.0),
    }
    files.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(sound)
    expect(page.locator("li[data-uri]")).to_have_count(1)
    wait_for_streamlit_idle(page)
    press_in_player(page, "Play")
    player_really_plays(page, seconds=0.5)


def media_asked_for(page: Page) -> set[str]:
    asked: set[str] = set()
    page.on("request", lambda one: asked.add(one.url) if "/media/" in one.url else None)
    return asked


def shown(page: Page):
    return page.get_by_role("img", name=re.compile("^Your picture"))


def test_nothing_outlives_a_page_that_is_closed(
    alone: Server, page: Page, astronaut_jpeg: bytes
) -> None:
    asked = media_asked_for(page)
    open_page(page, alone.url)
    show_photo(page, "me.jpg", "image/jpeg", astronaut_jpeg)
    expect(shown(page)).to_be_visible()
    assert shown(page).get_attribute("src").startswith("data:image/jpeg;base64,")
    assert shown(page).evaluate("image => image.naturalWidth") > 300
    assert held_bytes(alone) == 0  # the photo's file was let go as soon as it was read
    bring_sound(page)
    own = {url for url in asked if url.endswith(".mp3")}
    assert own and all(status(url) == 200 for url in own)
    assert held_bytes(alone) > 0

    page.close()
    closed = time.monotonic()
    while time.monotonic() - closed < SOON_S - 1:
        time.sleep(0.5)
        if held_bytes(alone) == 0 and all(status(url) == 404 for url in own):
            break
    took = time.monotonic() - closed
    left = {url: status(url) for url in own}
    assert set(left.values()) == {404} and held_bytes(alone) == 0, left
    print(f"gone {took:.1f} s after the page was closed")


def test_a_card_with_a_face_never_has_an_address(
    alone: Server, page: Page, astronaut_jpeg: bytes
) -> None:
    asked = media_asked_for(page)
    open_page(page, alone.url)
    show_photo(page, "me.jpg", "image/jpeg", astronaut_jpeg)
    before = set(asked)
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("With my face").click()
    expect(dialog.get_by_role("img", name="The card with your face")).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download picture").click()
    assert download.value.suggested_filename == "face-the-music.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    assert asked == before


def test_a_connection_that_comes_back_finds_everything(
    alone: Server, new_page: Callable[..., Page], astronaut_jpeg: bytes
) -> None:
    page = new_page()
    page.context.add_init_script(SOCKETS)
    open_page(page, alone.url)
    show_photo(page, "me.jpg", "image/jpeg", astronaut_jpeg)
    bring_sound(page)
    page.evaluate("window.sockets.at(-1).close()")
    page.wait_for_function(
        "() => window.sockets.length > 1 && window.sockets.at(-1).readyState === 1"
    )
    wait_for_streamlit_idle(page)
    time.sleep(5)  # longer than a page that says goodbye is kept
    page.get_by_role("radio", name="Lift").click()
    wait_for_streamlit_idle(page)
    expect(shown(page)).to_be_visible()
    expect(page.get_by_test_id("stFileChipName")).to_have_text("My Song.mp3")
    assert held_bytes(alone) > 0
    player_really_plays(page, seconds=0.5)


def test_a_visit_that_was_lost_for_long_begins_anew(
    forgetful: Server, new_page: Callable[..., Page], astronaut_jpeg: bytes, watch: Watch
) -> None:
    page = new_page()
    page.context.add_init_script(SOCKETS)
    open_page(page, forgetful.url)
    show_photo(page, "me.jpg", "image/jpeg", astronaut_jpeg)
    feeling = page.evaluate("new URL(location).searchParams.get('face')")
    page.route("**/_stcore/health", lambda route: route.abort())  # asked before it comes back
    page.evaluate("window.sockets.at(-1).close()")
    page.wait_for_timeout(3000)
    page.unroute("**/_stcore/health")
    page.wait_for_function(
        "() => window.sockets.length > 1 && window.sockets.at(-1).readyState === 1"
    )
    wait_for_streamlit_idle(page)
    page.get_by_role("radio", name="Lift").click()  # until then the page stays as it was
    expect(shown(page)).to_have_count(0, timeout=30_000)
    expect(page.get_by_role("button", name="I agree")).to_be_visible()
    wait_for_streamlit_idle(page)
    # what the address holds is there again
    assert page.evaluate("new URL(location).searchParams.get('face')") == feeling
    expect(page.locator("li[data-uri]").first).to_be_visible()
    assert all("/_stcore/health" in error or "not responding" in error for error in watch.take())


def test_nothing_of_a_live_video_outlives_it(alone: Server, new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_live(page, alone.url)
    start_camera(page)
    there = remains(alone)
    assert there["readers"] == there["workers"] == 1 and there["frames"] > 0, there
    page.close()
    expect_nothing_remains(alone)


def test_nothing_of_a_video_that_never_came_outlives_it(
    alone: Server, new_page: Callable[..., Page]
) -> None:
    """streamlit-webrtc's relay keeps such a connection's track; it must not keep the moods."""
    page = new_page()
    page.context.add_init_script(NEVER_CONNECTS)
    open_live(page, alone.url)
    press_start(page)
    expect(page.locator(".ftm-trouble")).to_be_visible(timeout=30_000)
    assert remains(alone)["readers"] == 1
    page.close()
    expect_nothing_remains(alone)


def expect_nothing_remains(alone: Server) -> None:
    """The last page was closed just now."""
    closed = time.monotonic()
    while any((left := remains(alone)).values()) and time.monotonic() - closed < SOON_S:
        time.sleep(0.5)
    assert not any(left.values()), f"{left}, held by {told_by(alone, 'holders')}"


def test_a_file_without_room_is_refused_in_words(full: Server, page: Page, watch: Watch) -> None:
    open_page(page, f"{full.url}/?feeling=happy&from=files")
    large = {"name": "long.mp3", "mimeType": "audio/mpeg", "buffer": bytes(3 << 20)}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(large)
    alert = page.get_by_test_id("stFileChip").get_by_role("alert")
    expect(alert).to_have_text(re.compile("^This server has no room for that just now"))
    below = "uploader => getComputedStyle(uploader, '::after').content"
    uploader = page.get_by_test_id("stFileUploader")
    assert "This server has no room" in uploader.evaluate(below)
    page.get_by_role("button", name="Remove long.mp3").click()
    expect(alert).to_have_count(0)
    assert uploader.evaluate(below) == "none"
    assert all("507" in error for error in watch.take())


@pytest.mark.slow
def test_twelve_files_of_49_mb_take_no_more_than_a_visit_may_hold(alone: Server) -> None:
    """Before there were bounds: 119 -> 773 MB."""
    with visitor(alone.url) as one:
        paths = one.ask_for_uploads(12)
        before = rss_mb(alone)
        answers = [one.put(path, 49 << 20) for path in paths]
        after = rss_mb(alone)
        assert answers == [204] * 4 + [413] * 8
        assert held_bytes(alone) == 4 * 49 << 20
        assert one.put(f"/_stcore/upload_file/{one.session_id}/invented", 1) == 404
        assert one.put("/_stcore/upload_file/nobody/invented", 1) == 404
        assert one.delete(paths[0]) == 204
        assert one.put(paths[7], 49 << 20) == 204  # there is room again
        assert one.put(paths[8], 49 << 20) == 413
        with visitor(alone.url) as other:  # of 300 MB in all there are 104 left
            assert [other.put(path, 49 << 20) for path in other.ask_for_uploads(3)] == [
                204,
                204,
                507,
            ]
            in_all = rss_mb(alone)
    print(f"RSS {before:.0f} MB, with one visit's files {after:.0f} MB, full {in_all:.0f} MB")
    assert after - before < 200 + 60  # what is held, and one that is on its way
    assert in_all - before < 300 + 80
