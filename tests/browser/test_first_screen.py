"""The first screen does something, and nothing that was done on the page is lost."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from emotion.values import EMOTIONS
from tests.browser.helpers import (
    open_page,
    player,
    player_really_plays,
    press_in_player,
    rows,
    show_photo,
    wait_for_streamlit_idle,
)
from tests.browser.server import ROOT, Server, free_port, streamlit_server

pytestmark = pytest.mark.browser

SETTLED_MS = 1600
"""After so long a step back in the browser is told from a late click (panel/address.py)."""

HALVES = ("saying", "showing")


@pytest.fixture
def opened(page: Page, server: Server) -> Page:
    open_page(page, server.url)
    return page


def name_feeling(page: Page, emotion: str) -> None:
    page.get_by_role("radio", name=emotion).click()
    wait_for_streamlit_idle(page)


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    wait_for_streamlit_idle(page)


def expect_mood(page: Page, mood: str) -> None:
    expect(page.get_by_role("heading", name=f"{mood} music")).to_be_visible()


def bottom(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["y"] + box["height"]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_feelings_and_ways_are_there_at_once(new_page, server, width, height):
    page = new_page(viewport={"width": width, "height": height})
    open_page(page, server.url)
    tiles = page.get_by_role("radio")
    assert tiles.count() == len(EMOTIONS) + 3
    assert all(bottom(tile) <= height for tile in tiles.all())
    expect(page.get_by_role("button", name="Try with this face")).to_be_visible()


def test_saying_and_showing_are_of_equal_rank(opened: Page):
    saying, showing = (opened.locator(f".st-key-{name}").bounding_box() for name in HALVES)
    assert saying and showing
    assert saying["y"] == showing["y"]
    assert abs(saying["width"] - showing["width"]) < 2
    assert abs(saying["height"] - showing["height"]) < 2


def test_the_portrait_leads_to_music_in_one_click(opened: Page):
    opened.get_by_role("button", name="Try with this face").click()
    wait_for_streamlit_idle(opened)
    expect_mood(opened, "Happy")
    expect(opened.get_by_role("img", name=re.compile("Looks happy"))).to_be_visible()


def test_sound_is_two_clicks_away_without_a_camera(opened: Page):
    opened.get_by_role("radio", name="happy").click()  # one
    wait_for_streamlit_idle(opened)
    press_in_player(opened, "Play")  # two
    assert player_really_plays(opened).seconds_played >= 1


@pytest.mark.parametrize("screen", [(1440, 900, 0), (390, 844, 1)], ids=["desk", "phone"])
def test_after_a_photo_music_is_in_sight(new_page, server, astronaut_jpeg, screen):
    width, height, swipes = screen
    page = new_page(viewport={"width": width, "height": height})
    open_page(page, server.url)
    show_photo(page, "me.jpg", "image/jpeg", astronaut_jpeg)
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    # what is behind the player is not in sight
    in_sight = (height - player(page).bounding_box()["height"]) * (swipes + 1)
    first = rows(page).first
    assert bottom(first) <= in_sight
    expect(player(page).get_by_role("button", name="Play", exact=True)).to_be_in_viewport()


def test_the_reading_stands_beside_the_music(opened: Page, astronaut_jpeg: bytes):
    show_photo(opened, "me.jpg", "image/jpeg", astronaut_jpeg)
    picture = opened.get_by_role("img", name=re.compile("Looks happy")).bounding_box()
    row = rows(opened).first.bounding_box()
    assert picture and row
    assert picture["height"] <= 300
    assert picture["x"] + picture["width"] <= row["x"]


def test_the_uploader_gives_way_to_the_picture(opened: Page, astronaut_jpeg: bytes):
    show_photo(opened, "me.jpg", "image/jpeg", astronaut_jpeg)
    expect_mood(opened, "Happy")
    expect(opened.get_by_test_id("stFileUploader")).to_have_count(0)
    opened.get_by_role("button", name="Another photo").click()
    wait_for_streamlit_idle(opened)
    expect(opened.get_by_test_id("stFileUploader")).to_be_visible()
    expect_mood(opened, "Happy")


def test_reload_back_and_a_shared_link_show_the_same_view(opened: Page, new_page):
    name_feeling(opened, "sad")
    choose(opened, "Lift me")
    choose(opened, "My files")
    opened.reload()
    wait_for_streamlit_idle(opened)
    friends = new_page()
    open_page(friends, opened.url)
    for page in (opened, friends):
        expect_mood(page, "Sad")
        expect(page.get_by_role("radio", name="Lift me")).to_be_checked()
        expect(page.get_by_role("radio", name="My files")).to_be_checked()
    opened.wait_for_timeout(SETTLED_MS)
    name_feeling(opened, "happy")
    expect_mood(opened, "Happy")
    opened.wait_for_timeout(SETTLED_MS)
    opened.go_back()
    wait_for_streamlit_idle(opened)
    expect_mood(opened, "Sad")
    opened.go_forward()
    wait_for_streamlit_idle(opened)
    expect_mood(opened, "Happy")


def test_a_reload_goes_on_with_the_rows_and_the_track(opened: Page):
    name_feeling(opened, "happy")
    opened.get_by_role("button", name="Other tracks").click()
    wait_for_streamlit_idle(opened)
    before = opened.get_by_role("listitem").get_by_role("heading").all_inner_texts()
    opened.get_by_role("button", name=f"Play {before[2]}").first.click()
    bar = opened.get_by_role("region", name="Player")
    expect(bar.get_by_text(before[2], exact=True)).to_be_visible()
    expect(opened).to_have_url(re.compile("now=demo"))
    opened.reload()
    wait_for_streamlit_idle(opened)
    expect(bar.get_by_text(before[2], exact=True)).to_be_visible()
    assert opened.get_by_role("listitem").get_by_role("heading").all_inner_texts() == before


def test_no_picture_is_in_the_address(opened: Page, astronaut_jpeg: bytes):
    show_photo(opened, "me.jpg", "image/jpeg", astronaut_jpeg)
    assert re.fullmatch(r".*/\?face=happy\d+[a-z0-9-]*&way=photo", opened.url)


def test_a_restarted_server_shows_the_same_view(new_page, watch, tmp_path: Path):
    port = free_port()
    page = new_page()
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with streamlit_server(ROOT / "main.py", first, port) as running:
        open_page(page, running.url)
        name_feeling(page, "sad")
        choose(page, "Lift me")
    with streamlit_server(ROOT / "main.py", second, port):
        # the page finds its server again by itself; nobody reloads it, and no click is lost
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-connection-state", "CONNECTED", timeout=60_000
        )
        wait_for_streamlit_idle(page)
        expect_mood(page, "Sad")
        expect(page.get_by_role("radio", name="Lift me")).to_be_checked()
        name_feeling(page, "happy")
        expect_mood(page, "Happy")
        expect(page.get_by_role("radio", name="Lift me")).to_be_checked()
        page.goto("about:blank")  # before this server ends, too
    assert all("_stcore" in error or "not responding" in error for error in watch.take())
