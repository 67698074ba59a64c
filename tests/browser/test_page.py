"""The page as visitors use it, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from emotion.image import MAX_BYTES
from music_mood.values import FEATURE_NAMES, MOODS
from tests.browser.helpers import (
    live_camera_tracks,
    open_page,
    player_really_plays,
    press_in_player,
    rows,
    show_photo,
    upload,
    wait_for_streamlit_idle,
)
from tests.browser.server import Server

pytestmark = pytest.mark.browser

CSV = f"""title,artist,{",".join(FEATURE_NAMES)}
Sunny <b>Day</b>,The *Stars*,0.85,0.05,0.8,0,0.1,0.95,-5,0.05,120
Lullaby,Slow,0.2,0.98,0.05,0.9,0.1,0.1,-28,0.04,70
No features,Nobody,,,,,,,,,
Broken,Somebody,7,0.1,0.5,0,0.1,0.5,-5,0.05,120
"""


@pytest.fixture
def opened(page: Page, server: Server) -> Page:
    open_page(page, server.url)
    return page


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    wait_for_streamlit_idle(page)


def agree(page: Page) -> None:
    page.get_by_role("button", name="I agree").click()
    wait_for_streamlit_idle(page)


def background(page: Page) -> str:
    return page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundImage")


def expect_music(page: Page, mood: str) -> None:
    expect(page.get_by_role("heading", name=f"{mood.capitalize()} music")).to_be_visible()
    expect(rows(page).nth(4)).to_be_visible()  # at least five
    expect(page.get_by_text(f"{mood}, labelled by its makers").first).to_be_visible()


def test_a_smiling_photo_ends_in_happy_music_that_plays(opened: Page, astronaut_jpeg: bytes):
    before = background(opened)
    show_photo(opened, "me.jpg", "image/jpeg", astronaut_jpeg)
    expect(opened.get_by_role("img", name=re.compile("Looks happy"))).to_be_visible()
    bars = opened.locator(".ftm-bars li")
    assert bars.count() == 7
    assert int(bars.first.locator("b").inner_text().rstrip("%")) > 50
    expect_music(opened, "happy")
    press_in_player(opened, "Play")
    playback = player_really_plays(opened)
    assert playback.duration > 20
    assert background(opened) != before


def test_nothing_is_captured_before_the_visitor_agrees(opened: Page):
    for way in ("Photo", "Snapshot", "Live"):
        choose(opened, way)
        expect(opened.get_by_text("Before the first picture")).to_be_visible()
        expect(opened.get_by_test_id("stFileUploader")).to_have_count(0)
        expect(opened.get_by_test_id("stCameraInput")).to_have_count(0)
        expect(opened.locator("iframe")).to_have_count(0)
    assert live_camera_tracks(opened) == 0


@pytest.mark.parametrize(
    ("emotion", "mood"),
    [("happy", "happy"), ("sad", "sad"), ("neutral", "calm"), ("angry", "energetic")],
)
def test_without_a_camera_one_click_leads_to_music(opened: Page, emotion: str, mood: str):
    opened.get_by_role("radio", name=emotion).click()
    wait_for_streamlit_idle(opened)
    expect_music(opened, mood)


def test_a_wrong_reading_can_be_corrected(opened: Page, astronaut_jpeg: bytes):
    show_photo(opened, "me.jpg", "image/jpeg", astronaut_jpeg)
    expect_music(opened, "happy")
    opened.get_by_role("radio", name="sad").click()
    wait_for_streamlit_idle(opened)
    expect_music(opened, "sad")
    opened.get_by_role("radio", name="sad").click()  # taken back
    wait_for_streamlit_idle(opened)
    expect_music(opened, "happy")


def test_a_snapshot_is_read(opened: Page):
    choose(opened, "Snapshot")
    agree(opened)
    opened.get_by_role("button", name="Take photo").click(timeout=30_000)
    expect(opened.get_by_role("img", name=re.compile("Looks happy"))).to_be_visible(timeout=30_000)
    wait_for_streamlit_idle(opened)
    expect_music(opened, "happy")


def test_a_csv_playlist_is_labelled_and_its_titles_stay_text(opened: Page):
    opened.get_by_role("radio", name="happy").click()
    wait_for_streamlit_idle(opened)
    choose(opened, "My files")
    upload(opened, "mine.csv", "text/csv", CSV.encode(), label="Audio files")
    expect(rows(opened).get_by_text("Sunny <b>Day</b>")).to_be_visible()
    expect(rows(opened).get_by_text("The *Stars*")).to_be_visible()
    expect(opened.get_by_text("1 entry was left out")).to_be_visible()
    expect(rows(opened).get_by_text("unknown: no audio features")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("note.jpg", b"not a picture", re.compile("not a picture we can read.*JPEG, PNG, WebP")),
        ("cut.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, re.compile("can.t be read|not a picture")),
    ],
    ids=["text", "truncated"],
)
def test_a_file_that_is_no_picture_gets_a_sentence(opened: Page, name, data, sentence):
    show_photo(opened, name, "image/jpeg", data)
    expect(opened.get_by_test_id("stAlert").get_by_role("paragraph")).to_have_text(sentence)


def test_a_photo_over_the_limit_is_told_the_limit(opened: Page):
    show_photo(opened, "large.jfif", "image/jpeg", b"\xff\xd8\xff" + bytes(MAX_BYTES))
    sentence = re.compile(rf"up to {MAX_BYTES >> 20} MB can be read. Please choose a smaller one")
    expect(opened.get_by_test_id("stAlert").get_by_role("paragraph")).to_have_text(sentence)


def test_a_csv_without_titles_gets_a_sentence_and_the_mood_stays(opened: Page):
    opened.get_by_role("radio", name="happy").click()
    wait_for_streamlit_idle(opened)
    choose(opened, "My files")
    upload(opened, "odd.csv", "text/csv", b"a,b\n1,2\n", label="Audio files")
    expect(opened.get_by_test_id("stAlert")).to_be_visible()
    expect(opened.get_by_role("heading", name="Happy music")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_sticks_out_on_any_screen(new_page, server, astronaut_jpeg, width, scheme):
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    open_page(page, server.url)
    show_photo(page, "me.jpg", "image/jpeg", astronaut_jpeg)
    expect_music(page, "happy")
    wide = page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
    assert wide <= 0
    text, ground = page.evaluate(
        """() => {
            const style = getComputedStyle(document.querySelector('[data-testid="stApp"]'));
            const brightness = colour =>
                colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + +part, 0);
            return [brightness(style.color), brightness(style.backgroundColor)];
        }"""
    )
    assert (text > ground) == (scheme == "dark")


def test_every_mood_has_its_own_background(opened: Page):
    seen = set()
    moods = {"happy": "happy", "sad": "sad", "neutral": "calm", "angry": "energetic"}
    for emotion, mood in moods.items():
        opened.get_by_role("radio", name=emotion).click()
        wait_for_streamlit_idle(opened)
        expect_music(opened, mood)
        seen.add(background(opened))
    assert len(seen) == len(MOODS)
