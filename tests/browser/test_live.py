"""Live video in a real Chromium: who counts, what is followed, and what is said without a video."""

import re
from collections.abc import Callable, Iterator

import pytest
import skimage.data
from playwright.sync_api import Browser, Page, expect

from tests.browser.camera import two_faces_frames, write_film
from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.helpers import (
    NEVER_CONNECTS,
    WATCH_CAMERA,
    WATCH_SERVER,
    live_camera_tracks,
    open_live,
    press_start,
    start_camera,
    video_frames,
    wait_for_streamlit_idle,
    wait_for_video_frames,
)
from tests.browser.server import Server
from tests.browser.watch import Watch

pytestmark = [pytest.mark.browser, pytest.mark.alone]

PATIENCE_MS = 30_000

FAILS_WITH = """
navigator.mediaDevices.getUserMedia =
    () => Promise.reject(new DOMException("provoked by a test", "{name}"));
"""


def feel(page: Page, emotion: str) -> None:
    """Say how one feels: the last thing the visitor did rules."""
    page.get_by_role("radio", name=emotion).click()


def expect_music(page: Page, mood: str) -> None:
    expect(page.get_by_role("heading", name=f"{mood} music")).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture
def launch(browser: Browser) -> Iterator[Callable[..., Browser]]:
    """Start another Chromium, with further flags or without some."""
    launched = []

    def make(*flags: str, without: str = "") -> Browser:
        kept = [flag for flag in FLAGS if flag != without]
        other = browser.browser_type.launch(executable_path=find_chromium(), args=[*kept, *flags])
        launched.append(other)
        return other

    yield make
    for other in launched:
        other.close()


@pytest.fixture
def page_with(launch: Callable[..., Browser], watch: Watch) -> Callable[..., Page]:
    """Make a watched page in such a Chromium."""

    def make(*flags: str, without: str = "") -> Page:
        context = launch(*flags, without=without).new_context(
            viewport={"width": 1440, "height": 900}
        )
        for script in (WATCH_SERVER, WATCH_CAMERA):
            context.add_init_script(script)
        page = context.new_page()
        watch.add(page)
        return page

    return make


def test_live_video_is_read_used_and_stopped(page: Page, server: Server):
    open_live(page, server.url)
    start_camera(page)
    wait_for_video_frames(page, more=60)
    expect(page.get_by_text("Looks happy")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Whose mood counts?")).to_have_count(0)  # there is but one
    page.get_by_role("button", name="Use this mood").click()
    expect_music(page, "Happy")
    page.locator("iframe").scroll_into_view_if_needed()
    wait_for_video_frames(page, more=30)  # the camera plays on while the music is shown
    assert live_camera_tracks(page) == 1

    page.get_by_role("radio", name="Photo").click()
    # The video's own reruns may hide that the page is still busy: wait for the outcome itself.
    expect(page.locator("iframe")).to_have_count(0, timeout=15_000)
    assert video_frames(page) == 0
    assert live_camera_tracks(page) == 0
    expect_music(page, "Happy")  # the music stays


def test_the_last_thing_the_visitor_did_rules(page: Page, server: Server):
    open_live(page, server.url)
    start_camera(page)
    expect(page.get_by_text("Looks happy")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Use this mood").click()
    expect_music(page, "Happy")
    feel(page, "sad")
    expect_music(page, "Sad")
    page.locator("iframe").scroll_into_view_if_needed()  # out of sight no frames are shown
    wait_for_video_frames(page, more=60)  # the video plays on, and changes nothing
    expect_music(page, "Sad")
    page.get_by_role("radio", name="Photo").click()
    expect(page.locator("iframe")).to_have_count(0, timeout=15_000)
    page.get_by_role("radio", name="Live").click()
    expect(page.locator("iframe")).to_have_count(1, timeout=15_000)
    wait_for_streamlit_idle(page)
    expect_music(page, "Sad")  # nor does opening it revive what was shown before


def test_a_mood_is_followed_while_the_visitor_lets_it(page: Page, server: Server):
    open_live(page, server.url)
    feel(page, "sad")
    expect_music(page, "Sad")
    start_camera(page)
    expect(page.get_by_text("Looks happy")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_timeout(4000)
    expect_music(page, "Sad")  # nobody asked to follow
    page.get_by_text("Follow my mood").click()
    expect_music(page, "Happy")
    assert live_camera_tracks(page) == 1
    # A word of the visitor's own holds: the same mood is not followed again.
    feel(page, "angry")
    expect_music(page, "Energetic")
    page.wait_for_timeout(5000)
    expect_music(page, "Energetic")


def test_the_moods_of_the_visit_are_drawn_and_cleared(page: Page, server: Server):
    open_live(page, server.url)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(0)
    start_camera(page)
    said = page.get_by_text("So far in this video: mostly happy")
    expect(said).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    page.frame_locator("iframe").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Press Start and allow the camera")).to_be_visible(timeout=PATIENCE_MS)
    expect(said).to_be_visible()  # what was, stays
    page.get_by_role("button", name="Clear the timeline").click()
    expect(said).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(0)


def test_of_two_faces_the_visitor_chooses_whose_mood_counts(
    page_with, server: Server, astronaut_rgb, tmp_path
):
    frames = two_faces_frames(astronaut_rgb, skimage.data.lfw_subset())
    film = write_film(frames, tmp_path / "two.mjpeg")
    page = page_with(f"--use-file-for-fake-video-capture={film}")
    open_live(page, server.url)
    start_camera(page)
    everybody, first, second = (
        page.get_by_role("radio", name=name) for name in ("All of us", "Face 1", "Face 2")
    )
    expect(second).to_be_visible(timeout=PATIENCE_MS)
    expect(everybody).to_be_checked()
    looks = page.get_by_text(re.compile("^Looks "))
    # the one who does not smile is nearer, and so the first
    for chosen, emotion in ((first, "neutral"), (second, "happy")) * 2:
        chosen.click()
        expect(looks).to_have_text(f"Looks {emotion}", timeout=PATIENCE_MS)
        for _ in range(6):  # they keep who they are, and their labels
            page.wait_for_timeout(500)
            expect(chosen).to_be_checked()
            expect(looks).to_have_text(f"Looks {emotion}")
            expect(page.get_by_role("radio", name="Face 3")).to_have_count(0)
    page.get_by_role("button", name="Use this mood").click()
    expect_music(page, "Happy")
    expect(second).to_be_checked()


def test_a_camera_that_was_not_allowed(page_with, server: Server):
    page = page_with("--deny-permission-prompts", without="--use-fake-ui-for-media-stream")
    open_live(page, server.url)
    press_start(page)
    expect_trouble(page, "The camera was not allowed.")


def test_a_machine_without_a_camera(page_with, server: Server):
    page = page_with(without="--use-fake-device-for-media-stream")
    open_live(page, server.url)
    press_start(page)
    expect_trouble(page, "There is no camera here.")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("NotReadableError", "Another program is using the camera."),
        ("AbortError", "Another program is using the camera."),
        ("OverconstrainedError", "There is no camera here."),
        ("InvalidStateError", "The camera does not start."),
    ],
)
def test_a_camera_that_does_not_start(page: Page, server: Server, name: str, sentence: str):
    page.context.add_init_script(FAILS_WITH.replace("{name}", name))
    open_live(page, server.url)
    press_start(page)
    expect_trouble(page, sentence)


def test_a_connection_that_is_never_made(page: Page, server: Server):
    page.context.add_init_script(NEVER_CONNECTS)
    open_live(page, server.url)
    press_start(page)
    expect_trouble(page, "No video connection within 10 seconds")


def expect_trouble(page: Page, sentence: str) -> None:
    """One sentence of ours that names the other ways, and none of the component's."""
    trouble = page.locator(".ftm-trouble")
    expect(trouble).to_contain_text(sentence, timeout=PATIENCE_MS)
    expect(trouble).to_be_visible()
    expect(trouble).to_contain_text("how a photo")
    expect(trouble).to_contain_text("simply say how you feel")
    expect(page.frame_locator("iframe").get_by_role("alert")).to_have_count(0)  # none in sight
    feel(page, "sad")  # and that works
    expect_music(page, "Sad")


def test_the_component_s_controls_have_our_names(page: Page, server: Server):
    open_live(page, server.url)
    component = page.frame_locator("iframe")
    expect(component.get_by_role("button", name="Choose camera")).to_be_visible(timeout=PATIENCE_MS)
    expect(component.get_by_role("button", name="Start")).to_be_visible()
