"""The harness itself: it must see what works and, above all, what does not."""

import os
import signal
from collections.abc import Iterator
from threading import Timer

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import (
    live_camera_tracks,
    open_page,
    real_sound,
    start_camera,
    upload,
    video_frames,
    wait_for_streamlit_idle,
    wait_for_video_frames,
)
from tests.browser.server import ROOT, Server, streamlit_server
from tests.browser.watch import Watch

pytestmark = [pytest.mark.browser, pytest.mark.alone]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    script = ROOT / "tests/browser/apps/harness.py"
    with streamlit_server(script, tmp_path_factory.mktemp("harness")) as running:
        yield running


@pytest.fixture
def shown(harness: Server, page: Page):
    def show(what: str) -> Page:
        open_page(page, harness.url)
        page.get_by_role("radio", name=what, exact=True).click()
        wait_for_streamlit_idle(page)
        return page

    return show


def press_native_play(page: Page) -> Locator:
    """The browser's own play button stands at the left end, out of reach for selectors."""
    audio = page.locator("audio")
    audio.scroll_into_view_if_needed()
    box = audio.bounding_box()
    assert box, "the audio player is not visible"
    audio.click(position={"x": box["height"] / 2, "y": box["height"] / 2})
    return audio


def test_sound_is_heard(shown) -> None:
    playback = real_sound(press_native_play(shown("Sound")))
    assert playback.duration == pytest.approx(5, abs=0.1)


def test_a_page_is_waited_for_until_its_last_part_is_drawn(harness: Server, page: Page) -> None:
    """Streamlit fetches an element's code when it first meets one, after the script's end, too."""
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 800, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    open_page(page, harness.url)
    assert page.get_by_role("radio", name="Sound", exact=True).is_visible()


def test_a_click_is_waited_for_until_the_server_answers(harness: Server, page: Page) -> None:
    open_page(page, harness.url)
    os.kill(harness.pid, signal.SIGSTOP)
    wakes = Timer(1.5, os.kill, (harness.pid, signal.SIGCONT))
    wakes.start()
    try:
        page.get_by_role("radio", name="Upload", exact=True).click()
        wait_for_streamlit_idle(page)
    finally:
        wakes.join()
    assert page.get_by_test_id("stFileUploader").is_visible()


def test_an_upload_is_waited_for_until_it_was_answered(shown) -> None:
    page = shown("Upload")
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    network.send("Network.emulateNetworkConditions", slow)
    upload(page, "note.txt", "text/plain", bytes(200_000))  # two seconds
    assert page.get_by_text("Got 200000 bytes").is_visible()


def test_a_broken_sound_is_noticed(shown, watch: Watch) -> None:
    page = shown("No sound")
    with pytest.raises(AssertionError, match="error='4"):  # MEDIA_ERR_SRC_NOT_SUPPORTED
        real_sound(press_native_play(page))
    assert any("Audio source error" in error for error in watch.take())


def test_camera_frames_are_counted_and_leaving_stops_the_camera(shown) -> None:
    page = shown("Camera")
    assert video_frames(page) == 0
    start_camera(page)
    wait_for_video_frames(page, more=30)
    assert live_camera_tracks(page) == 1

    page.get_by_role("radio", name="Sound", exact=True).click()
    wait_for_streamlit_idle(page)
    # On a busy machine the click may arrive later than idleness was believed: wait for the outcome.
    expect(page.locator("iframe")).to_have_count(0, timeout=15_000)
    assert video_frames(page) == 0
    assert live_camera_tracks(page) == 0


def test_an_upload_arrives(shown) -> None:
    page = shown("Upload")
    upload(page, "note.txt", "text/plain", b"hello", label="Any file")
    expect(page.get_by_text("Got 5 bytes")).to_be_visible()


def test_a_crash_of_the_script_is_noticed(shown, watch: Watch) -> None:
    shown("Crash")
    errors = watch.take()
    assert any(error.startswith("shown by Streamlit: ") for error in errors), errors
    assert any(error.startswith("in the server's log") for error in errors), errors
    assert watch.take() == []


def test_errors_in_the_browser_are_noticed(page: Page, watch: Watch) -> None:
    page.evaluate("console.error('oh'); setTimeout(() => { throw new Error('no') })")
    page.wait_for_timeout(100)
    console, script = watch.take()
    assert console.startswith("console: oh")
    assert script.startswith("script error: no")


@pytest.mark.parametrize("url", ["http://example.org", "http://192.0.2.1"])
def test_the_browser_reaches_nothing_else(page: Page, watch: Watch, url: str) -> None:
    with pytest.raises(PlaywrightError, match="Failed to fetch"):
        page.evaluate("url => fetch(url, {mode: 'no-cors'})", url)
    page.wait_for_timeout(100)
    (console,) = watch.take()
    assert "ERR_NAME_NOT_RESOLVED" in console
